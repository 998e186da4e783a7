package explain

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// tokens finds every reason that a package can give: its constants called
// Reason…, and what it writes into the Reason of an outcome.
func tokens(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	add := func(name string, e ast.Expr) {
		if literal, ok := e.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			found[text] = name
		}
	}
	visit := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if strings.HasPrefix(name.Name, "Reason") && i < len(n.Values) {
					add(name.Name, n.Values[i])
				}
			}
		case *ast.CompositeLit:
			if !isOutcome(n.Type) {
				return true
			}
			for _, element := range n.Elts {
				pair, ok := element.(*ast.KeyValueExpr)
				if ok && pair.Key.(*ast.Ident).Name == "Reason" {
					add("an outcome", pair.Value)
				}
			}
		}
		return true
	}
	for _, file := range parse(t, folder) {
		ast.Inspect(file, visit)
	}
	return found
}

func parse(t *testing.T, folder string) []*ast.File {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, entry := range entries {
		if name := entry.Name(); entry.Type() == fs.FileMode(0) && strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
	}
	return files
}

func isOutcome(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "Outcome"
	case *ast.SelectorExpr:
		return e.Sel.Name == "Outcome"
	}
	return false
}

// allTokens are those of every package that gives reasons, with where each
// comes from.
func allTokens(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	folders, err := filepath.Glob("../*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range append(folders, "../../paypro", "../../ledger") {
		found := tokens(t, folder)
		if least := map[string]int{"../../paypro": 25, "../../ledger": 16, "../recorder": 1, "../dispatch": 1}[folder]; len(found) < least {
			t.Errorf("%s: found only %v", folder, found)
		}
		for reason, name := range found {
			all[reason] = folder + ": " + name
		}
	}
	return all
}

func TestEveryReasonIsExplained(t *testing.T) {
	all := allTokens(t)
	for reason, where := range all {
		if told, ok := reasons[reason]; !ok || told.reason[0] == "" {
			t.Errorf("%q (%s) is not explained", reason, where)
		}
	}
	for reason := range reasons {
		if all[reason] == "" {
			t.Errorf("%q is explained and never given", reason)
		}
	}
}

func TestEveryStateIsExplained(t *testing.T) {
	for _, state := range ledger.States() {
		told, ok := states[state]
		if !ok || told.reason[0] == "" {
			t.Errorf("%s is not explained", state)
		}
		done := state == ledger.Succeeded || state == ledger.Cancelled
		if done != (len(told.action.says) == 0) {
			t.Errorf("%s: action %q", state, told.action)
		}
	}
	if len(states) != len(ledger.States()) {
		t.Errorf("%d states explained, there are %d", len(states), len(ledger.States()))
	}
}

// documented wants translations of what the documents say of a code: these
// words are not in the sources of this package, where others are looked for.
func documented(t *testing.T, text string) {
	t.Helper()
	for _, l := range lang.All() {
		if !l.Has(lang.Key(text + inDocuments)) {
			t.Errorf("%q has no words in %s", text, l.Name())
		}
	}
}

func TestEveryCodeOfEveryAreaIsExplained(t *testing.T) {
	for _, area := range paypro.Areas() {
		for code, status := range area.Statuses {
			documented(t, status.Text)
			p := ledger.Payout{State: ledger.Failed, Reason: string(paypro.ReasonFailed), Code: code, Attempts: 1}
			words := Payout(area.Code, p).Reason
			if status.Text == "" || !strings.Contains(words, "Code "+code+": "+status.Text+".") {
				t.Errorf("%s: code %s: %s", area.Name, code, words)
			}
		}
		for code, text := range area.Outers {
			documented(t, text)
			p := ledger.Payout{State: ledger.Rejected, Reason: string(paypro.ReasonRefused), Code: code, Attempts: 1}
			if _, inner := area.Statuses[code]; inner {
				continue
			}
			if words := Payout(area.Code, p).Reason; text == "" || !strings.Contains(words, "Code "+code+": "+text+".") {
				t.Errorf("%s: code %s: %s", area.Name, code, words)
			}
		}
		words := Payout(area.Code, ledger.Payout{State: ledger.Rejected, Code: "4711"}).Reason
		if !strings.Contains(words, "Code 4711 is not in the gateway's documents.") {
			t.Errorf("%s: an unknown code: %s", area.Name, words)
		}
	}
}

