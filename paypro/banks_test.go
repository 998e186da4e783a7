package paypro

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestShippedBanks(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		if banks := ShippedBanks(area); (banks.Len() > 0) != (area == mexico) {
			t.Errorf("%s comes with %d banks", area.Name, banks.Len())
		}
	}
	banks := ShippedBanks(mexico)
	if banks.Len() != 94 || banks != ShippedBanks(mexico) {
		t.Errorf("%d banks", banks.Len())
	}
	prefixes := map[string]bool{}
	for _, bank := range banks.List() {
		if len(bank.Prefix) != 3 || prefixes[bank.Prefix] || bank.Name == "" {
			t.Errorf("%+v", bank)
		}
		prefixes[bank.Prefix] = true
	}
	for code, prefix := range map[string]string{"BANXICO": "001", "BBVA MEXICO": "012", "STP": "646", "FONDO (FIRA)": "685"} {
		if !slices.Contains(banks.List(), Bank{code, code, prefix}) {
			t.Errorf("no %s with %s", code, prefix)
		}
	}
	banks.List()[0].Code = "changed"
	if banks.List()[0].Code == "changed" {
		t.Error("the list can be changed from outside")
	}
}

// atBank is a row of Mexico to a CLABE with these first three digits.
func atBank(code, prefix string) Values {
	body := prefix + "18000001183597"
	row := payout(mexico, testNo).Values
	row["wayCode"], row["customerAccountType"], row["customerAccount"] = code, "CLABE", body+string(clabeCheckDigit(body))
	return row
}

func TestBanksAreWarnedOf(t *testing.T) {
	t.Parallel()
	banks := ShippedBanks(mexico)
	card := atBank("BANORTE", "072")
	card["customerAccountType"], card["customerAccount"] = "DebitCard", "4242424242424242"
	noAccount := atBank("BANORTE", "072")
	delete(noAccount, "customerAccount")
	for name, test := range map[string]struct {
		banks       *Banks
		row         Values
		field, says string // "": nothing
	}{
		"right":                {banks, atBank("BANORTE", "072"), "", ""},
		"another bank's":       {banks, atBank("BANORTE", "012"), "customerAccount", "which is BBVA MEXICO"},
		"nobody's":             {banks, atBank("BANORTE", "999"), "customerAccount", "the account's own bank"},
		"card":                 {banks, card, "", ""},
		"no account":           {banks, noAccount, "", ""},
		"no bank":              {banks, Values{"customerAccount": "072180000118359719"}, "", ""},
		"letter left out":      {banks, atBank("BANORT", "072"), "wayCode", "perhaps BANORTE"},
		"letter added":         {banks, atBank("BANORTEE", "072"), "wayCode", "perhaps BANORTE"},
		"letter changed":       {banks, atBank("BANORTA", "072"), "wayCode", "perhaps BANORTE"},
		"letters swapped":      {banks, atBank("BANROTE", "072"), "wayCode", "perhaps BANORTE"},
		"half swapped":         {banks, atBank("BANTXTE", "072"), "wayCode", "can be added to the list"},
		"first letters":        {banks, atBank("ABNORTE", "072"), "wayCode", "perhaps BANORTE"},
		"two letters":          {banks, atBank("BANNORTEE", "072"), "wayCode", "can be added to the list"},
		"number of SPEI":       {banks, atBank("40072", "072"), "wayCode", "may be BANORTE"},
		"three digits":         {banks, atBank("072", "072"), "wayCode", "may be BANORTE"},
		"number nobody has":    {banks, atBank("40999", "072"), "wayCode", "can be added to the list"},
		"two banks as near":    {mustRead(t, "AB,,\nAC,,\n"), atBank("AD", "072"), "wayCode", "can be added to the list"},
		"prefix unknown":       {mustRead(t, "BANORTE,,\n"), atBank("BANORTE", "012"), "", ""},
		"one of two prefixes":  {mustRead(t, "BANORTE,072,\nBANORTE,073,\n"), atBank("BANORTE", "073"), "", ""},
		"none of two prefixes": {mustRead(t, "BANORTE,072,\nBANORTE,073,\n"), atBank("BANORTE", "074"), "customerAccount", "own bank"},
		"longest prefix":       {mustRead(t, "X,0,\nY,012,\nZ,01,\n"), atBank("X", "112"), "customerAccount", "own bank"},
		"longest of several":   {mustRead(t, "X,9,\nY,012,\nZ,01,\n"), atBank("X", "012"), "customerAccount", "which is Y"},
		"no list":              {nil, atBank("NOBODY", "999"), "", ""},
	} {
		faults := test.banks.Check(mexico, test.row)
		switch {
		case test.field == "" && len(faults) == 0:
		case len(faults) != 1 || faults[0].Field != test.field || !strings.Contains(faults[0].Want, test.says) || faults[0].Problem == "":
			t.Errorf("%s: %+v, want %s %q", name, faults, test.field, test.says)
		}
		for _, fault := range faults {
			if account := test.row["customerAccount"]; strings.Contains(fault.Problem+fault.Want, account[:6]) {
				t.Errorf("%s: %+v holds the account", name, fault)
			}
		}
	}
	// An area without banks has no list, and nothing to be warned of.
	if faults := banks.Check(kenya, payout(kenya, testNo).Values); faults != nil {
		t.Errorf("Kenya: %v", faults)
	}
}

