package report

import (
	"context"
	"encoding/json"
	"iter"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// withMatching is the sample with a statement laid beside it.
func withMatching(lines ...MatchLine) Source {
	s := sample()
	s.Matching = &Matching{
		Statements: []Statement{{
			Name: "bank.xml", SHA256: strings.Repeat("cd", 32), Format: "camt.053", Kind: "bank", Account: "••••0001",
			FirstDay: noon.AddDate(0, 0, -20), LastDay: noon, Lines: 40, Out: pesos(100_000_00), In: pesos(0), Fees: pesos(40_00),
		}},
		Equations: []Equation{{
			Name: StatementEquation, Of: "acme-mx", Counts: true, Left: term("on the statement", 2, 250_00),
			Terms: []Term{term("matched", 1, 150_00), term("unknown_to_us", 1, 99_99)},
		}},
		Lines: func(context.Context) iter.Seq2[MatchLine, error] {
			return func(yield func(MatchLine, error) bool) {
				for _, line := range lines {
					if !yield(line, nil) {
						return
					}
				}
			}
		},
	}
	for _, name := range Classes() {
		class := Class{Name: name, Sum: pesos(0), Here: pesos(0), There: pesos(0)}
		for _, line := range lines {
			if line.Class == name {
				class.Count++
				if line.Ours != nil {
					class.Sum = plus(class.Sum, line.Ours.Amount)
					class.Here = class.Sum
				}
				if line.There != nil {
					class.There = plus(class.There, line.There.Amount)
				}
			}
		}
		s.Matching.Classes = append(s.Matching.Classes, class)
	}
	return s
}

func ourSide(text string, minor int64) *OurSide {
	return &OurSide{TradeNo: text, Batch: "MX-20261121-7K3QF", Row: 3, Bucket: ledger.BucketSucceeded, Amount: pesos(minor)}
}

func theirSide(text string, minor int64) *TheirSide {
	return &TheirSide{Statement: "bank.xml", Line: 17, Reference: text, Status: text, Day: noon, Amount: pesos(minor)}
}

func TestTheMatchingIsInEveryForm(t *testing.T) {
	t.Parallel()
	s := withMatching(
		MatchLine{Class: StatusDiffers, Rule: "trade number", Reason: Say("a reason of %s", pesos(5)), Ours: ourSide("MX7K3QF000003", 150_00), There: theirSide("MX7K3QF000003", 149_00), Difference: pesos(-1_00)},
		MatchLine{Class: MissingThere, Ours: ourSide("MX7K3QF000004", 75_00)},
		MatchLine{Class: UnknownToUs, There: theirSide("x", 99_99)},
		MatchLine{Match: 7, Class: Matched, Rule: "amount", Score: 80, Standing: "proposed", Ours: ourSide("MX7K3QF000005", 150_00), There: theirSide("y", 150_00), Difference: pesos(0)},
	)
	if s.Verdict() != NotTied {
		t.Fatal("a statement that does not tie ties")
	}
	paths := write(t, s)
	for _, format := range []string{"html", "json"} {
		text := string(read(t, paths[format]))
		for _, want := range []string{"bank.xml", "status differs", "missing there", "MX7K3QF000003", "NOT TIED", "a reason of 0.05 MXN", strings.Repeat("cd", 32)} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", format, want)
			}
		}
		if strings.Contains(text, "MX7K3QF000005\"") && format == "json" && strings.Contains(text, `"score": 80`) {
			t.Error("json lists what is in order")
		}
	}
	var d Document
	if err := json.Unmarshal(read(t, paths["json"]), &d); err != nil || d.Matching == nil || len(d.Matching.Lines) != 3 || len(d.Matching.Classes) != len(Classes()) {
		t.Fatalf("%+v, %v", d.Matching, err)
	}
	book := open(t, paths["xlsx"])
	lines := cells(t, book, string(linesSheet))
	if len(lines) != 5 || lines[1][0] != "status differs" || lines[4][1] != "7" || lines[1][15] != "-1" {
		t.Errorf("lines: %q", lines)
	}
	var all string
	for _, row := range cells(t, book, string(matchingSheet)) {
		all += strings.Join(row, " ") + "\n"
	}
	for _, want := range []string{"bank.xml 40", "matched 1 150", "missing there 1 75", "doubled there 0 0", "acme-mx: NOT TIED"} {
		if !strings.Contains(all, want) {
			t.Errorf("matching lacks %q:\n%s", want, all)
		}
	}
	if fees := cells(t, book, string(feesSheet)); len(fees) != 5 || fees[4][1] != "40" {
		t.Errorf("fees: %q", fees)
	}
	onlyOurFormulas(t, paths["xlsx"])
}

func TestHostileStatements(t *testing.T) {
	t.Parallel()
	var lines []MatchLine
	for _, text := range hostile {
		ours := ourSide(text, 100)
		ours.Batch = text
		lines = append(lines, MatchLine{Class: MissingThere, Rule: text, Standing: text, Group: text, Reason: Phrase{"%s: %s here, %s there", []any{text, text, text}}, Ours: ours, There: theirSide(text, 100)})
	}
	s := withMatching(lines...)
	s.Matching.Statements[0].Name, s.Matching.Equations[0].Of = strings.Join(hostile[:24], " "), strings.Join(hostile[:24], " ")
	paths := write(t, s)
	page := string(read(t, paths["html"]))
	for _, bad := range []string{"<script", "<img", " onerror=\"", "\u202e", "\x1b", "\x00"} {
		if strings.Contains(page, bad) {
			t.Errorf("page holds %q", bad)
		}
	}
	onlyOurFormulas(t, paths["xlsx"])
	if rows := cells(t, open(t, paths["xlsx"]), string(linesSheet)); len(rows) != len(hostile)+1 {
		t.Errorf("%d lines", len(rows))
	}
}

// What is several lines, or several payouts, is shown with each and has its
// money once.
func TestAGroupHasItsMoneyOnce(t *testing.T) {
	t.Parallel()
	again := theirSide("z", 0)
	again.Amount = money.Amount{}
	paths := write(t, withMatching(
		MatchLine{Match: 7, Class: AmountDiffers, Group: "7", Ours: ourSide("MX7K3QF000003", 100_00), There: theirSide("z", 260_00), Difference: pesos(10_00)},
		MatchLine{Match: 8, Class: AmountDiffers, Group: "7", Ours: ourSide("MX7K3QF000004", 150_00), There: again},
	))
	lines := cells(t, open(t, paths["xlsx"]), string(linesSheet))
	if len(lines) != 3 || lines[1][5] != "7" || lines[2][5] != "7" || lines[1][14] != "260" || lines[2][14] != "" || lines[1][15] != "10" || lines[2][15] != "" || lines[2][10] != "150" || lines[2][17] != "MXN" {
		t.Errorf("%q", lines)
	}
	var d Document
	if err := json.Unmarshal(read(t, paths["json"]), &d); err != nil || d.Matching.Lines[0].Group != "7" || d.Matching.Lines[0].AmountSaid != "260.00" || d.Matching.Lines[1].AmountSaid != "" || d.Matching.Lines[1].Amount != "150.00" {
		t.Errorf("%+v, %v", d.Matching.Lines, err)
	}
	if page := string(read(t, paths["html"])); strings.Count(page, "Group <bdi>7</bdi>") != 2 || strings.Count(page, "260.00 MXN") != 2 { // with the first, and for the class
		t.Error("the page shows the group otherwise")
	}
}