// No words may say that nothing was ordered where something may have been.
func TestNobodyIsToldThatNoOrderWasMadeWhileInDoubt(t *testing.T) {
	for _, state := range []ledger.State{ledger.InDoubt, ledger.Submitting, ledger.Processing, ledger.Held} {
		for _, reason := range []paypro.Reason{paypro.ReasonRefused, paypro.ReasonFailed} {
			for _, l := range lang.All() {
				words := Speak(l).Payout("MX", ledger.Payout{State: state, Reason: string(reason), Attempts: 2}).Reason
				for _, wrong := range []lang.Key{"Refused by the gateway: no order was made.", "Not paid: the gateway reports a failure.", "Not paid."} {
					if strings.Contains(words, l.Text(wrong)) {
						t.Errorf("%s because of %s: %s", state, reason, words)
					}
				}
			}
		}
	}
}

// do, said and stated are what the tables say, in English.
func do(a action) string { return Speaker{}.sentences(a.says...) }

func said(w words) Advice              { return Advice{Speaker{}.sentences(w.reason...), do(w.action)} }
func stated(state ledger.State) Advice { return said(states[state]) }

func TestAdvice(t *testing.T) {
	for _, one := range []struct {
		payout   ledger.Payout
		expected Advice
	}{
		{ledger.Payout{State: ledger.Ready}, stated(ledger.Ready)},
		{ledger.Payout{State: ledger.Succeeded, Reason: "paid", Code: "0000"}, Advice{"Paid.", ""}},
		{ledger.Payout{State: ledger.Processing, Reason: "processing", Code: "0015"}, Advice{"Accepted by the gateway, not final yet.", do(wait)}},
		{
			ledger.Payout{State: ledger.Failed, Reason: "failed", Code: "00029"},
			Advice{"Not paid: the gateway reports a failure. Code 00029: rejected by the bank.", do(correct)},
		},
		{ledger.Payout{State: ledger.InDoubt, Reason: "timeout"}, Advice{"No answer in time; the order may exist.", do(ask)}},
		{ledger.Payout{State: ledger.Reversed, Reason: "failed"}, Advice{stated(ledger.Reversed).Reason, do(account)}},
		{ledger.Payout{State: ledger.Held, Reason: "over maria's limit"}, stated(ledger.Held)},
		{
			ledger.Payout{State: ledger.Held, Reason: "suspect", TradeNo: "BP1", Message: "has the same account and amount as batch MX-1, row 7 (succeeded)"},
			Advice{
				"Held, because it looks like another payout: has the same account and amount as batch MX-1, row 7 (succeeded).",
				"Look at both. If it is meant: `bulkpay release BP1 --reason \"…\"`. If not: `bulkpay cancel BP1 --reason \"…\"`.",
			},
		},
		{
			ledger.Payout{State: ledger.Held, Reason: "above_limit", TradeNo: "BP1", Message: "more than 100,000.00 MXN"},
			Advice{
				"Held, because it is more than is paid without a person's word: more than 100,000.00 MXN.",
				"If it is meant: `bulkpay release BP1 --reason \"…\"`. If not: `bulkpay cancel BP1 --reason \"…\"`.",
			},
		},
		{
			ledger.Payout{State: ledger.Held, Reason: "suspect", Flagged: true, TradeNo: "BP1"},
			Advice{
				"Held for a decision. Answers about it contradict each other.",
				do(support) + " Once it is known for certain: `bulkpay resolve BP1 --paid --reason \"…\"`, or with `--not-paid`.",
			},
		},
		{
			ledger.Payout{State: ledger.Held, Reason: "stuck", Attempts: 1, TradeNo: "BP1"},
			Advice{
				"Open for longer than is allowed since it was sent; the gateway's answers settle nothing.",
				do(support) + " Once it is known for certain: `bulkpay resolve BP1 --paid --reason \"…\"`, or with `--not-paid`.",
			},
		},
		{
			ledger.Payout{State: ledger.Held, Reason: "doubt_did_not_clear", Attempts: 2, TradeNo: "BP1"},
			Advice{
				"The gateway keeps denying it after as many attempts as are allowed.",
				do(support) + " Once it is known for certain: `bulkpay resolve BP1 --paid --reason \"…\"`, or with `--not-paid`, or with `--resend`.",
			},
		},
		{
			ledger.Payout{State: ledger.Succeeded, Reason: "said_paid", Message: "statement of 21 Nov, line 88"},
			Advice{"Paid on a person's word: statement of 21 Nov, line 88. No answer of the gateway stands behind it.", do(keep)},
		},
		{
			ledger.Payout{State: ledger.Failed, Reason: "said_not_paid", Message: "ticket 4711."},
			Advice{"Not paid on a person's word: ticket 4711. No answer of the gateway stands behind it.", do(certain)},
		},
		{
			ledger.Payout{State: ledger.Reversed, Reason: "said_not_paid", Message: "the bank sent it back", Flagged: true, TradeNo: "BP1"},
			Advice{
				"It was reported as paid, and is not on a person's word: the bank sent it back. No answer of the gateway stands behind it." +
					" Answers about it contradict each other.",
				strings.ReplaceAll(do(account), "TRADENO", "BP1"),
			},
		},
		{
			ledger.Payout{State: ledger.InDoubt, Reason: "resend_allowed", Message: "support says: never seen", Attempts: 1},
			Advice{"A person lets it be sent once more with the same number: support says: never seen.", do(askOnce)},
		},
		{ledger.Payout{State: ledger.InDoubt, Reason: "callback_unsigned", Attempts: 1}, said(reasons["callback_unsigned"])},
		{
			ledger.Payout{State: ledger.Succeeded, Reason: "failed", Attempts: 1},
			Advice{"Paid. There was a hint that says otherwise, which proves nothing.", do(ask)},
		},
		{
			ledger.Payout{State: ledger.Failed, Reason: "paid", Attempts: 1},
			Advice{"Not paid. There was a hint that says otherwise, which proves nothing.", do(ask)},
		},
		{ledger.Payout{State: ledger.InDoubt, Reason: "suspect", Attempts: 1}, stated(ledger.InDoubt)},
		{ledger.Payout{State: ledger.Ready, Reason: "released", Message: "both are meant."}, Advice{"A person has released it: both are meant.", do(sendHint)}},
		{ledger.Payout{State: ledger.Cancelled, Reason: "withdrawn", Message: "twice"}, Advice{"Withdrawn by a person before it was sent: twice.", ""}},
		{
			ledger.Payout{State: ledger.Rejected, Reason: "credentials_refused", Attempts: 1},
			Advice{"The gateway refuses the merchant number or the secret.", do(refused)},
		},
		{
			ledger.Payout{State: ledger.Succeeded, Reason: "paid", Flagged: true},
			Advice{
				"Paid. Answers about it contradict each other.",
				do(support) + " Once it is known for certain: `bulkpay resolve TRADENO --not-paid --reason \"…\"`.",
			},
		},
	} {
		if found := Payout("mexico", one.payout); found != one.expected {
			t.Errorf("%+v\n\tfound %+v\n\twant  %+v", one.payout, found, one.expected)
		}
	}
	if found := Payout("atlantis", ledger.Payout{State: ledger.Failed, Code: "1"}); found != stated(ledger.Failed) {
		t.Errorf("an area that is not known: %+v", found)
	}
}

