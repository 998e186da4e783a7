package handback

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// The boxes of comments live in a second part, in a language of 1999 (VML)
// that is often not quite XML. It is therefore cut at its shapes and not
// parsed: shapes of ours are put before the end, and those of comments that
// have gone are cut out.

const plainDrawing = `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" ` +
	`xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>` +
	`</xml>`

const noteShapeType = `<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">` +
	`<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>`

// shapeNames is what our shapes need declared, wherever they stand.
const shapeNames = ` xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"` +
	` xmlns:x="urn:schemas-microsoft-com:office:excel"`

var (
	shapeIDs    = regexp.MustCompile(`\bid="[A-Za-z_]*?s?(\d+)"`)
	shapeRow    = regexp.MustCompile(`<x:Row>\s*(\d{1,7})\s*</x:Row>`)
	shapeColumn = regexp.MustCompile(`<x:Column>\s*(\d{1,5})\s*</x:Column>`)
)

// boxes writes the drawing with boxes for these cells, and without those.
func boxes(text []byte, fresh, gone [][2]int, c *comments, look columnInfos) ([]byte, error) {
	if text == nil {
		text = []byte(plainDrawing)
	}
	if bytes.IndexByte(text[:min(len(text), 64)], 0) >= 0 {
		return nil, refuse("has a drawing that is not UTF-8")
	}
	kept, there := cutShapes(text, gone)
	// A comment without a box is not shown, and some programs leave boxes out.
	for _, one := range c.list {
		if cell := [2]int{one.row, one.column}; !there[cell] && one.row > 0 {
			fresh = append(fresh, cell)
			there[cell] = true
		}
	}
	end := bytes.LastIndex(kept, []byte("</xml>"))
	if end < 0 {
		return nil, refuse("has a drawing of an unknown kind")
	}
	id := nextShape(kept)
	var b bytes.Buffer
	b.Write(kept[:end])
	if len(fresh) > 0 && !bytes.Contains(kept, []byte(`id="_x0000_t202"`)) {
		b.WriteString(strings.Replace(noteShapeType, "<v:shapetype", "<v:shapetype"+shapeNames, 1))
	}
	done := map[[2]int]bool{}
	for _, cell := range fresh {
		if one := c.byCell[cell]; one != nil && !done[cell] {
			b.WriteString(one.box(id, look))
			id++
		}
		done[cell] = true
	}
	b.Write(kept[end:])
	return b.Bytes(), nil
}

// cutShapes leaves out the boxes of these cells and tells which have one.
func cutShapes(text []byte, gone [][2]int) (kept []byte, there map[[2]int]bool) {
	drop := map[[2]int]bool{}
	for _, cell := range gone {
		drop[cell] = true
	}
	there = map[[2]int]bool{}
	open, closing := []byte("<v:shape "), []byte("</v:shape>")
	for {
		from := bytes.Index(text, open)
		if from < 0 {
			break
		}
		size := bytes.Index(text[from:], closing)
		if size < 0 {
			break
		}
		size += len(closing)
		shape := text[from : from+size]
		kept = append(kept, text[:from]...)
		cell, isNote := noteCell(shape)
		if !isNote || !drop[cell] {
			kept = append(kept, shape...)
		}
		if isNote && !drop[cell] {
			there[cell] = true
		}
		text = text[from+size:]
	}
	return append(kept, text...), there
}

// noteCell is the cell whose comment a shape is the box of.
func noteCell(shape []byte) (cell [2]int, isNote bool) {
	row, column := shapeRow.FindSubmatch(shape), shapeColumn.FindSubmatch(shape)
	if row == nil || column == nil || !bytes.Contains(shape, []byte(`ObjectType="Note"`)) {
		return cell, false
	}
	return [2]int{digits(row[1]) + 1, digits(column[1])}, true
}

// nextShape is a number above all that shapes have.
func nextShape(text []byte) int {
	next := 1025
	for _, id := range shapeIDs.FindAllSubmatch(text, -1) {
		if n := digits(id[1]); n >= next {
			next = n + 1
		}
	}
	return next
}

// Sizes in pixels, as spreadsheets lay cells out by default.
const (
	boxWidth   = 300
	boxLetters = 48 // that fit in a line
	rowHeight  = 20
	lineHeight = 14
)

// box is the shape of a comment: beside its cell, as high as its text needs.
func (c *comment) box(id int, look columnInfos) string {
	lines := 0
	for _, line := range strings.Split(c.allText(), "\n") {
		lines += 1 + len([]rune(line))/boxLetters
	}
	height := max(60, lines*lineHeight+16)
	top := max(0, c.row-2)
	last, into := spread(c.column+1, boxWidth, look)
	anchor := fmt.Sprintf("%d, 12, %d, 6, %d, %d, %d, %d", c.column+1, top, last, into,
		top+height/rowHeight, 6+height%rowHeight)
	return `<v:shape` + shapeNames + ` id="_x0000_s` + strconv.Itoa(id) + `" type="#_x0000_t202" style="position:absolute;` +
		`margin-left:60pt;margin-top:2pt;width:` + strconv.Itoa(boxWidth*3/4) + `pt;height:` + strconv.Itoa(height*3/4) +
		`pt;z-index:1;visibility:hidden" fillcolor="#fff8d6" o:insetmode="auto"><v:fill color2="#fff8d6"/>` +
		`<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>` +
		`<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>` +
		`<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>` + anchor +
		`</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>` + strconv.Itoa(c.row-1) + `</x:Row><x:Column>` +
		strconv.Itoa(c.column) + `</x:Column></x:ClientData></v:shape>`
}

// spread finds the column that is so many pixels to the right, and how far
// into it that is.
func spread(column, pixels int, look columnInfos) (last, into int) {
	pixels += 12
	for pixels > 0 && column < maxColumn-1 {
		width := look.pixels(column)
		if pixels < width {
			break
		}
		pixels -= width
		column++
	}
	return column, pixels
}

func (c *comment) allText() string {
	var b strings.Builder
	for _, r := range c.runs {
		b.WriteString(r.text)
	}
	return b.String()
}
