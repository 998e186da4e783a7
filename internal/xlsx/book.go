package xlsx

import (
	"io"
	"path"
	"strings"
	"sync"
)

// Book is an open workbook. It may be used from several goroutines.
type Book struct {
	archive  *archive
	sheets   []SheetInfo
	date1904 bool
	styles   []bool // whether each cell format shows dates
	textPart string // "" if there are no shared texts
	texts    func() (*texts, error)
}

// Open reads what a workbook says of itself: its worksheets, not their rows.
// The source must stay open and unchanged as long as the book is used. A
// refusal is an [*Error].
func Open(src io.ReaderAt, size int64, limits Limits) (*Book, error) {
	limits = limits.withDefaults()
	archive, err := openArchive(src, size, limits)
	if err != nil {
		return nil, err
	}
	b := &Book{archive: archive}
	main, err := b.findMain()
	if err != nil {
		return nil, err
	}
	related, err := b.relations(main)
	if err != nil {
		return nil, err
	}
	if err := archive.read(main, limits.Part, func(s *scanner) error { return b.readWorkbook(s, related) }); err != nil {
		return nil, err
	}
	for _, rel := range related {
		switch rel.kind {
		case "styles":
			err = archive.read(rel.part, limits.Part, func(s *scanner) (err error) {
				b.styles, err = readStyles(s)
				return err
			})
		case "sharedStrings":
			b.textPart = rel.part
		}
		if err != nil {
			return nil, err
		}
	}
	b.texts = sync.OnceValues(b.readTexts)
	return b, nil
}

// Sheets are the worksheets in the order of their tabs. Sheets of charts and
// dialogs have no rows and are left out.
func (b *Book) Sheets() []SheetInfo { return b.sheets }

// Date1904 tells whether the workbook counts days from 1904, as old Macs did.
// The dates of its cells have this in them already.
func (b *Book) Date1904() bool { return b.date1904 }

func (b *Book) readTexts() (*texts, error) {
	if b.textPart == "" {
		return &texts{}, nil
	}
	var all *texts
	err := b.archive.read(b.textPart, b.archive.limits.Unzipped, func(s *scanner) (err error) {
		all, err = readTexts(s, b.archive.limits)
		return err
	})
	return all, err
}

// findMain finds the part that is the workbook and refuses workbooks of other
// kinds.
func (b *Book) findMain() (string, error) {
	types, err := b.contentTypes()
	if err != nil {
		return "", err
	}
	main := ""
	related, err := b.relations("")
	if err != nil {
		return "", err
	}
	for _, rel := range related {
		if rel.kind == "officeDocument" && main == "" {
			main = rel.part
		}
	}
	if main == "" {
		return "", b.noWorkbook()
	}
	switch kind := types.of(main); {
	case strings.Contains(kind, "sheet.binary"):
		return "", errBinary
	case strings.Contains(kind, "macroenabled") || types.macros:
		return "", &Error{Kind: KindMacro, What: "has macros"}
	case strings.Contains(kind, "wordprocessingml"), strings.Contains(kind, "presentationml"):
		return "", b.noWorkbook()
	}
	return main, nil
}

var errBinary = &Error{Kind: KindBinary, What: "is a binary workbook"}

// noWorkbook is what an archive is in which no workbook is found.
func (b *Book) noWorkbook() error {
	switch {
	case b.archive.parts["xl/workbook.xml"] != nil:
		return damage("does not say which of its parts is the workbook")
	case b.archive.parts["xl/workbook.bin"] != nil:
		return errBinary
	}
	return &Error{Kind: KindNotWorkbook, What: "is an archive without a workbook"}
}

// partTypes are the content types of parts, in lower case.
type partTypes struct {
	parts, extensions map[string]string
	macros            bool
}

func (t partTypes) of(part string) string {
	if kind, ok := t.parts[part]; ok {
		return kind
	}
	return t.extensions[strings.TrimPrefix(path.Ext(part), ".")]
}

func (b *Book) contentTypes() (partTypes, error) {
	types := partTypes{parts: map[string]string{}, extensions: map[string]string{}}
	const part = "[content_types].xml"
	if b.archive.parts[part] == nil {
		return types, b.noWorkbook()
	}
	err := b.archive.read(part, b.archive.limits.Part, func(s *scanner) error {
		return eachOfRoot(s, typesSpace, "Types", func() error {
			kind, _ := s.attr("ContentType")
			text := strings.ToLower(string(kind))
			types.macros = types.macros || strings.Contains(text, "vbaproject")
			switch {
			case s.is(typesSpace, "Override"):
				name, _ := s.attr("PartName")
				types.parts[partName(string(name))] = text
			case s.is(typesSpace, "Default"):
				extension, _ := s.attr("Extension")
				types.extensions[strings.ToLower(string(extension))] = text
			}
			return nil
		})
	})
	// A type that is declared for parts that are not there means nothing.
	types.macros = types.macros && b.hasMacros()
	return types, err
}

func (b *Book) hasMacros() bool {
	for name := range b.archive.parts {
		if path.Base(name) == "vbaproject.bin" {
			return true
		}
	}
	return false
}

// eachOfRoot reads a part that is a flat list.
func eachOfRoot(s *scanner, space space, root string, visit func() error) error {
	if err := s.root(); err != nil {
		return err
	}
	if !s.is(space, root) {
		return damage("is not what its name says")
	}
	for n := 0; ; n++ {
		more, err := s.child()
		if err != nil {
			return err
		}
		if !more {
			return s.finishRoot()
		}
		if n == maxListed {
			return errTable
		}
		if err := visit(); err != nil {
			return err
		}
		if err := s.skip(); err != nil {
			return err
		}
	}
}
