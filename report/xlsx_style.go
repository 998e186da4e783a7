package report

import (
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/ledger"
)

const (
	inkColour   = "171B22"
	quietColour = "5A6472"
	lineColour  = "D5DAE1"
	goodColour  = "17683F"
	badColour   = "A3201A"
	fontFamily  = "Calibri"
)

// styles are the numbers of the cell styles of one workbook.
type styles struct {
	header  map[kind]int
	plain   map[kind]int
	wrapped map[kind]int
	status  map[string]int // by bucket
	bucket  map[string]int // the same in the summary

	title, subtitle, heading, label, value, mono, note    int
	tableHead, tableHeadRight, name, count, sum           int
	totalName, totalCount, totalSum, tied, untied, quietN int
	alarm, loudName, loudCount, loudSum                   int
	markTied, markUntied, markUnknown, share, duration    int
}

// newStyles registers the styles in a fixed order: their numbers are in the
// file.
func newStyles(book *excelize.File, decimals int) (styles, error) {
	var s styles
	r := registrar{book: book}
	money := "#,##0"
	if decimals > 0 {
		money += "." + strings.Repeat("0", decimals)
	}
	s.header, s.plain, s.wrapped = map[kind]int{}, map[kind]int{}, map[kind]int{}
	formats := map[kind]string{idKind: "@", numberKind: "0", amountKind: money, timeKind: "yyyy-mm-dd hh:mm:ss"}
	for _, k := range []kind{textKind, idKind, numberKind, amountKind, timeKind} {
		align := map[kind]string{numberKind: "center", amountKind: "right"}[k]
		s.header[k] = r.add(&excelize.Style{
			Font: &excelize.Font{Family: fontFamily, Size: 10, Bold: true, Color: "FFFFFF"}, Fill: fill("2B3A4E"),
			Alignment: alignment(align, "center", false),
		})
		s.plain[k] = r.add(cell(formats[k], align, false))
		s.wrapped[k] = r.add(cell(formats[k], align, true))
	}
	s.status, s.bucket = map[string]int{}, map[string]int{}
	for _, name := range ledger.Buckets() {
		s.status[name] = r.add(chip(name, 10, "top"))
		s.bucket[name] = r.add(chip(name, 11, "center"))
	}
	s.summaryStyles(&r, money)
	s.markStyles(&r)
	return s, r.err
}

func (s *styles) summaryStyles(r *registrar, money string) {
	font := func(size float64, bold bool, colour string) *excelize.Font {
		return &excelize.Font{Family: fontFamily, Size: size, Bold: bold, Color: colour}
	}
	right := &excelize.Alignment{Horizontal: "right", Vertical: "center"}
	left := &excelize.Alignment{Horizontal: "left", Vertical: "center"}
	s.title = r.add(&excelize.Style{Font: font(20, true, inkColour), Alignment: left})
	s.subtitle = r.add(&excelize.Style{Font: font(11, false, quietColour), Alignment: left})
	s.heading = r.add(&excelize.Style{Font: font(13, true, inkColour), Alignment: left})
	s.label = r.add(&excelize.Style{Font: font(10, false, quietColour), Alignment: left})
	s.value = r.add(&excelize.Style{Font: font(10, false, inkColour), Alignment: left, NumFmt: 49})
	s.mono = r.add(&excelize.Style{Font: &excelize.Font{Family: "Consolas", Size: 9, Color: inkColour}, Alignment: left, NumFmt: 49})
	s.note = r.add(&excelize.Style{
		Font:      font(10, false, inkColour),
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}, Fill: fill("F5F6F8"),
	})
	s.tableHead = r.add(&excelize.Style{Font: font(10, true, quietColour), Border: bottom(inkColour, 1), Alignment: alignment("", "center", false)})
	s.tableHeadRight = r.add(&excelize.Style{Font: font(10, true, quietColour), Border: bottom(inkColour, 1), Alignment: right})
	count := "#,##0"
	row := func(format *string, bold bool, align *excelize.Alignment, top bool) int {
		style := &excelize.Style{Font: font(11, bold, inkColour), Border: bottom(lineColour, 1), CustomNumFmt: format, Alignment: align}
		if top {
			style.Border = append(style.Border, excelize.Border{Type: "top", Color: inkColour, Style: 1})
		}
		return r.add(style)
	}
	s.name = row(nil, false, alignment("", "center", false), false)
	s.count, s.sum = row(&count, false, right, false), row(&money, false, right, false)
	s.totalName = row(nil, true, alignment("", "center", false), true)
	s.totalCount, s.totalSum = row(&count, true, right, true), row(&money, true, right, true)
	verdict := func(colour string) int {
		return r.add(&excelize.Style{
			Font: font(14, true, "FFFFFF"), Fill: fill(colour),
			Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center"},
		})
	}
	s.tied, s.untied = verdict(goodColour), verdict(badColour)
	s.quietN = r.add(&excelize.Style{Font: font(8, false, quietColour), CustomNumFmt: &money})
	s.alarmStyles(r, money)
}

