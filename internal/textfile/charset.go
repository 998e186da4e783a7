package textfile

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// Charset is an encoding of text.
type Charset struct {
	Name  string            // as people write it
	codec encoding.Encoding // nil for UTF-8, which is checked and not decoded
}

// IsUTF8 tells whether it is UTF-8.
func (c Charset) IsUTF8() bool { return c.codec == nil }

// The encodings that can be found without being told.
var (
	UTF8        = Charset{"UTF-8", nil}
	UTF16LE     = Charset{"UTF-16LE", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}
	UTF16BE     = Charset{"UTF-16BE", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}
	Windows1252 = Charset{"Windows-1252", charmap.Windows1252}
	GB18030     = Charset{"GB18030", simplifiedchinese.GB18030}
)

// charsets are all that can be asked for. Behind the first five stands what
// spreadsheets and banks write in countries that are paid to, and what cannot be
// told apart by its bytes.
var charsets = []struct {
	Charset
	aliases []string
}{
	{UTF8, []string{"utf8", "usascii", "ascii"}},
	{UTF16LE, []string{"utf16", "utf16le", "unicode", "ucs2"}},
	{UTF16BE, []string{"utf16be"}},
	{Windows1252, []string{"windows1252", "1252", "cp1252", "latin1", "iso88591", "ansi"}},
	{GB18030, []string{"gb18030", "gbk", "gb2312", "cp936", "936"}},
	{Charset{"ISO-8859-15", charmap.ISO8859_15}, []string{"iso885915", "latin9"}},
	{Charset{"Windows-1250", charmap.Windows1250}, []string{"windows1250", "1250", "cp1250"}},
	{Charset{"ISO-8859-2", charmap.ISO8859_2}, []string{"iso88592", "latin2"}},
	{Charset{"Windows-1256", charmap.Windows1256}, []string{"windows1256", "1256", "cp1256", "arabic"}},
	{Charset{"Windows-1258", charmap.Windows1258}, []string{"windows1258", "1258", "cp1258", "vietnamese"}},
	{Charset{"EUC-KR", korean.EUCKR}, []string{"euckr", "949", "cp949", "korean"}},
	{Charset{"Big5", traditionalchinese.Big5}, []string{"big5", "950", "cp950"}},
	{Charset{"Macintosh", charmap.Macintosh}, []string{"macintosh", "macroman", "mac"}},
	{Charset{"CP850", charmap.CodePage850}, []string{"cp850", "850", "dos"}},
}

// Names lists the encodings that [Lookup] knows, one name each.
func Names() []string {
	names := make([]string, len(charsets))
	for i := range charsets {
		names[i] = strings.ToLower(charsets[i].Name)
	}
	return names
}

// Lookup finds an encoding by any of its names, whatever the case and the
// dashes.
func Lookup(name string) (Charset, bool) {
	key := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
	for _, known := range charsets {
		for _, alias := range known.aliases {
			if key == alias {
				return known.Charset, true
			}
		}
	}
	return Charset{}, false
}
