// Package compare sets a sheet beside what was paid before, so that a person
// sees on one page what is not as it was, before money moves.
//
//	c, err := compare.Sheet(ctx, sheet, book, merchant, compare.Options{})
//	c.WriteText(os.Stdout, 100)   // one page; or encode it as JSON
//
// Every row that can be paid is held against all that the merchant has ever
// paid, and the sheet as a whole against the batch before it:
//
//   - new: neither the account nor the name has been paid before;
//   - changed account: the name has always been paid to one other account;
//   - other name: the account has been paid, and never under this name only;
//   - unusual amount: see [Usual];
//   - vanished: in the batch before, and here neither by name nor by account.
//
// A changed account that nobody has announced is how money is stolen from a
// payroll; a row may stand in two lists. Names are compared without case,
// accents, spaces and punctuation. Each list has an exact count and sum, and
// names the largest amounts.
//
// The comparison writes nothing and refuses nothing. Accounts in it are
// masked, names are not. Its memory does not grow with the sheet: who is in
// both is found by sorting keyed hashes, which say nothing to whoever finds
// them in a temporary file.
package compare

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// Listed is how many rows of each kind are named unless a caller says
// otherwise: all lists together fit on a page.
const Listed = 7

// Options say what to compare with.
type Options struct {
	Against *ledger.Batch // nil: the merchant's latest
	Listed  int           // rows named of each kind; 0: [Listed]
}

// Comparison is what a sheet has that was not so before. Amounts are
// numbers with all decimals of the currency.
type Comparison struct {
	File     string `json:"file"`
	Currency string `json:"currency"`
	Sheet    Side   `json:"sheet"`
	Before   *Side  `json:"before,omitempty"` // nil: there is no batch before
	Drift    *Drift `json:"drift,omitempty"`

	Invalid int `json:"invalid"` // rows with faults, which are not compared
	Known   int `json:"known"`   // rows that are payouts already; nothing is paid for them

	New       List `json:"new"`
	Changed   List `json:"changedAccount"`
	OtherName List `json:"otherName"`
	Unusual   List `json:"unusualAmount"`
	Vanished  List `json:"vanished"`
}

// Side is a sheet as a whole: of this one the rows that can be paid, of the
// batch before its payouts.
type Side struct {
	Batch  string     `json:"batch,omitempty"`
	Source string     `json:"source,omitempty"`
	At     *time.Time `json:"at,omitempty"`
	Rows   int        `json:"rows"`
	Sum    string     `json:"sum"`

	sum money.Amount
}

// Drift is how much more this sheet has than the batch before; less, if
// negative.
type Drift struct {
	Rows     int    `json:"rows"`
	Sum      string `json:"sum"`
	PerMille *int64 `json:"perMille,omitempty"` // of the sum before; nil: that was nothing

	sum money.Amount
}

// List is the rows of one kind: all of them counted, the largest named.
type List struct {
	Count int    `json:"count"`
	Sum   string `json:"sum"`
	Rows  []Row  `json:"rows"`

	sum  money.Amount
	most int
}

// Row is one payee. Accounts are masked.
type Row struct {
	Row     int    `json:"row"` // of this sheet; of the batch before, if vanished
	Name    string `json:"name"`
	Account string `json:"account"`
	Was     string `json:"was,omitempty"` // the account that was paid before
	Amount  string `json:"amount"`
	Usual   string `json:"usual,omitempty"`
	Why     string `json:"why,omitempty"`

	amount, usual money.Amount
}

// Sheet compares a sheet with the payments of a merchant.
func Sheet(ctx context.Context, sheet *ingest.Sheet, book *ledger.Ledger, merchant ledger.Merchant, o Options) (_ *Comparison, err error) {
	before, err := against(ctx, book, merchant, o)
	if err != nil {
		return nil, err
	}
	ever, err := book.LookBack(ctx, merchant.ID, time.Time{})
	if err != nil {
		return nil, err
	}
	defer ever.Close() //nolint:errcheck // it was only read
	zero := money.FromMinor(sheet.Area().Currency, 0)
	most := o.Listed
	if most == 0 {
		most = Listed
	}
	list := List{most: most, sum: zero, Rows: []Row{}}
	c := &comparing{
		Comparison: &Comparison{
			File: sheet.File(), Currency: zero.Currency().Code, Sheet: Side{sum: zero},
			New: list, Changed: list, OtherName: list, Unusual: list, Vanished: list,
		},
		area: sheet.Area(), book: book, ever: ever,
	}
	if c.both, err = newBoth(); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.both.close()) }()
	if before != nil {
		if err := c.readBefore(ctx, *before); err != nil {
			return nil, err
		}
	}
	for row, err := range sheet.Rows() {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = c.row(ctx, row)
		}
		if err != nil {
			return nil, err
		}
	}
	if before != nil {
		if err := c.vanished(ctx, *before); err != nil {
			return nil, err
		}
	}
	c.finish()
	return c.Comparison, nil
}

