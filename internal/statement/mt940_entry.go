package statement

import (
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
)

// swiftEntry is what stands in a field :61:.
//
//	YYMMDD[MMDD]mark[funds]amount,type reference[//bank's reference]
//	[supplementary details]
type swiftEntry struct {
	value, booked Day
	out           bool // it leaves the account
	reversal      bool
	expected      bool
	returned      bool // of the type RTI, a returned item
	amount        string
	reference     string
	bankReference string
	details       string
}

// entry reads a field :61:. The line waits for its :86:.
func (r *mt940Reader) entry(f field) {
	bad := func(what, want string) {
		r.part.faulty = true
		r.to.faults.add(Problem{Row: f.row, Field: ":61:", What: what, Want: want})
	}
	if r.part.currency == (money.Currency{}) {
		if !r.part.faulty {
			bad("stands before the opening balance", "the file as the bank gave it")
		}
		return
	}
	e, what := parseEntry(f.pieces)
	if what != "" {
		bad(what, "an entry such as 2611151115D1234,56NTRFREFERENCE//BANKREF")
		return
	}
	minor, err := swiftAmount(r.part.currency, e.amount)
	if err != nil {
		bad("is not an amount: "+err.Error(), "digits such as 1234,56")
		return
	}
	if !e.out {
		minor = -minor
	}
	l := &Line{
		Entry: r.to.total.lines + 1, Position: Position{Row: f.row}, Day: e.booked, ValueDay: e.value,
		Amount: money.FromMinor(r.part.currency, minor), Status: StatusBooked, Reversal: e.reversal, EntryRef: e.bankReference,
	}
	switch {
	case e.expected:
		l.Status = StatusOpen
	case minor < 0 && (e.reversal || e.returned):
		l.Status = StatusReturned
	}
	l.refer(e.reference)
	if e.details != "" {
		l.NarrativeLines = append(l.NarrativeLines, e.details)
		l.Narrative = e.details
	}
	r.pending, r.moved, r.info = l, minor, false
}

// parseEntry takes the text apart; what says why it cannot.
func parseEntry(pieces []string) (e swiftEntry, what string) {
	text := strings.TrimSpace(pieces[0])
	var ok bool
	if e.value, ok = swiftDay(text); !ok {
		return e, "has no date"
	}
	text = text[6:]
	e.booked = e.value
	if len(text) > 4 && allDigits(text[:4]) {
		if e.booked, ok = bookedNear(e.value, text[:4]); !ok {
			return e, "has no date of booking"
		}
		text = text[4:]
	}
	if text, ok = e.mark(text); !ok {
		return e, "does not say whether it is a debit or a credit"
	}
	end := strings.IndexFunc(text, func(c rune) bool { return (c < '0' || c > '9') && c != ',' && c != '.' })
	if end < 0 {
		end = len(text)
	}
	e.amount, text = text[:end], text[end:]
	if len(text) >= 4 && strings.IndexByte("NFS", text[0]) >= 0 {
		e.returned = text[1:4] == "RTI"
		text = text[4:]
	}
	reference, bank, _ := strings.Cut(text, "//")
	e.reference, e.bankReference = clean(reference, maxTextBytes), clean(bank, maxTextBytes)
	if len(pieces) > 1 {
		e.details = clean(strings.Join(pieces[1:], " "), maxTextBytes)
	}
	return e, ""
}

// mark reads D, C, RD, RC, ED or EC, and the third letter of the currency that may follow.
func (e *swiftEntry) mark(text string) (rest string, ok bool) {
	if text == "" {
		return "", false
	}
	switch text[0] {
	case 'R':
		e.reversal, text = true, text[1:]
	case 'E':
		e.expected, text = true, text[1:]
	}
	if text == "" || text[0] != 'D' && text[0] != 'C' {
		return "", false
	}
	// The reversal of a debit brings money back.
	e.out = (text[0] == 'D') != e.reversal
	text = text[1:]
	if text != "" && text[0] >= 'A' && text[0] <= 'Z' {
		text = text[1:]
	}
	return text, true
}

// bookedNear gives a MMDD the year that brings it nearest to the value date.
func bookedNear(value Day, text string) (Day, bool) {
	n, _ := strconv.Atoi(text) // digits, as the caller has seen
	var best Day
	for year := value.Time().Year() - 1; year <= value.Time().Year()+1; year++ {
		day, ok := civil(year, n/100, n%100)
		if ok && (best == 0 || max(day-value, value-day) < max(best-value, value-best)) {
			best = day
		}
	}
	return best, best != 0
}

// none are references that say that there is none.
var none = map[string]bool{"NONREF": true, "NOREF": true, "NOTPROVIDED": true, "NOT PROVIDED": true, "N/A": true, "EREF": true, "KREF": true, "-": true, "0": true}

// refer adds a reference, or makes it the trade number if it is one of ours.
func (l *Line) refer(text string) {
	text = clean(text, maxTextBytes)
	switch {
	case text == "" || none[strings.ToUpper(text)]:
	case l.TradeNo == "" && looksOurs(text):
		l.TradeNo = text
	case len(l.References) < maxReferences && !contains(l.References, text):
		l.References = append(l.References, text)
	}
}

// contains looks among few: batches that name many are searched by their last ones only.
func contains(list []string, text string) bool {
	const window = 8
	for _, known := range list[max(0, len(list)-window):] {
		if known == text {
			return true
		}
	}
	return false
}

// oursLength is the length of a number that bulkpay gives.
const oursLength = 28

// looksOurs tells whether a text has the form of a number that bulkpay gives: BP, a
// time to the second, and twelve letters and digits.
func looksOurs(text string) bool {
	const stamp = 16
	if len(text) != oursLength || text[:2] != "BP" || !allDigits(text[2:stamp]) {
		return false
	}
	for i := stamp; i < oursLength; i++ {
		if c := text[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
