package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// head is what is known before the first row: the summary, and the equation
// worked out of it.
type head struct {
	ledger.Summary
	explain  func(ledger.Payout) Advice
	version  string
	currency money.Currency
	sheet    ledger.Bucket // the left side of the equation
	total    ledger.Bucket // the right side
	tied     bool
	off      string // what is missing or too much, in words; "" if tied
	changes  ledger.Changes
	moved    []ledger.Change // of changes, in the order in which they are shown
	worded   *ledger.Bucket  // what rests on a person's word alone, counted while the rows go by
}

func newHead(source Batch, o Options) head {
	summary := source.Summary
	h := head{
		Summary:  summary,
		explain:  o.Explain,
		version:  o.Version,
		currency: summary.Batch.Merchant.Currency,
		tied:     summary.Tied(),
		changes:  source.Changes,
		moved:    sorted(source.Changes.Moved),
		worded:   &ledger.Bucket{},
	}
	if h.explain == nil {
		h.explain = Explain
	}
	count, sum := summary.Total()
	h.sheet = ledger.Bucket{Name: "sheet", Count: summary.Batch.Rows, Sum: summary.Batch.Sum}
	h.total = ledger.Bucket{Name: "total", Count: count, Sum: sum}
	if !h.tied {
		h.off = h.difference()
	}
	return h
}

// difference names by how much the buckets miss the sheet.
func (h head) difference() string {
	var parts []string
	if n := h.total.Count - h.sheet.Count; n != 0 {
		parts = append(parts, missing(n, plural(max(n, -n), "row")))
	}
	have, ok := h.total.Sum.Minor()
	want, ok2 := h.sheet.Sum.Minor()
	if !ok || !ok2 || h.total.Sum.Currency() != h.currency || h.sheet.Sum.Currency() != h.currency {
		return strings.Join(append(parts, "the sums cannot be compared"), "; ")
	}
	if d := have - want; d != 0 {
		parts = append(parts, missing(int(d), money.FromMinor(h.currency, max(d, -d)).String()))
	}
	return strings.Join(parts, "; ")
}

func missing(n int, what string) string {
	if n < 0 {
		return what + " of the sheet in no bucket"
	}
	return what + " more in the buckets than in the sheet"
}

// verdict is the two words that matter most on the page.
func (h head) verdict() string {
	if h.tied {
		return "TIED"
	}
	return "NOT TIED"
}

// countTerms and sumTerms are the equation in pieces that stay together when
// a line is broken: "sheet 40 rows", "= invalid 2", "+ held 1", …
func (h head) countTerms() []string {
	return h.terms("sheet "+plural(h.sheet.Count, "row"), h.sheet.Count == h.total.Count,
		func(b ledger.Bucket) string { return group(b.Count) })
}

func (h head) sumTerms() []string {
	return h.terms("sheet "+h.sheet.Sum.String(), h.sheet.Sum.Equal(h.total.Sum),
		func(b ledger.Bucket) string { return h.number(b.Sum) })
}

func (h head) terms(left string, equal bool, value func(ledger.Bucket) string) []string {
	terms := []string{left}
	sign := "= "
	if !equal {
		sign = "≠ "
	}
	for _, bucket := range h.Buckets {
		terms = append(terms, sign+bucket.Name+" "+value(bucket))
		sign = "+ "
	}
	return terms
}

// equation is the tie-out by count and by sum, one line each.
func (h head) equation() [2]string {
	return [2]string{strings.Join(h.countTerms(), " "), strings.Join(h.sumTerms(), " ")}
}

// unreadable says what the equation is silent about; "" if there is nothing.
func (h head) unreadable() string {
	switch n := h.Batch.Unreadable; n {
	case 0:
		return ""
	case 1:
		return "1 row left out has an unreadable amount that counts as nothing"
	default:
		return group(n) + " rows left out have unreadable amounts that count as nothing"
	}
}

// overridden says what a person's word let pass, and why; "" if nothing.
func (h head) overridden() string {
	switch n := h.Batch.Overridden; n {
	case 0:
		return ""
	case 1:
		return "1 payout looks like an earlier one and is made on a person's word: " + h.Batch.Reason
	default:
		return group(n) + " payouts look like earlier ones and are made on a person's word: " + h.Batch.Reason
	}
}

// reason is why a batch was made that no sheet alone explains: one that repeats
// another, or pays anew what was called off. Where it let payouts pass, the
// note about those has it.
func (h head) reason() string {
	if h.Batch.Overridden > 0 {
		return ""
	}
	return h.Batch.Reason
}

// onWords says how much rests on a person's word alone; "" if nothing. It is
// known only after the last row.
func (h head) onWords() string {
	switch n := h.worded.Count; n {
	case 0:
		return ""
	case 1:
		return "1 payout, " + h.worded.Sum.String() + ", stands as it does on a person's word: no answer of the gateway is behind it"
	default:
		return group(n) + " payouts, " + h.worded.Sum.String() + ", stand as they do on a person's word: no answer of the gateway is behind them"
	}
}

// number is an amount without its currency, for places that name it once.
func (h head) number(a money.Amount) string {
	if a.Currency() == (money.Currency{}) {
		a = money.FromMinor(h.currency, 0)
	}
	return strings.TrimSuffix(a.String(), " "+a.Currency().Code)
}

// simulation is the warning on a report of the simulated gateway, which must
// not be taken for one of money; "" on all others.
func (h head) simulation() string {
	if h.Batch.Merchant.Simulated() {
		return "SIMULATION: no money moved"
	}
	return ""
}

// where names the merchant with its area: "acme-mx · MX".
func (h head) where() string { return h.Batch.Merchant.Name + " · " + h.Batch.Merchant.Area }

// writer names the program for the foot of a page.
func (h head) writer() string { return strings.TrimSpace("bulkpay " + h.version) }

// tally adds the rows up again, independently of the ledger's own sums.
type tally struct {
	head
	found map[string]ledger.Bucket
}

func newTally(h head) tally { return tally{h, map[string]ledger.Bucket{}} }

func (t tally) add(e entry) error {
	bucket := t.found[e.Bucket]
	sum, err := bucket.Sum.Add(e.Amount)
	if err != nil {
		return fmt.Errorf("row %d: %w", e.Row, err)
	}
	t.found[e.Bucket] = ledger.Bucket{Name: e.Bucket, Count: bucket.Count + 1, Sum: sum}
	if e.WordOf != "" {
		t.worded.Count++
		t.worded.Sum, err = t.worded.Sum.Add(e.Amount)
	}
	return err
}

// compare holds the rows against the summary. Whether the two sides of the
// equation agree is another question: a batch that is not tied gets a report
// that says so.
func (t tally) compare() error {
	for _, want := range t.Buckets {
		got := t.found[want.Name]
		delete(t.found, want.Name)
		if got.Count != want.Count || t.number(got.Sum) != t.number(want.Sum) {
			return fmt.Errorf("%w: %s: rows %d %s, summary %d %s", ErrChanged,
				want.Name, got.Count, t.number(got.Sum), want.Count, t.number(want.Sum))
		}
	}
	for name := range t.found {
		return fmt.Errorf("%w: %s is not in the summary", ErrChanged, name)
	}
	return nil
}

// moment is a time as people read it, to the second, in UTC; "" if zero.
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

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return group(n) + " " + noun
}

// group writes a count with thousands marks.
func group(n int) string {
	return strings.TrimSuffix(money.FromMinor(money.Currency{Code: "x"}, int64(n)).String(), " x")
}
