package paypro

import (
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"
)

// A second computation of every identifier with a form of its own, written
// from the definitions and not from the rules under test.

// weighed is the sum of the digits, or characters counted from '0', times
// their weights.
func weighed(text string, weights ...int) int {
	sum := 0
	for i := range len(text) {
		sum += int(text[i]-'0') * weights[i]
	}
	return sum
}

var expressions sync.Map // of patterns to *regexp.Regexp

func matches(pattern, text string) bool {
	known, ok := expressions.Load(pattern)
	if !ok {
		known, _ = expressions.LoadOrStore(pattern, regexp.MustCompile(`\A(?:`+pattern+`)\z`))
	}
	return known.(*regexp.Regexp).MatchString(text)
}

func isCLABE(text string) bool {
	if !matches(`[0-9]{18}`, text) || text[:3] == "000" {
		return false
	}
	sum := 0
	for i, weight := range []int{3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7} {
		sum += weighed(text[i:i+1], weight) % 10
	}
	return (sum+int(text[17]-'0'))%10 == 0
}

func isCard(text string) bool {
	if !matches(`[0-9]{16}`, text) || strings.Trim(text, "0") == "" {
		return false
	}
	sum := 0
	for i := 0; i < 16; i += 2 { // of sixteen digits the first is doubled
		double := int(text[i]-'0') * 2
		sum += double/10 + double%10 + int(text[i+1]-'0')
	}
	return sum%10 == 0
}

// mod11 is the check digit of Brazil: ten times the sum, modulo 11, ten
// being zero.
func mod11(sum int) byte { return byte('0' + sum*10%11%10) }

func isCPF(text string) bool {
	return matches(`[0-9]{11}`, text) && strings.Count(text, text[:1]) < 11 &&
		text[9] == mod11(weighed(text[:9], 10, 9, 8, 7, 6, 5, 4, 3, 2)) &&
		text[10] == mod11(weighed(text[:10], 11, 10, 9, 8, 7, 6, 5, 4, 3, 2))
}

