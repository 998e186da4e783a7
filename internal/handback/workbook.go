package handback

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
)

// Workbook writes the workbook src to dst, marked. src is read where it
// stands; its position does not matter. After an error dst holds nothing of
// use; a [*Refusal] says that the file is to blame.
func Workbook(ctx context.Context, src *os.File, dst io.Writer, o Options) error {
	info, err := src.Stat()
	if err != nil {
		return err
	}
	return workbook(ctx, src, info.Size(), dst, o)
}

func workbook(ctx context.Context, src io.ReaderAt, size int64, dst io.Writer, o Options) (err error) {
	if o.FirstColumn < 0 || o.LastColumn < o.FirstColumn || o.LastColumn >= maxColumn || o.HeaderRow < 0 {
		return fmt.Errorf("the table of the sheet handed back: columns %d to %d, header in row %d", o.FirstColumn, o.LastColumn, o.HeaderRow)
	}
	a, err := openArchive(src, size)
	if err != nil {
		return err
	}
	m := &marking{ctx: ctx, archive: a, options: &o, refresh: o.Marks != nil, replaced: map[string][]byte{}}
	if m.book, err = openBook(a); err != nil {
		return err
	}
	if m.at, err = m.book.pick(o); err != nil {
		return err
	}
	if m.list, err = newList(&o, m.book.sheets[m.at].name); err != nil {
		return err
	}
	defer m.list.Close()
	m.marks = readMarks(o.Marks)
	defer m.marks.stop()
	return m.run(newOut(dst, a))
}

// marking is one workbook being marked.
type marking struct {
	ctx     context.Context
	archive *archive
	options *Options
	book    *book
	at      int // of the worksheet
	marks   *markReader
	list    *list
	notes   notes
	refresh bool

	sheet    string // the worksheet's part
	rels     *relations
	styles   *stylesheet
	rewriter *sheetRewriter
	drawing  string            // the part with the boxes of comments
	types    [][2]string       // content types to add
	replaced map[string][]byte // parts with other content, by partKey
	order    []string          // their names
}

// run writes the parts that need not change first, as they are, then the
// worksheet, and then what depends on what was found in it.
func (m *marking) run(o *out) error {
	if err := m.prepare(); err != nil {
		return err
	}
	if err := m.copyParts(o); err != nil {
		return err
	}
	if err := m.rewriteSheet(o); err != nil {
		return err
	}
	edit := bookEdit{filters: map[string]string{}}
	if err := m.widenTables(); err != nil {
		return err
	}
	if err := m.writeNotes(); err != nil {
		return err
	}
	if err := m.writeList(o, &edit); err != nil {
		return err
	}
	if err := m.finish(edit); err != nil {
		return err
	}
	for _, name := range m.order {
		if err := o.put(name, m.replaced[partKey(name)]); err != nil {
			return err
		}
	}
	return o.finish(m.archive)
}

func (m *marking) replace(name string, text []byte) {
	m.replaced[partKey(name)] = text
	m.order = append(m.order, name)
}

func (m *marking) prepare() (err error) {
	m.sheet = m.book.sheets[m.at].part
	if m.sheet == "" || !m.archive.has(m.sheet) {
		return refuse("lacks the part of its worksheet")
	}
	if list := m.book.list(); list >= 0 && partKey(m.book.sheets[list].part) == partKey(m.sheet) {
		return refuse("would be marked on the sheet that lists the marks")
	}
	if m.rels, err = m.archive.relations(m.sheet); err != nil {
		return err
	}
	if !m.archive.has(contentPart) {
		return refuse("lacks the list of its parts")
	}
	text := []byte(fmt.Sprintf(plainStyles, m.book.main))
	if name, ok := m.stylesPart(); ok {
		if text, err = m.archive.read(name); err != nil {
			return err
		}
	}
	if m.styles, err = parseStyles(text); err != nil {
		return err
	}
	m.styles.trustFill = m.book.named
	if m.refresh {
		m.list.style(m.styles)
	}
	return nil
}

func (m *marking) stylesPart() (string, bool) {
	if one, ok := m.book.rels.find("styles"); ok && m.archive.has(m.book.rels.part(one)) {
		return m.book.rels.part(one), true
	}
	return "", false
}

// mayChange are the parts that are held back until the worksheet is written.
func (m *marking) mayChange() map[string]bool {
	names := map[string]bool{
		partKey(m.sheet): true, partKey(relsName(m.sheet)): true, partKey(contentPart): true,
		partKey(m.book.name): true, partKey(relsName(m.book.name)): true,
	}
	if name, ok := m.stylesPart(); ok {
		names[partKey(name)] = true
	}
	for _, one := range m.rels.list {
		kind := path.Base(one.kind)
		if !one.external && (kind == "table" || m.refresh && (kind == "comments" || kind == "vmlDrawing")) {
			names[partKey(m.rels.part(one))] = true
		}
	}
	if !m.refresh {
		return names
	}
	if at := m.book.list(); at >= 0 {
		names[partKey(m.book.sheets[at].part)] = true
	}
	return names
}

func (m *marking) copyParts(o *out) error {
	changing := m.mayChange()
	for _, file := range m.archive.files {
		if err := m.ctx.Err(); err != nil {
			return err
		}
		if changing[partKey(file.Name)] {
			continue
		}
		if err := o.copyPart(file); err != nil {
			return err
		}
	}
	return nil
}

