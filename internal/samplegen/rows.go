package samplegen

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"

	"github.com/bulkpay/bulkpay/paypro"
)

// maker knows how the sheets of an area look.
type maker struct {
	language Language
	sheet    string   // what the sheet of a workbook is called
	columns  []Column // in that language
	row      func(random *rand.Rand, i int) paypro.Values
	// distinct gives a row of a large sheet a payee who is nobody else's, with
	// an account by a number below a billion; nil: rows may look alike.
	distinct func(row paypro.Values, i int, number uint64)
}

// alike is how many rows of a sheet are left to chance. In more of them two
// would look like one payout made twice, or like one payee with two accounts.
const alike = 100

// makers are by [paypro.Area.Code], each in a file of its own.
var makers = map[string]maker{
	"BD": bangladesh,
	"BR": brazil,
	"EG": egypt,
	"ID": indonesia,
	"IN": india,
	"KE": kenya,
	"KR": southKorea,
	"MX": mexico,
	"NG": nigeria,
	"PH": philippines,
	"PK": pakistan,
	"VN": vietnam,
}

func makerOf(area *paypro.Area) maker {
	m, ok := makers[area.Code]
	if !ok {
		panic("no samples for " + area.Name)
	}
	return m
}

// Rows gives n valid rows of an area, without the callback address and the
// payer's IP address, which a sheet does not have ([Constants]). It panics
// for an area it knows no rows of.
func Rows(area *paypro.Area, n int, seed uint64) iter.Seq[paypro.Values] {
	m := makerOf(area)
	return func(yield func(paypro.Values) bool) {
		random := rand.New(rand.NewPCG(seed, uint64(area.Code[0])<<8|uint64(area.Code[1])))
		number := numbers(seed)
		for i := range n {
			row := m.row(random, i)
			if i >= alike && m.distinct != nil {
				m.distinct(row, i, number(i))
			}
			if !yield(row) {
				return
			}
		}
	}
}

// numbers gives each row of a sheet a number of its own, scattered so that
// two sheets hardly share one.
func numbers(seed uint64) func(i int) uint64 {
	const prime = 999_999_937 // so that multiplying by anything gives all numbers below it
	random := rand.New(rand.NewPCG(seed, prime))
	factor, offset := 1+random.Uint64N(prime-1), random.Uint64N(prime)
	return func(i int) uint64 { return (factor*uint64(i) + offset) % prime }
}

// coined is a surname nobody has, another one for each number.
func coined(n int) string {
	syllables := []string{"ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo"}
	name := ""
	for ; n > 0 || name == ""; n /= len(syllables) {
		name += syllables[n%len(syllables)]
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// Constants are the values that come from the configuration and not from a
// sheet.
func Constants() map[string]string {
	return map[string]string{
		"notifyUrl": "https://pay.example.com/callback",
		"ipAddress": "203.0.113.10",
	}
}

func address(name string, i int) string {
	return fmt.Sprintf("%s.%d@example.com", strings.ReplaceAll(strings.ToLower(plain(name)), " ", "."), i+1)
}

// number makes one of so many digits that begins with those given.
func number(random *rand.Rand, begin string, digits int) string {
	rest := digits - len(begin)
	most := uint64(1)
	for range rest {
		most *= 10
	}
	return fmt.Sprintf("%s%0*d", begin, rest, random.Uint64N(most))
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }
