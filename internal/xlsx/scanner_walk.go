package xlsx

// The scanner's tokens as elements and what is in them.

// root reads up to the start of the root element.
func (s *scanner) root() error {
	kind, err := s.next()
	if err == nil && kind != tokenStart {
		return errEnds
	}
	return err
}

// child moves to the next element inside the open one, and tells false at the
// end of the open one. Text between elements is damage.
func (s *scanner) child() (bool, error) {
	for {
		kind, err := s.next()
		if err != nil {
			return false, err
		}
		switch kind {
		case tokenStart:
			return true, nil
		case tokenEnd:
			return false, nil
		case tokenText:
			for _, c := range s.text {
				if !isSpace(c) {
					return false, errStray
				}
			}
		case tokenEOF:
			return false, errEnds
		}
	}
}

// skip passes over the element that just started, to its end.
func (s *scanner) skip() error {
	for depth := s.depth(); ; {
		kind, err := s.next()
		if err != nil {
			return err
		}
		if kind == tokenEnd && s.depth() == depth {
			return nil
		}
	}
}

// content appends the text of the element that just started, to its end. It
// takes no more than limit bytes and no elements.
func (s *scanner) content(dst []byte, limit int) ([]byte, error) {
	most := len(dst) + limit
	for {
		kind, err := s.next()
		if err != nil {
			return nil, err
		}
		switch kind {
		case tokenStart:
			return nil, errSyntax
		case tokenEnd:
			return dst, nil
		case tokenText:
			if len(dst)+len(s.text) > most {
				return nil, errLongText
			}
			dst = append(dst, s.text...)
		}
	}
}

// finishRoot reads what is left after the root's end: nothing.
func (s *scanner) finishRoot() error {
	kind, err := s.next()
	if err == nil && kind != tokenEOF {
		return errSyntax
	}
	return err
}
