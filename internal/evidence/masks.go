package evidence

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/ledger"
)

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
	m.hide(p.Name, mask.Hidden)
	if w.o.Personal != nil && len(p.Fields) > 0 {
		var fields map[string]string
		if err := json.Unmarshal(p.Fields, &fields); err != nil {
			return masks{}, fmt.Errorf("fields: %w", err)
		}
		for name, value := range fields {
			if w.o.Personal(name) {
				m.hide(value, mask.Hidden)
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
		masked = mask.Hide(masked, s.text, s.shown)
	}
	return masked, masked != text
}

func (m masks) name(name string) string {
	if m.on && name != "" {
		return mask.Hidden
	}
	return name
}

func (m masks) account(account string) string {
	if m.on {
		return mask.Account(account)
	}
	return account
}
