package paypro

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

// documented is a second reading, by hand, of the tables of parameters in
// the gateway's documents: the names in their order, "*" for required ones.
// sign, timestamp and tradeNo are part of every request.
var documented = map[string]string{
	"mexico": "wayCode* amount* customerName* customerMobile customerEmail customerAccountType* customerAccount* identity notifyUrl* remark",
	"india":  "ipAddress* amount* name* mobile* email* bankNumber* bankNCode* notifyUrl* remark",
}

func TestFieldsAreThoseOfTheDocuments(t *testing.T) {
	t.Parallel()
	if len(documented) != len(Areas()) {
		t.Errorf("%d areas, %d read by hand", len(Areas()), len(documented))
	}
	for _, area := range Areas() {
		var names []string
		for _, field := range area.Fields {
			name := field.Name
			if field.Required {
				name += "*"
			}
			names = append(names, name)
		}
		if got := strings.Join(names, " "); got != documented[area.Slug] {
			t.Errorf("%s:\n got %s\nwant %s", area.Name, got, documented[area.Slug])
		}
	}
}

func TestAreasAsDocumented(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		area                   *Area
		payout, query, balance string
		currency               string
		answersTradeNo, body   bool
		paid, failed, unclear  string
	}{
		{mexico, "/v1/paypro/payOut", "/v1/paypro/queryPayOutResult", "/v1/paypro/queryBalance", "MXN", true, false, "0000", "00029 0100019", "0001 00032 0777"},
		{india, "/v1/paypro/payout", "/v1/paypro/queryPayOutResult", "/v1/paypro/queryBalance", "INR", false, true, "0000", "00029 0029", "0001 00032 0777"},
	} {
		a := test.area
		if a.PayoutPath != test.payout || a.QueryPath != test.query || a.BalancePath != test.balance || a.Currency.Code != test.currency ||
			a.AnswersTradeNo != test.answersTradeNo || !a.QueryTradeNo || a.BalanceBody != test.body ||
			!a.QueryTimestamp || a.TimestampAsNumber || a.SignIn != SignInBody || !a.CallbackSigned {
			t.Errorf("%s is not as documented: %+v", a.Name, a)
		}
		for meaning, codes := range map[Meaning]string{
			MeansPaid: test.paid, MeansFailed: test.failed, MeansUnclear: test.unclear, MeansProcessing: "0015",
		} {
			for code := range strings.FieldsSeq(codes) {
				if got := a.Status(code); got.Meaning != meaning || got.Text == "" {
					t.Errorf("%s: status %s means %v %q, want %v", a.Name, code, got.Meaning, got.Text, meaning)
				}
			}
		}
		for _, code := range []string{"5000", "8000"} {
			if a.Outers[code] == "" {
				t.Errorf("%s: outer %s has no words", a.Name, code)
			}
		}
		if a.Status("0777").Text == a.Status("0000").Text || len(a.Assumed) == 0 {
			t.Errorf("%s: texts", a.Name)
		}
	}
}

// plain brings a header into the form in which two are the same to a person.
func plain(header string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, header)
}

func TestEveryHeaderMeansOneField(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		owner := map[string]string{"sign": "sign", "timestamp": "timestamp", "tradeno": "tradeNo", "platformtradeno": "platFormTradeNo"}
		for _, field := range area.Fields {
			for _, name := range slices.Concat([]string{field.Name, field.Label}, field.Wire, field.Aliases) {
				key := plain(name)
				if other, taken := owner[key]; taken && other != field.Name {
					t.Errorf("%s: %q means %s and %s", area.Name, name, other, field.Name)
				}
				if owner[key] = field.Name; key == "" {
					t.Errorf("%s: %s has an empty alias", area.Name, field.Name)
				}
			}
		}
	}
}

