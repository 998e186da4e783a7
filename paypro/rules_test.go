package paypro

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// ruleCases are values of fields with the problem that must be named; "": none.
var ruleCases = []struct {
	area    *Area
	field   string
	value   string
	problem string
}{
	{mexico, "amount", "1", ""},
	{mexico, "amount", "9999999999999", ""},
	{mexico, "amount", "10000000000000", "larger"},
	{mexico, "amount", "0", "zero"},
	{mexico, "amount", "000", "zero"},
	{mexico, "amount", "0200", "starts with a zero"},
	{mexico, "amount", "200.5", "decimals"},
	{mexico, "amount", "200.00", "decimals"},
	{mexico, "amount", "200.001", "decimals"},
	{mexico, "amount", "1,500", "plain number"},
	{mexico, "amount", "1e3", "plain number"},
	{mexico, "amount", "-5", "plain number"},
	{mexico, "amount", "+5", "plain number"},
	{mexico, "amount", " 5", "plain number"},
	{mexico, "amount", "$5", "plain number"},
	{mexico, "amount", "٣", "plain number"},
	{india, "amount", "1500.50", "decimals"},

	{mexico, "wayCode", "BANXICO", ""},
	{mexico, "wayCode", "banxico", "do not belong"},
	{mexico, "wayCode", "BANCO\nX", "line break"},
	{mexico, "wayCode", strings.Repeat("A", 33), "33 characters"},

	{mexico, "customerAccountType", "CLABE", ""},
	{mexico, "customerAccountType", "clabe", "none of the known"},
	{mexico, "customerAccount", "646180000000000009", ""},
	{mexico, "customerAccount", "032180000118359719", ""},
	{mexico, "customerAccount", "032180000118359718", "check digit"},
	{mexico, "customerAccount", "000000000000000000", "code 000"},
	{mexico, "customerAccount", "32180000118359719", "17 digits"},
	{mexico, "customerAccount", "0321800001183597190", "19 digits"},
	{mexico, "customerAccount", "032 180 00011835971 9", "spaces or dashes"},
	{mexico, "customerAccount", "032-18000011835971", "spaces or dashes"},
	{mexico, "customerAccount", "3.2180000118E+16", "rounded number"},
	{mexico, "customerAccount", "03218000011835971X", "other than digits"},
	{mexico, "customerAccount", strings.Repeat("1", 35), "35 characters"},

	{mexico, "customerName", "José Ñandú 工资", ""},
	{mexico, "customerName", "a\tb", "control"},
	{mexico, "customerName", "\xff", "not text"},
	{mexico, "customerName", strings.Repeat("ñ", 140), ""},
	{mexico, "customerName", strings.Repeat("ñ", 141), "141 characters"},
	{mexico, "customerMobile", "", ""},
	{mexico, "customerMobile", "+525512345678", ""},
	{mexico, "customerMobile", "123456", "6 digits"},
	{mexico, "customerMobile", "1234567890123456", "16 digits"},
	{mexico, "customerMobile", "55 1234 5678", "spaces"},

	{mexico, "customerEmail", "maria@example.com", ""},
	{mexico, "customerEmail", "maria@example.co.uk", ""},
	{mexico, "customerEmail", "maria", "not an e-mail"},
	{mexico, "customerEmail", "maria@", "not an e-mail"},
	{mexico, "customerEmail", "@example.com", "not an e-mail"},
	{mexico, "customerEmail", "a@b@example.com", "not an e-mail"},
	{mexico, "customerEmail", "Maria <maria@example.com>", "not an e-mail"},
	{mexico, "customerEmail", "<maria@example.com>", "not an e-mail"},
	{mexico, "customerEmail", "maria@localhost", "no domain"},
	{mexico, "customerEmail", "ma ria@example.com", "not an e-mail"},
	{mexico, "customerEmail", "[email protected]", "not an e-mail"},
	{mexico, "customerEmail", strings.Repeat("a", 250) + "@x.com", "256 characters"},

	{mexico, "notifyUrl", "https://pay.example.com/cb?x=1", ""},
	{mexico, "notifyUrl", "http://127.0.0.1:8481/", ""},
	{mexico, "notifyUrl", "pay.example.com", "not a web address"},
	{mexico, "notifyUrl", "ftp://pay.example.com", "not a web address"},
	{mexico, "notifyUrl", "https://", "not a web address"},
	{mexico, "notifyUrl", "https://u:p@pay.example.com", "password"},
	{mexico, "remark", strings.Repeat("x", 201), "201 characters"},

	{india, "ipAddress", "203.0.113.10", ""},
	{india, "ipAddress", "2001:db8::1", ""},
	{india, "ipAddress", "203.0.113", "not an IP"},
	{india, "ipAddress", "host", "not an IP"},
	{india, "mobile", "6000000000", ""},
	{india, "mobile", "9123456789", ""},
	{india, "mobile", "5123456789", "start with"},
	{india, "mobile", "918234567890", "country code 91"},
	{india, "mobile", "+919123456789", "country code"},
	{india, "mobile", "09123456789", "leading 0"},
	{india, "mobile", "912345678", "9 digits"},
	{india, "mobile", "91234 56789", "spaces"},
	{india, "email", "asha@company.example", ""},
	{india, "bankNumber", "10094038292", ""},
	{india, "bankNumber", "12345", "5 digits"},
	{india, "bankNumber", "1234567890123456789", "19 digits"},
	{india, "bankNumber", "1.00940E+10", "rounded"},
	{india, "bankNCode", "IDFB0043121", ""},
	{india, "bankNCode", "SBIN00A12Z9", ""},
	{india, "bankNCode", "idfb0043121", "small letters"},
	{india, "bankNCode", "IDFBO043121", "letter O"},
	{india, "bankNCode", "IDFB1043121", "no zero"},
	{india, "bankNCode", "IDF10043121", "4 letters"},
	{india, "bankNCode", "IDFB004312", "10 characters"},
	{india, "bankNCode", "IDFB00431-1", "other than"},
	{india, "bankNCode", "IDFB004312É", "other than"},
}

