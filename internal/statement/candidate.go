package statement

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// reading is a set of names for columns that is tried on a file.
type reading struct {
	name    string
	profile *Profile // nil: by aliases
	kind    Kind
	aliases map[string]Field
	// enough tells whether the columns found make a statement.
	enough func(columns map[Field][]int) bool
}

var (
	generic        = aliasTable(aliases)
	gatewayColumns = aliasTable(gatewayAliases)
)

// readings are what is tried: the profile that was asked for and no other; or else those
// of the configuration, the gateway's own, and the names that banks use.
func readings(o Options) []reading {
	if o.Profile != nil && o.Profile.Name != PayproProfile {
		return []reading{profileReading(o.Profile)}
	}
	gateway := reading{name: PayproProfile, kind: KindGateway, aliases: gatewayColumns, enough: isOrders}
	if o.Profile != nil {
		return []reading{gateway}
	}
	var all []reading
	for _, p := range o.Profiles {
		if len(p.Columns) > 0 { // one without would fit any file
			all = append(all, profileReading(p))
		}
	}
	return append(all, gateway, reading{kind: KindBank, aliases: generic, enough: isMovements})
}

// PayproProfile is the name of the built-in profile for the gateway's export of orders.
const PayproProfile = "paypro"

func profileReading(p *Profile) reading {
	kind := p.Kind
	if kind == "" {
		kind = KindBank
	}
	names := generic
	if kind == KindGateway {
		names = gatewayColumns
	}
	return reading{name: p.Name, profile: p, kind: kind, aliases: names, enough: func(columns map[Field][]int) bool {
		for field, headers := range p.Columns {
			if len(columns[field]) == 0 && !headers.none() {
				return false
			}
		}
		return hasAmount(columns)
	}}
}

func hasAmount(columns map[Field][]int) bool {
	return len(columns[FieldAmount])+len(columns[FieldPaidAmount])+len(columns[FieldDebit])+len(columns[FieldCredit]) > 0
}

func isOrders(columns map[Field][]int) bool {
	return len(columns[FieldTradeNo])+len(columns[FieldPlatFormTradeNo]) > 0 && len(columns[FieldStatus]) > 0 &&
		len(columns[FieldAmount])+len(columns[FieldPaidAmount]) > 0
}

func isMovements(columns map[Field][]int) bool {
	return len(columns[FieldDay]) > 0 && hasAmount(columns) && (len(columns[FieldDebit]) > 0 || len(columns[FieldAmount]) > 0)
}

// candidate is one way to read a file with one set of names.
type candidate struct {
	way     way
	reading reading
	layout  *layout
	seen    *tableRow // the row that looks most like a header, for a refusal
	unclear []Problem // columns of the same name
}

func (c *candidate) score() int {
	if c.layout == nil {
		return 0
	}
	columns := c.layout.columns
	if c.reading.name == PayproProfile && len(columns[FieldTradeNo])+len(columns[FieldPlatFormTradeNo]) == 0 {
		return 0 // whatever it is, it is not the gateway's
	}
	return len(columns)
}

func (c *candidate) complete() bool {
	return c.layout != nil && c.reading.enough(c.layout.columns) && len(c.unclear) == 0
}

func (c *candidate) betterThan(other *candidate) bool {
	if c.complete() != other.complete() {
		return c.complete()
	}
	if c.unclear != nil && other.unclear == nil && c.reading.enough(c.layout.columns) {
		return true
	}
	if c.score() != other.score() {
		return c.score() > other.score()
	}
	return c.seen != nil && (other.seen == nil || len(c.seen.cells) > len(other.seen.cells))
}

// bestOf is the best way of several to read a file with one set of names.
func bestOf(ways []way, r reading) (*candidate, error) {
	var best *candidate
	var failed error
	for _, w := range ways {
		found, err := try(w, r)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		if best == nil || found.betterThan(best) {
			best = found
		}
	}
	if best == nil || best.score() == 0 && failed != nil && len(best.seen.list()) == 0 {
		return best, failed
	}
	return best, nil
}

func (r *tableRow) list() []cell {
	if r == nil {
		return nil
	}
	return r.cells
}

// try looks for the header in the first rows: the one that names the most columns.
func try(w way, r reading) (found *candidate, err error) {
	rows, err := w.open(anyQuotes)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	found = &candidate{way: w, reading: r}
	skip := 0
	if r.profile != nil {
		skip = r.profile.SkipRows
	}
	if r.byPlace() {
		columns, _ := r.match(&tableRow{})
		found.layout = layoutOf(r, &tableRow{number: skip}, columns)
		return found, nil
	}
	var row tableRow
	for range headerDepth + skip {
		err := rows.next(&row)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if row.number > skip {
			found.consider(&row)
		}
	}
	return found, nil
}

