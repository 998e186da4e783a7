package ingest

// book is a file that has been recognised. Its variants are the ways to read
// it, one of which has to be chosen: worksheets, or delimiters.
type book interface {
	variants() []variant
	Close() error
}

// variant is one way to read a file.
type variant struct {
	name   string // for people: "comma", or the name of the worksheet
	hidden bool   // a worksheet whose tab is not shown
	open   func() (rowReader, error)
}

// rowReader gives the rows of a sheet as they stand.
type rowReader interface {
	// read fills in the next row. The error is io.EOF after the last row, a
	// brokenRow if only this row cannot be read, and anything else if reading
	// cannot go on. What the row holds is good until the next call.
	read(row *gridRow) error
	Close() error
}

// brokenRow is the error for a row whose cells cannot be told apart.
type brokenRow struct{ what, want string }

func (b brokenRow) Error() string { return b.what }

// gridRow is a row as it stands in the file.
type gridRow struct {
	number   int  // as the person sees it
	hidden   bool // by hand or by a filter
	cells    []string
	kinds    []kind // of the cells; empty if all are plain
	formulas []int  // columns whose cell is what a formula gave
}

func (r *gridRow) reset() {
	*r = gridRow{cells: r.cells[:0], kinds: r.kinds[:0], formulas: r.formulas[:0]}
}

// kind is what is known of how the spreadsheet held a value, which says what
// may have happened to it.
type kind uint8

const (
	// kindPlain is text of a CSV: what a spreadsheet showed of a cell,
	// whatever the cell was.
	kindPlain kind = iota
	// kindText was text in the spreadsheet, so that nothing was taken for a
	// number: a text cell of a workbook, or ="…" in a CSV.
	kindText
	kindNumber
	kindDate
	kindBool
	// kindFault is #N/A and its like.
	kindFault
	// kindUncomputed is a formula whose result the file does not have.
	kindUncomputed
)

func kindAt(kinds []kind, column int) kind {
	if column < 0 || column >= len(kinds) {
		return kindPlain
	}
	return kinds[column]
}
