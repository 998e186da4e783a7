package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// tries are values of one parameter of one area: those that are taken, and those that are refused.
type tries struct {
	slug, name  string
	good, wrong []any
}

var nationalTries = []tries{
	{"indonesia", "mobile", []any{"0812345678", "6281245907765"}, []any{"812345678901", "081234567", "62812345678901", "+6281245907765"}},
	{"indonesia", "bankCode", []any{"0014"}, []any{"2", "00002", "BCA0"}},
	{"indonesia", "bankAccountNo", []any{"0012", strings.Repeat("1", 34)}, []any{"012", "12-34", strings.Repeat("1", 35)}},
	{"indonesia", "amount", []any{json.Number("1")}, []any{"100000", json.Number("1e5"), json.Number("100000.0"), json.Number("-1"), json.Number("0")}},
	{"indonesia", "timestamp", []any{json.Number("1795000000001")}, []any{"1795000000000", json.Number("1795000000")}},
	{"pakistan", "customerCert", []any{"3520112345671"}, []any{"35201-1234567-1", "352011234567", "35201123456711", "0520112345671"}},
	{"pakistan", "mobile", []any{"3001234567"}, []any{"03001234567", "923001234567", "300123456", "4001234567"}},
	{"pakistan", "accountType", []any{"BANK", "WALLET"}, []any{"bank", "IBAN"}},
	{"pakistan", "bankNumber", []any{"PK36SCBL0000001123456702", "03001234567"}, []any{"PK36 SCBL"}},
	{"pakistan", "amount", []any{"1"}, []any{"0", "1.5", json.Number("5")}},
	{"pakistan", "timestamp", []any{"1730057564", "1730057564000"}, []any{"173005756", "0730057564", json.Number("1730057564")}},
	{"vietnam", "accountName", []any{"nguyen VAN a"}, []any{"Nguyễn Văn A", "NGUYEN-A", "NGUYEN 2", " "}},
	{"vietnam", "amount", []any{"50000", "999999999"}, []any{"49999", "50000.5", "50,000"}},
	{"philippines", "amount", []any{"1"}, []any{"100.5"}},
	{"philippines", "timestamp", []any{"1795000000000", json.Number("1795000000000")}, nil},
	{"kenya", "mobile", []any{"254112345678", "254712345678"}, []any{"254212345678", "0712345678", "25471234567", "2547123456789", "+254712345678"}},
	{"kenya", "amount", []any{"1", "49", "50"}, []any{"50.0", "0"}},
	{"kenya", "notifyUrl", []any{"http://127.0.0.1:9/"}, []any{"nowhere"}},
	{"egypt", "amount", []any{"100", "10000"}, []any{"99", "10001", "100.0"}},
	{"egypt", "walletId", []any{"01112345678"}, []any{"1112345678", "0111234567", "201112345678"}},
	{"egypt", "timestamp", []any{"1795000000000", json.Number("1795000000000")}, nil},
	{"brazil", "amount", []any{"0.01", "0.5", "10.50", "7"}, []any{"0", "0.00", "00.5", ".5", "5.", "1.005", "1,50", "1e2", "+1", json.Number("1")}},
	{"brazil", "timestamp", nil, []any{json.Number("1795000000000")}},
	{"brazil", "userIdentity", []any{"11144477735"}, []any{"18171847084", "00000000000", "111.444.777-35", "1114447773", "52998224735"}},
	{"brazil", "mobile", []any{"+5511987654321", "12345678"}, []any{"1234567", "11 98765"}},
	{"brazil", "identityType", nil, []any{"EMAIL", "RG"}},
	{"nigeria", "bankCode", []any{"058", "000013"}, []any{"58", "GTB"}},
	{"nigeria", "bankAccountNo", []any{"0123456789"}, []any{"0123 456"}},
	{"nigeria", "amount", []any{"1"}, []any{"1.0"}},
	{"southkorea", "bankAccountNo", []any{"11012345678"}, []any{"110-123-45678"}},
	{"southkorea", "mobile", []any{"01012345678", "+821012345678"}, []any{"010-1234-5678"}},
	{"southkorea", "email", nil, []any{"nobody"}},
	{"bangladesh", "wayCode", []any{"BKASH", "NAGAD", "EWALLET_BKASH", "EWALLET_NAGAD"}, []any{"EWALLET_ROCKET", "ROCKET", "bkash"}},
	{"bangladesh", "walletId", []any{"01712345678"}, []any{"1712345678", "8801712345678"}},
}