// against is the batch to compare with, or nil.
func against(ctx context.Context, book *ledger.Ledger, merchant ledger.Merchant, o Options) (*ledger.Batch, error) {
	if o.Against != nil {
		return o.Against, nil
	}
	batch, err := book.PreviousBatch(ctx, merchant.ID, 0)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, nil //nolint:nilnil // no batch is an answer
	}
	return &batch, err
}

// comparing is a comparison under way.
type comparing struct {
	*Comparison
	area *paypro.Area
	book *ledger.Ledger
	ever *ledger.Lookback
	both *both

	typical money.Amount // the median of the batch before
	hasTypl bool
}

// payee is a row as far as it matters here.
type payee struct {
	row           int
	name, account string
	amount        money.Amount
}

func (c *comparing) row(ctx context.Context, row ingest.Row) error {
	p := payee{row.Number, valueOf(c.area, row, paypro.RoleName), valueOf(c.area, row, paypro.RoleAccount), row.Amount}
	if row.TradeNo != "" {
		was, ok, err := c.ever.Trade(ctx, row.TradeNo)
		if err != nil {
			return err
		}
		if ok && !was.State.CalledOff() {
			c.Known++
			return c.both.here(was.Name, was.Account)
		}
	}
	if len(row.Problems) > 0 {
		c.Invalid++
		return c.both.here(p.name, p.account) // a faulty row has not vanished
	}
	c.Sheet.Rows++
	var err error
	if c.Sheet.sum, err = c.Sheet.sum.Add(p.amount); err != nil {
		return err
	}
	if err := c.both.here(p.name, p.account); err != nil {
		return err
	}
	return c.judge(ctx, p)
}

// newAndLarge follows how many times as much somebody gets who has no history.
const newAndLarge = " the median of the batch before"

// judge holds a row against all that was ever paid.
func (c *comparing) judge(ctx context.Context, p payee) error {
	history, err := c.ever.History(ctx, p.account)
	if err != nil {
		return err
	}
	last, named, err := c.ever.LastPaid(ctx, p.name)
	if err != nil {
		return err
	}
	same := named && ledger.FoldAccount(last.Account) == ledger.FoldAccount(p.account)
	switch {
	case history.Count == 0 && named:
		if err := c.Changed.add(p, Row{Was: mask.Account(last.Account)}); err != nil {
			return err
		}
		if history, err = c.ever.History(ctx, last.Account); err != nil {
			return err
		}
	case history.Count == 0:
		if err := c.New.add(p, Row{}); err != nil {
			return err
		}
	case !same:
		if err := c.otherName(ctx, p); err != nil {
			return err
		}
	}
	usual, why := Usual(p.amount, history.Amounts)
	if len(history.Amounts) == 0 && c.hasTypl {
		usual, why = c.typical, unlike(p.amount, c.typical, newPayeeTimes)
		if why != "" {
			why += newAndLarge
		}
	}
	if why == "" {
		return nil
	}
	return c.Unusual.add(p, Row{Usual: usual.Fixed(), Why: why, usual: usual})
}

// otherName lists a row whose account was paid under another name.
func (c *comparing) otherName(ctx context.Context, p payee) error {
	suspects, err := c.ever.Suspects(ctx, ledger.Sought{Name: p.name, Account: p.account, Amount: p.amount})
	if err != nil {
		return err
	}
	for _, s := range suspects {
		if s.Kind == ledger.OtherName {
			return c.OtherName.add(p, Row{Why: fmt.Sprintf("as in batch %s, row %d", s.Batch, s.Row)})
		}
	}
	return nil
}

func valueOf(area *paypro.Area, row ingest.Row, role paypro.Role) string {
	field := area.FieldFor(role)
	if field == nil {
		return ""
	}
	return row.Values[field.Name]
}

// finish writes the amounts for those who read them as text.
func (c *comparing) finish() {
	c.Sheet.Sum = c.Sheet.sum.Fixed()
	for _, list := range []*List{&c.New, &c.Changed, &c.OtherName, &c.Unusual, &c.Vanished} {
		list.Sum = list.sum.Fixed()
	}
	if c.Before == nil {
		return
	}
	c.Before.Sum = c.Before.sum.Fixed()
	now, _ := c.Sheet.sum.Minor()
	was, _ := c.Before.sum.Minor()
	more := money.FromMinor(c.Sheet.sum.Currency(), now-was)
	c.Drift = &Drift{Rows: c.Sheet.Rows - c.Before.Rows, Sum: more.Fixed(), sum: more}
	if was > 0 {
		share := perMille(now-was, was)
		c.Drift.PerMille = &share
	}
}
