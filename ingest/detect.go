package ingest

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf8"
)

// What to do with a file that cannot be read, for the ends of messages.
const (
	saveAgain = "an .xlsx workbook or a CSV in UTF-8 (in the spreadsheet: Save as, then .xlsx or \"CSV UTF-8\")"
	saveUTF8  = "UTF-8 (in Excel: Save as, then \"CSV UTF-8\"; or save as .xlsx)"
)

// openBook recognises a file by its content and opens it.
func openBook(path string) (book, error) {
	file, err := os.Open(path)
	if err != nil {
		// Without the path: the caller adds the file's name.
		if pathErr := (*os.PathError)(nil); errors.As(err, &pathErr) {
			err = pathErr.Err
		}
		return nil, err
	}
	opened, err := recognise(file)
	if err != nil {
		file.Close()
		return nil, err
	}
	return opened, nil
}

// recognise takes the file over if it returns no error.
func recognise(file *os.File) (book, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, refuse("is not a file", "a file: it is read more than once")
	}
	head := make([]byte, sniffBytes)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	head = head[:n]
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		return recogniseZip(file, info.Size())
	}
	if err := textOrRefused(head); err != nil {
		return nil, err
	}
	if info.Size() > maxCSVBytes {
		return nil, refuse("has more than 2 GB", "a smaller file: split it")
	}
	return &csvBook{file: file}, nil
}

var foreign = []struct{ magic, what string }{
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an old Excel workbook (.xls) or one that is protected by a password"},
	{"%PDF", "is a PDF"},
	{"{\\rtf", "is a text document (RTF)"},
	{"\xff\xfe", "is text in UTF-16"},
	{"\xfe\xff", "is text in UTF-16"},
	{"\x1f\x8b", "is compressed (gzip)"},
}

// textOrRefused looks at the beginning of a file that is no zip.
func textOrRefused(head []byte) error {
	for _, kind := range foreign {
		if bytes.HasPrefix(head, []byte(kind.magic)) {
			return refuse(kind.what, saveAgain)
		}
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, bomUTF8), " \t\r\n")
	switch {
	case len(text) == 0:
		return refuse("is empty", "a header and a row for each payout")
	case text[0] == '<':
		return refuse("is a web page or XML, whatever its name says", saveAgain)
	case bytes.IndexByte(head, 0) >= 0:
		return refuse("is neither a workbook nor text", saveAgain)
	case bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(bytes.TrimRight(text, "\r"), '\r') >= 0:
		return refuse("ends its lines with a carriage return alone, as old Macs did", saveAgain)
	}
	// The read may have cut the last character.
	if rest := head[validPrefix(head):]; len(rest) > 0 && (len(head) < sniffBytes || utf8.FullRune(rest)) {
		return refuse("is text in another encoding than UTF-8", saveUTF8)
	}
	return nil
}

// recogniseZip tells workbooks from other zip archives, which many formats
// are.
func recogniseZip(file *os.File, size int64) (book, error) {
	if size > maxWorkbookBytes {
		return nil, refuse("is a workbook of more than 256 MB", "a smaller one: split it, or save it as CSV UTF-8")
	}
	archive, err := zip.NewReader(file, size)
	if err != nil {
		return nil, refuse("is a damaged workbook: it ends early or was changed on the way", "the file as it was saved")
	}
	names := make(map[string]bool, len(archive.File))
	for _, part := range archive.File {
		names[strings.ToLower(strings.ReplaceAll(part.Name, "\\", "/"))] = true
	}
	switch {
	case names["xl/workbook.xml"]:
		return openWorkbook(file, archive)
	case names["xl/workbook.bin"]:
		return nil, refuse("is a binary workbook (.xlsb)", saveAgain)
	case names["content.xml"] && names["mimetype"]:
		return nil, refuse("is an OpenDocument file (.ods)", saveAgain)
	case names["word/document.xml"]:
		return nil, refuse("is a text document (.docx)", saveAgain)
	case names["index/document.iwa"]:
		return nil, refuse("is an Apple Numbers file", saveAgain)
	}
	return nil, refuse("is a zip archive without a workbook in it", saveAgain)
}
