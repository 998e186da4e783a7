package main

import (
	"fmt"
	"io"
	"time"

	"github.com/bulkpay/bulkpay/internal/journal"
	"github.com/bulkpay/bulkpay/internal/visible"
)

// journalJSON is what `bulkpay journal --out FILE --json` prints.
type journalJSON struct {
	File    string            `json:"file"`
	Format  string            `json:"format"`
	Batch   string            `json:"batch,omitempty"`
	From    string            `json:"from,omitempty"`
	To      string            `json:"to,omitempty"`
	Totals  bool              `json:"totals"`
	Entries int               `json:"entries"`
	Left    int               `json:"left"`
	Books   []journalBookJSON `json:"books"`
}

// journalBookJSON is what was booked of a merchant.
type journalBookJSON struct {
	Merchant      string               `json:"merchant"`
	Currency      string               `json:"currency"`
	TimeZone      string               `json:"timeZone"`
	Simulated     bool                 `json:"simulated"`
	Bookings      int                  `json:"bookings"`
	UnderWayCount int                  `json:"underWayCount"`
	UnderWaySum   string               `json:"underWaySum"`
	ContraryCount int                  `json:"contraryCount"`
	ContrarySum   string               `json:"contrarySum"`
	Kinds         []journalKindJSON    `json:"kinds"`
	Accounts      []journalAccountJSON `json:"accounts"`
	Controls      []journalControlJSON `json:"controls"`
}

type journalKindJSON struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
	Sum   string `json:"sum"`
}

type journalAccountJSON struct {
	Role    string `json:"role"`
	Account string `json:"account"`
	Opening string `json:"opening"`
	Debit   string `json:"debit"`
	Credit  string `json:"credit"`
	Closing string `json:"closing"`
}

type journalControlJSON struct {
	Name    string `json:"name"`
	Books   string `json:"books"`
	Payouts string `json:"payouts"`
	Tied    bool   `json:"tied"`
}

func (a *app) printJournal(j journaled) error {
	if most := j.format.MostLines(); most > 0 && 2*j.written > most {
		a.say("warning: %s lines, and %s takes %d in a file: add --totals, or write fewer days at once", group(2*j.written), j.format, most)
	}
	if a.json {
		return a.printJSON(j.asJSON())
	}
	w := a.err // standard output has the bookings
	if j.options.out != "" {
		w = a.out
		fmt.Fprintf(w, "%s: %s\n", visible.Line(j.options.out), entries(j.written))
	}
	for _, result := range j.results {
		printBook(w, result)
	}
	if j.left > 0 {
		fmt.Fprintf(w, "%s of today left out: the day is not over\n", plural(j.left, "booking"))
	}
	return nil
}

// printBook prints the balances of a merchant's accounts.
func printBook(w io.Writer, r journal.Result) {
	m := r.Scope.Merchant
	what := "merchant " + visible.Line(m.Name)
	if r.Scope.Batch.Code != "" {
		what = "batch " + r.Scope.Batch.Code
	}
	if m.Simulated() {
		what = "SIMULATION, no money moved: " + what
	}
	fmt.Fprintf(w, "\n%s, %s, days of %s\n\n", what, m.Currency.Code, zoneName(r.Setting.Zone))
	fmt.Fprintf(w, "  %-36s %16s %16s %16s %16s\n", "account", "before", "debit", "credit", "after")
	for _, b := range r.Balances {
		fmt.Fprintf(w, "  %-36s %16s %16s %16s %16s\n", b.Account, b.Opening.Fixed(), b.Debit.Fixed(), b.Credit.Fixed(), b.Closing.Fixed())
	}
	fmt.Fprintln(w)
	for _, kind := range journal.Kinds() {
		if sum := r.Kinds[kind]; sum.Count > 0 {
			fmt.Fprintf(w, "  %-36s %16s %16s\n", kind, group(sum.Count), sum.Amount.Fixed())
		}
	}
	if r.Unbooked.Count > 0 {
		fmt.Fprintf(w, "  %-36s %16s %16s\n", "under way, not booked yet", group(r.Unbooked.Count), r.Unbooked.Amount.Fixed())
	}
	if r.Contradicted.Count > 0 {
		fmt.Fprintf(w, "  %-36s %16s %16s\n", "with contrary answers: look at them", group(r.Contradicted.Count), r.Contradicted.Amount.Fixed())
	}
	fmt.Fprintln(w, "TIED: the bookings add up to the payouts as they stand")
}

// zoneName is where the days are; a machine's own zone may have no name.
func zoneName(zone *time.Location) string {
	if zone == time.Local {
		return "this machine"
	}
	return zone.String()
}

func (j journaled) asJSON() journalJSON {
	o := j.options
	out := journalJSON{
		File: o.out, Format: string(j.format), From: o.from, To: o.to, Totals: o.totals, Entries: j.written, Left: j.left,
		Books: []journalBookJSON{},
	}
	for _, r := range j.results {
		m := r.Scope.Merchant
		out.Batch = r.Scope.Batch.Code
		book := journalBookJSON{
			Merchant: m.Name, Currency: m.Currency.Code, TimeZone: r.Setting.Zone.String(), Simulated: m.Simulated(), Bookings: r.Entries,
			UnderWayCount: r.Unbooked.Count, UnderWaySum: r.Unbooked.Amount.Fixed(),
			ContraryCount: r.Contradicted.Count, ContrarySum: r.Contradicted.Amount.Fixed(),
		}
		for _, kind := range journal.Kinds() {
			book.Kinds = append(book.Kinds, journalKindJSON{string(kind), r.Kinds[kind].Count, r.Kinds[kind].Amount.Fixed()})
		}
		for _, b := range r.Balances {
			book.Accounts = append(book.Accounts, journalAccountJSON{
				string(b.Role), b.Account, b.Opening.Fixed(), b.Debit.Fixed(), b.Credit.Fixed(), b.Closing.Fixed(),
			})
		}
		for _, c := range r.Controls {
			book.Controls = append(book.Controls, journalControlJSON{c.Name, c.Books.Fixed(), c.Payouts.Fixed(), c.Tied()})
		}
		out.Books = append(out.Books, book)
	}
	return out
}

// entries is "1 entry", "2 entries".
func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return group(n) + " entries"
}
