package mask

import "testing"

func TestPersonIsNotToBeFoundInATextAnyMore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, account, name, want string }{
		{`{"acc":"646180157000000004","to":"Ana López"}`, "646180157000000004", "Ana López", `{"acc":"••••0004","to":"[…]"}`},
		{"646180157000000004, 646180157000000004", "646180157000000004", "", "••••0004, ••••0004"},
		{`{"to":"Jos\u00e9 P\u00E9rez \u0026 \"S\" \/ \ud83d\ude00"}`, "", `José Pérez & "S" / 😀`, `{"to":"[…]"}`},
		{`{"acc":"\u0036461801"}`, "6461801", "", `{"acc":"••••01"}`},
		{`a\b`, "", "\xff", `a\b`},
		{"nothing of them", "646180157000000004", "Ana López", "nothing of them"},
		{"a text", "", "", "a text"},
		{"", "1", "n", ""},
	} {
		if got := Person(c.text, c.account, c.name); got != c.want {
			t.Errorf("Person(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}
