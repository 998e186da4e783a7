package report

import (
	"slices"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// head is one part of a report: the batches of one merchant, in whose currency
// sums are made, added up; for one batch, that batch. All of it but what is
// gathered is known before the first row.
type head struct {
	*paper
	ledger.Summary // of the batches together; Batch has only what they have in common

	sections  []*section
	currency  money.Currency
	sheet     ledger.Bucket // the left side of the equation
	total     ledger.Bucket // the right side
	tied      bool          // of every batch, and of all together
	off       string        // what is missing or too much, in words; "" if tied
	equations []Equation    // always the three
	changes   ledger.Changes
	moved     []ledger.Change // of changes, in the order in which they are shown

	// Gathered while the rows go by.
	worded *ledger.Bucket // what rests on a person's word alone
	causes *causes        // of what a person must look at
	open   [5]Figure      // what is in doubt or held, by age
}

// one tells whether the part is a single batch.
func (h *head) one() bool { return len(h.sections) == 1 }

func (h *head) simulated() bool { return h.Summary.Batch.Merchant.Simulated() }

// difference names by how much the buckets miss the sheet.
func (h *head) difference() string {
	var parts []string
	if n := h.total.Count - h.sheet.Count; n != 0 {
		parts = append(parts, h.missing(n, h.n(max(n, -n), "%d row", "%d rows")))
	}
	have, ok := h.total.Sum.Minor()
	want, ok2 := h.sheet.Sum.Minor()
	switch {
	case !ok || !ok2 || h.total.Sum.Currency() != h.currency || h.sheet.Sum.Currency() != h.currency:
		parts = append(parts, h.t("the sums cannot be compared"))
	case have != want:
		d := have - want
		parts = append(parts, h.missing(int(d), money.FromMinor(h.currency, max(d, -d)).String()))
	}
	if len(parts) == 0 { // one batch is short of what another has too much
		parts = append(parts, h.t("the sheets of single batches do not tie"))
	}
	return strings.Join(parts, "; ")
}

func (h *head) missing(n int, what string) string {
	if n < 0 {
		return h.t("%s of the sheet in no bucket", what)
	}
	return h.t("%s more in the buckets than in the sheet", what)
}

// conclusion is the last line about the part where a form has one: TIED only
// if nothing is known to be off, neither the sheet nor any other equation, and
// otherwise what is. Whoever reads only the end must not be told otherwise than
// whoever reads the exit code.
func (h *head) conclusion() (said string, tied bool) {
	off := h.untied()
	if h.matching != nil && len(h.parts) == 1 {
		for _, e := range h.matching.Equations {
			if e.Verdict() == NotTied {
				off = append(off, h.word(e.Name)+": "+h.whyNot(e))
			}
		}
	}
	if h.tied && len(off) == 0 {
		return h.t("TIED"), true
	}
	return strings.Join(append([]string{h.t("NOT TIED")}, strings.Join(off, "; ")), ": "), false
}

// verdict is what there is to say of the sheets: two words.
func (h *head) verdict() string {
	if h.tied {
		return h.t("TIED")
	}
	return h.t("NOT TIED")
}

// countTerms and sumTerms are the equation in pieces that stay together when
// a line is broken: "sheet 40 rows", "= invalid 2", "+ held 1", …
func (h *head) countTerms() []string {
	left := h.word("sheet") + " " + h.n(h.sheet.Count, "%d row", "%d rows")
	return h.bucketTerms(left, h.sheet.Count == h.total.Count, func(b ledger.Bucket) string { return group(b.Count) })
}

func (h *head) sumTerms() []string {
	left := h.word("sheet") + " " + h.sheet.Sum.String()
	return h.bucketTerms(left, h.sheet.Sum.Equal(h.total.Sum), func(b ledger.Bucket) string { return h.number(b.Sum) })
}

func (h *head) bucketTerms(left string, equal bool, value func(ledger.Bucket) string) []string {
	pieces := []string{left}
	sign := "= "
	if !equal {
		sign = "≠ "
	}
	for _, bucket := range h.Buckets {
		pieces = append(pieces, sign+h.word(bucket.Name)+" "+value(bucket))
		sign = "+ "
	}
	return pieces
}

// equation is the tie-out by count and by sum, one line each.
func (h *head) equation() [2]string {
	return [2]string{strings.Join(h.countTerms(), " "), strings.Join(h.sumTerms(), " ")}
}

// unreadable says what the equation is silent about; "" if there is nothing.
func (h *head) unreadable() string {
	n := h.Summary.Batch.Unreadable
	if n == 0 {
		return ""
	}
	return h.n(n, "%d row left out has an unreadable amount that counts as nothing",
		"%d rows left out have unreadable amounts that count as nothing")
}

// overridden says what a person's word let pass, and why; "" if nothing.
func (h *head) overridden() string {
	n := h.Summary.Batch.Overridden
	if n == 0 {
		return ""
	}
	says := h.n(n, "%d payout looks like an earlier one and is made on a person's word",
		"%d payouts look like earlier ones and are made on a person's word")
	if h.one() {
		says += h.t(": %s", h.Summary.Batch.Reason)
	}
	return says
}

// reason is why a batch was made that no sheet alone explains: one that repeats
// another, or pays anew what was called off. Where it let payouts pass, the
// note about those has it.
func (h *head) reason() string {
	if h.Summary.Batch.Overridden > 0 {
		return ""
	}
	return h.Summary.Batch.Reason
}

// onWords says how much rests on a person's word alone; "" if nothing. It is
// known only after the last row.
func (h *head) onWords() string {
	if h.worded.Count == 0 {
		return ""
	}
	return h.n(h.worded.Count, "%d payout, %s, stands as it does on a person's word: no answer of the gateway is behind it",
		"%d payouts, %s, stand as they do on a person's word: no answer of the gateway is behind them", h.worded.Sum.String())
}

// notes are the sentences that belong under the equation.
func (h *head) notes() []string {
	notes := []string{h.unreadable(), h.overridden(), h.onWords()}
	if h.simulated() {
		notes = slices.Insert(notes, 0, h.simulation())
	}
	if h.Flagged > 0 {
		notes = append(notes, h.n(h.Flagged, "%d payout flagged: answers of the gateway contradict one another",
			"%d payouts flagged: answers of the gateway contradict one another"))
	}
	return slices.DeleteFunc(notes, func(note string) bool { return note == "" })
}

// number is an amount without its currency, for places that name it once.
func (h *head) number(a money.Amount) string {
	if a.Currency() == (money.Currency{}) {
		a = money.FromMinor(h.currency, 0)
	}
	return bare(a)
}

// bare is an amount as people read it, without its currency.
func bare(a money.Amount) string {
	return strings.TrimSuffix(a.String(), " "+a.Currency().Code)
}

// where names the merchant with its area: "acme-mx · MX".
func (h *head) where() string {
	return h.Summary.Batch.Merchant.Name + " · " + h.Summary.Batch.Merchant.Area
}

// writer names the program for the foot of a page.
func (p *paper) writer() string { return strings.TrimSpace("bulkpay " + p.Version) }

// moment is a time as people and spreadsheets read it, to the second, in UTC;
// "" if zero.
func moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02 15:04:05")
}

// stamp is a time as programs read it; "" if zero.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// group writes a count with thousands marks.
func group(n int) string {
	return strings.TrimSuffix(money.FromMinor(money.Currency{Code: "x"}, int64(n)).String(), " x")
}

// untied says what of the part does not tie, batch by batch if there are
// several.
func (h *head) untied() []string {
	var all []string
	if h.off != "" {
		all = append(all, h.off)
	}
	for _, s := range h.sections {
		for _, e := range s.equations {
			if e.Verdict() != NotTied || h.one() && e.Name == SheetEquation {
				continue
			}
			says := h.word(e.Name) + ": " + h.whyNot(e)
			if !h.one() {
				says = s.Summary.Batch.Code + ": " + says
			}
			all = append(all, says)
		}
	}
	if !h.one() {
		if e := h.equations[2]; e.Verdict() == NotTied {
			all = append(all, h.word(e.Name)+": "+h.whyNot(e))
		}
	}
	return all
}
