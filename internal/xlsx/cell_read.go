package xlsx

import "bytes"

var (
	errCell  = damage("has a cell that cannot be understood")
	errIndex = damage("refers to a text that is not there")
	errStyle = damage("refers to a cell format that is not there")
)

// cellType is what the file says that a cell holds.
type cellType uint8

const (
	typeNumber  cellType = iota
	typeShared           // the number of a shared text
	typeFormula          // a text that a formula gave
	typeInline           // a text in the cell itself
	typeBool
	typeFault
	typeDate
	typeUnknown
)

func cellTypeOf(value []byte) cellType {
	switch string(value) {
	case "n":
		return typeNumber
	case "s":
		return typeShared
	case "str":
		return typeFormula
	case "inlineStr":
		return typeInline
	case "b":
		return typeBool
	case "e":
		return typeFault
	case "d":
		return typeDate
	}
	return typeUnknown
}

// cellRead is what is known of a cell before its value is.
type cellRead struct {
	kind            cellType
	style           int
	formula         bool
	valued, inlined bool // has a v, an is
	rich            bool
}

// readCell reads the cell that just started, where column is the first that it
// may be in, and returns the column that it is in.
func (r *Rows) readCell(column int) (int, error) {
	var c cellRead
	for i := range r.s.attrs {
		attr := &r.s.attrs[i]
		if len(attr.name) != 1 {
			continue
		}
		switch attr.name[0] {
		case 'r':
			col, row, ok := parseRef(attr.plain())
			if !ok || row != r.number || col < column {
				return 0, errCells
			}
			column = col
		case 't':
			if c.kind = cellTypeOf(attr.plain()); c.kind == typeUnknown {
				return 0, errCell
			}
		case 's':
			n, ok := wholeNumber(attr.plain())
			if !ok || n > 0 && n >= len(r.book.styles) {
				return 0, errStyle
			}
			c.style = n
		}
	}
	if column >= maxSheetColumns {
		return 0, errCells
	}
	r.raw = r.raw[:0]
	if err := r.cellParts(&c); err != nil {
		return 0, err
	}
	return column, r.addCell(column, &c)
}

// cellParts reads the elements in a cell.
func (r *Rows) cellParts(c *cellRead) error {
	for {
		more, err := r.s.child()
		if err != nil || !more {
			return err
		}
		switch {
		case r.s.is(sheetSpace, "v") && !c.valued:
			c.valued = true
			r.raw, err = r.s.content(r.raw, charBytes*r.book.archive.limits.CellChars)
		case r.s.is(sheetSpace, "f") && !c.formula:
			c.formula = true
			err = r.s.skip()
		case r.s.is(sheetSpace, "is") && !c.inlined && c.kind == typeInline:
			c.inlined = true
			r.raw, c.rich, err = texter{r.s, r.book.archive.limits.CellChars}.read(r.raw)
		case r.s.is(sheetSpace, "extLst"), r.s.space == otherSpace:
			err = r.s.skip()
		default:
			return errCell
		}
		if err != nil {
			return err
		}
	}
}

// addCell appends the cell to the row if there is something in it.
func (r *Rows) addCell(column int, c *cellRead) error {
	if c.kind == typeInline && c.valued {
		return errCell
	}
	cell := Cell{Column: column, Formula: c.formula, Rich: c.rich}
	text := r.raw
	if c.kind != typeInline && c.kind != typeFormula {
		text = bytes.TrimSpace(text)
	}
	if len(text) == 0 {
		// A formula may have an empty text for a result; of any other type
		// it was not computed.
		if !c.formula || c.kind == typeFormula && c.valued {
			return nil
		}
		return r.append(cell, false)
	}
	var err error
	switch c.kind {
	case typeNumber:
		cell.Kind, cell.Rounded, err = r.addNumber(text, c.style)
	case typeShared:
		index, ok := wholeNumber(text)
		if !ok || index >= len(r.texts.at) {
			return errIndex
		}
		if cell.Text, cell.Rich = r.texts.get(index); cell.Text == "" {
			return nil
		}
		return r.append(cell, true)
	case typeFormula:
		err = r.addText(text)
	case typeInline:
		r.text = append(r.text, text...)
	case typeBool:
		cell.Kind, err = Bool, r.addBool(text)
	case typeFault:
		cell.Kind, err = Fault, r.addText(text)
	case typeDate:
		cell.Kind = Date
		r.text, err = appendISO(r.text, text)
	}
	if err != nil {
		return err
	}
	return r.append(cell, false)
}

func (r *Rows) append(cell Cell, shared bool) error {
	if cell.Column >= r.book.archive.limits.Columns {
		return tooBig("has more columns than a payout sheet")
	}
	end := -1
	if !shared {
		end = len(r.text)
	}
	r.row.Cells, r.ends = append(r.row.Cells, cell), append(r.ends, end)
	return nil
}

func (r *Rows) addNumber(text []byte, style int) (kind Kind, rounded bool, err error) {
	if style < len(r.book.styles) && r.book.styles[style] {
		serial, err := parseNumber(text)
		if err != nil {
			return Number, false, err
		}
		if dated, ok := appendDate(r.text, serial, r.book.date1904); ok {
			r.text = dated
			return Date, false, nil
		}
	}
	plain, rounded, err := appendNumber(r.text, text)
	if err == nil {
		r.text = plain
	}
	return Number, rounded, err
}

func (r *Rows) addText(text []byte) error {
	text = unescapeX(text)
	if limit := r.book.archive.limits.CellChars; chars(text, limit) > limit {
		return errLongText
	}
	r.text = append(r.text, text...)
	return nil
}

func (r *Rows) addBool(text []byte) error {
	switch string(text) {
	case "1", "true":
		r.text = append(r.text, "TRUE"...)
	case "0", "false":
		r.text = append(r.text, "FALSE"...)
	default:
		return errCell
	}
	return nil
}

// wholeNumber reads a number of at most nine digits.
func wholeNumber(text []byte) (int, bool) {
	if len(text) == 0 || len(text) > 9 {
		return 0, false
	}
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// parseRef reads a reference: AB12 is column 27 (from 0) of row 12.
func parseRef(text []byte) (column, row int, ok bool) {
	i := 0
	for ; i < len(text) && i < 4; i++ {
		c := text[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		column = column*26 + int(c-'A') + 1
	}
	if i == 0 || column > maxSheetColumns {
		return 0, 0, false
	}
	row, ok = wholeNumber(text[i:])
	return column - 1, row, ok && row >= 1 && row <= maxSheetRows && text[i] != '0'
}

// parseRange reads a range, or a reference alone as a range of one cell.
func parseRange(text []byte) (Range, bool) {
	from, to, several := bytes.Cut(text, []byte(":"))
	if !several {
		to = from
	}
	col1, row1, ok1 := parseRef(from)
	col2, row2, ok2 := parseRef(to)
	return Range{row1, col1, row2, col2}, ok1 && ok2 && row1 <= row2 && col1 <= col2
}
