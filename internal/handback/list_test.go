package handback

import (
	"strings"
	"testing"
)

func TestWrapped(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 1, "a": 1, "ab cd efg": 1, "ab cd efgh": 1, "ab cd efghi": 2, "abcdefghij": 1, "abcdefghijk": 2,
		strings.Repeat("a", 25): 3, "a " + strings.Repeat("b", 25): 4, "山田山田山": 1, "山田山田山山": 2,
	} {
		if is := wrapped(text, 10); is != want {
			t.Errorf("%q takes %d lines, want %d", text, is, want)
		}
	}
}
