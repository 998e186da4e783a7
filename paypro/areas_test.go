package paypro

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// What every area must hold to, one that is added tomorrow included. What an
// area says is held against a reading by hand in area_test.go.

func TestEveryAreaIsItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	var names []string
	for _, area := range Areas() {
		names = append(names, area.Name)
		for kind, value := range map[string]string{"code": area.Code, "slug": area.Slug, "name": area.Name, "currency": area.Currency.Code} {
			if other, taken := seen[kind+value]; taken {
				t.Errorf("%s and %s have the same %s", area.Name, other, kind)
			}
			seen[kind+value] = area.Name
		}
		if !regexp.MustCompile(`^[A-Z]{2}$`).MatchString(area.Code) || !regexp.MustCompile(`^[a-z]+$`).MatchString(area.Slug) {
			t.Errorf("%s: code %q, slug %q", area.Name, area.Code, area.Slug)
		}
		if strings.ToLower(strings.ReplaceAll(area.Name, " ", "")) != area.Slug {
			t.Errorf("%s has the slug %q", area.Name, area.Slug)
		}
		for _, path := range []string{area.PayoutPath, area.QueryPath, area.BalancePath} {
			if !regexp.MustCompile(`^(/[A-Za-z0-9]+)+$`).MatchString(path) {
				t.Errorf("%s: path %q", area.Name, path)
			}
		}
		if area.PayoutPath == area.QueryPath || area.QueryPath == area.BalancePath || area.PayoutPath == area.BalancePath {
			t.Errorf("%s: two calls have one path", area.Name)
		}
		for place := range slices.Values(area.SignPlaces) {
			if place != SignInBody && place != SignInHeader {
				t.Errorf("%s: the signature stands in %q", area.Name, place)
			}
		}
		if _, err := os.Stat("area_" + area.Slug + ".go"); err != nil {
			t.Errorf("%s has no file of its own: %v", area.Name, err)
		}
	}
	if !slices.IsSorted(names) || len(names) != 12 {
		t.Errorf("areas %v", names)
	}
}

// headerKey brings a header into the form in which two are the same to a
// reader of sheets: letters and digits without accents, and one word for all
// the short forms of number.
func headerKey(header string) string {
	var words []string
	for _, word := range strings.FieldsFunc(norm.NFD.String(header), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	}) {
		word = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return unicode.ToLower(r)
		}, word)
		switch word {
		case "no", "nro", "num", "nr", "number":
			word = "numero"
		}
		words = append(words, word)
	}
	return strings.Join(words, "")
}

func TestNoWordMeansTwoFields(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		owner := map[string]string{"sign": "", "timestamp": "", "tradeno": "", "tradenumero": "", "platformtradeno": "", "numero": ""}
		labels := map[string]string{}
		for _, field := range area.Fields {
			if other, taken := labels[field.Label]; taken {
				t.Errorf("%s: %s and %s are both called %q", area.Name, field.Name, other, field.Label)
			}
			labels[field.Label] = field.Name
			for _, name := range slices.Concat([]string{field.Name, field.Label}, field.Wire) {
				if other, taken := owner[headerKey(name)]; taken && other != field.Name {
					t.Errorf("%s: %q means %s and %s", area.Name, name, field.Name, other)
				}
				owner[headerKey(name)] = field.Name
			}
		}
		for _, field := range area.Fields {
			own := map[string]bool{}
			for _, alias := range field.Aliases {
				key := headerKey(alias)
				if other, taken := owner[key]; taken && other != field.Name || key == "" {
					t.Errorf("%s: %q means %s and %s", area.Name, alias, field.Name, other)
				}
				if owner[key] = field.Name; own[alias] {
					t.Errorf("%s: %s has %q twice", area.Name, field.Name, alias)
				}
				own[alias] = true
			}
		}
	}
}

// TestWordsThatStandAboveOtherColumns: a sheet has these beside the column
// that is meant, every day.
func TestWordsThatStandAboveOtherColumns(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		for _, word := range []string{
			"Total", "Salary", "Gross", "Fee", "Tax", "Bonus", "Balance", "Date", "Status", "Reason", "Reference", "Description",
			"Note", "Notes", "Comment", "Comments", "Memo", "Department", "Currency", "ID", "No.", "#", "Code", "Number",
			"Referencia", "Observaciones", "Descripcion", "Salario", "Sueldo", "Descrição", "Gaji", "Catatan", "Ghi chú", "Lương", "비고", "급여",
		} {
			for _, field := range area.Fields {
				for _, name := range slices.Concat([]string{field.Name, field.Label}, field.Wire, field.Aliases) {
					if headerKey(name) == headerKey(word) {
						t.Errorf("%s: %q is taken for %s", area.Name, word, field.Name)
					}
				}
			}
		}
	}
}

