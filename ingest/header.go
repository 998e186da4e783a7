package ingest

import (
	"errors"
	"strings"
	"sync"
	"unicode"

	"github.com/bulkpay/bulkpay/paypro"
	"golang.org/x/text/unicode/norm"
)

// headerTable knows what the columns of an area may be called.
type headerTable struct {
	area  *paypro.Area
	names map[string]int // key of a name to the index in area.Fields
}

var tables sync.Map // *paypro.Area to *headerTable

func tableFor(area *paypro.Area) *headerTable {
	if known, ok := tables.Load(area); ok {
		return known.(*headerTable)
	}
	table, _ := tables.LoadOrStore(area, newHeaderTable(area))
	return table.(*headerTable)
}

func newHeaderTable(area *paypro.Area) *headerTable {
	table := &headerTable{area, map[string]int{}}
	for i := range area.Fields {
		for _, name := range fieldNames(area, &area.Fields[i]) {
			plain, numbered := headerKeys(name)
			for _, key := range []string{plain, numbered} {
				if _, taken := table.names[key]; !taken {
					table.names[key] = i
				}
			}
		}
	}
	return table
}

// fieldNames lists what a field's column may be called, the best known first.
func fieldNames(area *paypro.Area, field *paypro.Field) []string {
	names := append([]string{field.Name, field.Label}, field.Wire...)
	names = append(names, field.Aliases...)
	if field.Role == paypro.RoleAmount {
		for _, name := range names[:len(names):len(names)] {
			names = append(names, name+" "+area.Currency.Code)
		}
	}
	return names
}

// lookup finds the field a header means, or -1.
func (t *headerTable) lookup(header string) int {
	plain, numbered := headerKeys(header)
	if field, ok := t.names[plain]; ok && plain != "" {
		return field
	}
	if field, ok := t.names[numbered]; ok && numbered != "" {
		return field
	}
	return -1
}

// known counts the fields that a row of cells names.
func (t *headerTable) known(cells []string) int {
	seen := make(map[int]bool, len(cells))
	for _, cell := range cells {
		if field := t.lookup(cell); field >= 0 {
			seen[field] = true
		}
	}
	return len(seen)
}

// ownNames are columns that stay ours in any area.
var ownNames = map[string]bool{
	"tradeno": true, "platformtradeno": true, "sign": true, "timestamp": true,
}

// headerKeys bring a header into the two forms in which it is compared: its
// letters and digits in lower case without accents, and the same with the
// short forms of "number" (no., nro., núm., n°, nº, №) written out.
func headerKeys(header string) (plain, numbered string) {
	words := headerWords(header)
	plain = strings.Join(words, "")
	for i, word := range words {
		switch word {
		case "no", "nro", "num", "nr", "number":
			words[i] = "numero"
		}
	}
	return plain, strings.Join(words, "")
}

func headerWords(header string) []string {
	// No header is longer; a title or a text in a wrong row may be.
	const mostBytes = 256
	if len(header) > mostBytes {
		return nil
	}
	var words []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	for _, r := range norm.NFD.String(strings.ToValidUTF8(header, " ")) {
		switch {
		case unicode.Is(unicode.Mn, r): // an accent
		case r == '№':
			flush()
			words = append(words, "numero")
		case r == '°' || r == 'º':
			// "N° de cuenta", "N.º de cuenta"; elsewhere ("1º") it says nothing.
			flush()
			if last := len(words) - 1; last >= 0 && (words[last] == "n" || words[last] == "no") {
				words[last] = "numero"
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word.WriteRune(unicode.ToLower(r))
		default:
			flush()
		}
	}
	flush()
	return words
}

// header is the row that names the columns.
type header struct {
	index int // how many rows were read before it
	row   int // as the person sees it
	cells []string
}

// findHeader reads until a row names enough known columns in one of the
// tables. It returns nil if none does.
func findHeader(rows rowReader, among []*headerTable) (*header, error) {
	for index := range headerDepth {
		cells, row, err := rows.read()
		if _, broken := errors.AsType[brokenRow](err); broken {
			continue
		}
		if err != nil {
			return nil, err
		}
		for len(cells) > 0 && trim(cells[len(cells)-1]) == "" {
			cells = cells[:len(cells)-1]
		}
		if !named(cells, among) {
			continue
		}
		if len(cells) > maxColumns {
			return nil, Problem{Row: row, What: "has more than 256 columns", Want: "the columns of the payouts alone"}
		}
		return &header{index, row, cells}, nil
	}
	return nil, nil
}

func named(cells []string, among []*headerTable) bool {
	for _, table := range among {
		if table.known(cells) >= headerCells {
			return true
		}
	}
	return false
}
