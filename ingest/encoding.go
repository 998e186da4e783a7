package ingest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/bulkpay/bulkpay/internal/textfile"
)

// What is a guess is said to be one, wherever the run states what it assumed.
const guessedEncoding = " (by its bytes: look whether the names are right; --encoding says otherwise)"

var wantEncoding = "--encoding with one of " + strings.Join(textfile.Names(), ", ")

func lookupCharset(name string) (textfile.Charset, error) {
	found, ok := textfile.Lookup(name)
	if !ok {
		return found, refuse("cannot be read in the encoding that was asked for: it is not known", wantEncoding)
	}
	return found, nil
}

// findCharset decides in which encoding a whole file is, once and before a
// row of it is read: a wrong byte on the last line must not turn into another
// encoding halfway, nor be met when half the rows are through. why is "" if
// nothing was guessed.
func findCharset(file io.ReadSeeker) (found textfile.Charset, why string, scan byteScan, err error) {
	if scan, err = scanBytes(file); err != nil {
		return textfile.Charset{}, "", scan, err
	}
	switch {
	case scan.bom == textfile.UTF8.Name:
		return textfile.UTF8, "", scan, nil
	case scan.bom == textfile.UTF16LE.Name:
		return textfile.UTF16LE, "", scan, nil
	case scan.bom == textfile.UTF16BE.Name:
		return textfile.UTF16BE, "", scan, nil
	case scan.nulls[0]+scan.nulls[1] > 0:
		found, err = scan.utf16()
		return found, guessedEncoding, scan, err
	case scan.badAt == 0:
		return textfile.UTF8, "", scan, nil
	}
	looks, err := judgeBytes(file)
	if err != nil {
		return textfile.Charset{}, "", scan, err
	}
	found, err = looks.decide(scan.badAt)
	return found, guessedEncoding, scan, err
}

// byteScan is what one pass over all bytes of a file shows.
type byteScan struct {
	bom      string // name of the charset whose mark stands in front
	nulls    [2]int // zero bytes at even and at odd places
	size     int64
	badAt    int  // the line of the first byte that is not UTF-8; 0 without
	formulas bool // ="…" stands in it

	feeds, returns int // line ends so far
	last           byte
}

func scanBytes(file io.ReadSeeker) (byteScan, error) {
	var scan byteScan
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return scan, err
	}
	buffer := make([]byte, sniffBytes)
	kept := 0
	for {
		n, err := file.Read(buffer[kept:])
		ended := errors.Is(err, io.EOF)
		if err != nil && !ended {
			return scan, err
		}
		scan.take(buffer[kept : kept+n])
		kept = copy(buffer, scan.takeUTF8(buffer[:kept+n], ended))
		if ended {
			return scan, nil
		}
	}
}

// take looks at bytes that have just been read.
func (s *byteScan) take(data []byte) {
	if len(data) == 0 {
		return
	}
	if s.size == 0 {
		s.bom = markOf(data)
	}
	if bytes.IndexByte(data, 0) >= 0 {
		for i, b := range data {
			if b == 0 {
				s.nulls[(s.size+int64(i))&1]++
			}
		}
	}
	s.formulas = s.formulas || bytes.Contains(data, []byte(`="`)) || s.last == '=' && data[0] == '"'
	s.last = data[len(data)-1]
	s.size += int64(len(data))
}

// takeUTF8 looks for the first byte that is not UTF-8. It returns the
// beginning of a character that the read has cut off.
func (s *byteScan) takeUTF8(data []byte, last bool) []byte {
	if s.badAt > 0 {
		return nil
	}
	valid := textfile.ValidPrefix(data)
	s.feeds += bytes.Count(data[:valid], []byte{'\n'})
	if s.feeds == 0 {
		s.returns += bytes.Count(data[:valid], []byte{'\r'})
	}
	rest := data[valid:]
	if len(rest) > 0 && (last || utf8.FullRune(rest)) {
		if s.badAt = s.feeds + 1; s.feeds == 0 {
			s.badAt = s.returns + 1
		}
		return nil
	}
	return rest
}

func markOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, textfile.BOM):
		return textfile.UTF8.Name
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return textfile.UTF16LE.Name
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return textfile.UTF16BE.Name
	}
	return ""
}

// utf16 is for text without a mark: its digits and delimiters have a zero
// byte, all on the same side.
func (s *byteScan) utf16() (textfile.Charset, error) {
	const mostlyOneSided = 20
	even, odd := s.nulls[0], s.nulls[1]
	switch {
	case s.size%2 != 0:
	case odd > mostlyOneSided*even:
		return textfile.UTF16LE, nil
	case even > mostlyOneSided*odd:
		return textfile.UTF16BE, nil
	}
	return textfile.Charset{}, refuse("is neither a workbook nor text", saveAgain)
}

