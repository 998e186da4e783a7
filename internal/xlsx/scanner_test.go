package xlsx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// scan lists the tokens in a root element, texts joined.
func scan(s *scanner) ([]string, error) {
	var all tokenList
	for {
		kind, err := s.next()
		if err != nil || kind == tokenEOF {
			return all.done(), err
		}
		switch kind {
		case tokenStart:
			start := "<" + string(s.name)
			for i := range s.attrs {
				start += " " + string(s.attrs[i].name) + "=" + string(s.attrs[i].plain())
			}
			all.add(start)
		case tokenEnd:
			all.add("</" + string(s.name))
		case tokenText:
			all.text += string(s.text)
		}
	}
}

// oracle lists the same with encoding/xml.
func oracle(content []byte) ([]string, error) {
	if err := matched(content); err != nil {
		return nil, err
	}
	decoder := xml.NewDecoder(bytes.NewReader(content))
	var all tokenList
	depth := 0
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return all.done(), nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
			start := "<" + qualified(token.Name)
			for _, attr := range token.Attr {
				start += " " + qualified(attr.Name) + "=" + attr.Value
			}
			all.add(start)
		case xml.EndElement:
			depth--
			all.add("</" + qualified(token.Name))
		case xml.CharData:
			if depth > 0 {
				all.text += string(token)
			}
		}
	}
}

// matched tells whether closing tags match, which raw tokens do not tell.
func matched(content []byte) error {
	for decoder := xml.NewDecoder(bytes.NewReader(content)); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func qualified(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return name.Space + ":" + name.Local
}

type tokenList struct {
	all  []string
	text string
}

func (l *tokenList) add(token string) {
	l.done()
	l.all = append(l.all, token)
}

func (l *tokenList) done() []string {
	if l.text != "" {
		l.all = append(l.all, "="+l.text)
	}
	l.text = ""
	return l.all
}

var wellFormed = []string{
	`<a/>`, `<a></a >`, ` <a b="1" c='2'>x</a> `, "\ufeff<a/>", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><a/>`,
	`<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;</a>`, `<a b="&lt;&#10;&quot;'>"/>`, "<a>1\r\n2\r3\n4\t</a>", "<a b='1\r\n2\r3'/>",
	`<a><!-- - x -><b> --><?p q?><?r?></a><!----><?e ?>`, `<a><![CDATA[<b>&amp;]]]]><![CDATA[>]]></a>`, "<a><![CDATA[1\r\n2\r3]]></a>",
	`<a>]] ]></a>`, `<a>é漢😀</a>`, `<a xmlns:b="u"><b:c b:d="1" xml:space="preserve"/></a>`, `<a><b><c/><d>x</d></b>y<e/></a>`,
	"<a\n\tb = \"1\"\r\n/>",
}

func TestScannerReadsWhatEncodingXMLReads(t *testing.T) {
	t.Parallel()
	for _, content := range wellFormed {
		want, err := oracle([]byte(content))
		if err != nil {
			t.Fatal(content, err)
		}
		for size := range 40 { // the window cuts at every place
			s := newScanner(iotest.OneByteReader(strings.NewReader(content)), 0)
			s.buf = make([]byte, 24+size)
			if got, err := scan(s); !errors.Is(err, errTooLong) && (err != nil || !slices.Equal(got, want)) {
				t.Errorf("%q in %d bytes: %v\ngot  %q\nwant %q", content, len(s.buf), err, got, want)
			}
		}
		if got, err := scan(newScanner(strings.NewReader(content), 0)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v\ngot  %q\nwant %q", content, err, got, want)
		}
	}
}

func TestScannerRefusesWhatIsNotWellFormed(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]error{
		``: errEnds, ` `: errEnds, `<a>`: errEnds, `<a`: errEnds, `<a b="1`: errEnds, `<a><!-- `: errEnds, `<a/><!`: errEnds, `<a>]`: errEnds, `<?>`: errEnds, `</>`: errNesting, `<a><![CDATA[]]></a>`[:15]: errEnds,
		`<a></b>`: errNesting, `</a>`: errNesting, `<a></a></a>`: errNesting, `<a></a b="1">`: errNesting, `<a><b></a></b>`: errNesting,
		`<a/><b/>`: errSyntax, `<a b/>`: errSyntax, `<a b=1/>`: errSyntax, `<a b="1"c="2"/>`: errSyntax, `<a b="1" b="2"/>`: errSyntax, `< a/>`: errSyntax,
		`<a b="<"/>`: errSyntax, `<a>]]></a>`: errSyntax, `<a><!-- -- --></a>`: errSyntax, `<a/ >`: errSyntax, `<1/>`: errSyntax, `<a><!x></a>        `: errSyntax,
		`<a/><?xml version="1.0"?>`: errSyntax, `<?xml version="1.1"?><a/>`: errSyntax, `<??><a/>`: errSyntax, `<![CDATA[x]]><a/>`: errSyntax,
		`x<a/>`: errStray, `<a/>x`: errStray,
		`<a>&nbsp;</a>`: errEntity, `<a>&#0;</a>`: errEntity, `<a>&#xD800;</a>`: errEntity, `<a>&;</a>`: errEntity, `<a>&#;</a>`: errEntity, `<a>&#x;</a>`: errEntity,
		`<a>&amp</a>`: errEntity, `<a b="&x;"/>`: errEntity, `<a>&#99999999999;</a>`: errEntity, `<a>& </a>`: errEntity,
		"<a>\x00</a>": errChar, "<a>\xff</a>": errChar, "<a>\xc3": errChar, "<a b='\x01'/>": errChar, "<a>\ufffe</a>": errChar, "<a><![CDATA[\x02]]></a>": errChar, "<a>\xed\xa0\x80</a>": errChar,
		`<b:a/>`: errPrefix, `<a b:c="1"/>`: errPrefix, `<a xmlns:="u"/>`: errPrefix, `<a xmlns:b="u"><b:/></a>`: errPrefix,
		`<a><b xmlns:c="u"/><c:d/></a>`: errPrefix, `<a xmlns:b="u"><b:c:d/></a>`: errPrefix,
		`<!DOCTYPE a><a/>`: errDoctype,
		`<?xml version="1.0" encoding="UTF-16"?><a/>`:   errEncoding,
		strings.Repeat("<a>", maxDepth+1):               errDeep,
		`<a b="` + strings.Repeat("x", scanBytes) + `"`: errTooLong,
		"<a " + strings.Repeat(" ", scanBytes):          errTooLong,
		"<a><!--" + strings.Repeat(" ", scanBytes):      errTooLong,
	} {
		if _, err := scan(newScanner(strings.NewReader(content), scanBytes)); !errors.Is(err, want) {
			t.Errorf("%.40q: got %v, want %v", content, err, want)
		}
	}
}