// Whatever is between backquotes can be pasted: it names this payout and this
// batch, a verb that there is, and the ledger in which they are.
func TestCommandsCanBePasted(t *testing.T) {
	verbs := []string{"settle", "submit", "retry", "resolve", "release", "cancel", "show", "doctor"}
	found := map[string]bool{}
	for gateway, flag := range map[string]string{
		"https://gateway.example": "", ledger.SimulatedGateway: " --sandbox",
		ledger.SimulatedGateway + " http://127.0.0.1:8480": " --sandbox=http://127.0.0.1:8480",
	} {
		batch := ledger.Batch{Code: "MX-20261121-7K3QF", Merchant: ledger.Merchant{Area: "MX", Gateway: gateway}}
		for _, state := range ledger.States() {
			for _, reason := range append(slices.Sorted(maps.Keys(reasons)), "") {
				for _, flagged := range []bool{false, true} {
					p := ledger.Payout{TradeNo: "BP1", State: state, Reason: reason, Attempts: 1, Flagged: flagged}
					action := In(batch, p).Action
					if strings.Contains(action, "TRADENO") || strings.Contains(action, "BATCH") {
						t.Fatalf("%s because of %q: %s", state, reason, action)
					}
					for i, part := range strings.Split(action, "`") {
						rest, ok := strings.CutPrefix(part, "bulkpay ")
						if i%2 == 0 || !ok {
							continue
						}
						verb, _, _ := strings.Cut(rest, " ")
						found[verb] = true
						if !slices.Contains(verbs, verb) || !strings.HasSuffix(part, flag) || flag == "" && strings.Contains(part, "sandbox") {
							t.Fatalf("%s because of %q: %s", state, reason, action)
						}
					}
				}
			}
		}
	}
	for _, verb := range verbs {
		if !found[verb] {
			t.Errorf("nobody is ever told to use %s", verb)
		}
	}
}

