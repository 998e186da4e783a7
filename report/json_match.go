package report

import (
	"context"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// MatchingJSON is what statements say about the payouts.
type MatchingJSON struct {
	Statements []StatementJSON `json:"statements"`
	Classes    []Part          `json:"classes"` // in the order of [Classes]
	Equations  []EquationJSON  `json:"equations"`
	Lines      []MatchLineJSON `json:"lines"` // at most [MaxMatchLines] of those that are not plain matches
	Left       int             `json:"linesLeftOut,omitempty"`
}

// StatementJSON is one file that was read.
type StatementJSON struct {
	Name     string `json:"name"`
	SHA256   string `json:"sha256"`
	Format   string `json:"format"`
	Kind     string `json:"kind"`
	Account  string `json:"account,omitempty"` // masked
	FirstDay string `json:"firstDay,omitempty"`
	LastDay  string `json:"lastDay,omitempty"`
	Lines    int    `json:"lines"`
	Out      string `json:"out"`
	In       string `json:"in"`
	Fees     string `json:"fees"`
}

// MatchLineJSON is a payout, a line of a statement, or the two together.
type MatchLineJSON struct {
	Match      int64  `json:"match,omitempty"`
	Class      string `json:"class"`
	Rule       string `json:"rule,omitempty"`
	Score      int    `json:"score,omitempty"`
	Standing   string `json:"standing,omitempty"`
	Group      string `json:"group,omitempty"`
	Reason     string `json:"reason,omitempty"`
	TradeNo    string `json:"tradeNo,omitempty"`
	Batch      string `json:"batch,omitempty"`
	Row        int    `json:"row,omitempty"`
	Status     string `json:"status,omitempty"`
	Amount     string `json:"amount,omitempty"`
	Statement  string `json:"statement,omitempty"`
	Line       int    `json:"line,omitempty"`
	Reference  string `json:"reference,omitempty"`
	There      string `json:"statusThere,omitempty"`
	Day        string `json:"day,omitempty"`
	AmountSaid string `json:"amountThere,omitempty"`
	Difference string `json:"difference,omitempty"`
	Fee        string `json:"fee,omitempty"`
}

// MaxMatchLines is how many lines of the matching that are not plain matches
// the JSON form lists; the workbook has all.
const MaxMatchLines = 10_000

func (p *paper) matchingJSON(ctx context.Context) (*MatchingJSON, error) {
	m := p.matching
	if m == nil {
		return nil, nil //nolint:nilnil // there was none
	}
	d := &MatchingJSON{Statements: []StatementJSON{}, Classes: []Part{}, Equations: []EquationJSON{}, Lines: []MatchLineJSON{}}
	for _, s := range m.Statements {
		d.Statements = append(d.Statements, StatementJSON{
			s.Name, s.SHA256, s.Format, s.Kind, s.Account, day(s.FirstDay), day(s.LastDay), s.Lines, s.Out.Fixed(), s.In.Fixed(), s.Fees.Fixed(),
		})
	}
	for _, class := range m.sorted() {
		d.Classes = append(d.Classes, Part{class.Name, class.Count, class.Sum.Fixed()})
	}
	for _, e := range m.Equations {
		d.Equations = append(d.Equations, p.equationJSON(e, money.Currency{}))
	}
	if m.Lines == nil {
		return d, nil
	}
	for line, err := range m.Lines(ctx) {
		switch {
		case err != nil:
			return nil, err
		case line.Class == Matched:
		case len(d.Lines) == MaxMatchLines:
			d.Left++
		default:
			d.Lines = append(d.Lines, p.matchLineJSON(line))
		}
	}
	return d, nil
}

func (p *paper) matchLineJSON(l MatchLine) MatchLineJSON {
	d := MatchLineJSON{
		Match: l.Match, Class: l.Class, Rule: l.Rule, Score: l.Score, Standing: l.Standing, Group: l.Group,
		Reason: p.phrase(l.Reason), Difference: fixed(l.Difference), Fee: fixed(l.Fee),
	}
	if o := l.Ours; o != nil {
		d.TradeNo, d.Batch, d.Row, d.Status, d.Amount = o.TradeNo, o.Batch, o.Row, o.Bucket, fixed(o.Amount)
	}
	if t := l.There; t != nil {
		d.Statement, d.Line, d.Reference, d.There, d.Day, d.AmountSaid = t.Statement, t.Line, t.Reference, t.Status, day(t.Day), fixed(t.Amount)
	}
	return d
}

// fixed is an amount for programs; "" if there is none.
func fixed(a money.Amount) string {
	if a.Currency() == (money.Currency{}) {
		return ""
	}
	return a.Fixed()
}

// day is a day for programs; "" if there is none.
func day(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.DateOnly)
}
