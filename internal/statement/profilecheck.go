package statement

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/internal/textfile"
)

// UnmarshalText takes one header alone.
func (h *Headers) UnmarshalText(text []byte) error {
	*h = Headers{string(text)}
	return nil
}

// Check lists all that is wrong with a profile, in the words of the configuration file.
func (p *Profile) Check() []string {
	var faults []string
	fault := func(when bool, format string, args ...any) {
		if when {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	fault(p.Kind != "" && p.Kind != KindGateway && p.Kind != KindBank, "kind is gateway or bank")
	fault(p.Decimal != "" && p.Decimal != "point" && p.Decimal != "comma", "decimal is point or comma")
	fault(p.Out != "" && p.Out != "positive" && p.Out != "negative", "out is positive or negative: the sign of what has left the account")
	fault(p.SkipRows < 0 || p.SkipRows > maxLines, "skip_rows is a number of rows")
	if p.Currency != "" {
		_, ok := LookupCurrency(p.Currency)
		fault(!ok, "currency %q is not three capitals such as MXN", p.Currency)
	}
	if p.Encoding != "" {
		_, ok := textfile.Lookup(p.Encoding)
		fault(!ok, "encoding %q is not %s", p.Encoding, wantEncoding())
	}
	if p.Delimiter != "" {
		_, ok := lookupDelimiter(p.Delimiter)
		fault(!ok, "delimiter is comma, semicolon, tab, bar or one character")
	}
	faults = append(faults, p.checkDates()...)
	faults = append(faults, p.checkColumns()...)
	for _, word := range slices.Sorted(maps.Keys(p.Statuses)) {
		status := p.Statuses[word]
		fault(!slices.Contains(Statuses(), status), "statuses: %q is to be %q, which is none of booked, paid, failed, open, returned", word, status)
	}
	for _, word := range p.OutWords {
		fault(slices.Contains(p.InWords, word), "%q is in out_words and in in_words", word)
	}
	return faults
}

// checkDates wants formats that agree: two orders in one column could not be told apart.
func (p *Profile) checkDates() []string {
	var faults []string
	var first order
	for _, format := range p.Dates {
		o, ok := orderOf(format)
		switch {
		case !ok:
			faults = append(faults, fmt.Sprintf("dates: %q does not say where day, month and year are, as DD/MM/YYYY does", format))
		case first != 0 && o != first && o != orderYMD && first != orderYMD:
			faults = append(faults, "dates: one column cannot have the day first and the month first")
		}
		if first == 0 || first == orderYMD {
			first = o
		}
	}
	return faults
}

func (p *Profile) checkColumns() []string {
	var faults []string
	known := Fields()
	for _, field := range slices.Sorted(maps.Keys(p.Columns)) {
		if !slices.Contains(known, field) {
			faults = append(faults, fmt.Sprintf("columns: there is no field %s; there are %s", field, describeFields(known)))
		}
		for _, header := range p.Columns[field] {
			if strings.TrimSpace(header) == "" {
				faults = append(faults, fmt.Sprintf("columns: %s has a header without a name", field))
			}
		}
	}
	has := func(field Field) bool { return len(p.Columns[field]) > 0 && !p.Columns[field].none() }
	if has(FieldAmount) && (has(FieldDebit) || has(FieldCredit)) {
		faults = append(faults, "columns: an amount stands in amount, or in debit and credit, not in both")
	}
	return faults
}