// byPlace tells whether the profile names all columns by their letters. Then there is no
// header, and the first row that is not skipped is an entry.
func (r *reading) byPlace() bool {
	if r.profile == nil {
		return false
	}
	letters := 0
	for _, headers := range r.profile.Columns {
		for _, name := range headers {
			if place, ok := strings.CutSuffix(name, ":"); ok && isLetters(place) {
				letters++
			} else if !headers.none() {
				return false
			}
		}
	}
	return letters > 0
}

// consider takes a row for the header if it names more columns than those before it.
func (c *candidate) consider(row *tableRow) {
	filled := 0
	for _, one := range row.cells {
		if one.text != "" {
			filled++
		}
	}
	if filled > 1 && (c.seen == nil || len(c.seen.cells) < len(row.cells)) && c.layout == nil {
		c.seen = &tableRow{number: row.number, cells: slices.Clone(row.cells)}
	}
	columns, unclear := c.reading.match(row)
	fewest := 2 // one known word could be a title
	if c.reading.profile != nil {
		fewest = 1
	}
	if len(columns) < fewest || c.layout != nil && len(columns) <= len(c.layout.columns) {
		return
	}
	c.layout, c.unclear = layoutOf(c.reading, row, columns), unclear
	c.seen = &tableRow{number: row.number, cells: slices.Clone(row.cells)}
}

// match finds the columns in a row that may be the header: first those that the profile
// names, then those that are called what banks call them.
func (r *reading) match(row *tableRow) (columns map[Field][]int, unclear []Problem) {
	columns = map[Field][]int{}
	used := map[int]bool{}
	told := r.told()
	for field := range told {
		found := r.profile.Columns[field].find(row)
		if len(found) > 0 {
			columns[field] = found
		}
		for _, column := range found {
			used[column] = true
		}
	}
	for i, one := range row.cells {
		field, ok := fieldOf(r.aliases, one.text, r.kind)
		if !ok || used[i] || one.text == "" || told[field] || told[FieldAmount] && isAmount(field) {
			continue
		}
		if before := columns[field]; len(before) > 0 && mustBeOne(field, r.kind) {
			unclear = append(unclear, Problem{
				Row: row.number, Column: letter(i), Header: shown(one.text),
				What: fmt.Sprintf("looks like %s, and so does column %s (%s)", field, letter(before[0]), shown(row.cells[before[0]].text)),
				Want: "a profile that says which it is",
			})
		}
		columns[field] = append(columns[field], i)
	}
	r.prefer(row, columns, told)
	return columns, unclear
}

// told are the fields that the profile speaks of. Who names one column of an amount means no
// other.
func (r *reading) told() map[Field]bool {
	told := map[Field]bool{}
	if r.profile == nil {
		return told
	}
	for field := range r.profile.Columns {
		told[field] = true
	}
	for field := range told {
		if isAmount(field) {
			told[FieldAmount] = true
			break
		}
	}
	return told
}

func isAmount(field Field) bool {
	return field == FieldAmount || field == FieldPaidAmount || field == FieldDebit || field == FieldCredit
}

// prefer puts alternatives into the order of their names: an order's day is when it
// succeeded, and only without that when it was made.
func (r *reading) prefer(row *tableRow, columns map[Field][]int, told map[Field]bool) {
	names := aliases
	if r.kind == KindGateway {
		names = gatewayAliases
	}
	for field, found := range columns {
		if told[field] {
			continue
		}
		rank := func(column int) int {
			return slices.IndexFunc(names[field], func(name string) bool { return headerKey(name) == headerKey(row.cells[column].text) })
		}
		slices.SortStableFunc(found, func(a, b int) int { return rank(a) - rank(b) })
	}
}

// mustBeOne tells whether two columns of a field are one too many.
func mustBeOne(field Field, kind Kind) bool {
	switch field {
	case FieldNarrative, FieldReference, FieldEntryRef, FieldCounterparty:
		return false
	case FieldDay:
		return kind == KindBank
	}
	return true
}

// find are the columns that a profile means.
func (h Headers) find(row *tableRow) []int {
	var found []int
	for _, name := range h {
		if place, ok := strings.CutSuffix(name, ":"); ok && isLetters(place) {
			found = append(found, columnOf(place))
			continue
		}
		for i, one := range row.cells {
			if headerKey(one.text) == headerKey(name) && headerKey(name) != "" && !slices.Contains(found, i) {
				found = append(found, i)
				break
			}
		}
	}
	return found
}

// none tells whether a field is said not to be there.
func (h Headers) none() bool { return len(h) == 1 && h[0] == "-" }

func isLetters(text string) bool {
	for i := range len(text) {
		if text[i] < 'A' || text[i] > 'Z' {
			return false
		}
	}
	return text != "" && len(text) <= 2
}

func columnOf(letters string) int {
	index := 0
	for i := range len(letters) {
		index = index*26 + int(letters[i]-'A') + 1
	}
	return index - 1
}