func TestScannerTellsWhatTheReaderSays(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk")
	for _, content := range []string{"", "<a>", "<a", "<a>x", "<a/>", "<a>&am", "<a>]", "<a><!-"} {
		src := io.MultiReader(strings.NewReader(content), iotest.ErrReader(broken))
		if _, err := scan(newScanner(src, 100)); !errors.Is(err, broken) && !errors.Is(err, errEntity) {
			t.Errorf("%q: %v", content, err)
		}
	}
}

// FuzzScanner holds the scanner against encoding/xml: what it accepts means the
// same there, and what it refuses alone it refuses for a reason it may have.
func FuzzScanner(f *testing.F) {
	for _, content := range wellFormed {
		f.Add([]byte(content))
	}
	for _, content := range plain(oneRow) {
		f.Add([]byte(content))
	}
	stricter := []error{errTooLong, errDeep, errDoctype, errEncoding, errPrefix, errStray, errSyntax, errEnds, errEntity}
	f.Fuzz(func(t *testing.T, content []byte) {
		want, wantErr := oracle(content)
		got, err := scan(newScanner(bytes.NewReader(content), uint64(len(content))))
		switch {
		case err == nil && wantErr != nil:
			t.Fatalf("accepted, but encoding/xml says %v", wantErr)
		case err == nil && !slices.Equal(got, want):
			t.Fatalf("got  %q\nwant %q", got, want)
		case err != nil && wantErr == nil && !slices.ContainsFunc(stricter, func(s error) bool { return errors.Is(err, s) }):
			t.Fatalf("refused: %v", err)
		}
		narrow := newScanner(iotest.OneByteReader(bytes.NewReader(content)), 0)
		narrow.buf = narrow.buf[:48]
		again, narrowErr := scan(narrow)
		if !errors.Is(narrowErr, errTooLong) && ((narrowErr == nil) != (err == nil) || err == nil && !slices.Equal(got, again)) {
			t.Fatalf("in a narrow window: %v, %q\nin a wide one: %v, %q", narrowErr, again, err, got)
		}
	})
}
