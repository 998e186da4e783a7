package statement

import (
	"iter"
	"strings"
)

// The lengths of what could be a number of a payout: the shortest that says
// anything, and twice the longest that gateways of this family take.
const (
	shortestWord = 6
	longestWord  = 64
	// mostJoined is over how many pieces of a narrative one number may be broken.
	mostJoined = 4
)

// Words are the words of the references and the narrative that could be a
// number of ours or of the gateway: 6 to 64 letters, digits, dashes and
// underscores with at least one digit among them, as the file has them. A word at the end
// of a piece of the narrative is given alone and joined with what begins
// the next ones, since banks break texts at a fixed width. A number of ours
// that other letters are glued to is given without them too. A word may come twice.
func (l *Line) Words() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, reference := range l.References {
			if !wordsOf(reference, yield) {
				return
			}
		}
		for i, piece := range l.NarrativeLines {
			if !wordsOf(piece, yield) || !l.joined(i, yield) {
				return
			}
		}
	}
}

// wordsOf gives the words that stand whole in a text.
func wordsOf(text string, yield func(string) bool) bool {
	for start := 0; start < len(text); {
		if !inWord(text[start]) {
			start++
			continue
		}
		end := start
		for end < len(text) && inWord(text[end]) {
			end++
		}
		if !give(text[start:end], yield) {
			return false
		}
		start = end
	}
	return true
}

// joined gives the word that the end of a piece makes with the beginning of the
// next ones, as long as each of these is one word from its first letter.
func (l *Line) joined(i int, yield func(string) bool) bool {
	piece := l.NarrativeLines[i]
	start := len(piece)
	for start > 0 && inWord(piece[start-1]) {
		start--
	}
	word := piece[start:]
	if word == "" {
		return true
	}
	for next := i + 1; next < len(l.NarrativeLines) && next-i < mostJoined; next++ {
		piece := l.NarrativeLines[next]
		end := 0
		for end < len(piece) && inWord(piece[end]) {
			end++
		}
		if end == 0 {
			return true
		}
		if word += piece[:end]; !give(word, yield) {
			return false
		}
		if end < len(piece) {
			return true
		}
	}
	return true
}

// give gives a word, and a number of ours that other letters are glued to.
func give(word string, yield func(string) bool) bool {
	word = strings.Trim(word, "-_")
	if telling(word) && !yield(word) {
		return false
	}
	for at := 0; at+oursLength <= len(word) && len(word) > oursLength; at++ {
		if looksOurs(word[at:at+oursLength]) && !yield(word[at:at+oursLength]) {
			return false
		}
	}
	return true
}

func inWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-' || c == '_'
}

func telling(word string) bool {
	if len(word) < shortestWord || len(word) > longestWord {
		return false
	}
	for i := range len(word) {
		if word[i] >= '0' && word[i] <= '9' {
			return true
		}
	}
	return false
}