// alarmStyles are for what nobody may miss: the bands at the top, and the
// lines of what was final and is something else.
func (s *styles) alarmStyles(r *registrar, money string) {
	s.alarm = r.add(&excelize.Style{
		Font: &excelize.Font{Family: fontFamily, Size: 11, Bold: true, Color: "FFFFFF"}, Fill: fill(badColour),
		Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "center", WrapText: true, Indent: 1},
		Border:    bottom("FFFFFF", 1),
	})
	line := func(format *string, align *excelize.Alignment) int {
		return r.add(&excelize.Style{
			Font: &excelize.Font{Family: fontFamily, Size: 11, Bold: true, Color: badColour}, Fill: fill("FBE5E3"),
			Border: bottom(lineColour, 1), CustomNumFmt: format, Alignment: align,
		})
	}
	count, right := "#,##0", &excelize.Alignment{Horizontal: "right", Vertical: "center"}
	s.loudName = line(nil, alignment("", "center", false))
	s.loudCount, s.loudSum = line(&count, right), line(&money, right)
}

// markStyles are the verdicts in tables, and what only the trend has.
func (s *styles) markStyles(r *registrar) {
	mark := func(ink, tint string) int {
		return r.add(&excelize.Style{
			Font: &excelize.Font{Family: fontFamily, Size: 10, Bold: true, Color: ink}, Fill: fill(tint),
			Border: bottom(lineColour, 1), Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true},
		})
	}
	s.markTied, s.markUntied, s.markUnknown = mark("0F4D30", "DDF1E6"), mark("FFFFFF", badColour), mark("6B3F00", "FDEFD5")
	right := &excelize.Alignment{Horizontal: "right", Vertical: "center"}
	number := func(format string) int {
		return r.add(&excelize.Style{
			Font: &excelize.Font{Family: fontFamily, Size: 11, Color: inkColour}, Border: bottom(lineColour, 1), CustomNumFmt: &format, Alignment: right,
		})
	}
	s.share, s.duration = number("0.0%"), number("[h]:mm:ss")
}

// registrar adds styles and keeps the first error.
type registrar struct {
	book *excelize.File
	err  error
}

func (r *registrar) add(style *excelize.Style) int {
	id, err := r.book.NewStyle(style)
	if err != nil && r.err == nil {
		r.err = err
	}
	return id
}

func cell(format, align string, wrap bool) *excelize.Style {
	style := &excelize.Style{
		Font:      &excelize.Font{Family: fontFamily, Size: 10, Color: inkColour},
		Border:    bottom(lineColour, 1),
		Alignment: alignment(align, "top", wrap),
	}
	if format != "" {
		style.CustomNumFmt = &format
	}
	return style
}

func chip(bucket string, size float64, vertical string) *excelize.Style {
	return &excelize.Style{
		Font:      &excelize.Font{Family: fontFamily, Size: size, Bold: true, Color: looks[bucket].ink},
		Fill:      fill(looks[bucket].tint),
		Border:    bottom(lineColour, 1),
		Alignment: alignment("", vertical, false),
	}
}

// alignment keeps text off the number in the column before it.
func alignment(horizontal, vertical string, wrap bool) *excelize.Alignment {
	a := &excelize.Alignment{Horizontal: horizontal, Vertical: vertical, WrapText: wrap}
	if horizontal == "" {
		a.Horizontal, a.Indent = "left", 1
	}
	return a
}

func fill(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

func bottom(colour string, style int) []excelize.Border {
	return []excelize.Border{{Type: "bottom", Color: colour, Style: style}}
}
