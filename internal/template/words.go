package template

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/paypro"
)

// right says what is right in a field, in the words of the area's own rules:
// they are given values that nothing allows, and say what they want instead.
// Where what is right depends on another field, it is said for each of that
// field's choices, on a line of its own.
func right(area *paypro.Area, field *paypro.Field) string {
	if len(field.Choices) > 0 {
		return "one of " + strings.Join(field.Choices, ", ")
	}
	if by := decider(area, field); by != nil {
		var each []string
		for _, choice := range by.Choices {
			each = append(each, choice+": "+wants(area, field, paypro.Values{by.Name: choice}))
		}
		return strings.Join(each, "\n")
	}
	if always := wants(area, field, nil); always != "" {
		return always
	}
	if field.MaxChars > 0 {
		return "at most " + strconv.Itoa(field.MaxChars) + " characters"
	}
	return ""
}

// decider is the field by whose choice the rules of another differ, or nil.
func decider(area *paypro.Area, field *paypro.Field) *paypro.Field {
	for i := range area.Fields {
		by := &area.Fields[i]
		for _, choice := range by.Choices {
			if by != field && wants(area, field, paypro.Values{by.Name: choice}) != wants(area, field, paypro.Values{by.Name: by.Choices[0]}) {
				return by
			}
		}
	}
	return nil
}

// shortest is how many digits an identifier has at least, as far as its rules
// count them, or 0. What people write has more characters, not fewer.
func shortest(area *paypro.Area, field *paypro.Field) int {
	if !field.ID {
		return 0
	}
	rows := []paypro.Values{{}}
	if by := decider(area, field); by != nil {
		rows = nil
		for _, choice := range by.Choices {
			rows = append(rows, paypro.Values{by.Name: choice})
		}
	}
	const most = 64
	least := most
	for _, row := range rows {
		n := 1
		for n < most && counted(area, field, row, n) {
			n++
		}
		least = min(least, n)
	}
	if least == 1 || least == most {
		return 0
	}
	return least
}

// counted tells whether the rules complain that so many digits are not the
// right number of them.
func counted(area *paypro.Area, field *paypro.Field, row paypro.Values, digits int) bool {
	probe := maps.Clone(row)
	probe[field.Name] = strings.Repeat("1", digits)
	return slices.ContainsFunc(area.Check(probe), func(fault paypro.Fault) bool {
		return fault.Field == field.Name && strings.HasPrefix(fault.Problem, "has "+strconv.Itoa(digits)+" ")
	})
}

// wants is what the area's rules say of a few bad values. An amount may be
// too small or too large besides.
func wants(area *paypro.Area, field *paypro.Field, row paypro.Values) string {
	bad := []string{"?"}
	if field.Role == paypro.RoleAmount {
		bad = append(bad, "1", "999999999999")
	}
	var wanted []string
	for _, value := range bad {
		probe := paypro.Values{field.Name: value}
		maps.Copy(probe, row)
		for _, fault := range area.Check(probe) {
			if fault.Field == field.Name && fault.Want != "" && !slices.Contains(wanted, fault.Want) {
				wanted = append(wanted, fault.Want)
			}
		}
	}
	return strings.Join(wanted, "; ")
}

// holds says what a column is for, and where there is a list.
func holds(area *paypro.Area, c *column) string {
	text := purpose(area, c.field)
	if len(c.list) > 0 {
		text += " Choose from the list."
	}
	return strings.TrimSpace(text)
}

func purpose(area *paypro.Area, field *paypro.Field) string {
	switch field.Role {
	case paypro.RoleName:
		return "The payee's name, as their bank has it."
	case paypro.RoleBank:
		if len(field.Choices) > 0 {
			return "" // and may be anything
		}
		return "The gateway's code for where the payee has the account."
	case paypro.RoleAccount:
		return "Where the money goes. Copy it from its source; do not type it."
	case paypro.RoleAmount:
		return "What the payee gets, in " + area.Currency.Code + "."
	case paypro.RoleRemark:
		return "A text of yours that stays with the payout."
	}
	return ""
}

// sentence makes words into a sentence of their own.
func sentence(words string) string {
	if words == "" || words[0] >= 'A' && words[0] <= 'Z' {
		return words
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
