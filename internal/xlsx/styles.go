package xlsx

import (
	"strconv"
)

// maxStyles is the most cell formats Excel keeps.
const maxStyles = 65_490

var errStyles = damage("has cell formats that cannot be understood")

// readStyles tells for each cell format whether it shows dates. That is all
// that is wanted of the styles.
func readStyles(s *scanner) ([]bool, error) {
	if err := s.root(); err != nil {
		return nil, err
	}
	if !s.is(sheetSpace, "styleSheet") {
		return nil, errStyles
	}
	dates := map[int]bool{}
	var styles []bool
	for {
		more, err := s.child()
		if err != nil {
			return nil, err
		}
		if !more {
			return styles, s.finishRoot()
		}
		switch {
		case s.is(sheetSpace, "numFmts"):
			err = eachChild(s, "numFmt", func() error {
				id, ok := s.number("numFmtId")
				code, there := s.attr("formatCode")
				if !ok || !there {
					return errStyles
				}
				dates[id] = isDateFormat(string(code))
				return nil
			})
		case s.is(sheetSpace, "cellXfs"):
			err = eachChild(s, "xf", func() error {
				id, ok := s.number("numFmtId")
				if _, there := s.attr("numFmtId"); there && !ok || len(styles) == maxStyles {
					return errStyles
				}
				isDate, custom := dates[id]
				styles = append(styles, isDate || !custom && isBuiltInDate(id))
				return nil
			})
		default:
			err = s.skip()
		}
		if err != nil {
			return nil, err
		}
	}
}

// eachChild calls visit at the start of every child of the open element that
// has the name, and passes over the others.
func eachChild(s *scanner, local string, visit func() error) error {
	for {
		more, err := s.child()
		if err != nil || !more {
			return err
		}
		if s.is(sheetSpace, local) {
			if err := visit(); err != nil {
				return err
			}
		}
		if err := s.skip(); err != nil {
			return err
		}
	}
}

// number is the value of an attribute that holds a whole number.
func (s *scanner) number(name string) (int, bool) {
	value, ok := s.attr(name)
	if !ok || len(value) > 10 {
		return 0, false
	}
	n, err := strconv.Atoi(string(value))
	return n, err == nil && n >= 0
}

// yes tells whether an attribute is there and says yes.
func (s *scanner) yes(name string) bool {
	value, ok := s.attr(name)
	return ok && (string(value) == "1" || string(value) == "true" || string(value) == "on")
}
