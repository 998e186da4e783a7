package handback

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// placed is a column of ours with its place in the sheet.
type placed struct {
	Column
	index int  // from 0
	value int  // its place among the values of a row
	added bool // not there yet
}

// place gives every column of Options.Append its index. free is the first
// column from which on as many as are added are empty.
func place(columns []Column, free int) ([]placed, error) {
	var all []placed
	taken := map[int]bool{}
	for i, column := range columns {
		one := placed{Column: column, value: i}
		if column.Letter != "" {
			row, index := parseRef([]byte(column.Letter))
			if index < 0 || row != 0 || taken[index] {
				return nil, fmt.Errorf("column %q of the sheet handed back: no such column, or twice", column.Letter)
			}
			one.index = index
		} else {
			one.index, one.added = free, true
			free++
		}
		if one.index >= maxColumn {
			return nil, refuse("has no room for more columns")
		}
		taken[one.index] = true
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b placed) int { return a.index - b.index })
	return all, nil
}

func countAdded(columns []Column) int {
	n := 0
	for _, column := range columns {
		if column.Letter == "" {
			n++
		}
	}
	return n
}

// widthOf is a width in which the column can be read.
func widthOf(c Column) float64 {
	if c.Width > 0 {
		return c.Width
	}
	switch strings.ToLower(c.Header) {
	case "tradeno":
		return 31
	case "platformtradeno":
		return 26
	case "status":
		return 14
	case "reason":
		return 56
	}
	return max(16, float64(len(c.Header)+4))
}

// columnInfo is one col element: how some columns look.
type columnInfo struct {
	raw        string
	first, end int // from 1, both included
	style      int
	width      float64
	hidden     bool
}

func parseColumnInfo(raw []byte) (columnInfo, bool) {
	c := columnInfo{raw: string(raw), first: attrInt(raw, "min"), end: attrInt(raw, "max"), style: max(0, attrInt(raw, "style"))}
	width, _ := attr(raw, "width")
	c.width, _ = strconv.ParseFloat(width, 64)
	hidden, _ := attr(raw, "hidden")
	c.hidden = hidden == "1" || hidden == "true"
	return c, c.first >= 1 && c.end >= c.first
}

// columnInfos are all col elements of a sheet, in order.
type columnInfos []columnInfo

// styleOf is the style of empty cells in a column.
func (cs columnInfos) styleOf(column int) int {
	for _, c := range cs {
		if c.first <= column+1 && column+1 <= c.end {
			return c.style
		}
	}
	return 0
}

// pixels is about how wide a column is on the screen.
func (cs columnInfos) pixels(column int) int {
	for _, c := range cs {
		if c.first <= column+1 && column+1 <= c.end {
			if c.hidden {
				return 0
			}
			if c.width > 0 && c.width < 256 {
				return int(c.width*7) + 5
			}
		}
	}
	return 64
}

// with makes room for the columns that are added: they are shown, however wide
// and hidden the rest of the sheet to the right of the table is.
func (cs columnInfos) with(columns []placed, prefix string) columnInfos {
	for _, column := range columns {
		if !column.added {
			continue
		}
		n := column.index + 1
		style := 0
		var parted columnInfos
		for _, c := range cs {
			if n < c.first || n > c.end {
				parted = append(parted, c)
				continue
			}
			style = c.style
			parted = append(parted, c.part(c.first, n-1)...)
			parted = append(parted, c.part(n+1, c.end)...)
		}
		width := widthOf(column.Column)
		raw := fmt.Sprintf(`<%scol min="%d" max="%d" width="%g" customWidth="1"/>`, prefix, n, n, width)
		if style > 0 {
			raw = string(withAttr(nil, []byte(raw), "style", strconv.Itoa(style)))
		}
		one := columnInfo{raw: raw, first: n, end: n, style: style, width: width}
		at := slices.IndexFunc(parted, func(c columnInfo) bool { return c.first > n })
		if at < 0 {
			at = len(parted)
		}
		cs = slices.Insert(parted, at, one)
	}
	return cs
}

// part is the same look for fewer columns; none if there are none.
func (c columnInfo) part(first, end int) columnInfos {
	if first > end {
		return nil
	}
	c.raw = string(withAttr(nil, []byte(c.raw), "min", strconv.Itoa(first)))
	c.raw = string(withAttr(nil, []byte(c.raw), "max", strconv.Itoa(end)))
	c.first, c.end = first, end
	return columnInfos{c}
}

func (cs columnInfos) xml(prefix string) string {
	if len(cs) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("<" + prefix + "cols>")
	for _, c := range cs {
		b.WriteString(c.raw)
	}
	b.WriteString("</" + prefix + "cols>")
	return b.String()
}
