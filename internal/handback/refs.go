package handback

import (
	"strconv"
	"strings"
)

// What Excel's worksheets hold at most.
const (
	maxRow    = 1_048_576
	maxColumn = 16_384
)

// letters name a column as spreadsheets do: 0 is A, 26 is AA.
func letters(column int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

func cellName(row, column int) string { return letters(column) + strconv.Itoa(row) }

// parseRef reads "AA12", also "$AA$12". Without a row, "AA", the row is 0. The
// column is -1 if it is no such thing.
func parseRef(ref []byte) (row, column int) {
	n, i := 0, 0
	for ; i < len(ref); i++ {
		b := ref[i] &^ 0x20 // upper case
		if ref[i] == '$' {
			continue
		}
		if b < 'A' || b > 'Z' {
			break
		}
		if n = n*26 + int(b-'A') + 1; n > maxColumn {
			return 0, -1
		}
	}
	if n == 0 {
		return 0, -1
	}
	if i == len(ref) {
		return 0, n - 1
	}
	row = digits(ref[i:])
	if row < 1 || row > maxRow {
		return 0, -1
	}
	return row, n - 1
}

// area is a range of cells.
type area struct{ row1, col1, row2, col2 int }

// parseArea reads "A1:I41" and "$A$1:$I$41"; a single cell is an area too.
func parseArea(ref string) (area, bool) {
	ref = strings.ReplaceAll(ref, "$", "")
	first, last, found := strings.Cut(ref, ":")
	if !found {
		last = first
	}
	var a area
	a.row1, a.col1 = parseRef([]byte(first))
	a.row2, a.col2 = parseRef([]byte(last))
	return a, a.col1 >= 0 && a.col2 >= a.col1 && a.row1 > 0 && a.row2 >= a.row1
}

func (a area) String() string { return cellName(a.row1, a.col1) + ":" + cellName(a.row2, a.col2) }

func (a area) absolute() string {
	return "$" + letters(a.col1) + "$" + strconv.Itoa(a.row1) + ":$" + letters(a.col2) + "$" + strconv.Itoa(a.row2)
}