// byteLooks counts how the bytes beyond ASCII would read as Windows-1252, the
// encoding of Excel's plain "CSV" in Europe and the Americas, and as GB18030,
// that of the same in China.
type byteLooks struct {
	western     int  // runs that read as accented letters in a word
	odd         int  // runs that make no sense in Windows-1252
	rare        int  // pairs that are no character of common use
	common      int  // pairs that are common characters
	late        int  // of these, those that Korean text never has
	notChinese  bool // the bytes are no GB18030 at all
	utf8, other int  // runs that are UTF-8, and runs that are not
}

func judgeBytes(file io.ReadSeeker) (byteLooks, error) {
	var looks byteLooks
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return looks, err
	}
	const longest = 256 // a run is cut there: no word is longer
	reader := bufio.NewReaderSize(file, sniffBytes)
	run := make([]byte, 0, longest)
	var before byte
	for {
		b, err := reader.ReadByte()
		ended := errors.Is(err, io.EOF)
		if err != nil && !ended {
			return looks, err
		}
		if !ended && b >= utf8.RuneSelf && len(run) < longest {
			run = append(run, b)
			continue
		}
		if len(run) > 0 {
			if utf8.Valid(run) {
				looks.utf8++
			} else {
				looks.other++
			}
			looks.west(before, run, b)
			looks.east(run, b)
			run = run[:0]
		}
		if ended {
			return looks, nil
		}
		if b >= utf8.RuneSelf {
			run = append(run, b)
		}
		before = b
	}
}

// west reads a run as Windows-1252. Accented letters stand alone or two or
// three together between plain ones ("José", "conceição"); a capital does not
// follow a small letter, and signs such as € or – stand beside words, not in
// them, which is where old Macs and DOS have their accented letters.
func (l *byteLooks) west(before byte, run []byte, after byte) {
	const mostTogether = 3
	letters := 0
	for i, b := range run {
		left, right := before, after
		if i > 0 {
			left = run[i-1]
		}
		if i+1 < len(run) {
			right = run[i+1]
		}
		switch {
		case b >= 0xc0 && b != 0xd7 && b != 0xf7:
			letters++
			if b < 0xdf && isSmall(left) {
				l.odd++
				return
			}
		case b == 0x81 || b == 0x8d || b == 0x8f || b == 0x90 || b == 0x9d:
			l.odd++
			return
		case b == 0x92 || b == 0xa0: // ’ and the no-break space
		case isLetter(left) && (isLetter(right) || b != 0xaa && b != 0xb0 && b != 0xba):
			l.odd++ // but nº, n°, 1ª
			return
		}
	}
	switch {
	case letters > mostTogether, letters > 1 && !isLetter(before) && !isLetter(after):
		l.odd++
	case letters > 0 && (isLetter(before) || isLetter(after)):
		l.western++
	}
}

// east reads a run as GB18030, the byte after it being perhaps the second
// half of its last character. Common characters come in pairs of high bytes;
// Korean text does too, but knows no first byte between C9 and FD.
func (l *byteLooks) east(run []byte, after byte) {
	for i := 0; i < len(run); i += 2 {
		lead, trail := run[i], after
		if i+1 < len(run) {
			trail = run[i+1]
		}
		switch {
		case lead == 0x80 || lead == 0xff || trail < 0x30 || trail == 0x7f || trail == 0xff || trail > '9' && trail < 0x40:
			l.notChinese = true
		case trail >= 0xa1 && lead >= 0xb0 && lead <= 0xd7:
			l.common++
			if lead >= 0xc9 {
				l.late++
			}
		case trail >= 0xa1 && lead >= 0xa1 && lead <= 0xa3: // punctuation, full-width forms
		default:
			l.rare++
		}
	}
}

// decide wants one reading to be plausible and the other not. What is not
// clear is for a person to say: a wrong guess pays a misspelt name.
func (l *byteLooks) decide(line int) (textfile.Charset, error) {
	const seldom, few = 6, 10 // at most a sixth are rare characters, at least a tenth late ones
	western := l.odd == 0
	chinese := !l.notChinese && l.common > 0 && l.rare*seldom <= l.common && l.late*few >= l.common
	if l.utf8 > l.other {
		return textfile.Charset{}, Problem{
			Row: line, What: "has bytes that are not UTF-8, while most of the file is", Want: saveUTF8 + "; or " + wantEncoding,
		}
	}
	switch {
	case western && !chinese:
		return textfile.Windows1252, nil
	case chinese && !western:
		return textfile.GB18030, nil
	}
	return textfile.Charset{}, Problem{
		Row: line, What: "has bytes that are not UTF-8, and in which encoding they are is not clear",
		Want: saveUTF8 + "; or " + wantEncoding,
	}
}

func isSmall(b byte) bool { return b >= 'a' && b <= 'z' || b >= 0xdf && b != 0xf7 }

func isLetter(b byte) bool {
	return b|0x20 >= 'a' && b|0x20 <= 'z' || b >= 0xc0 && b != 0xd7 && b != 0xf7
}
