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
	"mexico":      "wayCode* amount* customerName* customerMobile customerEmail customerAccountType* customerAccount* identity notifyUrl* remark",
	"india":       "ipAddress* amount* name* mobile* email* bankNumber* bankNCode* notifyUrl* remark",
	"indonesia":   "amount* customerName* mobile* email* bankAccountNo* bankCode* notifyUrl* remark",
	"pakistan":    "amount* name* customerCert* email* mobile* accountType* bankName* bankNumber* notifyUrl* remark*",
	"vietnam":     "amount* accountName* bankName* bankNumber* notifyUrl* remark",
	"philippines": "amount* accountName* bankName* bankNumber* notifyUrl* remark",
	"kenya":       "amount* remark mobile* notifyUrl",
	"egypt":       "customerName* amount* remark* notifyUrl* walletId*",
	"brazil":      "amount* name* email* mobile* bankType* bankNumber* identityType* userIdentity* notifyUrl* remark*",
	"nigeria":     "amount* bankCode* bankAccountNo* customerName* mobile* email* notifyUrl* remark",
	"southkorea":  "amount* bankCode* bankAccountNo* customerName* mobile* email* notifyUrl* remark",
	"bangladesh":  "amount* walletId* wayCode* notifyUrl* remark",
}

// identifiers are the fields that a sheet must keep as text.
var identifiers = map[string]string{
	"mexico":      "customerMobile customerAccount identity",
	"india":       "mobile bankNumber bankNCode",
	"indonesia":   "mobile bankAccountNo bankCode",
	"pakistan":    "customerCert mobile bankNumber",
	"vietnam":     "bankNumber",
	"philippines": "bankNumber",
	"kenya":       "mobile",
	"egypt":       "walletId",
	"brazil":      "mobile bankNumber userIdentity",
	"nigeria":     "bankCode bankAccountNo mobile",
	"southkorea":  "bankCode bankAccountNo mobile",
	"bangladesh":  "walletId",
}

func TestFieldsAreThoseOfTheDocuments(t *testing.T) {
	t.Parallel()
	if len(documented) != len(Areas()) {
		t.Errorf("%d areas, %d read by hand", len(Areas()), len(documented))
	}
	for _, area := range Areas() {
		var names, ids []string
		for _, field := range area.Fields {
			if field.ID {
				ids = append(ids, field.Name)
			}
			name := field.Name
			if field.Required {
				name += "*"
			}
			names = append(names, name)
		}
		if got := strings.Join(names, " "); got != documented[area.Slug] {
			t.Errorf("%s:\n got %s\nwant %s", area.Name, got, documented[area.Slug])
		}
		if got := strings.Join(ids, " "); got != identifiers[area.Slug] {
			t.Errorf("%s: identifiers\n got %s\nwant %s", area.Name, got, identifiers[area.Slug])
		}
	}
}

// dialect is a second reading, by hand, of everything else.
type dialect struct {
	payout, query, balance string
	currency               string
	flags                  string // see [flagsOf]
	failed, unclear        string // inner codes besides 0000 and 0015
}

var dialects = map[string]dialect{
	"mexico":      {"/v1/paypro/payOut", "/v1/paypro/queryPayOutResult", "/v1/paypro/queryBalance", "MXN", "answers queries query-time callbacks", "00029 0100019", "0001 00032"},
	"india":       {"/v1/paypro/payout", "/v1/paypro/queryPayOutResult", "/v1/paypro/queryBalance", "INR", "queries query-time balance-body callbacks", "00029 0029", "0001"},
	"indonesia":   {"/v1/paypro/payOut", "/v1/paypro/queryPayOutResult", "/v1/paypro/queryBalance", "IDR", "number-time queries query-time balance-body callbacks", "00029", "0001 8000"},
	"pakistan":    {"/v1/payproPK/payout", "/v1/payproPK/queryPayOutResult", "/v1/payproPK/queryBalance", "PKR", "queries query-time balance-body callbacks", "00029", ""},
	"vietnam":     {"/v1/payproVN/payout", "/v1/payproVN/queryPayOutResult", "/v1/payproVN/queryBalance", "VND", "queries query-time balance-body callbacks", "00029 0100019", "00032"},
	"philippines": {"/v1/paypro/payOut", "/v1/paypro/queryPayOutResult", "/v1/paypro/queryBalance", "PHP", "number-time queries query-time balance-body callbacks", "00029", ""},
	"kenya":       {"/api/payout", "/api/queryPayOutResult", "/api/queryBalance", "KES", "balance-body", "00029", ""},
	"egypt":       {"/v1/paypro/payOut", "/v1/paypro/queryPayOutResult", "/v1/paypro/queryBalance", "EGP", "query-time balance-body callbacks", "00029", ""},
	"brazil":      {"/v1/paypro/payout", "/v1/paypro/queryPayOutResult", "/v1/paypro/queryBalance", "BRL", "queries query-time balance-body callbacks", "00029", ""},
	"nigeria":     {"/v1/paypro/payOut", "/v1/paypro/queryPayOutResult", "/v1/paypro/queryBalance", "NGN", "number-time queries query-time balance-body callbacks", "00029", "8000"},
	"southkorea":  {"/v1/paypro/payOut", "/v1/paypro/queryPayOutResult", "/v1/paypro/queryBalance", "KRW", "number-time queries query-time balance-body callbacks", "00029", "0001"},
	"bangladesh":  {"/v1/paypro/payout", "/v1/paypro/queryPayOutResult", "/v1/paypro/queryBalance", "BDT", "queries query-time balance-body callbacks", "00029", ""},
}

