package handback

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
)

// rowState is where the rewriter is.
type rowState struct {
	number  int
	column  int // of the last cell, from 0; -1 before the first
	touched bool
	style   int  // of cells that are not there; -1 if the column decides
	beside  int  // style of the table's last cell so far
	whole   bool // the row as a whole is marked
	gentle  bool // with a warning only
}

// change is what happens to one cell.
type change struct {
	column  int
	marked  bool
	gentle  bool // with a warning only
	hasText bool
	text    string
	header  bool
	added   bool // its column is
}

var errDisorder = refuse("has a worksheet whose rows or cells are out of order")

// data handles a piece between the tags of sheetData.
func (w *sheetRewriter) data(p piece) error {
	prefix, element := splitName(p.name)
	ours := prefix == w.prefix
	switch {
	case p.kind == otherPiece || !ours:
	case p.deep == 2 && element == "row" && p.kind == closePiece:
		w.endRow()
	case p.deep == 2 && element == "row":
		return w.startRow(p)
	case p.deep == 3 && element == "c" && p.kind != closePiece:
		return w.cell(p)
	}
	w.out.Write(p.raw)
	return nil
}

func (w *sheetRewriter) startRow(p piece) error {
	number := w.row.number + 1
	if raw, found := attr(p.raw, "r"); found {
		number = digits([]byte(raw))
	}
	if number <= w.row.number || number > maxRow {
		return errDisorder
	}
	if number&1023 == 0 {
		if err := w.ctx.Err(); err != nil {
			return err
		}
	}
	w.createRows(number)
	w.enter(number)
	if custom, _ := attr(p.raw, "customFormat"); custom == "1" || custom == "true" {
		w.row.style = w.base(max(0, attrInt(p.raw, "s")))
	}
	w.row.beside = w.emptyStyle(w.options.LastColumn)
	w.plan(number, true)
	w.rowTag(p)
	if p.kind == emptyPiece && w.row.touched {
		w.endRow()
		w.write("</" + string(p.name) + ">")
	}
	return nil
}

func (w *sheetRewriter) enter(number int) {
	w.row = rowState{number: number, column: -1, style: -1}
	w.change = w.change[:0]
}

// rowTag writes the tag of a row. Where cells come, it says how far they go.
func (w *sheetRewriter) rowTag(p piece) {
	raw := append(w.buf[:0], p.raw...)
	if attrInt(raw, "r") < 0 {
		raw = withAttr(nil, raw, "r", strconv.Itoa(w.row.number))
	}
	if w.row.touched {
		raw = w.widen(raw)
		if p.kind == emptyPiece {
			raw = append(bytes.TrimSuffix(raw, []byte("/>")), '>')
		}
	}
	w.out.Write(raw)
	w.buf = raw
}

func (w *sheetRewriter) widen(row []byte) []byte {
	spans, found := attr(row, "spans")
	if !found || len(w.change) == 0 {
		return row
	}
	first, last, ok := bytes.Cut([]byte(spans), []byte(":"))
	low, high := digits(first), digits(last)
	if !ok || low < 0 || high < 0 {
		return withoutAttr(nil, row, "spans") // only a hint
	}
	low = min(low, w.change[0].column+1)
	high = max(high, w.change[len(w.change)-1].column+1)
	return withAttr(nil, row, "spans", strconv.Itoa(low)+":"+strconv.Itoa(high))
}

func (w *sheetRewriter) endRow() { w.createCells(maxColumn) }

// createRows makes the rows before this one that have marks and are not there.
func (w *sheetRewriter) createRows(before int) {
	for {
		number, more := w.marks.peek()
		if !more || number >= before || number > maxRow {
			return
		}
		if number <= w.row.number {
			w.listOnly(w.marks.take(number))
			continue
		}
		w.enter(number)
		w.row.beside = w.emptyStyle(w.options.LastColumn)
		w.plan(number, false)
		w.write(`<` + w.prefix + `row r="` + strconv.Itoa(number) + `">`)
		w.endRow()
		w.write(`</` + w.prefix + `row>`)
	}
}

// finishRows makes the rows after the last, and lists what has no place.
func (w *sheetRewriter) finishRows() error {
	w.createRows(maxRow + 1)
	for {
		number, more := w.marks.peek()
		if !more {
			return w.ctx.Err()
		}
		w.listOnly(w.marks.take(number))
	}
}

