package handback

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxNotes is how many cells get a comment. Excel draws each one as a shape
// and takes minutes over many thousands; the list has all of them.
const maxNotes = 2_000

// noteHead begins our part of a comment, on a line of its own. It is how an
// earlier copy's is found, whatever program has saved it since.
const noteHead = "bulkpay:"

const noteAuthor = "bulkpay"

// A note is the comment of one cell, in our words.
type note struct {
	row, column int
	texts       []string
}

// notes are what to say at which cell, in the order of the rows.
type notes struct {
	all     []note
	omitted int
}

func (n *notes) empty() bool { return len(n.all) == 0 }

func (n *notes) add(row, column int, texts []string) {
	if len(n.all) >= maxNotes {
		n.omitted++
		return
	}
	n.all = append(n.all, note{row, column, texts})
}

// lines are what a comment says below its head.
func (n note) lines() string {
	if len(n.texts) == 1 {
		return n.texts[0]
	}
	var lines []string
	for _, text := range n.texts {
		lines = append(lines, "• "+text)
	}
	return strings.Join(lines, "\n")
}

// A run is a piece of a comment in one format.
type run struct {
	format string // the rPr element, or ""
	text   string
}

// A comment is one of a sheet's, as it stands or changed.
type comment struct {
	ref         string
	row, column int
	raw         string // as it stands
	runs        []run  // what a person has written
	ours        bool   // we have written in it
	threaded    bool
	changed     bool
}

// comments are the part that holds a sheet's comments.
type comments struct {
	text    []byte
	prefix  string
	main    string
	authors []string
	list    []*comment
	byCell  map[[2]int]*comment
	from    int // where the list's content begins in text
	end     int // and ends
	author  int // where the authors' element closes
}

const plainComments = xmlHead + `<comments xmlns="%s"><authors></authors><commentList></commentList></comments>`

// parseComments reads the part; main is the sheet's namespace, for a part that
// is not there.
func parseComments(text []byte, main string) (*comments, error) {
	if text == nil {
		text = []byte(fmt.Sprintf(plainComments, main))
	}
	c := &comments{text: text, byCell: map[[2]int]*comment{}, from: -1, author: -1}
	s := newScanner(bytes.NewReader(text))
	at, start := 0, 0
	for {
		p, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, asRefusal(err)
		}
		from := at
		at += len(p.raw)
		prefix, element := splitName(p.name)
		switch {
		case p.kind == otherPiece && p.deep == 3 && c.from < 0 && len(c.authors) > 0:
			c.authors[len(c.authors)-1] += unescape(string(p.raw))
		case p.kind == otherPiece:
		case p.deep == 0 && p.kind == openPiece:
			c.prefix = prefix
			c.main, _ = spaces(p.raw)
		case p.deep == 1 && p.kind == emptyPiece && (element == "authors" || element == "commentList"):
			// Nothing to keep: begin anew.
			return c.reopened(main)
		case p.deep == 1 && element == "authors" && p.kind == closePiece:
			c.author = from
		case p.deep == 2 && element == "author" && p.kind != closePiece:
			c.authors = append(c.authors, "")
		case p.deep == 1 && element == "commentList" && p.kind == openPiece:
			c.from = at
		case p.deep == 1 && element == "commentList":
			c.end = from
		case p.deep == 2 && element == "comment" && p.kind == openPiece:
			start = from
		case p.deep == 2 && element == "comment" && p.kind == closePiece:
			if err := c.take(string(text[start:at])); err != nil {
				return nil, err
			}
		}
	}
	if c.main == "" || c.author < 0 || c.from < c.author || c.end < c.from {
		return nil, refuse("has comments of an unknown kind")
	}
	return c, nil
}

// reopened writes the empty elements of the part in full and reads it again.
func (c *comments) reopened(main string) (*comments, error) {
	text := c.text
	for _, element := range []string{"authors", "commentList"} {
		name := c.prefix + element
		for _, empty := range []string{"<" + name + "/>", "<" + name + " />"} {
			text = bytes.Replace(text, []byte(empty), []byte("<"+name+"></"+name+">"), 1)
		}
	}
	if bytes.Equal(text, c.text) {
		return nil, refuse("has comments of an unknown kind")
	}
	return parseComments(text, main)
}

func (c *comments) take(raw string) error {
	tag := pieceOf(raw, "comment")
	one := &comment{raw: raw}
	one.ref, _ = attr(tag, "ref")
	one.row, one.column = parseRef([]byte(one.ref))
	author := attrInt(tag, "authorId")
	// Excel keeps a conversation elsewhere and a copy of it here, under an
	// author of this form; changes of the copy are lost.
	one.threaded = author >= 0 && author < len(c.authors) && strings.HasPrefix(c.authors[author], "tc={")
	var err error
	if one.runs, err = parseRuns(raw); err != nil {
		return err
	}
	one.cut()
	c.list = append(c.list, one)
	c.byCell[[2]int{one.row, one.column}] = one
	return nil
}