// TestEachFieldMissingAlone: a required field that is missing is reported,
// and nothing else; an optional one is not.
func TestEachFieldMissingAlone(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		for _, field := range area.Fields {
			row := payout(area, testNo).Values
			delete(row, field.Name)
			faults := area.Check(row)
			switch {
			case !field.Required && len(faults) > 0:
				t.Errorf("%s without %s: %v", area.Name, field.Name, faults)
			case field.Required && (len(faults) != 1 || faults[0].Field != field.Name || faults[0].Problem != "is empty"):
				t.Errorf("%s without %s: %v", area.Name, field.Name, faults)
			}
		}
	}
}

// TestExamplesFitTheirBanks: a template shows the examples side by side.
func TestExamplesFitTheirBanks(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		row := Values{}
		for _, field := range area.Fields {
			row[field.Name] = field.Example
		}
		if faults := ShippedBanks(area).Check(area, row); len(faults) > 0 {
			t.Errorf("%s: %v", area.Name, faults)
		}
	}
}

func TestChoicesOfEveryArea(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		for _, field := range area.Fields {
			if (len(field.Synonyms) > 0 || len(field.WireChoices) > 0) && len(field.Choices) == 0 {
				t.Errorf("%s: %s has words for no choices", area.Name, field.Name)
			}
			for _, choice := range field.Choices {
				if field.Canonical(strings.ToLower(choice)) != choice {
					t.Errorf("%s: %s in small letters is not %s", area.Name, choice, choice)
				}
			}
			for word, choice := range field.Synonyms {
				if strings.ToLower(word) != word || !slices.Contains(field.Choices, choice) || field.Canonical(strings.ToUpper(word)) != choice {
					t.Errorf("%s: %s: %q for %q", area.Name, field.Name, word, choice)
				}
			}
			for choice, spellings := range field.WireChoices {
				if !slices.Contains(field.Choices, choice) || len(spellings) < 2 || spellings[0] != choice {
					t.Errorf("%s: %s: %q travels as %q", area.Name, field.Name, choice, spellings)
				}
			}
		}
	}
}

// TestCodesOfEveryArea holds every code that an area lists, where it may
// come, against what it must mean.
func TestCodesOfEveryArea(t *testing.T) {
	t.Parallel()
	kinds := map[Meaning]verdictWant{
		MeansPaid: isPaid, MeansProcessing: isProcessing, MeansFailed: isFailed, MeansUnclear: doubt(ReasonUnclearStatus),
	}
	for _, area := range Areas() {
		c := newClient(t, area, "https://gateway.invalid", nil)
		r := payout(area, testNo)
		place := func(body string) Verdict {
			return c.judgePlacement(exchange{status: http.StatusOK, body: []byte(body), left: true}, r)
		}
		query := func(body string) Verdict {
			return c.judgeQuery(exchange{status: http.StatusOK, body: []byte(body), left: true}, r)
		}
		for code, status := range area.Statuses {
			inner := accepted(`"status":"` + code + `"`)
			want(t, place(inner), kinds[status.Meaning].kind, kinds[status.Meaning].reason)
			want(t, query(inner), kinds[status.Meaning].kind, kinds[status.Meaning].reason)
			if code == "0000" {
				continue
			}
			// The same code outside, without an order, is at best a refusal.
			outer := place(refused(code, "no"))
			if status.Meaning == MeansFailed {
				want(t, outer, Refused, ReasonRefused)
			} else {
				want(t, outer, InDoubt, ReasonUnclearStatus)
			}
			want(t, query(refused(code, "no")), NoAnswer, ReasonQueryRefused)
		}
		for code := range area.Outers {
			expected := isRefused
			switch _, inner := area.Statuses[code]; {
			case code == "5000":
				expected = doubt(ReasonSystemError)
			case inner:
				expected = doubt(ReasonUnclearStatus) // one table for both codes
			}
			want(t, place(refused(code, "no")), expected.kind, expected.reason)
			want(t, place(refused(code, "sign error")), InDoubt, map[bool]Reason{true: ReasonSystemError, false: ReasonCredentials}[code == "5000"])
		}
		// What the area does not list settles nothing, wherever it comes.
		for _, code := range []string{"0777", "00032", "0100019", "0001", "8000"} {
			if _, listed := area.Statuses[code]; !listed {
				want(t, place(accepted(`"status":"`+code+`"`)), InDoubt, ReasonUnclearStatus)
				want(t, query(accepted(`"status":"`+code+`"`)), InDoubt, ReasonUnclearStatus)
			}
		}
		want(t, place(refused("0777", "no")), InDoubt, ReasonUnknownCode)
	}
}

