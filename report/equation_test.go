package report

import (
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/internal/money"
)

func term(name string, count int, minor int64) Term {
	return Term{Name: name, Count: count, Sum: pesos(minor)}
}

// An equation is tied only if it adds up, and only if it can be known.
func TestNobodyClaimsThatAnEquationIsTied(t *testing.T) {
	t.Parallel()
	minus := term("fees", 0, 100)
	minus.Minus = true
	ours := func(t Term, count int, minor int64) Term {
		t.Ours = &Figure{count, pesos(minor)}
		return t
	}
	why := Say("nobody was asked")
	for name, one := range map[string]struct {
		e    Equation
		want Verdict
	}{
		"adds up":              {Equation{Left: term("sheet", 3, 300), Terms: []Term{term("a", 1, 100), term("b", 2, 200)}, Counts: true}, Tied},
		"a cent":               {Equation{Left: term("sheet", 3, 301), Terms: []Term{term("a", 1, 100), term("b", 2, 200)}, Counts: true}, NotTied},
		"a row":                {Equation{Left: term("sheet", 4, 300), Terms: []Term{term("a", 1, 100), term("b", 2, 200)}, Counts: true}, NotTied},
		"a row in a balance":   {Equation{Left: term("closing", 0, 200), Terms: []Term{term("opening", 0, 300), minus, term("other", 7, 0)}}, Tied},
		"subtracted":           {Equation{Left: term("closing", 0, 400), Terms: []Term{term("opening", 0, 300), minus}}, NotTied},
		"the gateway agrees":   {Equation{Left: term("x", 1, 100), Terms: []Term{ours(term("a", 1, 100), 1, 100)}, Counts: true}, Tied},
		"it does not":          {Equation{Left: term("x", 1, 100), Terms: []Term{ours(term("a", 1, 100), 1, 99)}, Counts: true}, NotTied},
		"it has one more":      {Equation{Left: term("x", 1, 100), Terms: []Term{ours(term("a", 1, 100), 2, 100)}, Counts: true}, NotTied},
		"swapped":              {Equation{Left: term("x", 2, 200), Terms: []Term{ours(term("a", 1, 100), 2, 200), ours(term("b", 1, 100), 0, 0)}, Counts: true}, NotTied},
		"not known":            {Equation{Unknown: &why}, NotKnown},
		"not known, adding up": {Equation{Left: term("x", 1, 1), Terms: []Term{term("a", 1, 1)}, Unknown: &why}, NotKnown},
		"two currencies":       {Equation{Left: term("x", 1, 100), Terms: []Term{{Name: "a", Sum: money.FromMinor(money.INR, 100)}}}, NotTied},
		"nothing":              {Equation{Left: term("x", 0, 0), Counts: true}, Tied},
	} {
		if got := one.e.Verdict(); got != one.want {
			t.Errorf("%s: %s, want %s", name, got, one.want)
		}
	}
}

// The worst is what a report says of all: silence is not agreement.
func TestOneEquationThatIsNotTiedIsEnough(t *testing.T) {
	t.Parallel()
	why := Say("nobody was asked")
	tied, untied, unknown := Equation{}, Equation{Left: term("x", 1, 1)}, Equation{Unknown: &why}
	for _, one := range []struct {
		equations []Equation
		want      Verdict
	}{
		{nil, NotKnown},
		{[]Equation{tied}, Tied},
		{[]Equation{tied, unknown}, NotKnown},
		{[]Equation{unknown, untied}, NotTied},
		{[]Equation{untied, unknown, tied}, NotTied},
	} {
		if got := Worst(one.equations...); got != one.want {
			t.Errorf("%v: %s, want %s", one.equations, got, one.want)
		}
	}
}

// A state in a sentence is in the language of the sentence.
func TestAPhraseIsInOneLanguage(t *testing.T) {
	t.Parallel()
	for l, want := range map[lang.Lang]string{
		lang.English: "failed there, in doubt here.", lang.Spanish: "allá fallido, aquí en duda.", lang.Chinese: "我方为“存疑”",
	} {
		said := Say("failed there, %s here. Do not pay again: ask the gateway's support which of the two is so", Word("in doubt")).In(l)
		if !strings.Contains(said, want) {
			t.Errorf("%s: %q lacks %q", l, said, want)
		}
	}
}
