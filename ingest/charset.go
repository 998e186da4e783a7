package ingest

import (
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
	utf8Text     = charset{"UTF-8", nil}
	utf16Little  = charset{"UTF-16LE", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}
	utf16Big     = charset{"UTF-16BE", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}
	windows1252  = charset{"Windows-1252", charmap.Windows1252}
	gb18030      = charset{"GB18030", simplifiedchinese.GB18030}
	wantEncoding = "--encoding with one of " + strings.Join(encodingNames(), ", ")
)

// charsets are what --encoding takes. Only the first five are found without
// being told; the others are what spreadsheets save in countries that are
// paid to, and cannot be told apart by their bytes.
var charsets = []struct {
	charset
	aliases []string
}{
	{utf8Text, []string{"utf8"}},
	{utf16Little, []string{"utf16", "utf16le", "unicode", "ucs2"}},
	{utf16Big, []string{"utf16be"}},
	{windows1252, []string{"windows1252", "1252", "cp1252", "latin1", "iso88591", "ansi"}},
	{gb18030, []string{"gb18030", "gbk", "gb2312", "cp936", "936"}},
	{charset{"Windows-1256", charmap.Windows1256}, []string{"windows1256", "1256", "cp1256", "arabic"}},
	{charset{"Windows-1258", charmap.Windows1258}, []string{"windows1258", "1258", "cp1258", "vietnamese"}},
	{charset{"EUC-KR", korean.EUCKR}, []string{"euckr", "949", "cp949", "korean"}},
	{charset{"Big5", traditionalchinese.Big5}, []string{"big5", "950", "cp950"}},
	{charset{"Macintosh", charmap.Macintosh}, []string{"macintosh", "macroman", "mac"}},
	{charset{"CP850", charmap.CodePage850}, []string{"cp850", "850", "dos"}},
}

func encodingNames() []string {
	names := make([]string, len(charsets))
	for i := range charsets {
		names[i] = strings.ToLower(charsets[i].name)
	}
	return names
}

// lookupCharset finds an encoding by any of its names, whatever the case and
// the dashes.
func lookupCharset(name string) (charset, error) {
	key := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
	for _, known := range charsets {
		if key == strings.ReplaceAll(strings.ToLower(known.name), "-", "") {
			return known.charset, nil
		}
		for _, alias := range known.aliases {
			if key == alias {
				return known.charset, nil
			}
		}
	}
	return charset{}, refuse("cannot be read in the encoding that was asked for: it is not known", wantEncoding)
}
