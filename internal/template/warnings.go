package template

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Every rule here warns and lets the person go on. Words that the sheet's
// rules do not know may be known when it is read ("Tarjeta de débito"), and
// an amount may be typed as text.

// validation gives a column its drop-down, or a warning about what cannot be
// right in it.
func (w *writer) validation(i int) {
	c := &w.columns[i]
	rule := excelize.NewDataValidation(true)
	rule.SetSqref(span(i))
	title, text := c.field.Label, full(c.right)
	switch {
	case len(c.list) > 0:
		w.dropDown(rule, c)
		if len(c.field.Choices) == 0 {
			text = "This bank is not in the list. Is its code right?"
		}
	case c.isAmount():
		kind, least := excelize.DataValidationTypeWhole, "1"
		if w.area.Decimals() > 0 {
			kind, least = excelize.DataValidationTypeDecimal, "0.01"
		}
		w.do(rule.SetRange(least, "", kind, excelize.DataValidationOperatorGreaterThanOrEqual))
	case c.least > 0:
		w.do(rule.SetRange(c.least, "", excelize.DataValidationTypeTextLength, excelize.DataValidationOperatorGreaterThanOrEqual))
	case c.field.MaxChars > 0:
		w.do(rule.SetRange(c.field.MaxChars, "", excelize.DataValidationTypeTextLength, excelize.DataValidationOperatorLessThanOrEqual))
		text = fmt.Sprintf("At most %d characters.", c.field.MaxChars)
	default:
		return
	}
	rule.SetError(excelize.DataValidationErrorStyleWarning, cut(title, 32), cut(text, 255))
	w.do(w.book.AddDataValidation(payouts, rule))
}

// dropDown puts a short list into the rule, and one that does not fit there
// on a hidden sheet.
func (w *writer) dropDown(rule *excelize.DataValidation, c *column) {
	const most = 255
	if joined := strings.Join(c.list, ","); len(joined) <= most && strings.Count(joined, ",") == len(c.list)-1 {
		w.do(rule.SetDropList(c.list))
		return
	}
	if w.lists == 0 {
		_, err := w.book.NewSheet(lists)
		w.do(err)
		w.do(w.book.SetSheetVisible(lists, false))
	}
	for row, entry := range c.list {
		w.do(w.book.SetCellStr(lists, cell(w.lists, row+1), entry))
	}
	name := columnName(w.lists)
	w.do(w.book.SetColWidth(lists, name, name, c.width))
	rule.SetSqrefDropList(fmt.Sprintf("%s!$%s$1:$%s$%d", lists, name, name, len(c.list)))
	w.lists++
}

// warnings colour what needs to be looked at, and the example. The formats
// are bound to what the cells hold, so that a row typed over the example looks
// like any other.
func (w *writer) warnings() {
	last := columnName(len(w.columns) - 1)
	whole := fmt.Sprintf("A2:%s%d", last, lastRow)
	started := fmt.Sprintf("COUNTA($A2:$%s2)>0", last)
	below := []excelize.Border{{Type: "bottom", Color: lineColour, Style: 1}}
	w.format(whole, w.rule(w.isExample(), true, excelize.Style{
		Font: &excelize.Font{Italic: true, Color: quietColour}, Border: below,
	}))
	for i := range w.columns {
		c, name := &w.columns[i], columnName(i)
		var rules []excelize.ConditionalFormatOptions
		if c.field.ID {
			rules = append(rules, w.rule(fmt.Sprintf("ISNUMBER(%s2)", name), true, excelize.Style{
				Font: &excelize.Font{Bold: true, Color: redColour}, Fill: solid(badColour), Border: below,
			}))
		}
		if c.field.Required {
			rules = append(rules, w.rule(fmt.Sprintf("AND(%s,LEN(TRIM(%s2))=0)", started, name), true, excelize.Style{
				Fill: solid(blankColour), Border: below,
			}))
		}
		w.format(span(i), rules...)
	}
	// Last: some programs apply the first that fits and no other.
	w.format(whole, w.rule(started, false, excelize.Style{Border: below}))
}

// isExample is the formula for a row that is not read.
func (w *writer) isExample() string {
	for i := range w.columns {
		if strings.HasPrefix(w.columns[i].example, Mark) {
			return fmt.Sprintf("UPPER(LEFT($%s2,%d))=%q", columnName(i), len(Mark), Mark)
		}
	}
	panic("no example in the template of " + w.area.Name)
}

// rule formats the cells for which a formula holds.
func (w *writer) rule(formula string, stop bool, style excelize.Style) excelize.ConditionalFormatOptions {
	id, err := w.book.NewConditionalStyle(&style)
	w.do(err)
	return excelize.ConditionalFormatOptions{Type: "formula", Criteria: formula, Format: &id, StopIfTrue: stop}
}

func (w *writer) format(over string, rules ...excelize.ConditionalFormatOptions) {
	if len(rules) > 0 {
		w.do(w.book.SetConditionalFormat(payouts, over, rules))
	}
}

func cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
