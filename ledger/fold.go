package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters are those that are another one, or two, to whoever lacks them on the
// keyboard, and which Unicode does not take apart.
var letters = map[rune]string{
	'đ': "d", 'ð': "d", 'ø': "o", 'ł': "l", 'ı': "i", 'æ': "ae", 'œ': "oe", 'þ': "th", 'ß': "ss", 'ς': "σ",
}

// FoldName gives what is kept of a name by everybody who writes it: its
// letters and digits without case, accents, spaces and punctuation. It is for
// finding payouts that look alike and is never shown.
func FoldName(name string) string {
	var b strings.Builder
	// A broken byte would hide what comes after it from being taken apart.
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(name, "")) {
		r = unicode.ToLower(r)
		switch other := letters[r]; {
		case other != "":
			b.WriteString(other)
		case r >= 0x300 && r <= 0x36F: // an accent; the marks of other scripts are vowels
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			b.WriteRune(r)
		}
	}
	// Marks that now stand together have an order of their own.
	return norm.NFKD.String(b.String())
}

// FoldAccount does the same for an account: its case and spaces are left out
// and nothing else.
func FoldAccount(account string) string {
	return strings.ToLower(strings.Join(strings.Fields(account), ""))
}

// Lookups go by numbers that stand for these texts: an index of them is a
// third of one of the texts, and an import writes it that much faster. Two
// different texts share a number once in 2⁶³ pairs; then a person is asked
// about a payout that is in order, which harms nobody.

// nameKey is 0 for a name without a letter, which resembles no other.
func nameKey(merchant int64, name string) int64 {
	folded := FoldName(name)
	if folded == "" {
		return 0
	}
	return key(merchant, "name", folded)
}

// accountKey goes by the content where there is no account: whatever is the
// same payout has the same key.
func accountKey(merchant int64, account string, fingerprint []byte) int64 {
	if folded := FoldAccount(account); folded != "" {
		return key(merchant, "account", folded)
	}
	return key(merchant, "content", string(fingerprint))
}

// key differs from merchant to merchant: what one has paid is nothing to the
// others, and no index has to say whose an entry is.
func key(merchant int64, kind, text string) int64 {
	of := binary.BigEndian.AppendUint64(make([]byte, 0, 128), uint64(merchant))
	sum := sha256.Sum256(append(append(of, kind...), text...))
	// 0 is for nothing; the last bit keeps every key off it.
	return int64(binary.BigEndian.Uint64(sum[:]) | 1)
}
