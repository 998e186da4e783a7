package handback

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The fills of marks. On the two light ones dark text is read well; a cell
// whose text is light gets a dark one. The odd last digits make it unlikely
// that a person has chosen exactly these.
const (
	faultFill       = "FFFF9D7E"
	warningFill     = "FFFFE46B"
	darkFaultFill   = "FFC23B14"
	darkWarningFill = "FF8A6102"
)

// markStyle begins the name of the named cell style that a marked cell stands
// on. It holds the look of the cell before it was marked, and its name the
// number of that look and the named style the cell stood on.
const markStyle = "bulkpay mark "

type markKey struct {
	base    int
	warning bool
}

// marked is the style for a cell whose own style is base.
func (s *stylesheet) marked(base int, warning bool) int {
	key := markKey{base, warning}
	if at, known := s.markedBy[key]; known {
		return at
	}
	xf := s.entry("cellXfs", base)
	if xf == "" {
		// A number that is not in the list: spreadsheets show the plain style.
		xf = s.entry("cellXfs", 0)
		base = 0
	}
	fill := s.add("fills", s.prefixed(`<fill><patternFill patternType="solid"><fgColor rgb="`+
		s.colour(xf, warning)+`"/><bgColor indexed="64"/></patternFill></fill>`))
	xf = setAttr(xf, "fillId", strconv.Itoa(fill))
	xf = setAttr(xf, "applyFill", "1")
	xf = setAttr(xf, "xfId", strconv.Itoa(s.underMark(base)))
	at := s.add("cellXfs", xf)
	s.markedBy[key] = at
	return at
}

// setAttr sets an attribute of the entry's own tag.
func setAttr(entry, name, value string) string {
	end := strings.IndexByte(entry, '>') + 1
	return string(withAttr(nil, []byte(entry[:end]), name, value)) + entry[end:]
}

func dropAttr(entry, name string) string {
	end := strings.IndexByte(entry, '>') + 1
	return string(withoutAttr(nil, []byte(entry[:end]), name)) + entry[end:]
}

// maxStyleName keeps the name of our style below the 255 letters Excel takes.
const maxStyleName = 200

// underMark is the number of the named style that holds the look of base.
func (s *stylesheet) underMark(base int) int {
	xf := s.entry("cellXfs", base)
	original := s.styleName(parseFormat(xf).style)
	if _, inner, ours := parseMarkStyle(original); ours {
		original = inner
	}
	if len(original) > maxStyleName {
		original = "Normal"
	}
	look := dropAttr(xf, "xfId")
	for _, one := range s.namedStyles() {
		_, inner, ours := parseMarkStyle(one.name)
		if ours && inner == original && s.entry("cellStyleXfs", one.xf) == look {
			return one.xf
		}
	}
	// The same look may be there under another name, as Normal's; two names
	// must not share one.
	list := s.list("cellStyleXfs")
	list.entries, list.index = append(list.entries, look), nil
	at := len(list.entries) - 1
	name := fmt.Sprintf("%s%d (%s)", markStyle, base, original)
	for n := 2; s.hasStyle(name); n++ {
		name = fmt.Sprintf("%s%d.%d (%s)", markStyle, base, n, original)
	}
	s.add("cellStyles", fmt.Sprintf(`<%scellStyle name="%s" xfId="%d"/>`, s.prefix, escape(name), at))
	return at
}

// parseMarkStyle reads the name of a style of ours.
func parseMarkStyle(name string) (base int, original string, ours bool) {
	rest, ours := strings.CutPrefix(name, markStyle)
	number, original, found := strings.Cut(rest, " (")
	if !ours || !found || !strings.HasSuffix(original, ")") {
		return 0, "", false
	}
	number, _, _ = strings.Cut(number, ".")
	return digits([]byte(number)), strings.TrimSuffix(original, ")"), true
}

type namedStyle struct {
	name string
	xf   int
}

func (s *stylesheet) namedStyles() []namedStyle {
	var all []namedStyle
	for _, entry := range s.list("cellStyles").entries {
		tag := []byte(entry[:strings.IndexByte(entry, '>')+1])
		name, _ := attr(tag, "name")
		all = append(all, namedStyle{name, attrInt(tag, "xfId")})
	}
	return all
}

func (s *stylesheet) hasStyle(name string) bool {
	return slices.ContainsFunc(s.namedStyles(), func(one namedStyle) bool { return strings.EqualFold(one.name, name) })
}

// styleName is the name of a named style by its number.
func (s *stylesheet) styleName(xf int) string {
	for _, one := range s.namedStyles() {
		if one.xf == xf {
			return one.name
		}
	}
	return "Normal"
}

