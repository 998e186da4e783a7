package handback

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
)

// A sheetRewriter streams one worksheet from the old workbook into the new
// one, and changes what the marks and columns ask for.
type sheetRewriter struct {
	ctx     context.Context
	options *Options
	in      *scanner
	out     *bufio.Writer
	styles  *stylesheet
	marks   *markReader
	refresh bool // the marks of an earlier copy are removed
	columns []placed
	list    *list
	notes   *notes
	drawing func() string // called once, if there are notes: the id of their drawing

	prefix     string
	kinds      string // namespace of relationships
	look       columnInfos
	hasCols    bool
	inData     bool
	dataDone   bool
	drawingID  string // of the legacyDrawing that is there
	drawn      bool   // a legacyDrawing is there, or not needed
	filter     area   // as it was
	filterEdit *area  // as it is now; nil if it stays

	row    rowState
	change []change // of the row, by column
	buf    []byte
}

func (w *sheetRewriter) write(text string) { w.out.WriteString(text) }

// run does it. The stylesheet, the list and the notes are complete afterwards.
func (w *sheetRewriter) run() error {
	w.listOnly(w.marks.take(0))
	for {
		p, err := w.in.next()
		if errors.Is(err, io.EOF) {
			return w.out.Flush()
		}
		if err != nil {
			return asRefusal(err)
		}
		if w.inData && p.deep >= 2 {
			err = w.data(p)
		} else {
			err = w.part(p)
		}
		if err != nil {
			return err
		}
	}
}

// part handles what is not in a row.
func (w *sheetRewriter) part(p piece) error {
	prefix, element := splitName(p.name)
	switch {
	case p.deep == 0 && p.kind != otherPiece:
		return w.root(p, prefix, element)
	case p.deep == 1 && p.kind != otherPiece && prefix == w.prefix:
		return w.child(p, element)
	}
	w.out.Write(p.raw)
	return nil
}

func (w *sheetRewriter) root(p piece, prefix, element string) error {
	if p.kind == closePiece {
		w.drawNotes()
		if !w.dataDone {
			return refuse("has a worksheet without cells")
		}
		w.out.Write(p.raw)
		return nil
	}
	main, kinds := spaces(p.raw)
	if element != "worksheet" || main == "" || p.kind != openPiece || namespaces(p.raw)[prefix] != main {
		return refuse("has a worksheet of an unknown kind")
	}
	w.prefix, w.kinds = prefix, kinds
	w.out.Write(p.raw)
	return nil
}

// After these of a worksheet's elements the drawing of the notes may not come.
var afterDrawing = []string{
	"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
}

func (w *sheetRewriter) child(p piece, element string) error {
	switch {
	case element == "dimension" && p.kind != closePiece:
		w.dimension(p)
		return nil
	case element == "cols" && p.kind == emptyPiece:
		return nil // it says nothing, and another may follow
	case element == "cols" && p.kind == openPiece:
		return w.cols(p)
	case element == "sheetData":
		return w.sheetData(p)
	case element == "autoFilter" && p.kind != closePiece:
		w.autoFilter(p)
		return nil
	case element == "legacyDrawing" && p.kind != closePiece:
		w.drawn = true
		attributes(p.raw, func(name []byte, from, to int) bool {
			if _, local := splitName(name); local == "id" {
				w.drawingID = unescape(string(p.raw[from:to]))
			}
			return true
		})
	case w.dataDone && p.kind != closePiece && slices.Contains(afterDrawing, element):
		w.drawNotes()
	}
	w.out.Write(p.raw)
	return nil
}

// drawNotes refers to the drawing of the notes, once, if there are any.
func (w *sheetRewriter) drawNotes() {
	if w.drawn || w.notes.empty() {
		return
	}
	w.drawn = true
	w.drawingID = w.drawing()
	w.write(`<` + w.prefix + `legacyDrawing xmlns:r="` + w.kinds + `" r:id="` + escape(w.drawingID) + `"/>`)
}

// lastAdded is the last column that is added, or -1.
func (w *sheetRewriter) lastAdded() int {
	last := -1
	for _, column := range w.columns {
		if column.added {
			last = column.index
		}
	}
	return last
}

func (w *sheetRewriter) dimension(p piece) {
	ref, _ := attr(p.raw, "ref")
	is, ok := parseArea(ref)
	if last := w.lastAdded(); ok && last > is.col2 {
		is.col2 = last
		w.out.Write(withAttr(nil, p.raw, "ref", is.String()))
		return
	}
	w.out.Write(p.raw)
}

// cols reads up to the end of the element and writes it anew if columns come.
func (w *sheetRewriter) cols(open piece) error {
	asIs := bytes.Clone(open.raw)
	for {
		p, err := w.in.next()
		if err != nil {
			return asRefusal(err)
		}
		asIs = append(asIs, p.raw...)
		if p.kind == closePiece && p.deep == 1 {
			break
		}
		if p.deep != 2 || p.kind == otherPiece || p.kind == closePiece {
			continue
		}
		raw := p.raw
		if p.kind == openPiece { // <col …></col>
			raw = append(bytes.TrimSuffix(bytes.Clone(raw), []byte(">")), "/>"...)
		}
		info, ok := parseColumnInfo(raw)
		if !ok || len(w.look) > maxColumn {
			return refuse("has columns of an unknown kind")
		}
		w.look = append(w.look, info)
	}
	if w.lastAdded() < 0 {
		w.hasCols = true
		w.out.Write(asIs)
		return nil
	}
	w.writeCols()
	return nil
}

func (w *sheetRewriter) writeCols() {
	w.hasCols = true
	w.look = w.look.with(w.columns, w.prefix)
	w.write(w.look.xml(w.prefix))
}

func (w *sheetRewriter) sheetData(p piece) error {
	if w.dataDone {
		return refuse("has a worksheet with two tables of cells")
	}
	if p.kind == closePiece {
		err := w.finishRows()
		w.inData, w.dataDone = false, true
		w.out.Write(p.raw)
		return err
	}
	if !w.hasCols {
		w.writeCols()
	}
	if p.kind == openPiece {
		w.inData = true
		w.out.Write(p.raw)
		return nil
	}
	w.write("<" + string(p.name) + ">")
	err := w.finishRows()
	w.dataDone = true
	w.write("</" + string(p.name) + ">")
	return err
}

// autoFilter lets a filter that ends with the table take in the columns that
// follow it: sorting by it would otherwise part them from their rows.
func (w *sheetRewriter) autoFilter(p piece) {
	ref, _ := attr(p.raw, "ref")
	is, ok := parseArea(ref)
	first := slices.IndexFunc(w.columns, func(c placed) bool { return c.added })
	if !ok || first < 0 || is.row1 != w.options.HeaderRow ||
		is.col2 != w.options.LastColumn || w.columns[first].index != is.col2+1 || w.filter != is {
		w.out.Write(p.raw)
		return
	}
	wide := is
	wide.col2 = w.lastAdded()
	w.filterEdit = &wide
	w.out.Write(withAttr(nil, p.raw, "ref", wide.String()))
}

// listOnly lists marks that have no place in the sheet.
func (w *sheetRewriter) listOnly(marks []Mark) {
	for _, m := range marks {
		w.list.add(m)
	}
}