// parseRuns reads the text of a comment.
func parseRuns(raw string) ([]run, error) {
	var runs []run
	format, inText, formatAt := "", false, -1
	at := 0
	err := eachPiece([]byte(raw), func(p piece) {
		from := at
		at += len(p.raw)
		_, element := splitName(p.name)
		switch {
		case element == "rPr" && p.kind == openPiece:
			formatAt = from
		case element == "rPr" && p.kind == closePiece && formatAt >= 0:
			format, formatAt = raw[formatAt:at], -1
		case element == "rPr":
			format = string(p.raw)
		case element == "r" && p.kind == openPiece:
			format = ""
		case element == "t":
			inText = p.kind == openPiece
			if inText {
				runs = append(runs, run{format: format})
			}
		case inText && p.kind == otherPiece && len(runs) > 0:
			text := string(p.raw)
			if inside, found := strings.CutPrefix(text, "<![CDATA["); found {
				text = strings.TrimSuffix(inside, "]]>")
			} else {
				text = unescape(text)
			}
			runs[len(runs)-1].text += text
		}
	})
	return runs, err
}

// cut takes our part away: from the line that begins with noteHead.
func (c *comment) cut() {
	var all strings.Builder
	for _, r := range c.runs {
		all.WriteString(strings.ReplaceAll(r.text, "\r\n", "\n"))
	}
	text := all.String()
	at := 0
	if !strings.HasPrefix(text, noteHead) {
		at = strings.Index(text, "\n"+noteHead)
	}
	if at < 0 {
		return
	}
	c.ours, c.changed = true, true
	var kept []run
	for _, r := range c.runs {
		r.text = strings.ReplaceAll(r.text, "\r\n", "\n")
		if len(r.text) > at {
			r.text = r.text[:at]
		}
		at -= len(r.text)
		if r.text != "" {
			kept = append(kept, r)
		}
	}
	c.runs = kept
}

// gone tells whether nothing is left but what we wrote earlier.
func (c *comment) gone() bool { return c.ours && len(c.runs) == 0 }

// write puts the notes in. It returns the cells whose comments are new, and
// those that have none any more.
func (c *comments) write(n *notes) (fresh, gone [][2]int) {
	said := map[[2]int]bool{}
	for _, one := range n.all {
		cell := [2]int{one.row, one.column}
		said[cell] = true
		old := c.byCell[cell]
		switch {
		case old == nil:
			old = &comment{ref: cellName(one.row, one.column), row: one.row, column: one.column}
			c.list, c.byCell[cell] = append(c.list, old), old
			fresh = append(fresh, cell)
		case old.threaded:
			continue
		}
		old.changed = true
		old.runs = append(old.runs, noteRuns(one, len(old.runs) > 0, c.prefix)...)
	}
	kept := c.list[:0]
	for _, old := range c.list {
		if old.gone() && !said[[2]int{old.row, old.column}] {
			gone = append(gone, [2]int{old.row, old.column})
			continue
		}
		kept = append(kept, old)
	}
	c.list = kept
	return fresh, gone
}

func noteRuns(n note, follows bool, prefix string) []run {
	const font = `<sz val="9"/><color indexed="81"/><rFont val="Tahoma"/><family val="2"/></rPr>`
	head := noteHead
	if follows {
		head = "\n" + head
	}
	return []run{{prefixed(prefix, "<rPr><b/>"+font), head}, {prefixed(prefix, "<rPr>"+font), "\n" + n.lines()}}
}

// bytes is the part with the changes.
func (c *comments) bytes() []byte {
	var b bytes.Buffer
	author := -1
	for i, name := range c.authors {
		if name == noteAuthor {
			author = i
		}
	}
	b.Write(c.text[:c.author])
	if author < 0 {
		author = len(c.authors)
		fmt.Fprintf(&b, "<%sauthor>%s</%sauthor>", c.prefix, noteAuthor, c.prefix)
	}
	b.Write(c.text[c.author:c.from])
	for _, one := range c.list {
		if !one.changed {
			b.WriteString(one.raw)
			continue
		}
		tag := `<` + c.prefix + `comment ref="` + one.ref + `" authorId="` + fmt.Sprint(author) + `" shapeId="0">`
		if one.raw != "" && !one.gone() {
			tag = string(pieceOf(one.raw, "comment"))
		}
		b.WriteString(tag)
		b.WriteString("<" + c.prefix + "text>")
		for _, r := range one.runs {
			fmt.Fprintf(&b, `<%[1]sr>%[2]s<%[1]st xml:space="preserve">%[3]s</%[1]st></%[1]sr>`, c.prefix, r.format, commentText(r.text))
		}
		b.WriteString("</" + c.prefix + "text></" + c.prefix + "comment>")
	}
	b.Write(c.text[c.end:])
	return b.Bytes()
}

// commentText keeps line breaks as they are, as spreadsheets write them.
func commentText(text string) string {
	return strings.ReplaceAll(escapeCell(shorten(text, maxText)), "&#10;", "\n")
}
