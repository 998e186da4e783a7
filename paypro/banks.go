package paypro

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// Bank is one bank of an area as the gateway calls it.
type Bank struct {
	Code   string // what the row's bank field must hold
	Name   string // for people
	Prefix string // what accounts of the bank start with, "" if unknown
}

// Banks is a list of banks of one area. It never changes, and a nil list
// knows nothing and finds nothing. A bank may stand in it several times,
// with another prefix each time.
type Banks struct {
	list     []Bank
	byCode   map[string][]int // indexes in list
	byPrefix map[string]string
}

//go:embed banks/*.csv
var shipped embed.FS

// ShippedBanks is the list that comes with bulkpay, or nil. Only Mexico has
// one: the names under which Banco de México lists the participants of SPEI,
// of which the gateway's only documented code (BANXICO) is one. Codes seen in
// examples of the other areas are no list.
func ShippedBanks(area *Area) *Banks {
	if area == mexico {
		return spei()
	}
	return nil
}

var spei = sync.OnceValue(func() *Banks {
	const name = "banks/mexico.csv"
	file, err := shipped.Open(name)
	if err != nil {
		panic(err) // it is embedded
	}
	defer file.Close() //nolint:errcheck // in memory
	banks, err := ReadBanks(mexico, file, name)
	if err != nil {
		panic(err) // it is embedded, and a test reads it
	}
	return banks
})

// Limits of a list.
const (
	maxBanks      = 100_000
	maxBanksBytes = 16 << 20
	maxPrefix     = 12
	maxBankName   = 200
)

// ReadBanks reads a list of banks: a CSV in UTF-8 whose first line is
// code,prefix,name. Errors name the file and the line.
func ReadBanks(area *Area, src io.Reader, name string) (*Banks, error) {
	limited := &io.LimitedReader{R: src, N: maxBanksBytes + 1}
	reader := csv.NewReader(limited)
	reader.FieldsPerRecord = -1
	reader.TrimLeadingSpace = true
	banks := &Banks{byCode: map[string][]int{}, byPrefix: map[string]string{}}
	for first := true; ; first = false {
		cells, err := reader.Read()
		if limited.N <= 0 {
			return nil, fmt.Errorf("%s: is larger than %d MiB", name, maxBanksBytes>>20)
		}
		if errors.Is(err, io.EOF) {
			if first {
				return nil, fmt.Errorf("%s: is empty; the first line must be code,prefix,name", name)
			}
			return banks, nil
		}
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, fmt.Errorf("%s:%d: is not a CSV: %w", name, broken.Line, broken.Err)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		line, _ := reader.FieldPos(0)
		if first {
			cells[0] = strings.TrimPrefix(cells[0], "\ufeff")
			if !slices.EqualFunc(cells, []string{"code", "prefix", "name"}, strings.EqualFold) {
				return nil, fmt.Errorf("%s:%d: the first line must be code,prefix,name", name, line)
			}
			continue
		}
		if err := banks.take(area, cells); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, line, err)
		}
	}
}

// take adds one line of a list.
func (b *Banks) take(area *Area, cells []string) error {
	if len(cells) != 3 {
		return fmt.Errorf("%w instead of 3: code, prefix, name", errors.New(count(len(cells), "column")))
	}
	bank := Bank{Code: strings.TrimSpace(cells[0]), Prefix: strings.TrimSpace(cells[1]), Name: strings.TrimSpace(cells[2])}
	field := area.FieldFor(RoleBank)
	switch {
	case field == nil:
		return fmt.Errorf("%s has no banks", area.Name)
	case bank.Code == "":
		return errors.New("code is empty")
	case digitsIn(bank.Prefix) != len(bank.Prefix) || len(bank.Prefix) > maxPrefix:
		return fmt.Errorf("prefix is not at most %d digits", maxPrefix)
	case len(bank.Name) > maxBankName || !isPrintable(bank.Name):
		return fmt.Errorf("name is not one line of at most %d bytes", maxBankName)
	case len(b.list) == maxBanks:
		return fmt.Errorf("more than %d banks", maxBanks)
	}
	if faults := field.check(Values{field.Name: bank.Code}); len(faults) > 0 {
		return fmt.Errorf("code %s: want %s", faults[0].Problem, faults[0].Want)
	}
	for _, i := range b.byCode[bank.Code] {
		if b.list[i].Prefix == bank.Prefix {
			return errors.New("the same code and prefix stand in an earlier line")
		}
	}
	b.add(bank)
	return nil
}