func TestExamplesPassTheirOwnRules(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		row := Values{}
		for _, field := range area.Fields {
			row[field.Name] = field.Example
			if field.Example == "" || field.Label == "" {
				t.Errorf("%s: %s has no example or label", area.Name, field.Name)
			}
			if field.Canonical(field.Example) != field.Example {
				t.Errorf("%s: the example of %s is not canonical", area.Name, field.Name)
			}
			if len(field.Wire) > 0 && field.Wire[0] != field.Name {
				t.Errorf("%s: %s travels as %s by default", area.Name, field.Name, field.Wire[0])
			}
		}
		if faults := area.Check(row); len(faults) > 0 {
			t.Errorf("%s: %v", area.Name, faults)
		}
		for _, role := range []Role{RoleAmount, RoleName, RoleAccount, RoleBank, RoleNotify, RoleRemark} {
			if area.FieldFor(role) == nil {
				t.Errorf("%s has no field of role %v", area.Name, role)
			}
		}
		for _, role := range []Role{RoleName, RoleAccount} {
			if !area.FieldFor(role).Personal {
				t.Errorf("%s: role %v is not marked personal", area.Name, role)
			}
		}
		if area.FieldFor(Role(99)) != nil || area.Field("nothing") != nil {
			t.Errorf("%s has a field for everything", area.Name)
		}
	}
}

func TestEmptyRow(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		missing := map[string]bool{}
		for _, fault := range area.Check(Values{}) {
			if fault.Problem != "is empty" || fault.Want == "" {
				t.Errorf("%+v", fault)
			}
			missing[fault.Field] = true
		}
		for _, field := range area.Fields {
			if missing[field.Name] != field.Required {
				t.Errorf("%s: %s required %v, reported %v", area.Name, field.Name, field.Required, missing[field.Name])
			}
		}
	}
}

func TestCanonicalChoices(t *testing.T) {
	t.Parallel()
	kind := mexico.Field("customerAccountType")
	for text, expected := range map[string]string{
		"CLABE": "CLABE", "clabe": "CLABE", "Clabe": "CLABE", "cuenta CLABE": "CLABE", "CLABE interbancaria": "CLABE",
		"DebitCard": "DebitCard", "DEBITCARD": "DebitCard", "debitcard": "DebitCard", "debit card": "DebitCard", "Debit": "DebitCard",
		"Tarjeta": "DebitCard", "TARJETA DE DÉBITO": "DebitCard", "tarjeta de debito": "DebitCard", "Débito": "DebitCard",
		"crédito": "crédito", "": "", "CLABE ": "CLABE ",
	} {
		if got := kind.Canonical(text); got != expected {
			t.Errorf("%q is %q, want %q", text, got, expected)
		}
	}
	for word, choice := range kind.Synonyms {
		if strings.ToLower(word) != word || !slices.Contains(kind.Choices, choice) {
			t.Errorf("synonym %q for %q", word, choice)
		}
	}
	if got := mexico.Field("wayCode").Canonical("banxico"); got != "banxico" {
		t.Errorf("a field without choices was changed to %q", got)
	}
}

func TestLookupArea(t *testing.T) {
	t.Parallel()
	for name, area := range map[string]*Area{
		"mexico": mexico, "MX": mexico, "mx": mexico, "Mexico": mexico, "INDIA": india, "in": india, "india": india,
		"": nil, "atlantis": nil, "mexic": nil,
	} {
		if got, ok := LookupArea(name); got != area || ok != (area != nil) {
			t.Errorf("%q: %v", name, got)
		}
	}
	Areas()[0] = nil // a copy
	if Areas()[0] == nil {
		t.Error("the list can be changed from outside")
	}
	seen := map[string]bool{}
	for _, area := range Areas() {
		for _, name := range []string{area.Code, area.Name, area.Slug} {
			if key := strings.ToLower(name); seen[key] && key != area.Slug {
				t.Errorf("%q is two areas", name)
			}
			seen[strings.ToLower(name)] = true
		}
	}
}