func isCNPJ(text string) bool {
	return matches(`[0-9A-Z]{12}[0-9]{2}`, text) && strings.Count(text, text[:1]) < 14 &&
		text[12] == mod11(weighed(text[:12], 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) &&
		text[13] == mod11(weighed(text[:13], 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))
}

func isIBAN(text string) bool {
	if !matches(`PK[0-9]{2}[0-9A-Z]{20}`, text) {
		return false
	}
	digits := ""
	for _, c := range text[4:] + text[:4] {
		if c >= 'A' {
			digits += string('0'+(c-'A'+10)/10) + string('0'+(c-'A'+10)%10)
		} else {
			digits += string(c)
		}
	}
	rest := 0
	for _, c := range digits {
		rest = (rest*10 + int(c-'0')) % 97
	}
	return rest == 1
}

// identifier is one kind of identifier: the rule that decides on it, what it
// must agree with, and whether every single wrong digit shows.
type identifier struct {
	check   Rule
	is      func(string) bool
	checked func(good string) bool // nil: there is no check digit
	seeds   []string
}

func plainRule(check func(string) (string, string)) Rule {
	return func(value string, _ Values) (string, string) { return check(value) }
}

func always(string) bool { return true }

// notZero: two rests of eleven share the check digit 0. A wrong digit moves the
// rest of a CPF or CNPJ always, and so is seen in the first check digit, unless
// that is 0 and stays so. (The second alone is not enough: it weighs the first
// digit of a CPF with eleven, that is, not at all.)
func notZero(good string) bool { return good[len(good)-2] != '0' }

var kindsOfID = map[string]identifier{
	"CLABE": {plainRule(clabe), isCLABE, always, []string{"646180000000000009", "032180000118359719", "000000000000000000", "3.2180000118E+16"}},
	"card":  {plainRule(debitCard), isCard, always, []string{"4242424242424242", "5555555555554444", "0000000000000000", "4242 4242 4242 4242"}},
	"IFSC": {ifsc, func(text string) bool { return matches(`[A-Z]{4}0[A-Z0-9]{6}`, text) }, nil, []string{
		"IDFB0043121", "SBIN00A12Z9", "IDFBO043121", "idfb0043121", "IDFB004312É",
	}},
	"CPF":  {plainRule(cpf), isCPF, notZero, []string{"52998224725", "18171847099", "11111111111", "529.982.247-25", "18171847084"}},
	"CNPJ": {plainRule(cnpj), isCNPJ, notZero, []string{"11222333000181", "12ABC34501DE35", "00000000000000", "12abc34501de35"}},
	"CNIC": {cnic, func(text string) bool { return matches(`[1-9][0-9]{12}`, text) }, nil, []string{"1730123456789", "0730123456789", "17301-2345678-9"}},
	"EVP": {plainRule(evp), func(text string) bool {
		return matches(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`, text)
	}, nil, []string{"123e4567-e12b-12d1-a456-426655440000", "123E4567-e12b-12d1-a456-426655440000", "123e4567e12b12d1a456426655440000"}},
	"PIX phone": {plainRule(pixPhone), func(text string) bool { return matches(`\+55[0-9]{10,11}`, text) }, nil, []string{"+5511961234567", "+551132123456", "5511961234567"}},
	"account of Pakistan": {pakistaniAccount, func(text string) bool {
		return isIBAN(text) || matches(`[0-9]{6,24}`, text)
	}, nil, []string{"PK36SCBL0000001123456702", "PK36SCBL0000001123456703", "9876543210", "PK", "PKÀ"}},
	"mobile of India":      {indianMobile, func(text string) bool { return matches(`[6-9][0-9]{9}`, text) }, nil, []string{"9123456789", "919123456789", "+919123456789"}},
	"mobile of Indonesia":  {indonesianMobile, func(text string) bool { return matches(`(08[0-9]{8,11}|628[0-9]{7,10})`, text) }, nil, []string{"081234567890", "6281245907765", "81234567890"}},
	"mobile of Pakistan":   {pakistaniMobile, func(text string) bool { return matches(`3[0-9]{9}`, text) }, nil, []string{"3115112345", "03115112345"}},
	"mobile of Kenya":      {kenyanMobile, func(text string) bool { return matches(`254[17][0-9]{8}`, text) }, nil, []string{"254115555088", "254712345678", "0712345678", "+254712345678"}},
	"wallet of Bangladesh": {bangladeshiWallet, func(text string) bool { return matches(`01[0-9]{9}`, text) }, nil, []string{"01712345678", "01123456789", "8801712345678"}},
	"phone of any country": {phone, func(text string) bool { return matches(`\+?[0-9]{7,15}`, text) }, nil, []string{"15875595997", "+5215512345678", "+", "++1234567"}},
	"account of Vietnam":   {digitsBetween("an account number", 5, 24), func(text string) bool { return matches(`[0-9]{5,24}`, text) }, nil, []string{"18199852", "1.8E+7"}},
}

// agree holds a rule against the second computation, and changes one digit of
// what both accept.
func (k identifier) agree(t interface{ Fatalf(string, ...any) }, name, value string) {
	problem, remedy := k.check(value, nil)
	accepted := problem == ""
	if accepted != k.is(value) || accepted != (remedy == "") {
		t.Fatalf("%s %q: %q, %q; computed again: %v", name, value, problem, remedy, k.is(value))
	}
	if !accepted || k.checked == nil || !k.checked(value) {
		return
	}
	for i := range len(value) {
		if value[i] < '0' || value[i] > '9' {
			continue // a letter of a CNPJ, eleven places from a digit
		}
		for digit := byte('0'); digit <= '9'; digit++ {
			wrong := value[:i] + string(digit) + value[i+1:]
			if problem, _ := k.check(wrong, nil); wrong != value && problem == "" {
				t.Fatalf("%s: %s passes for %s", name, wrong, value)
			}
		}
	}
}

// TestMadeIDs draws identifiers that are right by the second computation: the
// rule takes each, and sees every wrong digit that it can.
func TestMadeIDs(t *testing.T) {
	t.Parallel()
	made := map[string]func(*rapid.T) string{
		"CLABE": func(t *rapid.T) string { return completed(t, `[1-9][0-9]{16}`, 1, isCLABE) },
		"card":  func(t *rapid.T) string { return completed(t, `[1-9][0-9]{14}`, 1, isCard) },
		"CPF":   func(t *rapid.T) string { return completed(t, `[0-9]{9}`, 2, isCPF) },
		"CNPJ":  func(t *rapid.T) string { return completed(t, `[0-9A-Z]{12}`, 2, isCNPJ) },
		"account of Pakistan": func(t *rapid.T) string {
			body := rapid.StringMatching(`[A-Z]{4}[0-9]{16}`).Draw(t, "body")
			for check := range 100 {
				if iban := "PK" + string('0'+rune(check/10)) + string('0'+rune(check%10)) + body; isIBAN(iban) {
					return iban
				}
			}
			t.Fatalf("%s has no check digits", body)
			return ""
		},
	}
	for name, draw := range made {
		rapid.Check(t, func(t *rapid.T) {
			value := draw(t)
			if problem, _ := kindsOfID[name].check(value, nil); value != "" && problem != "" {
				t.Fatalf("%s %s: %s", name, value, problem)
			}
			if value != "" {
				kindsOfID[name].agree(t, name, value)
			}
		})
	}
}

// completed draws the body of an identifier and adds the check digits, of
// which there is one choice; "" if the body is one digit throughout.
func completed(t *rapid.T, body string, digits int, is func(string) bool) string {
	text := rapid.StringMatching(body).Draw(t, "body")
	if strings.Count(text, text[:1]) == len(text) {
		return ""
	}
	found := ""
	for check := range map[int]int{1: 10, 2: 100}[digits] {
		whole := text + string('0'+rune(check%10))
		if digits == 2 {
			whole = text + string('0'+rune(check/10)) + string('0'+rune(check%10))
		}
		if is(whole) {
			if found != "" {
				t.Fatalf("%s has two check digits", text)
			}
			found = whole
		}
	}
	if found == "" {
		t.Fatalf("%s has no check digits", text)
	}
	return found
}

// TestWhatPassesQuicklyIsKnown: the quick way about the library of numbering
// plans never lets a number pass that the library does not know.
func TestWhatPassesQuicklyIsKnown(t *testing.T) {
	t.Parallel()
	for region, starts := range map[string]string{
		"MX": `(\+?52)?[1-9]`, "BR": `(\+?55|0)?[1-9]{2}[6-9]`, "NG": `(\+?234|0)?[7-9][01]`, "KR": `(\+?82|0)?10`,
		"EG": `(\+?20|0)?1[0125]`, "BD": `(\+?880|0)?1[3-9]`, "PH": `(\+?63|0)?9`,
	} {
		plan, quick := planOf(region), 0
		rapid.Check(t, func(t *rapid.T) {
			// Many at once, or a short run may draw none that passes.
			for _, value := range rapid.SliceOfN(rapid.StringMatching(starts+`[0-9]{6,9}`), 20, 20).Draw(t, "numbers") {
				if !plan.has(value) {
					continue
				}
				quick++
				number, err := phonenumbers.Parse(value, region)
				if err != nil || !phonenumbers.IsValidNumber(number) {
					t.Fatalf("%s: %s passes and is not known: %v", region, value, err)
				}
			}
		})
		if quick == 0 {
			t.Errorf("%s: no number passes quickly", region)
		}
	}
}