func isPrintable(text string) bool {
	problem, _ := printable(text, nil)
	return problem == ""
}

func (b *Banks) add(bank Bank) {
	b.byCode[bank.Code] = append(b.byCode[bank.Code], len(b.list))
	b.list = append(b.list, bank)
	if _, taken := b.byPrefix[bank.Prefix]; !taken && bank.Prefix != "" {
		b.byPrefix[bank.Prefix] = bank.Code
	}
}

// Len is the number of entries.
func (b *Banks) Len() int {
	if b == nil {
		return 0
	}
	return len(b.list)
}

// List is every entry, in the order of the files.
func (b *Banks) List() []Bank {
	if b == nil {
		return nil
	}
	return slices.Clone(b.list)
}

// With is a list of both. A bank that more has replaces the one of the same
// code.
func (b *Banks) With(more *Banks) *Banks {
	switch {
	case b.Len() == 0:
		return more
	case more.Len() == 0:
		return b
	}
	both := &Banks{byCode: map[string][]int{}, byPrefix: map[string]string{}}
	for _, bank := range more.list { // first, so that its prefixes win
		both.add(bank)
	}
	for _, bank := range b.list {
		if len(more.byCode[bank.Code]) == 0 {
			both.add(bank)
		}
	}
	return both
}

// Check warns of a bank that is not in the list, and of an account that by
// its first digits belongs to another bank than the one named. Both may be
// right, and the list out of date: they are warnings unless a person asked
// for more. It expects values in canonical form.
func (b *Banks) Check(area *Area, row Values) []Fault {
	bank, account := area.FieldFor(RoleBank), area.FieldFor(RoleAccount)
	if b.Len() == 0 || bank == nil || row[bank.Name] == "" {
		return nil
	}
	code := row[bank.Name]
	entries := b.byCode[code]
	if len(entries) == 0 {
		return []Fault{{bank.Name, "is not in the list of banks", b.wanted(code)}}
	}
	number := row[account.Name]
	if number == "" || area.prefixed != nil && !area.prefixed(row) {
		return nil
	}
	for _, i := range entries {
		if b.list[i].Prefix == "" || strings.HasPrefix(number, b.list[i].Prefix) {
			return nil
		}
	}
	want := "the account's own bank, or the right account"
	if owner := b.owner(number); owner != "" {
		want = "the bank of the account, which is " + owner + " by its first digits, or the right account"
	}
	return []Fault{{account.Name, "does not start like the accounts of the bank named", want}}
}

// owner is the bank whose accounts start like this one, the longest prefix
// first, or "".
func (b *Banks) owner(account string) string {
	for n := min(len(account), maxPrefix); n > 0; n-- {
		if code, ok := b.byPrefix[account[:n]]; ok {
			return code
		}
	}
	return ""
}

// wanted names the code that was probably meant. Spreadsheets with the
// numbers of SPEI (40012) in this column are common: the last three digits of
// one are the first three of the bank's accounts.
func (b *Banks) wanted(code string) string {
	const unsure = "a code of the list; a bank that is missing there can be added to the list"
	if digitsIn(code) == len(code) && len(code) >= 3 {
		if owner, ok := b.byPrefix[code[len(code)-3:]]; ok {
			return "the gateway's code of the bank, which may be " + owner
		}
	}
	if near := b.near(code); near != "" {
		return "a code of the list, perhaps " + near
	}
	return unsure
}

// near is the only code that is one letter away, or "".
func (b *Banks) near(code string) string {
	found := ""
	word := []rune(strings.ToUpper(code))
	for i := range b.list {
		other := b.list[i].Code
		if other == found || !oneOff(word, []rune(strings.ToUpper(other))) {
			continue
		}
		if found != "" {
			return "" // two are as near
		}
		found = other
	}
	return found
}

// oneOff tells whether two words are the same, or one letter was changed,
// left out, added, or swapped with its neighbour.
func oneOff(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return slices.Equal(a[i:], b[i+1:])
	}
	if i >= len(a)-1 || slices.Equal(a[i+1:], b[i+1:]) {
		return true
	}
	return a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
}