func (m *marking) rewriteSheet(o *out) error {
	columns, err := m.place()
	if err != nil {
		return err
	}
	content, err := m.archive.open(m.sheet, maxSheetBytes)
	if err != nil {
		return err
	}
	defer content.Close()
	part, err := o.create(m.archive.byName[partKey(m.sheet)].Name)
	if err != nil {
		return err
	}
	m.rewriter = &sheetRewriter{
		ctx: m.ctx, options: m.options, in: newScanner(content), out: bufio.NewWriterSize(part, 64<<10),
		styles: m.styles, marks: m.marks, refresh: m.refresh, columns: columns, list: m.list, notes: &m.notes,
		drawing: m.newDrawing,
	}
	if ref, found := m.book.filters[strconv.Itoa(m.at)]; found {
		_, cells, _ := cutLast(ref, "!")
		m.rewriter.filter, _ = parseArea(cells)
	}
	return m.rewriter.run()
}

// place finds where the columns go, which takes a reading of the worksheet.
func (m *marking) place() ([]placed, error) {
	free := m.options.LastColumn + 1
	if added := countAdded(m.options.Append); added > 0 {
		content, err := m.archive.open(m.sheet, maxSheetBytes)
		if err != nil {
			return nil, err
		}
		defer content.Close()
		if free, err = occupied(newScanner(content), free, added); err != nil {
			return nil, err
		}
	}
	return place(m.options.Append, free)
}

// newDrawing makes the part for the boxes of comments, and returns the id of
// its relationship.
func (m *marking) newDrawing() string {
	m.drawing = m.archive.freePart("xl/drawings/vmlDrawing%d.vml")
	return m.rels.add(m.book.kinds+"/vmlDrawing", m.drawing)
}

func (m *marking) writeNotes() error {
	if !m.refresh {
		return nil
	}
	var text []byte
	var err error
	name := ""
	if one, ok := m.rels.find("comments"); ok && m.archive.has(m.rels.part(one)) {
		name = m.rels.part(one)
		if text, err = m.archive.read(name); err != nil {
			return err
		}
	} else if m.notes.empty() {
		return nil
	} else {
		name = m.archive.freePart("xl/comments%d.xml")
		m.rels.add(m.book.kinds+"/comments", name)
		m.types = append(m.types, [2]string{
			"/" + name,
			"application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
		})
	}
	found, err := parseComments(text, m.book.main)
	if err != nil {
		return err
	}
	fresh, gone := found.write(&m.notes)
	m.replace(name, found.bytes())
	return m.writeBoxes(found, fresh, gone)
}

func (m *marking) writeBoxes(found *comments, fresh, gone [][2]int) error {
	drawing := m.drawing
	var text []byte
	if drawing == "" {
		one, ok := m.rels.byID(m.rewriter.drawingID)
		if !ok || !m.archive.has(m.rels.part(one)) {
			if m.rewriter.drawingID != "" {
				return refuse("lacks the boxes of its comments")
			}
			return nil // nothing is said, and no box is there
		}
		drawing = m.rels.part(one)
		var err error
		if text, err = m.archive.read(drawing); err != nil {
			return err
		}
	}
	text, err := boxes(text, fresh, gone, found, m.rewriter.look)
	if err != nil {
		return err
	}
	m.replace(drawing, text)
	m.types = append(m.types, [2]string{"vml", "application/vnd.openxmlformats-officedocument.vmlDrawing"})
	return nil
}

const sheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"

// writeList writes the worksheet that lists the marks. One of an earlier copy
// is written over even if there is nothing to list: taking a worksheet out
// would renumber others.
func (m *marking) writeList(o *out, edit *bookEdit) error {
	at := m.book.list()
	if !m.refresh || m.list.empty() && at < 0 {
		return nil
	}
	part := ""
	if at >= 0 {
		part, edit.listName = m.book.sheets[at].part, m.book.sheets[at].name
	} else {
		part = m.archive.freePart(path.Join(m.book.dir(), "worksheets", "sheet%d.xml"))
		edit.addList, edit.listName = true, m.book.freeName()
		edit.listID = m.book.rels.add(m.book.kinds+"/worksheet", part)
		edit.nameRef = quoted(edit.listName) + "!$A$1"
		m.types = append(m.types, [2]string{"/" + part, sheetType})
	}
	w, err := o.create(part)
	if err != nil {
		return err
	}
	return m.list.write(w, m.book.main, m.book.kinds, m.notes.omitted)
}

// finish puts together the parts that know of others.
func (m *marking) finish(edit bookEdit) error {
	if wide := m.rewriter.filterEdit; wide != nil {
		local := strconv.Itoa(m.at)
		sheet, _, _ := cutLast(m.book.filters[local], "!")
		edit.filters[local] = sheet + "!" + wide.absolute()
	}
	name, ok := m.stylesPart()
	if !ok {
		if name = path.Join(m.book.dir(), "styles.xml"); m.archive.has(name) {
			name = m.archive.freePart(path.Join(m.book.dir(), "styles%d.xml"))
		}
		m.book.rels.add(m.book.kinds+"/styles", name)
		m.types = append(m.types, [2]string{
			"/" + name,
			"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml",
		})
	}
	text, err := m.styles.bytes()
	if err != nil {
		return err
	}
	m.replace(name, text)
	if text, err = m.book.edited(edit); err != nil {
		return err
	}
	m.replace(m.book.name, text)
	for _, rels := range []*relations{m.book.rels, m.rels} {
		if rels.text == nil && len(rels.added) == 0 {
			continue
		}
		if text, err = rels.bytes(); err != nil {
			return err
		}
		m.replace(relsName(rels.owner), text)
	}
	if text, err = m.archive.read(contentPart); err != nil {
		return err
	}
	if text, err = contentTypes(text, m.types); err != nil {
		return err
	}
	m.replace(contentPart, text)
	return nil
}