// TestAnswersWithoutANumber: an area whose answers need not repeat the number
// is believed only if the rest of the answer speaks of this payout.
func TestAnswersWithoutANumber(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		c := newClient(t, area, "https://gateway.invalid", nil)
		for data, expected := range map[string]verdictWant{
			`"platFormTradeNo":"P1","amount":"` + testAmount(area) + `","status":"0000"`: isPaid,
			`"platFormTradeNo":"P1","amount":301,"status":"0000"`:                        differs,
			`"platFormTradeNo":"P1","status":"0000"`:                                     {NoAnswer, ReasonNoNumber},
			`"platFormTradeNo":"P1","amount":"?","status":"0000"`:                        {NoAnswer, ReasonNoNumber},
			`"amount":"` + testAmount(area) + `","status":"0000"`:                        {NoAnswer, ReasonNoNumber},
		} {
			if area != kenya && area != egypt {
				expected = verdictWant{NoAnswer, ReasonNoNumber}
			}
			v := c.judgeQuery(exchange{status: http.StatusOK, body: []byte(`{"code":"0000","data":{` + data + `}}`), left: true}, payout(area, testNo))
			if v.Kind != expected.kind || v.Reason != expected.reason {
				t.Errorf("%s, %s: %v (%s), want %v (%s)", area.Name, data, v.Kind, v.Reason, expected.kind, expected.reason)
			}
		}
	}
}

// TestPlacementsOfEveryArea signs the examples by the documents' words and
// reads the JSON back.
func TestPlacementsOfEveryArea(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		c := newClient(t, area, "https://gateway.invalid", nil)
		r := payout(area, testNo)
		params, err := c.placement(r, c.now())
		if err != nil {
			t.Fatalf("%s: %v", area.Name, err)
		}
		body, err := encode(params)
		if err != nil || !json.Valid(body) {
			t.Fatalf("%s: %s, %v", area.Name, body, err)
		}
		texts, _ := decodeBody(t, body)
		if Sign(params, c.secret, SecretLast) != signAgain(texts, testSecret, false) {
			t.Errorf("%s: the signature is not that of the body", area.Name)
		}
		delete(texts, "timestamp")
		expected := maps.Clone(map[string]string(r.Values))
		expected["tradeNo"] = testNo
		if !maps.Equal(texts, expected) {
			t.Errorf("%s: sent %v, want %v", area.Name, texts, expected)
		}
	}
}

// TestTheirOwnSpellings: what a merchant may choose, and what it may not.
func TestTheirOwnSpellings(t *testing.T) {
	t.Parallel()
	base := Config{BaseURL: "https://gateway.invalid", MerchantNo: testMerchant, Secret: secret(t, testSecret)}
	for _, test := range []struct {
		area  *Area
		place SignPlace
		wire  map[string]string
		err   string
	}{
		{brazil, "", nil, ""},
		{brazil, SignInBody, nil, ""},
		{brazil, SignInHeader, nil, ""},
		{brazil, "query", nil, "not in \"query\""},
		{mexico, SignInBody, nil, ""},
		{mexico, SignInHeader, nil, "in the body only"},
		{bangladesh, "", map[string]string{"wayCode=BKASH": "EWALLET_BKASH", "wayCode=NAGAD": "NAGAD"}, ""},
		{bangladesh, "", map[string]string{"wayCode=ROCKET": "EWALLET_ROCKET"}, "one name"},
		{bangladesh, "", map[string]string{"wayCode=BKASH": "EWALLET_NAGAD"}, "cannot travel as"},
		{bangladesh, "", map[string]string{"wayCode": "EWALLET_BKASH"}, "one name"},
		{bangladesh, "", map[string]string{"bank=BKASH": "EWALLET_BKASH"}, "no field bank"},
	} {
		config := base
		config.Area, config.SignPlace, config.Wire = test.area, test.place, test.wire
		c, err := NewClient(config)
		if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s %q %v: %v, want %q", test.area.Name, test.place, test.wire, err, test.err)
		}
		if err == nil && test.wire != nil {
			params, err := c.placement(payout(test.area, testNo), c.now())
			if err != nil || !slices.Contains(params, Param{Name: "wayCode", Value: "EWALLET_BKASH"}) {
				t.Errorf("%v, %v", params, err)
			}
		}
	}
}
