package evidence

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/ledger"
)

// hidden stands for what is about a person and not an account number.
const hidden = "[…]"

// masks hides what an answer repeats of a person. The zero value hides
// nothing.
type masks struct {
	on      bool
	secrets []secret // long ones first
}

// secret is a text and what is shown instead.
type secret struct{ text, shown string }

// masks are those of a payout's person.
func (w *writing) masks(p ledger.Person) (masks, error) {
	if w.o.Unmasked {
		return masks{}, nil
	}
	m := masks{on: true}
	m.hide(p.Account, mask.Account(p.Account))
	m.hide(p.Name, hidden)
	if w.o.Personal != nil && len(p.Fields) > 0 {
		var fields map[string]string
		if err := json.Unmarshal(p.Fields, &fields); err != nil {
			return masks{}, fmt.Errorf("fields: %w", err)
		}
		for name, value := range fields {
			if w.o.Personal(name) {
				m.hide(value, hidden)
			}
		}
	}
	slices.SortFunc(m.secrets, func(a, b secret) int {
		return cmp.Or(len(b.text)-len(a.text), strings.Compare(a.text, b.text))
	})
	return m, nil
}

func (m *masks) hide(text, shown string) {
	known := slices.ContainsFunc(m.secrets, func(s secret) bool { return s.text == text })
	if len(text) > 1 && !known { // a single letter stands in everything
		m.secrets = append(m.secrets, secret{text, shown})
	}
}

// apply hides, and tells whether there was something to hide.
func (m masks) apply(text string) (string, bool) {
	masked := text
	for _, s := range m.secrets {
		masked = strings.ReplaceAll(masked, s.text, s.shown)
		if strings.Contains(masked, `\`) {
			masked = s.escaped().ReplaceAllLiteralString(masked, s.shown)
		}
	}
	return masked, masked != text
}

// escaped finds the secret however JSON has it: every character may stand for
// itself or be escaped.
func (s secret) escaped() *regexp.Regexp {
	var b strings.Builder
	for _, r := range s.text {
		b.WriteString("(?:" + regexp.QuoteMeta(string(r)))
		if strings.ContainsRune(`"\/`, r) {
			b.WriteString(`|\\` + regexp.QuoteMeta(string(r)))
		}
		b.WriteString("|")
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\\u(?i:%04x)`, unit)
		}
		b.WriteString(")")
	}
	return regexp.MustCompile(b.String())
}

func (m masks) name(name string) string {
	if m.on && name != "" {
		return hidden
	}
	return name
}

func (m masks) account(account string) string {
	if m.on {
		return mask.Account(account)
	}
	return account
}