// plan collects what happens in a row, and takes down its notes.
func (w *sheetRewriter) plan(number int, exists bool) {
	marks := w.marks.take(number)
	for _, m := range marks {
		w.list.add(m)
		if m.Row != number || m.Column >= maxColumn {
			continue
		}
		column := m.Column
		if column < 0 {
			w.row.gentle = m.Warning && (w.row.gentle || !w.row.whole)
			w.row.whole = true
			column = w.options.FirstColumn
		}
		c := w.at(column)
		c.gentle = m.Warning && (c.gentle || !c.marked)
		c.marked = true
	}
	w.note(number, marks)
	switch {
	case number == w.options.HeaderRow:
		for _, column := range w.columns {
			if column.added {
				c := w.at(column.index)
				c.hasText, c.text, c.header, c.added = true, column.Header, true, true
			}
		}
	case number > w.options.HeaderRow && exists && len(w.columns) > 0 && w.options.Values != nil:
		values := w.options.Values(number)
		for _, column := range w.columns {
			if column.value < len(values) {
				c := w.at(column.index)
				c.hasText, c.text, c.added = true, values[column.value], column.added
			}
		}
	}
	w.row.touched = len(w.change) > 0
}

// at is the change of one cell, made if there is none. It is good until the
// next call.
func (w *sheetRewriter) at(column int) *change {
	at, found := slices.BinarySearchFunc(w.change, column, func(c change, column int) int { return c.column - column })
	if !found {
		w.change = slices.Insert(w.change, at, change{column: column})
	}
	return &w.change[at]
}

// note gathers the texts of a row's marks by cell.
func (w *sheetRewriter) note(number int, marks []Mark) {
	for i, m := range marks {
		if m.Row != number || m.Column >= maxColumn ||
			slices.ContainsFunc(marks[:i], func(b Mark) bool { return b.Row == number && w.cellOf(b) == w.cellOf(m) }) {
			continue
		}
		var texts []string
		for _, other := range marks[i:] {
			if other.Row == number && w.cellOf(other) == w.cellOf(m) {
				texts = append(texts, other.sentence(""))
			}
		}
		w.notes.add(number, w.cellOf(m), texts)
	}
}

// cellOf is the column of the cell a mark is noted at.
func (w *sheetRewriter) cellOf(m Mark) int {
	if m.Column < 0 {
		return w.options.FirstColumn
	}
	return m.Column
}

func (w *sheetRewriter) cell(p piece) error {
	column := w.row.column + 1
	if ref, found := attr(p.raw, "r"); found {
		var row int
		if row, column = parseRef([]byte(ref)); row != w.row.number {
			return errDisorder
		}
	}
	if column <= w.row.column || column >= maxColumn {
		return errDisorder
	}
	w.createCells(column)
	w.row.column = column
	style := max(0, attrInt(p.raw, "s"))
	base := w.base(style)
	if column <= w.options.LastColumn {
		w.row.beside = w.styles.base(style) // also where marks stay
	}
	if len(w.change) > 0 && w.change[0].column == column {
		c := w.change[0]
		w.change = w.change[1:]
		if c.hasText {
			return w.replace(p, c, base)
		}
		base = w.styles.marked(base, c.gentle)
	} else if w.row.whole && w.options.FirstColumn <= column && column <= w.options.LastColumn {
		base = w.styles.marked(base, w.row.gentle)
	}
	w.cellTag(p, style, base)
	return nil
}

// base is the style a cell had before it was marked.
func (w *sheetRewriter) base(style int) int {
	if !w.refresh {
		return style
	}
	return w.styles.base(style)
}

// cellTag writes the tag of a cell that is there.
func (w *sheetRewriter) cellTag(p piece, was, style int) {
	raw := p.raw
	if was != style {
		raw = withAttr(w.buf[:0], raw, "s", strconv.Itoa(style))
		w.buf = raw
	}
	if w.row.touched && attrIsMissing(p.raw, "r") {
		raw = withAttr(nil, raw, "r", cellName(w.row.number, w.row.column))
	}
	w.out.Write(raw)
}

func attrIsMissing(raw []byte, name string) bool {
	_, found := attr(raw, name)
	return !found
}

const maxCellBytes = 8 << 20