func TestNationalRules(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	n := 0
	for _, try := range nationalTries {
		c := caseOf(try.slug)
		for i, value := range slices.Concat(try.good, try.wrong) {
			n++
			r := b.placeIn(c, fmt.Sprint("A", n), body{try.name: value})
			if i < len(try.good) {
				if r.status() != "0000" {
					t.Errorf("%s %s %v: %s", try.slug, try.name, value, r.text)
				}
			} else if r.Code != "8000" || !strings.HasPrefix(r.Msg, try.name+" ") {
				t.Errorf("%s %s %v: %s", try.slug, try.name, value, r.text)
			}
		}
	}
}

func TestAmountLimitsAreNamed(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	for _, c := range []struct{ slug, amount, msg string }{
		{"vietnam", "49999", "amount is less than 50000"},
		{"egypt", "99", "amount is less than 100"},
		{"egypt", "10001", "amount is more than 10000"},
	} {
		if r := b.placeIn(caseOf(c.slug), "A1", body{"amount": c.amount}); r.Msg != c.msg {
			t.Errorf("%s %s: %q", c.slug, c.amount, r.Msg)
		}
	}
}

func TestPIXKeys(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	n := 0
	for kind, values := range map[string][2][]string{
		"CPF":   {{"52998224725", "11144477735"}, {"52998224726", "10094038292", "11222333000181", "99999999999", ""}},
		"CNPJ":  {{"11222333000181", "12ABC34501DE35"}, {"11222333000182", "12ABC34501DE36", "12abc34501de35", "52998224725", "00000000000000"}},
		"EMAIL": {{"a@b.example"}, {"a@b", "52998224725"}},
		"PHONE": {
			{"+5511987654321", "5511987654321", "11987654321", "1187654321"},
			{"+111987654321", "987654321", "01187654321", "+55", "551198765432100"},
		},
		"EVP": {
			{"123e4567-e89b-12d3-a456-426655440000", "123E4567-E89B-12D3-A456-426655440000"},
			{"123e4567e89b12d3a456426655440000", "123e4567-e89b-12d3-a456-42665544000g", "123e4567-e89b-12d3-a456_426655440000"},
		},
	} {
		for i, value := range slices.Concat(values[0], values[1]) {
			n++
			r := b.placeIn(caseOf("brazil"), fmt.Sprint("A", n), body{"bankType": kind, "bankNumber": value})
			if i < len(values[0]) {
				if r.status() != "0000" {
					t.Errorf("%s %s: %s", kind, value, r.text)
				}
			} else if r.Code != "8000" || !strings.HasPrefix(r.Msg, "bankNumber is ") {
				t.Errorf("%s %s: %s", kind, value, r.text)
			}
		}
	}
	r := b.placeIn(caseOf("brazil"), "B1", body{"identityType": "CNPJ"})
	if r.Msg != "userIdentity is not of its identityType" {
		t.Errorf("a CPF as CNPJ: %s", r.text)
	}
}

// Half of what does not take cents is whole.
func TestPartOfAnAmount(t *testing.T) {
	t.Parallel()
	o := &order{area: &southKorea, amount: 101 * hundredths}
	if got := o.paid("0001"); got != 50*hundredths {
		t.Error(got)
	}
	o = &order{area: &brazil, amount: 1051}
	if got := o.paid("0001"); got != 525 {
		t.Error(got)
	}
}

