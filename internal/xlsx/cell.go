package xlsx

// Kind is the type of a cell, as the spreadsheet sees it.
type Kind uint8

const (
	// Text is a text, typed or computed.
	Text Kind = iota
	// Number is a number that is not shown as a date. Its text is what Excel
	// knows of it, 15 significant digits, without exponent or thousands marks:
	// 1500.5, 123456789012346000.
	Number
	// Date is a number that is shown as a date or a time, or an ISO date. Its
	// text is 2026-11-21, 2026-11-21 13:45:00 or 13:45:00.
	Date
	// Bool is TRUE or FALSE.
	Bool
	// Fault is what stands where a result could not be had: #N/A, #REF!.
	Fault
)

func (k Kind) String() string {
	return [...]string{"text", "number", "date", "bool", "fault"}[k]
}

// Row is one row that has at least one filled cell.
type Row struct {
	Number int    // as the person sees it, from 1
	Hidden bool   // by hand, by an outline or by a filter
	Cells  []Cell // filled ones only, left to right
}

// Cell is one filled cell.
type Cell struct {
	Column int    // from 0
	Kind   Kind   // see [Kind] for what Text holds
	Text   string // "" only for a formula that was never computed
	// Formula tells that the value is the result of a formula, as it was when
	// the workbook was saved. A formula whose result is an empty text is no
	// filled cell.
	Formula bool
	// Rounded tells that the file has more of the number than the 15 digits of
	// Text. Excel itself cuts what is typed to 15 digits; another program may
	// have written all 16 digits of a card, and nothing may then be concluded
	// from those of Text.
	Rounded bool
	// Rich tells that parts of the text are formatted on their own.
	Rich bool
}

// Range is a rectangle of cells, its corners included. Rows count from 1 and
// columns from 0, as in [Row] and [Cell].
type Range struct{ Row1, Col1, Row2, Col2 int }

// Span is a run of columns from 0, both ends included.
type Span struct{ First, Last int }

// SheetInfo is a worksheet of a book.
type SheetInfo struct {
	Name       string // as on its tab
	Hidden     bool   // its tab is not shown
	VeryHidden bool   // besides, Excel does not offer to show it
	Part       string // the name of its XML in the archive
}