// A word that the ledger would refuse is not offered: none about what was
// never sent, no second send of what the gateway has known.
func TestOnlyWordsThatFitAreOffered(t *testing.T) {
	for _, one := range []struct {
		payout ledger.Payout
		words  string
	}{
		{ledger.Payout{State: ledger.Ready}, ""},
		{ledger.Payout{State: ledger.Ready, Attempts: 1}, "--paid --not-paid"},
		{ledger.Payout{State: ledger.Submitting, Attempts: 1}, ""},
		{ledger.Payout{State: ledger.InDoubt, Attempts: 1}, "--paid --not-paid"},
		{ledger.Payout{State: ledger.Processing, Attempts: 1}, "--paid --not-paid"},
		{ledger.Payout{State: ledger.Held}, ""},
		{ledger.Payout{State: ledger.Held, Attempts: 1, Unsent: 1}, ""},
		{ledger.Payout{State: ledger.Held, Attempts: 1}, "--paid --not-paid"},
		{ledger.Payout{State: ledger.Held, Attempts: 1, Reason: "doubt_did_not_clear"}, "--paid --not-paid --resend"},
		{ledger.Payout{State: ledger.Held, Attempts: 1, Reason: "doubt_did_not_clear", PlatformTradeNo: "7"}, "--paid --not-paid"},
		{ledger.Payout{State: ledger.Held, Attempts: 1, Reason: "doubt_did_not_clear", Flagged: true}, "--paid --not-paid"},
		{ledger.Payout{State: ledger.Succeeded, Attempts: 1}, "--not-paid"},
		{ledger.Payout{State: ledger.Failed, Attempts: 1}, "--paid"},
		{ledger.Payout{State: ledger.Rejected, Attempts: 1}, "--paid"},
		{ledger.Payout{State: ledger.Cancelled}, ""},
		{ledger.Payout{State: ledger.Reversed, Attempts: 1}, ""},
	} {
		if found := strings.Join(sayable(one.payout), " "); found != one.words {
			t.Errorf("%s, %q: %s, want %s", one.payout.State, one.payout.Reason, found, one.words)
		}
	}
}
