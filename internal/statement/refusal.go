package statement

import (
	"fmt"
	"strings"
)

// refusal names all columns, what is missing, and a profile to complete.
func (c *candidate) refusal() error {
	if c.layout == nil && c.seen != nil && !c.isData() {
		columns, _ := c.reading.match(c.seen)
		c.layout = layoutOf(c.reading, c.seen, columns)
	}
	all := &Problems{List: c.unclear, Paste: c.paste()}
	if len(c.unclear) > 0 {
		return all
	}
	row := 0
	if c.seen != nil {
		row = c.seen.number
	}
	all.List = append(all.List, Problem{
		Worksheet: c.way.worksheet, Row: row,
		What: "has columns that are not clear: " + c.names() + "; missing: " + c.missing(),
		Want: "a profile that says which column is what",
	})
	return all
}

func (c *candidate) names() string {
	var names []string
	for i, one := range c.seen.list() {
		switch {
		case one.text == "":
		case c.isData():
			names = append(names, letter(i))
		default:
			names = append(names, fmt.Sprintf("%s (%s)", letter(i), shown(one.text)))
		}
	}
	return strings.Join(names, ", ")
}

// isData tells whether the row that looks most like a header is none: it has an amount or a
// date in it, and whatever else stands there must not be shown.
func (c *candidate) isData() bool {
	for _, one := range c.seen.list() {
		_, isDate := splitDate(one.text)
		_, isNumber := parseNumber(one.text, '.')
		_, isOther := parseNumber(one.text, ',')
		if isDate || isNumber || isOther || one.kind != cellText {
			return true
		}
	}
	return false
}

// missing are the fields without which it is no statement.
func (c *candidate) missing() string {
	columns := map[Field][]int{}
	if c.layout != nil {
		columns = c.layout.columns
	}
	if p := c.reading.profile; p != nil {
		var fields []Field
		for _, field := range Fields() {
			if headers := p.Columns[field]; len(headers) > 0 && !headers.none() && len(columns[field]) == 0 {
				fields = append(fields, field)
			}
		}
		return describeFields(fields) + " of the profile " + p.Name
	}
	var texts []string
	if len(columns[FieldDay]) == 0 {
		texts = append(texts, "day")
	}
	if !hasAmount(columns) {
		texts = append(texts, "amount, or debit and credit")
	}
	if c.reading.kind == KindGateway && len(columns[FieldStatus]) == 0 {
		texts = append(texts, "status")
	}
	return strings.Join(texts, ", ")
}

// paste is a profile with what is known filled in.
func (c *candidate) paste() string {
	var b strings.Builder
	b.WriteString("[statements.NAME]\nkind = \"bank\"        # or \"gateway\"\ndates = [\"DD/MM/YYYY\"]\n\n[statements.NAME.columns]\n")
	used := map[int]bool{}
	for _, field := range []Field{FieldDay, FieldAmount, FieldDebit, FieldCredit, FieldTradeNo, FieldReference, FieldNarrative, FieldBalance} {
		header := ""
		if c.layout != nil && c.layout.has(field) {
			column := c.layout.columns[field][0]
			header, used[column] = shown(c.layout.header(column)), true
		}
		comment := "# "
		if header != "" {
			comment = ""
		}
		fmt.Fprintf(&b, "%s%-9s = %s\n", comment, field, quoted(header))
	}
	var others []string
	for i, one := range c.seen.list() {
		if !used[i] && one.text != "" && !c.isData() {
			others = append(others, quoted(shown(one.text)))
		}
	}
	if len(others) > 0 {
		b.WriteString("# columns not used: " + strings.Join(others, ", ") + "\n")
	}
	return b.String()
}

func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
