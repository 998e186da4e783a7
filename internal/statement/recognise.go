package statement

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/bulkpay/bulkpay/internal/textfile"
)

// A file is what its content says, whatever its name.
func recognise(file *os.File, b *bytesOf, o Options) (source, error) {
	if bytes.HasPrefix(b.head, []byte("PK\x03\x04")) {
		return openWorkbook(file, b.size, o)
	}
	if p, foreign := foreignKind(b.head); foreign {
		return nil, p
	}
	head, from, err := decodeHead(b)
	if err != nil {
		return nil, err
	}
	text := strings.TrimLeft(head, " \t\r\n")
	switch {
	case text == "":
		return nil, Problem{What: "is empty", Want: "a statement"}
	case text[0] == '<':
		return recogniseXML(file, text, from, b)
	case isMT940(head):
		return &mt940File{file: file, charset: from}, nil
	}
	return openCSV(file, b, o)
}

func foreignKind(head []byte) (Problem, bool) {
	for _, kind := range [...]struct{ mark, what, want string }{
		{"%PDF", "is a PDF", "the statement as camt.053, MT940, CSV or XLSX, which the bank's pages offer beside the PDF"},
		{"\xd0\xcf\x11\xe0", "is a file of an old Office program, or a workbook with a password", "the workbook saved again as .xlsx, without a password"},
		{"\x1f\x8b", "is compressed", "the file in it"},
		{"{\\rtf", "is a text document", "the statement as CSV or XLSX"},
	} {
		if bytes.HasPrefix(head, []byte(kind.mark)) {
			return Problem{What: kind.what, Want: kind.want}, true
		}
	}
	return Problem{}, false
}

// decodeHead is the beginning of a text file in UTF-8.
func decodeHead(b *bytesOf) (string, textfile.Charset, error) {
	from, _ := b.charset()
	head := b.head
	if n := textfile.ValidPrefix(head); from.IsUTF8() && n < len(head) && len(head)-n < 4 {
		head = head[:n]
	}
	text := textfile.NewReader(bytes.NewReader(head), from, maxRecordBytes)
	decoded, err := io.ReadAll(text)
	if err != nil && len(decoded) == 0 {
		return "", from, Problem{What: "is not text, and no workbook either", Want: "a statement as camt.053, MT940, CSV or XLSX"}
	}
	return string(decoded), from, nil
}

var (
	declaredEncoding = regexp.MustCompile(`^<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']`)
	isoMessage       = regexp.MustCompile(`(camt|pain|pacs)\.(\d{3})(\.\d{3}\.\d{2})?`)
)

func recogniseXML(file *os.File, text string, from textfile.Charset, b *bytesOf) (source, error) {
	if b.badAt > 0 && from.Name == textfile.Windows1252.Name {
		declared := declaredEncoding.FindStringSubmatch(text)
		if declared == nil {
			return nil, Problem{Row: b.badAt, What: "has bytes that are not UTF-8, and declares no other encoding", Want: "the file as the bank gave it"}
		}
		known, ok := textfile.Lookup(declared[1])
		if !ok || known.IsUTF8() {
			return nil, Problem{Row: b.badAt, What: "has bytes that are not in the encoding it declares", Want: "the file as the bank gave it"}
		}
		from = known
	}
	message := isoMessage.FindString(text)
	switch {
	case strings.HasPrefix(message, "camt.053"):
		return &camtFile{file: file, charset: from, message: message}, nil
	case strings.HasPrefix(message, "camt.052"):
		return nil, Problem{What: "is a camt.052, a report within the day, whose entries may still change", Want: "the camt.053 of the same days"}
	case strings.HasPrefix(message, "camt.054"):
		return nil, Problem{What: "is a camt.054, a notification without balances", Want: "the camt.053 of the same days"}
	case message != "":
		return nil, Problem{What: "is a " + message + ", not a statement", Want: "a camt.053"}
	case strings.Contains(strings.ToLower(text), "<html") || strings.Contains(text, "<table"):
		return nil, Problem{What: "is a web page, whatever its name says", Want: "the statement saved as .xlsx or CSV"}
	}
	return nil, Problem{What: "is XML of a kind that is not known", Want: "a camt.053"}
}

var (
	swiftStart = regexp.MustCompile(`(?m)^(\{1:|:20:)`)
	swiftTag   = regexp.MustCompile(`(?m)^:(25|28C?|60[FM]):`)
)

// isMT940 looks for the fields that every statement begins with. A bank may put a line
// of its own in front.
func isMT940(head string) bool {
	const depth = 4096
	head = strings.ReplaceAll(head[:min(len(head), depth)], "\r", "\n")
	return swiftStart.MatchString(head) && swiftTag.MatchString(head)
}
