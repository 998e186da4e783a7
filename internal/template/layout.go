package template

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bulkpay/bulkpay/paypro"
)

// column is one column of the template.
type column struct {
	field   *paypro.Field
	header  string
	width   float64  // in characters
	example string   // in the example row, with the mark if it is there
	right   string   // what is right, in plain words
	list    []string // what there is to choose from
	least   int      // characters, as far as it is known
}

// asText tells whether a spreadsheet must take what is typed as text. Of the
// rest only amounts are anything else; a remark such as 11/2026 would become
// a date.
func (c *column) asText() bool { return c.field.ID || c.field.Role == paypro.RoleRemark }

func (c *column) isAmount() bool { return c.field.Role == paypro.RoleAmount }

// layout gives the columns from left to right: who, where, how much, the
// rest. The documents' order puts the amount first, and people do not.
func layout(area *paypro.Area, language string, banks *paypro.Banks) []column {
	var columns []column
	for i := range area.Fields {
		field := &area.Fields[i]
		if field.Role == paypro.RoleNotify || field.Role == paypro.RoleAddress {
			continue // the same for all rows: from the configuration
		}
		c := column{field: field, header: headerOf(area, field, language), example: field.Example, right: right(area, field), least: shortest(area, field)}
		if c.list = field.Choices; field.Role == paypro.RoleBank && len(c.list) == 0 {
			c.list = codes(banks)
		}
		columns = append(columns, c)
	}
	account := slices.IndexFunc(columns, func(c column) bool { return c.field.Role == paypro.RoleAccount })
	order := make(map[string]int, len(columns))
	for i, c := range columns {
		order[c.field.Name] = rank(c.field, i < account)
	}
	slices.SortStableFunc(columns, func(a, b column) int {
		return cmp.Compare(order[a.field.Name], order[b.field.Name])
	})
	exampleBank(columns, banks)
	marked(columns).example = Mark + " " + marked(columns).example
	for i := range columns {
		columns[i].width = width(&columns[i])
	}
	return columns
}

// rank is how far to the left a field stands. A choice that the documents
// list ahead of the account says what kind of account it is.
func rank(field *paypro.Field, aheadOfAccount bool) int {
	switch field.Role {
	case paypro.RoleName:
		return 0
	case paypro.RoleBank:
		return 1
	case paypro.RoleAccount:
		return 3
	case paypro.RoleAmount:
		return 4
	case paypro.RoleRemark:
		return 6
	}
	if aheadOfAccount && len(field.Choices) > 0 {
		return 2
	}
	return 5
}

// marked is the column whose example carries the mark: the name; where an
// area has none, the remark; or else any that holds free text.
func marked(columns []column) *column {
	for _, suits := range []func(*column) bool{
		func(c *column) bool { return c.field.Role == paypro.RoleName },
		func(c *column) bool { return c.field.Role == paypro.RoleRemark },
		func(c *column) bool { return !c.field.ID && !c.isAmount() && len(c.list) == 0 },
	} {
		for i := range columns {
			if suits(&columns[i]) {
				return &columns[i]
			}
		}
	}
	return &columns[0]
}

// exampleBank lets the bank of the example be the one whose account it shows.
func exampleBank(columns []column, banks *paypro.Banks) {
	var bank, account *column
	for i := range columns {
		switch columns[i].field.Role {
		case paypro.RoleBank:
			bank = &columns[i]
		case paypro.RoleAccount:
			account = &columns[i]
		}
	}
	if bank == nil || account == nil {
		return
	}
	for _, known := range banks.List() {
		if known.Prefix != "" && strings.HasPrefix(account.example, known.Prefix) {
			bank.example = known.Code
			return
		}
	}
}

func codes(banks *paypro.Banks) []string {
	var codes []string
	for _, bank := range banks.List() {
		codes = append(codes, bank.Code)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// width gives what is usually written there enough room, and the header too.
func width(c *column) float64 {
	room := utf8.RuneCountInString(c.example) + 3
	switch {
	case c.field.Role == paypro.RoleName:
		room = max(room, 34)
	case c.field.Role == paypro.RoleAccount:
		room = max(room, 24)
	case c.field.Role == paypro.RoleRemark:
		room = max(room, 26)
	case c.isAmount():
		room = max(room, 14)
	case strings.Contains(c.field.Example, "@"):
		room = max(room, 36)
	}
	for _, choice := range c.list {
		room = max(room, utf8.RuneCountInString(choice)+4)
	}
	const least, most = 14, 44
	return float64(min(max(room, least, len(c.header)+4), most))
}
