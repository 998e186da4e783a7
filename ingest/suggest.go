package ingest

import (
	"strings"
	"unicode"

	"github.com/bulkpay/bulkpay/paypro"
	"golang.org/x/text/unicode/norm"
)

// callingCodes are put in front of phone numbers by people who pay abroad.
var callingCodes = map[string]string{
	"MX": "52", "IN": "91", "ID": "62", "PK": "92", "VN": "84", "PH": "63",
	"KE": "254", "EG": "20", "BR": "55", "NG": "234", "KR": "82", "BD": "880",
}

// suggest proposes what a faulty value was meant to be: the one value that
// satisfies the rules among those a careful person would try. It is never
// applied, only written beside the fault in the sheet handed back. Two that
// satisfy the rules make none.
func suggest(area *paypro.Area, field *paypro.Field, value string, row paypro.Values) string {
	if value == "" || len(value) > 256 || field.Role == paypro.RoleAmount {
		return ""
	}
	t := trial{field: field, row: row, value: value}
	switch {
	case len(field.Choices) > 0:
		return nearChoice(field, value)
	case field.ID:
		t.identifier(callingCodes[area.Code])
	default:
		t.text()
	}
	return only(t.found)
}

// trial collects the values that satisfy the rules, each once.
type trial struct {
	field *paypro.Field
	row   paypro.Values
	value string
	found []string
}

func (t *trial) try(candidate string) {
	if candidate == t.value || !passes(t.field, candidate, t.row) {
		return
	}
	candidate = t.field.Canonical(candidate)
	for _, known := range t.found {
		if known == candidate {
			return
		}
	}
	t.found = append(t.found, candidate)
}

// identifier tries what people add to numbers for the eye, and what they and
// their spreadsheets take off.
func (t *trial) identifier(calling string) {
	bare := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -./()'_", r) || isWidthless(r) {
			return -1
		}
		return r
	}, t.value)
	bases := []string{t.value, bare, strings.ToUpper(bare), looksLikeDigits.Replace(bare)}
	if upper := strings.ToUpper(bare); len(upper) == 11 && upper[4] == 'O' {
		// An IFSC has a zero in the fifth place, often typed as a letter.
		bases = append(bases, upper[:4]+"0"+upper[5:])
	}
	for _, base := range bases {
		t.try(base)
	}
	if len(t.found) > 0 {
		return // no digit has to come or go
	}
	for _, base := range bases {
		if !isCut(base) {
			for n := 1; n <= lostZeros; n++ {
				t.try(strings.Repeat("0", n) + base)
			}
		}
		t.try(strings.TrimPrefix(base, "0"))
		number := strings.TrimPrefix(strings.TrimPrefix(base, "+"), "00")
		if national, ok := strings.CutPrefix(number, calling); ok && calling != "" {
			t.try(national)
			t.try("0" + national)
		}
		t.try(calling + strings.TrimPrefix(base, "0"))
	}
}

// looksLikeDigits are letters typed for digits.
var looksLikeDigits = strings.NewReplacer("O", "0", "o", "0", "I", "1", "l", "1", "|", "1")

// text tries what some banks demand of names, and what does not belong into
// an address.
func (t *trial) text() {
	seen := strings.Map(func(r rune) rune {
		switch {
		case isWidthless(r):
			return -1
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, t.value)
	seen = strings.Join(strings.Fields(seen), " ")
	plain, closed := withoutAccents(seen), seen
	if t.field.Role != paypro.RoleName && t.field.Role != paypro.RoleRemark {
		closed = strings.ReplaceAll(seen, " ", "") // words run together are nobody's name
	}
	for _, candidate := range []string{
		seen, strings.ToUpper(seen), plain, strings.ToUpper(plain), closed,
		strings.TrimPrefix(seen, "mailto:"), strings.TrimRight(seen, ".,;"), strings.ReplaceAll(seen, ",", "."),
	} {
		before := len(t.found)
		t.try(candidate)
		// The first that will do has changed the least.
		if len(t.found) > before {
			return
		}
	}
}

// withoutAccents writes a name in plain letters.
func withoutAccents(value string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ':
			return 'd'
		case r == 'Đ':
			return 'D'
		}
		return r
	}, norm.NFD.String(value))
}

// nearChoice finds the choice that was almost written.
func nearChoice(field *paypro.Field, value string) string {
	word, _ := headerKeys(value)
	best, least, tie := "", mostEdits+1, false
	look := func(name, choice string) {
		key, _ := headerKeys(name)
		switch edits := editsBetween(word, key); {
		case edits < least:
			best, least, tie = choice, edits, false
		case edits == least && choice != best:
			tie = true
		}
	}
	for _, choice := range field.Choices {
		look(choice, choice)
	}
	for name, choice := range field.Synonyms {
		look(name, choice)
	}
	if tie {
		return ""
	}
	return best
}
