package xlsx

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 11)
	withText := func(text string) parts {
		return plain(oneRow).with("xl/sharedStrings.xml", "<sst "+sheetNS+"><si><t>"+text+"</t></si></sst>")
	}
	for name, test := range map[string]struct {
		file   parts
		limits Limits
		what   string
	}{
		"unzipped":     {plain(oneRow), Limits{Unzipped: 1000}, "unzips to more"},
		"sheet":        {plain(strings.Repeat(" ", 1000)), Limits{Sheet: 1000}, "bigger than"},
		"part":         {plain(oneRow), Limits{Part: 100}, "bigger than"},
		"parts":        {plain(oneRow), Limits{Parts: 6}, "more parts"},
		"rows":         {plain("<row/><row><c><v>1</v></c></row><row><c><v>1</v></c></row>"), Limits{Rows: 1}, "row 3: has more rows"},
		"columns":      {plain(`<row><c/><c/><c><v>1</v></c></row>`), Limits{Columns: 2}, "row 1: has more columns"},
		"text":         {plain(`<row><c t="str"><v>` + long + `</v></c></row>`), Limits{CellChars: 10}, "row 1: has a text of more"},
		"inline":       {plain(`<row><c t="inlineStr"><is><t>` + long + `</t></is></c></row>`), Limits{CellChars: 10}, "row 1: has a text of more"},
		"runs":         {plain(`<row><c t="inlineStr"><is>` + strings.Repeat("<r><t>a</t></r>", 11) + `</is></c></row>`), Limits{CellChars: 10}, "row 1: has a text of more"},
		"escapes":      {plain(`<row><c t="str"><v>` + strings.Repeat("_xD83D__xDE00_", 11) + `</v></c></row>`), Limits{CellChars: 10}, "row 1: has a text of more"},
		"number":       {plain(`<row><c><v>` + strings.Repeat("0", 200) + `</v></c></row>`), Limits{CellChars: 10}, "row 1: has a text of more"},
		"shared":       {withText(long), Limits{CellChars: 10}, "sharedStrings.xml: has a text of more"},
		"shared texts": {withText(long), Limits{Strings: 20}, "has more text"},
	} {
		_, _, err := read(test.file.zip(), test.limits)
		refusal := (*Error)(nil)
		if !errors.As(err, &refusal) || refusal.Kind != KindTooBig || !strings.Contains(err.Error(), test.what) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for name, file := range map[string]parts{
		"ten":     plain(`<row><c t="str"><v>` + strings.Repeat("é", 10) + `</v></c><c t="inlineStr"><is><t>` + strings.Repeat("é", 10) + `</t></is></c></row>`),
		"escaped": plain(`<row><c t="str"><v>` + strings.Repeat("_xD83D__xDE00_", 10) + `</v></c></row>`),
		"empty":   plain(`<row><c t="str"><v>1</v></c><c/><c/></row>`),
	} {
		if _, _, err := read(file.zip(), Limits{CellChars: 10, Columns: 2, Rows: 1}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A bomb is refused before it goes off: what memory is taken on the way to the
// refusal has a bound, whatever the archive says. Not parallel, since it
// measures the process.
func TestBombsAreRefusedInBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("makes bombs of up to 10 GB")
	}
	const most = 48 << 20 // the biggest bomb has 10 GB
	for name, bomb := range map[string]func() []byte{
		"10 GB in a sheet":          func() []byte { return zeros(t, "xl/worksheets/sheet1.xml", 10<<30, 10<<30) },
		"10 GB that say 1 KB":       func() []byte { return zeros(t, "xl/worksheets/sheet1.xml", 10<<30, 1024) },
		"10 GB in the texts":        func() []byte { return zeros(t, "xl/sharedStrings.xml", 10<<30, 1024) },
		"1 GB that say 10 GB":       func() []byte { return zeros(t, "xl/worksheets/sheet1.xml", 1<<30, 10<<30) },
		"a million parts":           millionParts,
		"a thousand sheets of 1 GB": func() []byte { return overlapping(1000) },
		"a text of 64 MB": func() []byte {
			return repeated("xl/sharedStrings.xml", "<sst "+sheetNS+"><si><t>", "x", 64<<20, "</t></si></sst>")
		},
		"20 million empty texts": func() []byte {
			return repeated("xl/sharedStrings.xml", "<sst "+sheetNS+">", "<si/>", 100<<20, "</sst>")
		},
		"deep elements": func() []byte {
			return repeated("xl/worksheets/sheet1.xml", "<worksheet "+sheetNS+">", "<a>", 30<<20, "")
		},
		"one tag of 100 MB": func() []byte { return repeated("xl/styles.xml", "<styleSheet "+sheetNS, " a='1'", 30<<20, "/>") },
		"10 million cell formats": func() []byte {
			return repeated("xl/styles.xml", "<styleSheet "+sheetNS+"><cellXfs>", "<xf/>", 30<<20, "</cellXfs></styleSheet>")
		},
		"millions of merged ranges": func() []byte {
			return repeated("xl/worksheets/sheet1.xml", "<worksheet "+sheetNS+"><sheetData/><mergeCells>", `<mergeCell ref="A1"/>`, 60<<20, "</mergeCells></worksheet>")
		},
		"millions of cells in a row": func() []byte {
			return repeated("xl/worksheets/sheet1.xml", "<worksheet "+sheetNS+"><sheetData><row>", `<c><v>1</v></c>`, 60<<20, "</row></sheetData></worksheet>")
		},
		"a million sheets in a list": func() []byte {
			return repeated("xl/workbook.xml", "<workbook "+sheetNS+" "+relationNS+"><sheets>", `<sheet r:id="rId1"/>`, 12<<20, "</sheets></workbook>")
		},
		"a million relations in one": func() []byte {
			return repeated("xl/_rels/workbook.xml.rels", strings.TrimSuffix(relationships(), "</Relationships>"), `<Relationship/>`, 12<<20, "</Relationships>")
		},
		"a million declared in types": func() []byte {
			return repeated("[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`, `<Override/>`, 12<<20, "</Types>")
		},
	} {
		t.Run(name, func(t *testing.T) {
			file := bomb()
			taken := allocated(func() {
				_, _, err := read(file, Limits{Strings: 16 << 20})
				refusal := (*Error)(nil)
				if !errors.As(err, &refusal) {
					t.Errorf("got %v", err)
				}
			})
			if taken > most {
				t.Errorf("%d MB of memory were taken", taken>>20)
			}
			t.Logf("a file of %d KB took %d KB", len(file)>>10, taken>>10)
		})
	}
}

// allocated is how much memory was taken while something ran, freed or not:
// no less than was in use at any time.
func allocated(run func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// repeated is a workbook with one part that goes on and on.
func repeated(name, head, unit string, size int, tail string) []byte {
	return bombed(name, func(w io.Writer) {
		must(io.WriteString(w, head))
		block := strings.Repeat(unit, 4096)
		for n := 0; n < size; n += len(block) {
			must(io.WriteString(w, block))
		}
		must(io.WriteString(w, tail))
	})
}

func bombed(name string, write func(io.Writer)) []byte {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for part, content := range plain(oneRow) {
		if part != name {
			must(must(archive.Create(part)).Write([]byte(content)))
		}
	}
	write(must(archive.Create(name)))
	must(0, archive.Close())
	return out.Bytes()
}

// zeros is a workbook with a part of so many spaces that says it has others.
func zeros(t *testing.T, name string, size, said uint64) []byte {
	t.Helper()
	packed := spaces10GB(size)
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for part, content := range plain(oneRow) {
		if part != name {
			must(must(archive.Create(part)).Write([]byte(content)))
		}
	}
	raw := must(archive.CreateRaw(&zip.FileHeader{
		Name: name, Method: zip.Deflate, CompressedSize64: uint64(len(packed)), UncompressedSize64: said,
	}))
	must(raw.Write(packed))
	must(0, archive.Close())
	return out.Bytes()
}

// spaces10GB deflates so many spaces, by repeating the deflated form of one
// block of them.
func spaces10GB(size uint64) []byte {
	const block = 64 << 20
	var one bytes.Buffer
	w := must(flate.NewWriter(&one, flate.BestCompression))
	for range block >> 20 {
		must(w.Write(bytes.Repeat([]byte{' '}, 1<<20)))
	}
	must(0, w.Flush())
	out := bytes.Repeat(one.Bytes(), int(size/block))
	return append(out, 0x03, 0x00) // an empty last block
}

func millionParts() []byte {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for range 1_000_000 {
		must(archive.CreateRaw(&zip.FileHeader{Name: "x"}))
	}
	must(0, archive.Close())
	return out.Bytes()
}

// overlapping is a workbook of many sheets whose contents are one and the same
// bytes of the archive.
func overlapping(n int) []byte {
	packed := spaces10GB(1 << 30)
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for i := range n {
		raw := must(archive.CreateRaw(&zip.FileHeader{Name: strings.Repeat("a", i+1), Method: zip.Deflate, UncompressedSize64: 1 << 30}))
		if i == 0 {
			must(raw.Write(packed))
		}
	}
	must(0, archive.Close())
	return out.Bytes()
}