func flagsOf(a *Area) string {
	var flags []string
	for _, flag := range []struct {
		set  bool
		name string
	}{
		{a.AnswersTradeNo, "answers"},
		{a.TimestampAsNumber, "number-time"},
		{a.QueryTradeNo, "queries"},
		{a.QueryTimestamp, "query-time"},
		{a.BalanceBody, "balance-body"},
		{a.CallbackSigned, "callbacks"},
	} {
		if flag.set {
			flags = append(flags, flag.name)
		}
	}
	return strings.Join(flags, " ")
}

func TestAreasAsDocumented(t *testing.T) {
	t.Parallel()
	for _, a := range Areas() {
		is := dialect{a.PayoutPath, a.QueryPath, a.BalancePath, a.Currency.Code, flagsOf(a), dialects[a.Slug].failed, dialects[a.Slug].unclear}
		if is != dialects[a.Slug] {
			t.Errorf("%s is not as documented:\n got %+v\nwant %+v", a.Name, is, dialects[a.Slug])
		}
		means := map[string]Meaning{"0000": MeansPaid, "0015": MeansProcessing}
		for code := range strings.FieldsSeq(is.failed) {
			means[code] = MeansFailed
		}
		for code := range strings.FieldsSeq(is.unclear) {
			means[code] = MeansUnclear
		}
		if len(means) != len(a.Statuses) {
			t.Errorf("%s has %d codes, %d were read by hand", a.Name, len(a.Statuses), len(means))
		}
		for code, meaning := range means {
			if got, ok := a.Statuses[code]; !ok || got.Meaning != meaning || got.Text == "" {
				t.Errorf("%s: status %s means %v %q, want %v", a.Name, code, got.Meaning, got.Text, meaning)
			}
		}
		if strange := a.Status("0777"); strange.Meaning != MeansUnclear || strange.Text == "" || len(a.Assumed) == 0 {
			t.Errorf("%s: an undocumented code, or the assumptions: %+v", a.Name, strange)
		}
		for _, code := range []string{"5000", "8000"} {
			if a.Outers[code] == "" {
				t.Errorf("%s: outer %s has no words", a.Name, code)
			}
		}
		decimals := map[string]int{"brazil": 2}[a.Slug]
		if a.Decimals() != decimals || a.Decimals() > a.Currency.Decimals {
			t.Errorf("%s pays %d decimals, want %d", a.Name, a.Decimals(), decimals)
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
		if warnings := area.Warnings(row); len(warnings) > 0 {
			t.Errorf("%s: warnings %v", area.Name, warnings)
		}
		// M-Pesa has neither name nor bank, the wallets of Bangladesh no name,
		// those of Egypt no bank.
		for role, without := range map[Role][]*Area{
			RoleAmount: nil, RoleAccount: nil, RoleNotify: nil, RoleRemark: nil,
			RoleName: {kenya, bangladesh}, RoleBank: {kenya, egypt, brazil},
		} {
			field := area.FieldFor(role)
			if (field == nil) != slices.Contains(without, area) {
				t.Errorf("%s: a field of role %v: %v", area.Name, role, field != nil)
			}
			if field != nil && (role == RoleName || role == RoleAccount) && (!field.Personal || !field.Required) {
				t.Errorf("%s: role %v is not marked personal and required", area.Name, role)
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
