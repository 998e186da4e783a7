package ingest

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
)

// What to do with a file that cannot be read, for the ends of messages.
const (
	saveAgain    = "an .xlsx workbook or a CSV in UTF-8 (in the spreadsheet: Save as, then .xlsx or \"CSV UTF-8\")"
	saveUTF8     = "UTF-8 (in Excel: Save as, then \"CSV UTF-8\"; or save as .xlsx)"
	wantUnlocked = "the file saved without a password (in Excel: File, Info, Protect Workbook, Encrypt with Password, and clear it)"
)

// openBook recognises a file by its content and opens it.
func openBook(path string, o Options) (book, error) {
	file, err := os.Open(path)
	if err != nil {
		// Without the path: the caller adds the file's name.
		if pathErr := (*os.PathError)(nil); errors.As(err, &pathErr) {
			err = pathErr.Err
		}
		return nil, err
	}
	opened, err := recognise(file, o)
	if err != nil {
		file.Close()
		return nil, err
	}
	return opened, nil
}

// recognise takes the file over if it returns no error.
func recognise(file *os.File, o Options) (book, error) {
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
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return recogniseZip(file, info.Size())
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return nil, refuseOLE(file)
	}
	if err := refuseForeign(head); err != nil {
		return nil, err
	}
	if info.Size() > maxCSVBytes {
		return nil, refuse("has more than 2 GB", "a smaller file: split it")
	}
	return openCSV(file, o)
}

var foreign = []struct{ magic, what string }{
	{"%PDF", "is a PDF"},
	{"{\\rtf", "is a text document (RTF)"},
	{"\x1f\x8b", "is compressed (gzip)"},
	{"7z\xbc\xaf\x27\x1c", "is compressed (7z)"},
	{"Rar!", "is compressed (RAR)"},
	{"\x89PNG", "is a picture"},
	{"\xff\xd8\xff", "is a picture"},
}

// refuseForeign looks at the beginning of a file that is no zip.
func refuseForeign(head []byte) error {
	for _, kind := range foreign {
		if bytes.HasPrefix(head, []byte(kind.magic)) {
			return refuse(kind.what, saveAgain)
		}
	}
	text := head
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		text = bytes.TrimPrefix(text, []byte(mark))
	}
	text = bytes.TrimLeft(text, " \t\r\n\x00")
	switch {
	case len(text) == 0:
		return refuse("is empty", "a header and a row for each payout")
	case text[0] == '<':
		return refuse("is a web page or XML, whatever its name says", saveAgain)
	}
	return nil
}

// refuseOLE tells apart what Office of before 2007 wrote, and what Office
// writes today when it locks a workbook with a password: both are the same
// kind of container. The names of what is in it are in UTF-16.
func refuseOLE(file io.ReadSeeker) error {
	locked, err := containsAny(file, wide("EncryptedPackage"), wide("EncryptionInfo"))
	if err != nil {
		return err
	}
	if locked {
		return refuse("is protected by a password", wantUnlocked)
	}
	old, err := containsAny(file, wide("Workbook"), wide("Book"))
	switch {
	case err != nil:
		return err
	case old:
		return refuse("is an old Excel workbook (.xls)", saveAgain)
	}
	return refuse("is a document of an old Office program, not a workbook", saveAgain)
}

func wide(name string) []byte {
	var wide []byte
	for i := range len(name) {
		wide = append(wide, name[i], 0)
	}
	return wide
}

// containsAny reads a whole file in pieces that overlap.
func containsAny(file io.ReadSeeker, wanted ...[]byte) (bool, error) {
	const overlap = 64
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	buffer := make([]byte, sniffBytes)
	kept := 0
	for {
		n, err := file.Read(buffer[kept:])
		data := buffer[:kept+n]
		for _, name := range wanted {
			if bytes.Contains(data, name) {
				return true, nil
			}
		}
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		kept = copy(buffer, data[max(0, len(data)-overlap):])
	}
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
	case names["content.xml"] && names["mimetype"]:
		return nil, refuse("is an OpenDocument file (.ods)", saveAgain)
	case names["word/document.xml"]:
		return nil, refuse("is a text document (.docx)", saveAgain)
	case names["ppt/presentation.xml"]:
		return nil, refuse("is a presentation (.pptx)", saveAgain)
	case names["index/document.iwa"] || names["index.zip"]:
		return nil, refuse("is an Apple Numbers file", "an .xlsx workbook (in Numbers: File, Export To, Excel)")
	}
	opened, err := openWorkbook(file, size)
	if err != nil {
		return nil, err
	}
	return opened, nil
}