func TestAmountStyles(t *testing.T) {
	t.Parallel()
	for units, want := range map[int64]string{
		0:      `"0" "0.00" "0.0000" 0.00 0.0000`,
		5:      `"0.05" "0.05" "0.0500" 0.05 0.0500`,
		30000:  `"300" "300.00" "300.0000" 300.00 300.0000`,
		30050:  `"300.50" "300.50" "300.5000" 300.50 300.5000`,
		-30001: `"-300.01" "-300.01" "-300.0100" -300.01 -300.0100`,
	} {
		var got []string
		for _, style := range []amountStyle{plainString, string2, string4, number2, number4} {
			got = append(got, string(style.append(nil, units)))
		}
		if all := strings.Join(got, " "); all != want {
			t.Errorf("%d: %s, want %s", units, all, want)
		}
	}
}

// The signature of Brazil stands in the body or in the header, that of the others in the body.
func TestSignInOnePlace(t *testing.T) {
	t.Parallel()
	b := setup(t, Options{})
	for _, c := range areaCases {
		m := c.placement("H1", nil)
		signed := sign(m, testSecret)
		header := map[string]string{"sign": signed["sign"].(string)}
		inHeader := b.post(c.place, encode(t, m), header)
		inBoth := b.post(c.place, encode(t, signed), header)
		if c.slug != "brazil" {
			for _, r := range []reply{inHeader, inBoth} {
				if r.Msg != "sign belongs in the body" {
					t.Errorf("%s: %s", c.slug, r.text)
				}
			}
			continue
		}
		if inHeader.status() != "0000" || inBoth.Msg != "sign is given twice" {
			t.Errorf("%s\n%s", inHeader.text, inBoth.text)
		}
		if r := b.post(c.place, encode(t, m), map[string]string{"sign": strings.Repeat("0", 32)}); r.Msg != "signature is not valid" {
			t.Errorf("%s", r.text)
		}
		b.headerAsks(c)
	}
	seen := map[string]int{}
	for _, a := range b.Stats().Answers {
		if a.Area == "brazil" && a.Code == "0000" {
			seen[a.Endpoint+" "+a.Sign] += a.Count
		}
	}
	want := map[string]int{"placement header": 1, "query header": 1, "query body": 1, "balance header": 1, "balance body": 1}
	if !maps.Equal(seen, want) {
		t.Errorf("%v", seen)
	}
}

// headerAsks queries and asks for the balance, signed in either place.
func (b *bench) headerAsks(c areaCase) {
	b.t.Helper()
	for path, m := range map[string]body{
		c.query:   {"tradeNo": "H1", "timestamp": "1795000000000"},
		c.balance: {"timestamp": "1795000000000"},
	} {
		signed := sign(m, testSecret)
		for _, r := range []reply{
			b.post(path, encode(b.t, signed), nil),
			b.post(path, encode(b.t, m), map[string]string{"sign": signed["sign"].(string)}),
		} {
			if r.Code != "0000" {
				b.t.Errorf("%s: %s", path, r.text)
			}
		}
	}
}

func TestKenyaIsOfAnotherMake(t *testing.T) {
	t.Parallel()
	b := setup(t, callbackOptions())
	c := caseOf("kenya")
	if r := b.placeIn(c, "A1", body{"notifyUrl": nil}); r.status() != "0000" {
		t.Errorf("without notifyUrl: %s", r.text)
	}
	eventually(t, b, CallbackStats{NotCalled: 1})
	m := sign(body{"tradeNo": "A1", "timestamp": "1795000000000"}, testSecret)
	if r := b.post(c.query, encode(t, m), nil); r.Msg != "unknown parameter timestamp" {
		t.Errorf("query with a timestamp: %s", r.text)
	}
	if r := b.placeIn(c, "A2", body{"timestamp": json.Number("1795000000000")}); r.status() != "0000" {
		t.Errorf("timestamp as a number: %s", r.text)
	}
}
