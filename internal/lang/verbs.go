package lang

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// verb is what a text may have: %s, %d, %q, %v, with the number of its
// argument where the order is another, and %% for a sign.
var verb = regexp.MustCompile(`%(?:%|(?:\[([0-9]+)\])?([sdqv])|.?)`)

// Verbs lists which argument a text shows and how, in the order of the
// arguments: "1d", "2s". Two texts that have the same verbs can stand for one
// another. "!" stands for what is not allowed: widths, flags and other verbs
// belong into the code, not into what is translated.
func Verbs(text string) []string {
	var found []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(text, -1) {
		switch {
		case m[0] == "%%":
			continue
		case m[2] == "":
			return []string{"!"}
		case m[1] != "":
			next, _ = strconv.Atoi(m[1]) // digits only, and too many of them are 0 or the most
		}
		found = append(found, fmt.Sprintf("%d%s", next, m[2]))
		next++
	}
	slices.Sort(found)
	return slices.Compact(found)
}