func TestRules(t *testing.T) {
	t.Parallel()
	for _, test := range ruleCases {
		row := payout(test.area, testNo).Values
		row[test.field] = test.value
		var problems []string
		for _, fault := range test.area.Check(row) {
			if fault.Field == test.field {
				problems = append(problems, fault.Problem)
				if fault.Want == "" {
					t.Errorf("%s %q: no remedy", test.field, test.value)
				}
			}
		}
		if len(problems) > 1 {
			t.Errorf("%s %q: described more than once: %q", test.field, test.value, problems)
		}
		got := strings.Join(problems, "")
		if (got == "") != (test.problem == "") || !strings.Contains(got, test.problem) {
			t.Errorf("%s %q: %q, want %q", test.field, test.value, got, test.problem)
		}
	}
}

func TestDebitCards(t *testing.T) {
	t.Parallel()
	for value, problem := range map[string]string{
		"4242424242424242": "", "5555555555554444": "", "4242424242424241": "check digit", "0000000000000000": "check digit",
		"424242424242424": "15 digits", "4242 4242 4242 4242": "spaces", "4.24242424242424E+15": "rounded",
	} {
		row := payout(mexico, testNo).Values
		row["customerAccountType"], row["customerAccount"] = "DebitCard", value
		faults := mexico.Check(row)
		if problem == "" && len(faults) > 0 || problem != "" && (len(faults) != 1 || !strings.Contains(faults[0].Problem, problem)) {
			t.Errorf("%s: %v, want %q", value, faults, problem)
		}
		row["customerAccountType"] = "Savings" // which check applies cannot be known
		if faults := mexico.Check(row); len(faults) != 1 || faults[0].Field != "customerAccountType" {
			t.Errorf("unknown kind: %v", faults)
		}
	}
}

func drawDigits(t *rapid.T, n int) string {
	return rapid.StringMatching(`[1-9][0-9]{`+string(rune('0'+(n-1)/10))+string(rune('0'+(n-1)%10))+`}`).Draw(t, "digits")
}

// TestMistypedDigits: a single wrong digit is always caught. Of two
// neighbours swapped, the CLABE's weights miss exactly pairs whose digits
// differ by 5 (all weights differ by an even number), and Luhn misses 09
// and 90. This states what the check digits can do, and no more.
func TestMistypedDigits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body := drawDigits(t, 17)
		account := body + string(clabeCheckDigit(body))
		if problem, _ := clabe(account); problem != "" {
			t.Fatalf("%s: %s", account, problem)
		}
		body = drawDigits(t, 15)
		card := ""
		for digit := '0'; digit <= '9'; digit++ {
			if luhn(body + string(digit)) {
				card += string(digit)
			}
		}
		if len(card) != 1 {
			t.Fatalf("%s has %d check digits", body, len(card))
		}
		mistype(t, account, clabe, func(a, b byte) bool { return a-b == 5 || b-a == 5 })
		mistype(t, body+card, debitCard, func(a, b byte) bool { return a == '0' && b == '9' || a == '9' && b == '0' })
	})
}

// mistype tries every wrong digit and every swap of neighbours. missed tells
// which swaps the check digit cannot see.
func mistype(t *rapid.T, good string, check func(string) (string, string), missed func(a, b byte) bool) {
	for i := range len(good) {
		for digit := byte('0'); digit <= '9'; digit++ {
			wrong := good[:i] + string(digit) + good[i+1:]
			if problem, _ := check(wrong); wrong != good && problem == "" {
				t.Fatalf("%s passes for %s", wrong, good)
			}
		}
		if i == 0 || good[i] == good[i-1] {
			continue
		}
		swapped := good[:i-1] + string(good[i]) + string(good[i-1]) + good[i+1:]
		if strings.HasPrefix(swapped, "000") {
			continue
		}
		if problem, _ := check(swapped); (problem == "") != missed(good[i-1], good[i]) {
			t.Fatalf("%s swapped to %s: %q", good, swapped, problem)
		}
	}
}

// TestFaultsNeverHoldTheValue looks for a marker, and for any longer piece
// of the value, in what is said about it.
func TestFaultsNeverHoldTheValue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		area := rapid.SampledFrom(Areas()).Draw(t, "area")
		row := Values{}
		for _, field := range area.Fields {
			before := rapid.SampledFrom([]string{"", "+", "91", "000", "\n", "\xff", "a@", "https://u:p@", " "}).Draw(t, "before")
			after := rapid.SampledFrom([]string{"", "@x", ".", "é", strings.Repeat("9", 600)}).Draw(t, "after")
			row[field.Name] = before + rapid.SampledFrom([]string{"QZ7K4W", "7391846205"}).Draw(t, "marker") + after
		}
		if rapid.Bool().Draw(t, "clabe") {
			row["customerAccountType"] = "CLABE"
		}
		for _, fault := range area.Check(row) {
			for _, text := range []string{fault.Problem, fault.Want, fault.Field} {
				if strings.Contains(text, "QZ7K4W") || strings.Contains(text, "7391846205") {
					t.Fatalf("%+v", fault)
				}
			}
		}
	})
}
