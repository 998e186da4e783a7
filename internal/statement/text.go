package statement

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"github.com/bulkpay/bulkpay/internal/textfile"
)

// refused turns what ended the reading of a text into a problem.
func refused(t *textfile.Reader, err error, row int) error {
	switch {
	case errors.Is(err, textfile.ErrNotText):
		return Problem{Row: t.Line(), What: "has bytes that are not text in this encoding", Want: "the file in UTF-8, or " + wantEncoding()}
	case errors.Is(err, textfile.ErrTooLong):
		return Problem{Row: row, What: "is longer than anything a statement has", Want: "the file as the bank gave it: a quote may not be closed"}
	}
	return err
}

// clean makes one line of a text: control characters, and those that change
// the direction of text, become blanks; blanks at the ends go.
func clean(text string, most int) string {
	plain := true
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= 0x7f {
			plain = false
			break
		}
	}
	if !plain {
		text = string(bytes.Map(printable, []byte(text)))
	}
	text = trimBlanks(text)
	if len(text) > most {
		text = text[:textfile.ValidPrefix([]byte(text[:most]))]
	}
	return text
}

func printable(r rune) rune {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0, r == 0xa0, r == 0xad, r == 0xfeff,
		r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == utf8.RuneError:
		return ' '
	}
	return r
}

func trimBlanks(text string) string {
	for len(text) > 0 && text[0] == ' ' {
		text = text[1:]
	}
	for len(text) > 0 && text[len(text)-1] == ' ' {
		text = text[:len(text)-1]
	}
	return text
}