// base is the style a cell had before it was marked, or its own if it is not.
func (s *stylesheet) base(style int) int {
	if at, known := s.baseOf[style]; known {
		return at
	}
	at := s.findBase(style)
	s.baseOf[style] = at
	return at
}

func (s *stylesheet) findBase(style int) int {
	xf := s.entry("cellXfs", style)
	if xf == "" {
		return style
	}
	is := parseFormat(xf)
	// A person who has painted a marked cell keeps their colour.
	if !s.isMarkFill(is.fill) {
		return style
	}
	was := is
	hint, original, ours := parseMarkStyle(s.styleName(is.style))
	switch {
	case ours:
		was.fill, was.style = parseFormat(s.entry("cellStyleXfs", is.style)).fill, 0
		for _, one := range s.namedStyles() {
			if one.name == original && one.xf >= 0 {
				was.style = one.xf
				break
			}
		}
	case s.trustFill:
		hint, was.fill = -1, 0
	default:
		return style
	}
	same := func(at int) bool {
		entry := s.entry("cellXfs", at)
		if entry == "" {
			return false
		}
		f := parseFormat(entry)
		return f.rest == was.rest && f.fill == was.fill && f.style == was.style
	}
	if hint >= 0 && same(hint) {
		return hint
	}
	for at := range s.list("cellXfs").entries {
		if same(at) {
			return at
		}
	}
	xf = setAttr(xf, "fillId", strconv.Itoa(was.fill))
	xf = setAttr(xf, "xfId", strconv.Itoa(was.style))
	if was.fill == 0 {
		xf = dropAttr(xf, "applyFill")
	}
	return s.add("cellXfs", xf)
}

func (s *stylesheet) isMarkFill(fill int) bool {
	entry := s.entry("fills", fill)
	if !strings.Contains(entry, "solid") {
		return false
	}
	colour, _ := attr(pieceOf(entry, "fgColor"), "rgb")
	if len(colour) != 8 {
		return false
	}
	for _, ours := range []string{faultFill, warningFill, darkFaultFill, darkWarningFill} {
		if strings.EqualFold(colour[2:], ours[2:]) {
			return true
		}
	}
	return false
}

func (s *stylesheet) colour(xf string, warning bool) string {
	font := attrInt([]byte(xf[:strings.IndexByte(xf, '>')+1]), "fontId")
	light := isLight(pieceOf(s.entry("fonts", max(font, 0)), "color"))
	switch {
	case light && warning:
		return darkWarningFill
	case light:
		return darkFaultFill
	case warning:
		return warningFill
	}
	return faultFill
}

// isLight tells whether a font's colour asks for a dark background. Colour 0
// of a theme and 1 and 9 of the palette are white.
func isLight(colour []byte) bool {
	if colour == nil {
		return false
	}
	rgb, found := attr(colour, "rgb")
	if found && len(rgb) == 8 {
		n, err := strconv.ParseUint(rgb[2:], 16, 32)
		r, g, b := n>>16&255, n>>8&255, n&255
		return err == nil && 299*r+587*g+114*b > 150*1000
	}
	theme, themed := attr(colour, "theme")
	indexed, _ := attr(colour, "indexed")
	return themed && theme == "0" || indexed == "1" || indexed == "9"
}

// textual is the style for a text of ours beside a cell of this style: its
// font, fill and borders, text format, from the left.
func (s *stylesheet) textual(beside int) int {
	if at, known := s.textOf[beside]; known {
		return at
	}
	xf := s.entry("cellXfs", beside)
	if xf == "" {
		xf = s.entry("cellXfs", 0)
	}
	tag := xf[:strings.IndexByte(xf, '>')+1]
	vertical, _ := attr(pieceOf(xf, "alignment"), "vertical")
	tag = strings.TrimSuffix(strings.TrimSuffix(tag, ">"), "/") + ">"
	tag = setAttr(tag, "numFmtId", "49")
	tag = setAttr(tag, "applyNumberFormat", "1")
	tag = setAttr(tag, "applyAlignment", "1")
	tag = dropAttr(tag, "quotePrefix")
	inside := `<` + s.prefix + `alignment horizontal="left"`
	if vertical != "" {
		inside += ` vertical="` + escape(vertical) + `"`
	}
	inside += "/>"
	if protection := pieceOf(xf, "protection"); protection != nil {
		inside += strings.TrimSuffix(strings.TrimSuffix(string(protection), ">"), "/") + "/>"
	}
	at := s.add("cellXfs", tag+inside+"</"+s.prefix+"xf>")
	s.textOf[beside] = at
	return at
}
