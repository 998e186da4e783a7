package statement

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// charset is an encoding of text.
type charset struct {
	name  string            // as people write it
	codec encoding.Encoding // nil for UTF-8, which is checked and not decoded
}

var (
	utf8Text    = charset{"UTF-8", nil}
	utf16Little = charset{"UTF-16LE", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}
	utf16Big    = charset{"UTF-16BE", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}
	windows1252 = charset{"Windows-1252", charmap.Windows1252}
	gb18030     = charset{"GB18030", simplifiedchinese.GB18030}
)

// charsets are the encodings that can be asked for, by all their names without
// dashes.
var charsets = []struct {
	charset
	aliases []string
}{
	{utf8Text, []string{"utf8", "usascii", "ascii"}},
	{utf16Little, []string{"utf16le", "utf16", "unicode"}},
	{utf16Big, []string{"utf16be"}},
	{windows1252, []string{"windows1252", "1252", "cp1252", "latin1", "iso88591", "ansi"}},
	{charset{"ISO-8859-15", charmap.ISO8859_15}, []string{"iso885915", "latin9"}},
	{charset{"Windows-1250", charmap.Windows1250}, []string{"windows1250", "1250", "cp1250"}},
	{charset{"ISO-8859-2", charmap.ISO8859_2}, []string{"iso88592", "latin2"}},
	{gb18030, []string{"gb18030", "gbk", "gb2312", "cp936", "936"}},
	{charset{"EUC-KR", korean.EUCKR}, []string{"euckr", "949", "cp949"}},
	{charset{"Big5", traditionalchinese.Big5}, []string{"big5", "950", "cp950"}},
	{charset{"CP850", charmap.CodePage850}, []string{"cp850", "850", "dos"}},
}

func wantEncoding() string {
	names := make([]string, len(charsets))
	for i := range charsets {
		names[i] = strings.ToLower(charsets[i].name)
	}
	return "one of the encodings " + strings.Join(names, ", ")
}

// lookupCharset finds an encoding by any of its names.
func lookupCharset(name string) (charset, bool) {
	key := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
	for _, known := range charsets {
		for _, alias := range known.aliases {
			if key == alias {
				return known.charset, true
			}
		}
	}
	return charset{}, false
}

// charset is in which encoding a file is, where that can be proved.
func (b *bytesOf) charset() (found charset, proved bool) {
	const mostlyOneSided = 20
	even, odd := b.nulls[0], b.nulls[1]
	switch {
	case bytes.HasPrefix(b.head, []byte("\xff\xfe")):
		return utf16Little, true
	case bytes.HasPrefix(b.head, []byte("\xfe\xff")):
		return utf16Big, true
	case even+odd > 0 && odd > mostlyOneSided*even:
		return utf16Little, true
	case even+odd > 0 && even > mostlyOneSided*odd:
		return utf16Big, true
	case b.badAt == 0:
		return utf8Text, true
	}
	return windows1252, false
}