// replace puts a text of ours in a cell that is there, unless a formula is.
func (w *sheetRewriter) replace(p piece, c change, base int) error {
	was := max(0, attrInt(p.raw, "s"))
	tag := bytes.Clone(p.raw)
	closed := p.kind == emptyPiece
	var inside []byte
	formula := false
	for !closed {
		q, err := w.in.next()
		if err != nil {
			return asRefusal(err)
		}
		inside = append(inside, q.raw...)
		_, element := splitName(q.name)
		formula = formula || element == "f"
		closed = q.deep == 3 && q.kind == closePiece
		if len(inside) > maxCellBytes {
			return refuse("has a cell larger than any of a payout sheet")
		}
	}
	if formula {
		w.cellTag(piece{kind: p.kind, raw: tag}, was, base)
		w.out.Write(inside)
		return nil
	}
	if c.added {
		base = w.besideStyle(c)
	}
	w.textCell(c, base)
	return nil
}

// createCells makes the cells of changes before a column.
func (w *sheetRewriter) createCells(before int) {
	for len(w.change) > 0 && w.change[0].column < before {
		c := w.change[0]
		w.change = w.change[1:]
		switch {
		case c.hasText && (c.text != "" || c.added):
			w.textCell(c, w.besideStyle(c))
		case c.marked:
			w.emptyCell(c.column, w.styles.marked(w.emptyStyle(c.column), c.gentle))
		}
	}
}

// besideStyle is the style of a cell of ours: the header's as its neighbour
// has it, the others like the table's last one, as text.
func (w *sheetRewriter) besideStyle(c change) int {
	if c.header {
		return w.row.beside
	}
	return w.styles.textual(w.row.beside)
}

// emptyStyle is the style of a cell that is not there.
func (w *sheetRewriter) emptyStyle(column int) int {
	if w.row.style >= 0 {
		return w.row.style
	}
	return w.base(w.look.styleOf(column))
}

func (w *sheetRewriter) textCell(c change, style int) {
	if c.marked {
		style = w.styles.marked(style, c.gentle)
	}
	if c.text == "" {
		w.emptyCell(c.column, style)
		return
	}
	w.write(textCell(w.prefix, cellName(w.row.number, c.column), style, c.text))
}

func (w *sheetRewriter) emptyCell(column, style int) {
	w.write(`<` + w.prefix + `c r="` + cellName(w.row.number, column) + `" s="` + strconv.Itoa(style) + `"/>`)
}

// maxText is how many characters Excel takes in a cell.
const maxText = 32_767

// textCell is a cell that holds its text itself: it cannot be a formula, and
// the workbook's texts need not change.
func textCell(prefix, ref string, style int, text string) string {
	return `<` + prefix + `c r="` + ref + `" s="` + strconv.Itoa(style) + `" t="inlineStr"><` + prefix + `is><` + prefix +
		`t xml:space="preserve">` + escapeCell(shorten(text, maxText)) + `</` + prefix + `t></` + prefix + `is></` + prefix + `c>`
}

// shorten cuts a text to at most so many UTF-16 units, as Excel counts.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	units := 0
	for i, r := range text {
		units++
		if r > 0xFFFF {
			units++
		}
		if units >= most {
			return text[:i] + "…"
		}
	}
	return text
}

// occupied finds the first of as many columns, after the table, in which no
// row of the sheet has anything: what stands beside the table is a person's.
func occupied(in *scanner, from, many int) (int, error) {
	var filled [maxColumn]bool
	column, row, inCell := -1, false, false
	for {
		p, err := in.next()
		if err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return 0, asRefusal(err)
		}
		if p.deep < 2 {
			row = false
			continue
		}
		_, element := splitName(p.name)
		switch {
		case p.deep == 2 && element == "row" && p.kind == openPiece:
			row, column = true, -1
		case p.deep == 3 && row && element == "c" && p.kind != closePiece:
			column++
			if ref, found := attr(p.raw, "r"); found {
				_, column = parseRef([]byte(ref))
			}
			inCell = p.kind == openPiece && column >= 0 && column < maxColumn
		case p.deep >= 4 && inCell && p.kind != closePiece:
			filled[column], inCell = true, false
		}
	}
	for first := from; first+many <= maxColumn; first++ {
		if !slices.Contains(filled[first:first+many], true) {
			return first, nil
		}
	}
	return 0, refuse("has no room for more columns")
}
