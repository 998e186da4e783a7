package report

import (
	"fmt"
	"maps"
	"slices"

	"github.com/xuri/excelize/v2"
)

// grid is a small worksheet: its cells may be put in any order and are written
// at the end. It keeps the first error.
type grid struct {
	sink    *xlsxSink
	sheet   string
	cells   map[int]map[int]excelize.Cell // by row and column, from 1
	heights map[int]float64
	merged  [][2]string
	widths  []float64
	charts  []placedChart
	err     error
}

// placedChart is put in when rows and columns have their sizes, by which it is
// anchored.
type placedChart struct {
	cell  string
	chart *excelize.Chart
}

func (s *xlsxSink) grid(name, tab string, widths ...float64) *grid {
	g := &grid{sink: s, sheet: name, cells: map[int]map[int]excelize.Cell{}, heights: map[int]float64{}, widths: widths}
	g.do(s.setUpPage(name, tab, pageOf(name == s.t(summarySheet) && len(s.parts) == 1)))
	no := false
	g.do(s.book.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &no}))
	return g
}

func (g *grid) do(err error) {
	if g.err == nil {
		g.err = err
	}
}

// put writes text, which no spreadsheet program takes for a formula.
func (g *grid) put(column string, row int, text string, style int) {
	g.set(column, row, excelize.Cell{StyleID: style, Value: fit(shown(text))})
}

// number writes a number, or text that holds one which is too long.
func (g *grid) number(column string, row int, value any, style int) {
	g.set(column, row, excelize.Cell{StyleID: style, Value: value})
}

// formula writes a formula of ours and the value that it has; without
// a formula, the value.
func (g *grid) formula(column string, row int, formula string, value any, style int) {
	if _, isText := value.(string); isText { // a number that no spreadsheet holds exactly
		formula = ""
	}
	g.set(column, row, excelize.Cell{StyleID: style, Formula: formula, Value: value})
}

func (g *grid) set(column string, row int, cell excelize.Cell) {
	n, err := excelize.ColumnNameToNumber(column)
	g.do(err)
	if g.cells[row] == nil {
		g.cells[row] = map[int]excelize.Cell{}
	}
	g.cells[row][n] = cell
}

// band writes text over the columns from A to last.
func (g *grid) band(row int, last, text string, style int) {
	g.put("A", row, text, style)
	g.span(row, "A", last, style)
}

// span makes one cell of several of a row.
func (g *grid) span(row int, first, last string, style int) {
	from, _ := excelize.ColumnNameToNumber(first)
	to, _ := excelize.ColumnNameToNumber(last)
	for n := from + 1; n <= to; n++ {
		name, err := excelize.ColumnNumberToName(n)
		g.do(err)
		g.set(name, row, excelize.Cell{StyleID: style})
	}
	g.merged = append(g.merged, [2]string{at(first, row), at(last, row)})
}

func (g *grid) height(row int, points float64) { g.heights[row] = min(points, excelize.MaxRowHeight) }

// end writes the worksheet.
func (g *grid) end() error {
	if g.measure(); g.err != nil {
		return g.err
	}
	stream, err := g.sink.book.NewStreamWriter(g.sheet)
	if err != nil {
		return err
	}
	rows := map[int]bool{}
	for row := range g.cells {
		rows[row] = true
	}
	for row := range g.heights {
		rows[row] = true
	}
	for _, row := range slices.Sorted(maps.Keys(rows)) {
		values := make([]any, len(g.widths))
		for n, cell := range g.cells[row] {
			for len(values) < n {
				values = append(values, nil)
			}
			values[n-1] = cell
		}
		var options []excelize.RowOpts
		if height := g.heights[row]; height > 0 {
			options = []excelize.RowOpts{{Height: height}}
		}
		g.do(stream.SetRow(at("A", row), values, options...))
	}
	for _, cells := range g.merged {
		g.do(stream.MergeCell(cells[0], cells[1]))
	}
	g.do(stream.Flush())
	return g.err
}

// measure gives rows and columns their sizes in the book, and then puts in the
// charts.
func (g *grid) measure() {
	book := g.sink.book
	for i, width := range g.widths {
		column, err := excelize.ColumnNumberToName(i + 1)
		g.do(err)
		g.do(book.SetColWidth(g.sheet, column, column, width))
	}
	for _, row := range slices.Sorted(maps.Keys(g.heights)) {
		g.do(book.SetRowHeight(g.sheet, row, g.heights[row]))
	}
	for _, one := range g.charts {
		g.do(book.AddChart(g.sheet, one.cell, one.chart))
	}
}

// chart puts a chart beside the cells when these have their sizes.
func (g *grid) chart(cell string, chart *excelize.Chart) {
	g.charts = append(g.charts, placedChart{cell, chart})
}

func at(column string, row int) string { return fmt.Sprintf("%s%d", column, row) }

func yes() *bool {
	y := true
	return &y
}
