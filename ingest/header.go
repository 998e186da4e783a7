package ingest

import (
	"errors"
	"slices"
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

// ownNames are columns that stay ours in any area: what the gateway or a
// sheet handed back has beside the fields of a payout.
var ownNames = map[string]bool{
	"tradeno": true, "platformtradeno": true, "sign": true, "timestamp": true,
	"status": true, "reason": true, "bulkpayfaults": true,
}

// tradeNoKey is the own column that is read: the number a row was given.
const tradeNoKey = "tradeno"

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

// finder looks for headers of some areas, given what was told of columns.
type finder struct {
	tables []*headerTable
	told   []told
}

// known counts the fields of an area that a row of cells names.
func (f *finder) known(table *headerTable, cells []string) int {
	seen := make(map[string]bool, len(cells))
	for i, cell := range cells {
		if trim(cell) == "" {
			continue
		}
		if at := findTold(f.told, cell, i); at >= 0 {
			if field := f.told[at].field; field != "" {
				seen[field] = true
			}
		} else if field := table.lookup(cell); field >= 0 {
			seen[table.area.Fields[field].Name] = true
		}
	}
	return len(seen)
}

// most is the largest number of fields of one area that a row names.
func (f *finder) most(cells []string) int {
	most := 0
	for _, table := range f.tables {
		most = max(most, f.known(table, cells))
	}
	return most
}

// find looks through the first rows for the one that names the most known
// columns. It is not the first that names two: above a table there may stand
// "Bank: …, Account: …" of the payer. It returns nil if no row names enough.
func (f *finder) find(rows rowReader) (*header, error) {
	var best *header
	most := headerCells - 1
	var row gridRow
	for index := range headerDepth {
		err := rows.read(&row)
		if _, broken := errors.AsType[brokenRow](err); broken {
			continue
		}
		if err != nil && best == nil {
			return nil, err
		}
		if err != nil {
			break // whoever reads the rows will meet it
		}
		if known := f.most(row.cells); known > most {
			most, best = known, &header{index, row.number, slices.Clone(row.cells)}
		}
	}
	if best == nil {
		return nil, nil
	}
	for len(best.cells) > 0 && trim(best.cells[len(best.cells)-1]) == "" {
		best.cells = best.cells[:len(best.cells)-1]
	}
	if len(best.cells) > maxColumns {
		return nil, Problem{Row: best.row, What: "has more than 256 columns", Want: "the columns of the payouts alone"}
	}
	return best, nil
}
