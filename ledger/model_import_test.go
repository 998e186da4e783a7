package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pgregory.net/rapid"
)

func (m *model) importSheet(rt *rapid.T) {
	if len(m.batches) == 5 {
		rt.Skip("enough")
	}
	rows, wrong := m.drawRows(rt)
	b, err := m.book.Import(context.Background(), NewBatch{
		Merchant: m.merchant, Actor: "maria", Reason: "all are meant", Original: Text("content"), Content: func() string { return fmt.Sprint("content ", len(m.batches)) },
	}, rowsOf(rows...))
	if refused := (*ReplaceError)(nil); wrong && errors.As(err, &refused) {
		return
	}
	ok(rt, err)
	if wrong {
		rt.Fatalf("imported: %+v", rows)
	}
	m.batches = append(m.batches, b)
	n := 0
	for line, err := range m.book.Lines(context.Background(), b.ID) {
		ok(rt, err)
		r := rows[n]
		n++
		if line.Payout == nil {
			if k := line.Known; (k != nil) != (r.Known != "") || k != nil && (k.TradeNo != r.Known || k.Amount != r.Amount) {
				rt.Fatalf("row %+v became %+v", r, line)
			}
			continue
		}
		if want := map[bool]State{true: Held, false: Ready}[r.Hold != ""]; line.Payout.State != want {
			rt.Fatalf("row %+v became %+v", r, line.Payout)
		}
		if line.Payout.Replaces != r.Replaces || line.Payout.ReplacedBy != "" {
			rt.Fatalf("row %+v became %+v", r, line.Payout)
		}
		if was := m.numbered(r.Replaces); was != nil {
			was.ReplacedBy = line.Payout.TradeNo
		}
		m.payouts = append(m.payouts, &twin{Payout: *line.Payout, seen: []Payout{*line.Payout}})
	}
}

// drawRows makes a sheet; wrong: a row of it would stand in for what it must
// not.
func (m *model) drawRows(rt *rapid.T) (rows []NewRow, wrong bool) {
	taken := map[*twin]bool{}
	for i := range rapid.IntRange(0, 5).Draw(rt, "rows") {
		r := row(i+2, int64(rapid.IntRange(1, 1e9).Draw(rt, "amount")))
		switch rapid.IntRange(0, 9).Draw(rt, "sort") {
		case 0:
			r.Problems = []string{"x"}
		case 1:
			if len(m.payouts) > 0 {
				r.Known = rapid.SampledFrom(m.payouts).Draw(rt, "known").TradeNo
			}
		case 2, 3:
			r.Hold = "like another one"
		case 4:
			r.Overridden = true
		case 5, 6, 7:
			if p := m.toReplace(rt, taken); p != nil {
				r.Replaces = p.TradeNo
				wrong = wrong || taken[p] || !m.replaceable(p)
				taken[p] = true
			}
		}
		rows = append(rows, r)
	}
	return rows, wrong
}

// toReplace is a payout that can be replaced, if there is one, and now and
// then any other.
func (m *model) toReplace(rt *rapid.T, taken map[*twin]bool) *twin {
	from := m.payouts
	if rapid.IntRange(0, 9).Draw(rt, "rightly") > 0 {
		from = nil
		for _, p := range m.payouts {
			if m.replaceable(p) && !taken[p] {
				from = append(from, p)
			}
		}
	}
	if len(from) == 0 {
		return nil
	}
	return rapid.SampledFrom(from).Draw(rt, "replaced")
}

func (m *model) numbered(tradeNo string) *twin {
	for _, p := range m.payouts {
		if p.TradeNo == tradeNo {
			return p
		}
	}
	return nil
}

// before is a payout and all that it stands in for.
func (m *model) before(p *twin) []*twin {
	all := []*twin{p}
	for p.Replaces != "" {
		p = m.numbered(p.Replaces)
		all = append(all, p)
	}
	return all
}

// after is all that stands in for a payout.
func (m *model) after(p *twin) []*twin {
	var all []*twin
	for p.ReplacedBy != "" {
		p = m.numbered(p.ReplacedBy)
		all = append(all, p)
	}
	return all
}

func (m *model) replaceable(p *twin) bool {
	return p.ReplacedBy == "" && !slices.ContainsFunc(m.before(p), func(p *twin) bool { return !p.State.CalledOff() })
}
