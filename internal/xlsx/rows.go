package xlsx

import (
	"fmt"
	"io"
)

// Rows reads one worksheet from top to bottom. It is for one goroutine.
type Rows struct {
	book    *Book
	part    string
	content io.ReadCloser
	s       *scanner
	texts   *texts

	row    Row
	number int    // of the row element being read
	told   int    // rows
	text   []byte // of the row's cells, one after the other
	ends   []int  // of each cell's text; -1 for a shared one
	raw    []byte // of the cell being read
	err    error  // io.EOF after the last row

	hiddenColumns []Span
	merged        []Range
	hiddenRows    bool
	filter        bool
}

// Rows begins to read the worksheet that [Book.Sheets] lists at the index. The
// caller closes it.
func (b *Book) Rows(index int) (*Rows, error) {
	if index < 0 || index >= len(b.sheets) {
		panic(fmt.Sprintf("xlsx: no worksheet %d of %d", index, len(b.sheets)))
	}
	texts, err := b.texts()
	if err != nil {
		return nil, err
	}
	part := b.sheets[index].Part
	name := partName(part)
	content, err := b.archive.open(name, b.archive.limits.Sheet)
	if err != nil {
		return nil, err
	}
	size := b.archive.parts[name].UncompressedSize64
	r := &Rows{book: b, part: part, content: content, s: newScanner(content, size), texts: texts}
	if err := at(r.begin(), part, 0); err != nil {
		content.Close()
		return nil, err
	}
	return r, nil
}

// Close ends reading. Texts of cells stay good.
func (r *Rows) Close() error { return r.content.Close() }

// Next reads the next row that has a filled cell. The row is good until the
// next call; the texts of its cells stay good. The last row is followed by
// [io.EOF], anything wrong by an [*Error]; both come again if asked again.
func (r *Rows) Next() (*Row, error) {
	for r.err == nil {
		more, err := r.s.child()
		if err == nil && !more {
			if err = r.finish(); err == nil {
				r.err = io.EOF
				break
			}
			r.err = at(err, r.part, 0)
			break
		}
		if err == nil {
			err = r.readRow()
		}
		if err != nil {
			r.err = at(err, r.part, r.number+r.between())
			break
		}
		if len(r.row.Cells) > 0 {
			return &r.row, nil
		}
	}
	return nil, r.err
}

// HiddenColumns are the columns that are not shown, known before the first row.
func (r *Rows) HiddenColumns() []Span { return r.hiddenColumns }

// Merged are the ranges of cells shown as one. They stand behind the rows in
// the file, and are known after [io.EOF].
func (r *Rows) Merged() []Range { return r.merged }

// Filtered tells, after [io.EOF], whether there is a filter and rows with
// something in them are hidden.
func (r *Rows) Filtered() bool { return r.filter && r.hiddenRows }

var (
	errNoSheet = damage("is no worksheet")
	errStrange = damage("has something in a row that no spreadsheet writes")
	errRows    = damage("has rows out of order")
	errCells   = damage("has cells out of order")
)

// begin reads up to the first row.
func (r *Rows) begin() error {
	if err := r.s.root(); err != nil {
		return err
	}
	if !r.s.is(sheetSpace, "worksheet") {
		return errNoSheet
	}
	for {
		more, err := r.s.child()
		if err != nil {
			return err
		}
		switch {
		case !more:
			return errNoSheet
		case r.s.is(sheetSpace, "sheetData"):
			return nil
		case r.s.is(sheetSpace, "cols"):
			err = eachChild(r.s, "col", r.column)
		case r.s.is(sheetSpace, "sheetPr"):
			r.filter = r.filter || r.s.yes("filterMode")
			err = r.s.skip()
		case r.s.space == choiceSpace:
			return errStrange
		default:
			err = r.s.skip()
		}
		if err != nil {
			return err
		}
	}
}

// column notes a run of columns if they are hidden, by hand or by having no
// width.
func (r *Rows) column() error {
	first, ok1 := r.s.number("min")
	last, ok2 := r.s.number("max")
	if !ok1 || !ok2 || first < 1 || last < first || last > maxSheetColumns || len(r.hiddenColumns) == maxSheetColumns {
		return damage("has columns that cannot be understood")
	}
	if width, _ := r.s.attr("width"); r.s.yes("hidden") || isZero(width) {
		r.hiddenColumns = append(r.hiddenColumns, Span{first - 1, last - 1})
	}
	return nil
}

// isZero tells whether an attribute is there and is zero.
func isZero(value []byte) bool {
	if len(value) == 0 {
		return false
	}
	n, err := parseNumber(value)
	return err == nil && n == 0
}

// between is 1 if the fault is not in the row last read but behind it.
func (r *Rows) between() int {
	if r.s.depth() <= 2 {
		return 1
	}
	return 0
}

// readRow reads the element that just started.
func (r *Rows) readRow() error {
	if !r.s.is(sheetSpace, "row") {
		return errStrange
	}
	number := r.number + 1
	if at, ok := r.s.attr("r"); ok {
		n, ok := wholeNumber(at)
		if !ok || n < number {
			return errRows
		}
		number = n
	}
	if number > maxSheetRows {
		return errRows
	}
	r.number = number
	height, _ := r.s.attr("ht")
	r.row.Number, r.row.Hidden = number, r.s.yes("hidden") || isZero(height)
	r.row.Cells, r.text, r.ends = r.row.Cells[:0], r.text[:0], r.ends[:0]
	column := -1
	for {
		more, err := r.s.child()
		if err != nil {
			return err
		}
		switch {
		case !more:
			return r.finishRow()
		case r.s.is(sheetSpace, "c"):
			column, err = r.readCell(column + 1)
		case r.s.is(sheetSpace, "extLst"), r.s.space == otherSpace:
			err = r.s.skip()
		default:
			return errStrange
		}
		if err != nil {
			return err
		}
	}
}

// finishRow makes the texts of the row's cells, in one piece.
func (r *Rows) finishRow() error {
	if len(r.row.Cells) == 0 {
		return nil
	}
	if r.told++; r.told > r.book.archive.limits.Rows {
		return tooBig("has more rows than a payout sheet")
	}
	r.hiddenRows = r.hiddenRows || r.row.Hidden
	text, from := string(r.text), 0
	for i, end := range r.ends {
		if end >= 0 {
			r.row.Cells[i].Text = text[from:end]
			from = end
		}
	}
	return nil
}

// finish reads what stands behind the rows.
func (r *Rows) finish() error {
	for {
		more, err := r.s.child()
		if err != nil {
			return err
		}
		switch {
		case !more:
			return r.s.finishRoot()
		case r.s.is(sheetSpace, "sheetData"):
			return errRows
		case r.s.is(sheetSpace, "mergeCells"):
			err = eachChild(r.s, "mergeCell", r.merge)
		case r.s.is(sheetSpace, "autoFilter"), r.s.is(sheetSpace, "tableParts"):
			r.filter = true
			err = r.s.skip()
		default:
			err = r.s.skip()
		}
		if err != nil {
			return err
		}
	}
}

// merge notes a merged range.
func (r *Rows) merge() error {
	value, _ := r.s.attr("ref")
	found, ok := parseRange(value)
	if !ok {
		return damage("has merged cells that cannot be understood")
	}
	if len(r.merged) == maxRanges {
		return tooBig("has more merged cells than a payout sheet")
	}
	r.merged = append(r.merged, found)
	return nil
}
