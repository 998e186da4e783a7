package ingest

import (
	"fmt"
	"strings"

	"github.com/bulkpay/bulkpay/paypro"
)

// amounts reads the cells of the column of amounts. Marks mean the same in
// the whole column: what one row settles holds for all, and rows that say
// otherwise are faults.
type amounts struct {
	field    *paypro.Field
	currency string
	want     string
	told     convention // by --decimal
	// The first rows that can be read in one way only, by the way; 0 without.
	pointRow, commaRow int
}

func newAmounts(area *paypro.Area, told convention) amounts {
	a := amounts{field: area.FieldFor(paypro.RoleAmount), currency: area.Currency.Code, told: told}
	a.want = "an amount in plain digits, for example 1500"
	if area.Decimals() > 0 {
		a.want += " or 1500.50"
	}
	return a
}

func lookupConvention(name string) (convention, error) {
	switch strings.ToLower(name) {
	case "":
		return noConvention, nil
	case "point":
		return decimalPoint, nil
	case "comma":
		return decimalComma, nil
	}
	return noConvention, refuse("cannot be read with the decimal mark that was asked for", "--decimal point or --decimal comma")
}

// convention is what holds for the column, if anything does.
func (a *amounts) convention() convention {
	switch {
	case a.told != noConvention:
		return a.told
	case a.pointRow > 0 && a.commaRow == 0:
		return decimalPoint
	case a.commaRow > 0 && a.pointRow == 0:
		return decimalComma
	}
	return noConvention
}

// assumed says how marks are read, if there are any.
func (a *amounts) assumed() string {
	by := a.convention()
	switch {
	case by == noConvention:
		return ""
	case a.told != noConvention:
		return fmt.Sprintf("amounts have a decimal %s, as set", by)
	}
	return fmt.Sprintf("amounts have a decimal %s, as row %d shows", by, max(a.pointRow, a.commaRow))
}

// survey takes note of what a cell says about the marks of the column.
func (a *amounts) survey(value string, kind kind, row int) {
	if kind == kindNumber || !strings.ContainsAny(value, ".,．，٫٬") {
		return
	}
	text, fault := a.bare(value)
	if fault != "" {
		return
	}
	n, fault := readNumeral(text)
	switch {
	case fault != "":
	case n.means == decimalPoint && a.pointRow == 0:
		a.pointRow = row
	case n.means == decimalComma && a.commaRow == 0:
		a.commaRow = row
	}
}

// read puts an amount into plain digits, or says what is wrong with it.
func (a *amounts) read(value string, kind kind) (plain string, fault paypro.Fault) {
	if kind == kindPlain && plainDigits(value) {
		return value, paypro.Fault{}
	}
	problem, want := "", a.want
	switch kind {
	case kindDate:
		problem = "is a date"
	case kindBool:
		problem = "is TRUE or FALSE"
	case kindNumber:
		plain, problem = a.number(value)
	default:
		plain, problem, want = a.text(value)
	}
	if problem != "" {
		return "", paypro.Fault{Field: a.field.Name, Problem: problem, Want: want}
	}
	return plain, paypro.Fault{}
}

// number reads a numeric cell of a workbook, which has no marks to doubt.
func (a *amounts) number(value string) (plain, problem string) {
	if strings.HasPrefix(value, "-") {
		return "", "is negative"
	}
	whole, fraction, _ := strings.Cut(value, ".")
	return numeral{whole: whole, fraction: fraction}.canonical(), ""
}

func (a *amounts) text(value string) (plain, problem, want string) {
	text, problem := a.bare(value)
	if problem != "" {
		return "", problem, a.want
	}
	n, problem := readNumeral(text)
	by := a.convention()
	switch {
	case problem != "":
		return "", problem, a.want
	case by == noConvention && a.pointRow > 0 && (n.either || n.means != noConvention):
		return "", a.contradiction(n), "--decimal point or --decimal comma if one holds for all rows, and the other rows corrected"
	case by == noConvention && n.either:
		return "", "can be read in two ways: the mark before its last three digits may group thousands or separate decimals",
			"--decimal point or --decimal comma, or the amount without marks"
	case n.means != noConvention && by != noConvention && n.means != by:
		return "", fmt.Sprintf("has its marks the other way round than a sheet with a decimal %s", by), a.want
	}
	return n.settle(by).canonical(), "", ""
}

// contradiction names a row that uses the marks the other way.
func (a *amounts) contradiction(n numeral) string {
	other := a.commaRow
	if n.means == decimalComma {
		other = a.pointRow
	}
	if n.either {
		return fmt.Sprintf("cannot be read: points and commas mean one thing in row %d and another in row %d", a.pointRow, a.commaRow)
	}
	return fmt.Sprintf("uses points and commas the other way round than row %d", other)
}

// bare takes off what stands around a number, and names what must not.
func (a *amounts) bare(value string) (text, problem string) {
	text = strings.Trim(foldMarks(foldDigits(value)), " ")
	text = strings.TrimPrefix(text, "'") // how a spreadsheet is told to keep a text
	if text == "" {
		return "", "is not a plain number"
	}
	text, foreign := stripCurrency(text, a.currency)
	if text == "" {
		return "", "is not a plain number"
	}
	hasDigit := strings.ContainsAny(text, "0123456789")
	switch first, last := text[0], text[len(text)-1]; {
	case first == '=':
		return "", "is the text of a formula, not its result"
	case last == '%':
		return "", "is a percentage"
	case hasDigit && (first == '-' || last == '-' || first == '(' && last == ')'):
		return "", "is negative"
	case hasDigit && first == '+':
		return "", "has a sign in front"
	case isExponential(text):
		return "", "was turned into a rounded number by a spreadsheet"
	case foreign:
		return "", "has something beside the number that is not " + a.currency
	}
	return text, ""
}

func plainDigits(value string) bool {
	for i := range len(value) {
		if !isDigit(value[i]) {
			return false
		}
	}
	return value != ""
}
