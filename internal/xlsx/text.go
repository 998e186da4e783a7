package xlsx

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// unescapeX replaces, in place, what the format writes for characters that XML
// does not allow: _x000D_ is a carriage return, and _x005F_ an underscore that
// must not be taken for the start of another.
func unescapeX(text []byte) []byte {
	at := bytes.Index(text, []byte("_x"))
	if at < 0 {
		return text
	}
	out := text[:at]
	for at < len(text) {
		unit, ok := unitAt(text[at:])
		if !ok {
			out = append(out, text[at])
			at++
			continue
		}
		r, n := rune(unit), unitLength
		if utf16.IsSurrogate(r) {
			low, paired := unitAt(text[at+unitLength:])
			if r = utf16.DecodeRune(r, rune(low)); !paired || r == utf8.RuneError {
				// Half a character: as it stands.
				out = append(out, text[at])
				at++
				continue
			}
			n = 2 * unitLength
		}
		out = utf8.AppendRune(out, r)
		at += n
	}
	return out
}

const (
	// unitLength is that of _xHHHH_.
	unitLength = 7
	// charBytes is the most bytes a character takes: two units.
	charBytes = 2 * unitLength
)

// unitAt reads the unit of UTF-16 that is escaped at the start of the text.
func unitAt(text []byte) (uint16, bool) {
	if len(text) < unitLength || text[0] != '_' || text[1] != 'x' || text[6] != '_' {
		return 0, false
	}
	unit := 0
	for _, c := range text[2:6] {
		digit := digitOf(c)
		if digit > 15 {
			return 0, false
		}
		unit = unit<<4 | digit
	}
	return uint16(unit), true
}

// chars counts the characters of a text that may be too long to count.
func chars(text []byte, limit int) int {
	if len(text) <= limit {
		return len(text)
	}
	return utf8.RuneCount(text)
}

// texter reads texts that may be formatted in parts: the shared ones, and
// those that stand in a cell.
type texter struct {
	s     *scanner
	limit int // characters
}

var errText = damage("has a text that cannot be understood")

// read appends the text of the element that just started: its t, or the t of
// its runs joined. How it is pronounced is not part of it.
func (t texter) read(dst []byte) (text []byte, rich bool, err error) {
	start, plain := len(dst), false
	for {
		more, err := t.s.child()
		if err != nil {
			return nil, false, err
		}
		if !more {
			break
		}
		switch {
		case t.s.is(sheetSpace, "t") && !plain && !rich:
			plain = true
			dst, err = t.piece(dst, start)
		case t.s.is(sheetSpace, "r") && !plain:
			rich = true
			dst, err = t.run(dst, start)
		case t.s.is(sheetSpace, "t"), t.s.is(sheetSpace, "r"), t.s.space == choiceSpace:
			return nil, false, errText
		default:
			err = t.s.skip()
		}
		if err != nil {
			return nil, false, err
		}
	}
	if chars(dst[start:], t.limit) > t.limit {
		return nil, false, errLongText
	}
	return dst, rich, nil
}

var errLongText = tooBig("has a text of more characters than a cell may have")

// run appends the text of one run.
func (t texter) run(dst []byte, start int) ([]byte, error) {
	for {
		more, err := t.s.child()
		if err != nil || !more {
			return dst, err
		}
		if t.s.is(sheetSpace, "t") {
			dst, err = t.piece(dst, start)
		} else {
			err = t.s.skip()
		}
		if err != nil {
			return nil, err
		}
	}
}

// piece appends the text of a t.
func (t texter) piece(dst []byte, start int) ([]byte, error) {
	from := len(dst)
	dst, err := t.s.content(dst, charBytes*t.limit)
	if err != nil {
		return nil, err
	}
	dst = append(dst[:from], unescapeX(dst[from:])...)
	if len(dst)-start > utf8.UTFMax*t.limit {
		return nil, errLongText
	}
	return dst, nil
}