func mustRead(t *testing.T, lines string) *Banks {
	t.Helper()
	banks, err := ReadBanks(mexico, strings.NewReader("code,prefix,name\n"+lines), "banks.mexico.csv")
	if err != nil {
		t.Fatal(err)
	}
	return banks
}

func TestReadBanks(t *testing.T) {
	t.Parallel()
	const head = "code,prefix,name\n"
	for name, test := range map[string]struct {
		area *Area
		text string
		want string // of the error; "": none
		n    int
	}{
		"plain":               {mexico, head + "BANORTE,072,Banco Mercantil del Norte\nX,,\n", "", 2},
		"mark, CRLF, blanks":  {mexico, "\ufeffCode,Prefix,Name\r\n\r\n BANORTE , 072 , \"Norte, Banco\"\r\n", "", 1},
		"numbers":             {indonesia, head + "0002,,BRI\n", "", 1},
		"header alone":        {mexico, head, "", 0},
		"two prefixes":        {mexico, head + "A,1,\nA,2,\n", "", 2},
		"empty":               {mexico, "", "f.csv: is empty", 0},
		"no header":           {mexico, "BANORTE,072,x\n", "f.csv:1: the first line must be code,prefix,name", 0},
		"semicolons":          {mexico, "code;prefix;name\n", "f.csv:1: the first line must be", 0},
		"two columns":         {mexico, head + "BANORTE,072\n", "f.csv:2: has 2 columns", 0},
		"no code":             {mexico, head + "\n,072,x\n", "f.csv:3: code is empty", 0},
		"code in small":       {mexico, head + "banorte,072,x\n", "f.csv:2: code has characters", 0},
		"prefix in letters":   {mexico, head + "A,O72,x\n", "f.csv:2: prefix is not", 0},
		"prefix too long":     {mexico, head + "A,1234567890123,x\n", "f.csv:2: prefix is not", 0},
		"name of two lines":   {mexico, head + "A,1,\"x\ny\"\n", "f.csv:2: name is not one line", 0},
		"twice":               {mexico, head + "A,1,x\nB,2,y\nA,1,z\n", "f.csv:4: the same code and prefix", 0},
		"open quote":          {mexico, head + "A,1,\"x\n", "f.csv:2: is not a CSV", 0},
		"area without banks":  {kenya, head + "A,1,x\n", "f.csv:2: Kenya has no banks", 0},
		"longer than allowed": {mexico, head + strings.Repeat("A,1,"+strings.Repeat("x", 100)+"\n", 200_000), "f.csv:3: the same", 0},
		"one endless line":    {mexico, head + strings.Repeat("A", maxBanksBytes), "larger than 16 MiB", 0},
	} {
		banks, err := ReadBanks(test.area, strings.NewReader(test.text), "f.csv")
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) || banks.Len() != test.n {
			t.Errorf("%s: %d banks, %v; want %q", name, banks.Len(), err, test.want)
		}
	}
	broken := errors.New("the disk is gone")
	if _, err := ReadBanks(mexico, iotest.ErrReader(broken), "f.csv"); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestBanksOfTwoLists(t *testing.T) {
	t.Parallel()
	base, more := mustRead(t, "A,1,a\nB,2,b\nB,3,b\n"), mustRead(t, "B,4,ours\nC,2,c\n")
	both := base.With(more)
	if got := both.List(); !slices.Equal(got, []Bank{{"B", "ours", "4"}, {"C", "c", "2"}, {"A", "a", "1"}}) {
		t.Errorf("got %v", got)
	}
	if base.Len() != 3 || more.Len() != 2 {
		t.Error("a list was changed")
	}
	var none *Banks
	if none.With(more) != more || more.With(none) != more || none.With(nil) != nil || none.Len() != 0 || none.List() != nil {
		t.Error("with no list")
	}
	if faults := both.Check(mexico, atBank("B", "400")); len(faults) != 0 {
		t.Errorf("%v", faults)
	}
	if faults := both.Check(mexico, atBank("B", "200")); len(faults) != 1 || !strings.Contains(faults[0].Want, "which is C") {
		t.Errorf("%v", faults)
	}
}

// FuzzReadBanks: no file panics, and what is read is read again the same.
func FuzzReadBanks(f *testing.F) {
	text, err := os.ReadFile("banks/mexico.csv")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(text[:200]), "", "code,prefix,name\nA,1,x\n", "\ufeffcode,prefix,name\r\n\"A\",,\r\n", "code,prefix,name\n\"A", "code,prefix,name\n\xff,,\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		banks, err := ReadBanks(mexico, strings.NewReader(text), "f.csv")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.csv:") {
				t.Fatalf("error without coordinates: %v", err)
			}
			return
		}
		for _, bank := range banks.List() {
			row := atBank(bank.Code, "072")
			if len(mexico.Check(row)) > 0 {
				t.Fatalf("%q is in the list and not allowed in a row", bank.Code)
			}
			for _, fault := range banks.Check(mexico, row) {
				if fault.Field == "wayCode" {
					t.Fatalf("%q is in the list and not found there", bank.Code)
				}
			}
		}
		if again := banks.With(banks); again.Len() != banks.Len() {
			t.Fatalf("%d and %d", banks.Len(), again.Len())
		}
	})
}
