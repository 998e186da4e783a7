package ingest

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// verifyParts reads the worksheets and the texts of a workbook for what the
// library passes over in silence. It takes broken XML for the end of the
// sheet, a reference to a text that is not there for an empty cell, and cells
// out of order for their neighbours: rows would vanish or change without a
// word.
func verifyParts(archive *zip.Reader) error {
	texts := 0
	var sheets []*zip.File
	for _, part := range archive.File {
		name := strings.ToLower(strings.ReplaceAll(part.Name, "\\", "/"))
		switch {
		case strings.HasPrefix(name, "xl/worksheets/") && strings.HasSuffix(name, ".xml"):
			sheets = append(sheets, part)
		case name == "xl/sharedstrings.xml":
			n, err := countTexts(part)
			if err != nil {
				return errDamaged
			}
			texts = n
		}
	}
	for _, part := range sheets {
		if err := verifySheet(part, texts); err != nil {
			return errDamaged
		}
	}
	return nil
}

func countTexts(part *zip.File) (int, error) {
	n := 0
	err := eachToken(part, func(token xml.Token) error {
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "si" {
			n++
		}
		return nil
	})
	return n, err
}

var errDisorder = errors.New("out of order")

func verifySheet(part *zip.File, texts int) error {
	check := sheetCheck{texts: texts}
	return eachToken(part, check.token)
}

// sheetCheck follows a worksheet: where it is, and whether it is inside a cell
// that refers to one of the workbook's texts.
type sheetCheck struct {
	texts           int
	row, column     int
	shared, inValue bool
}

func (c *sheetCheck) token(token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		return c.start(token)
	case xml.EndElement:
		c.inValue = false
	case xml.CharData:
		if !c.shared || !c.inValue {
			return nil
		}
		index, err := strconv.Atoi(strings.TrimSpace(string(token)))
		if err != nil || index < 0 || index >= c.texts {
			return errDisorder
		}
	}
	return nil
}

func (c *sheetCheck) start(element xml.StartElement) error {
	at := attribute(element, "r")
	switch element.Name.Local {
	case "row":
		next := c.row + 1
		if at != "" {
			n, err := strconv.Atoi(at)
			if err != nil || n < next {
				return errDisorder
			}
			next = n
		}
		c.row, c.column = next, 0
	case "c":
		next := c.column + 1
		if at != "" {
			n := columnNumber(at)
			if n < next {
				return errDisorder
			}
			next = n
		}
		c.column = next
		c.shared = attribute(element, "t") == "s"
	case "v":
		c.inValue = true
	}
	return nil
}

// eachToken calls visit with every token of a part, and gives an error unless
// all of the part is there.
func eachToken(part *zip.File, visit func(xml.Token) error) error {
	content, err := part.Open()
	if err != nil {
		return err
	}
	defer content.Close()
	decoder := xml.NewDecoder(content)
	depth := 0
	for {
		// RawToken, at half the cost of Token, does not match closing tags
		// with opening ones; counting them finds what is cut off.
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) && depth == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if err := visit(token); err != nil {
			return err
		}
	}
}

func attribute(element xml.StartElement, name string) string {
	for _, attr := range element.Attr {
		if attr.Name.Local == name && attr.Name.Space == "" {
			return attr.Value
		}
	}
	return ""
}

// columnNumber reads the letters of a reference: "AA12" is 27. Anything else
// is 0.
func columnNumber(reference string) int {
	n := 0
	for i := range len(reference) {
		switch b := reference[i]; {
		case b >= 'A' && b <= 'Z':
			n = n*26 + int(b-'A') + 1
		case b >= 'a' && b <= 'z':
			n = n*26 + int(b-'a') + 1
		case b >= '0' && b <= '9':
			return n
		default:
			return 0
		}
		if n > 1<<20 {
			return 0
		}
	}
	return n
}
