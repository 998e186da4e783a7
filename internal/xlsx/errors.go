package xlsx

import (
	"errors"
	"fmt"
	"strings"
)

// ErrorKind says why a workbook cannot be read.
type ErrorKind uint8

const (
	// KindDamaged is not a workbook any more: cut off, overwritten, or written
	// by something that does not know how.
	KindDamaged ErrorKind = iota
	// KindTooBig is beyond one of the [Limits].
	KindTooBig
	// KindMacro has macros (.xlsm and the like).
	KindMacro
	// KindBinary is a binary workbook (.xlsb).
	KindBinary
	// KindEncrypted has parts that are locked with a password.
	KindEncrypted
	// KindNotWorkbook is an archive of something else.
	KindNotWorkbook
)

// Error is why a workbook cannot be read, and where. It never has the content
// of a cell.
type Error struct {
	Kind ErrorKind
	Part string // of the archive; "" if the archive as a whole is meant
	Row  int    // of the worksheet, as the person sees it; 0 if none is meant
	What string // "has cells out of order"
	Err  error  // what came from below; may be nil
}

func (e *Error) Error() string {
	var where []string
	if e.Part != "" {
		where = append(where, e.Part)
	}
	if e.Row > 0 {
		where = append(where, fmt.Sprintf("row %d", e.Row))
	}
	text := e.What
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return strings.Join(append(where, text), ": ")
}

func (e *Error) Unwrap() error { return e.Err }

func damage(what string) *Error { return &Error{Kind: KindDamaged, What: what} }
func tooBig(what string) *Error { return &Error{Kind: KindTooBig, What: what} }

// at says where an error happened. What comes from below, from zip or from the
// disk, becomes damage: it cannot be told what the bytes were to be.
func at(err error, part string, row int) error {
	if err == nil {
		return nil
	}
	located := Error{Kind: KindDamaged, What: "cannot be unzipped", Err: err}
	if known := (*Error)(nil); errors.As(err, &known) {
		located = *known
	}
	located.Part, located.Row = part, row
	return &located
}
