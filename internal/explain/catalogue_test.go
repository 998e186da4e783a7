package explain

import (
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
	"github.com/bulkpay/bulkpay/report"
)

var update = flag.Bool("update", false, "write docs/errors*.md anew")

// find wants exactly one entry of a level.
func find(t *testing.T, text string, area *paypro.Area, level Level) Entry {
	t.Helper()
	found, err := Find(text, area)
	if err != nil {
		t.Error(err)
		return Entry{}
	}
	found = pick(found, func(e Entry) bool { return e.Level == level })
	if len(found) != 1 {
		t.Errorf("%q has %d entries of level %s", text, len(found), level)
		return Entry{}
	}
	return found[0]
}

func TestEverythingThatIsShownHasAnEntry(t *testing.T) {
	t.Parallel()
	for _, state := range ledger.States() {
		find(t, string(state), nil, LevelState)
	}
	for _, kind := range ledger.Kinds() {
		find(t, string(kind), nil, LevelEvent)
	}
	for reason := range allTokens(t) {
		find(t, reason, nil, LevelReason)
	}
	for _, class := range report.Classes() {
		find(t, class, nil, LevelMatch)
	}
	for _, verdict := range []report.Verdict{report.Tied, report.NotTied, report.NotKnown} {
		find(t, string(verdict), nil, LevelReport)
	}
	for _, bucket := range ledger.Buckets() {
		if found, err := Find(bucket, nil); err != nil || len(found) == 0 {
			t.Errorf("the bucket %s: %v", bucket, err)
		}
	}
	for kind := paypro.InDoubt; kind <= paypro.Conflict; kind++ {
		find(t, kind.String(), nil, LevelVerdict)
	}
	if len(verdicts) != int(paypro.Conflict)+1 {
		t.Errorf("%d verdicts are explained", len(verdicts))
	}
	matching := slices.Concat(constants(t, "../../ledger", "MatchClass"), constants(t, "../../ledger", "MatchRule"), constants(t, "../../ledger", "Standing"))
	for _, word := range matching {
		find(t, word, nil, LevelMatch)
	}
	if len(matchClasses) != len(matching) || len(matching) < 15 {
		t.Errorf("%d words of the matching, %d are explained", len(matching), len(matchClasses))
	}
}

// The kinds of event that no outcome makes are the ledger's own constants.
func TestEveryKindOfEventHasAnEntry(t *testing.T) {
	t.Parallel()
	found := constants(t, "../../ledger", "kind")
	if len(found) < 3 {
		t.Fatalf("found only %v", found)
	}
	for _, kind := range append(found, constants(t, "../../ledger", "BalanceMoment")...) {
		find(t, kind, nil, LevelEvent)
	}
}

// A run that stopped itself prints one of these sentences and what happened.
func TestEveryHaltHasAnEntry(t *testing.T) {
	t.Parallel()
	sentences := []string{"the balance of 10.00 MXN does not cover the 500.00 MXN that are waiting: nothing was sent"}
	for _, file := range parse(t, "../dispatch") {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "Err") {
				if call, ok := spec.Values[0].(*ast.CallExpr); ok && len(call.Args) == 1 {
					sentences = append(sentences, unquoted(t, call.Args[0])+": code 8000, 20 times in a row")
				}
			}
			return true
		})
	}
	if len(sentences) != len(halts) {
		t.Errorf("%d sentences, %d halts: %q", len(sentences), len(halts), sentences)
	}
	for _, sentence := range sentences {
		find(t, sentence, nil, LevelHalt)
	}
}

// constants are the texts of a package's constants of a type, or without one
// those whose name begins so.
func constants(t *testing.T, folder, name string) []string {
	t.Helper()
	var found []string
	for _, file := range parse(t, folder) {
		for _, d := range file.Decls {
			group, ok := d.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST {
				continue
			}
			for _, s := range group.Specs {
				spec := s.(*ast.ValueSpec)
				of, typed := spec.Type.(*ast.Ident)
				for i, constant := range spec.Names {
					if typed && of.Name == name || !typed && strings.HasPrefix(constant.Name, name) && i < len(spec.Values) {
						found = append(found, unquoted(t, spec.Values[i]))
					}
				}
			}
		}
	}
	return found
}

func unquoted(t *testing.T, e ast.Expr) string {
	t.Helper()
	literal, ok := e.(*ast.BasicLit)
	if !ok {
		t.Fatalf("%T is no text", e)
	}
	text, err := strconv.Unquote(literal.Value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// An entry lets a person pay anew only what definitely was not paid, and only
// after a look at how the payout stands. This is the table that a person must
// change who means to change the rule.
func TestNoEntryLetsPayAgainWhatMayHaveBeenPaid(t *testing.T) {
	t.Parallel()
	notPaid := map[Level][]string{
		LevelReason: {"failed", "refused", "said_not_paid"},
		LevelState:  {"failed", "rejected"},
	}
	neverSent := []string{"withdrawn", "cancelled", "invalid"}
	told := 0
	for _, e := range Catalogue() {
		allowed := slices.Contains(notPaid[e.Level], e.Code) || e.Reason == "failed" || e.Reason == "refused"
		if allowed != (e.Again == AfterAsking) {
			t.Errorf("%s %s %v: pay again: %s", e.Level, e.Code, e.Areas, e.Again)
		}
		if e.Again == Yes && !slices.Contains(neverSent, e.Code) {
			t.Errorf("%s %s: pay again: %s", e.Level, e.Code, e.Again)
		}
		if e.Again == AfterAsking && e.does[0] != standFirst {
			t.Errorf("%s %s does not say to look first: %s", e.Level, e.Code, e.Action(lang.English))
		}
		for _, l := range lang.All() {
			if action := e.Action(l); saysPayAgain(action) {
				told++
				if e.Again != AfterAsking && e.Again != Yes {
					t.Errorf("%s %s: pay again %s: %s", e.Level, e.Code, e.Again, action)
				}
			}
		}
	}
	if told == 0 {
		t.Error("no entry lets pay again: the test looks for the wrong words")
	}
}

// Of a code that leaves it open whether money moved, the first thing said is
// not to pay again.
func TestEveryOpenCodeForbidsToPayAgain(t *testing.T) {
	t.Parallel()
	settled := []string{"", "paid", "processing", "failed", "refused"}
	open := 0
	for _, e := range Catalogue() {
		if slices.Contains(settled, e.Reason) && (e.Level != LevelHTTP || e.Code == "200") {
			continue
		}
		open++
		for _, l := range lang.All() {
			if !forbids(l, e.Action(l)) {
				t.Errorf("%s %s %v: %s", e.Level, e.Code, e.Areas, e.Action(l))
			}
		}
	}
	if open < 8 {
		t.Errorf("only %d open codes", open)
	}
}

func TestEntriesSayTheSameInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, e := range Catalogue() {
		for _, l := range lang.All() {
			for _, keys := range [][]lang.Key{e.means, e.does, {whoseWords[e.Whose], againWords[e.Again].short, againWords[e.Again].long, headings[e.Level].name, headings[e.Level].says}} {
				for _, key := range keys {
					if key == "" || !l.Has(key) {
						t.Errorf("%s %s: %q has no words in %s", e.Level, e.Code, key, l.Name())
					}
				}
			}
			if meaning := e.Meaning(l); meaning == "" || strings.Contains(meaning, "##") || strings.Contains(e.Action(l), "%!") {
				t.Errorf("%s %s: %q, %q", e.Level, e.Code, meaning, e.Action(l))
			}
		}
		if e.Whose == Nobody && len(e.does) > 0 && e.Code != "processing" && e.Code != "0015" && e.Code != "accepted" && e.Code != "timing" {
			t.Errorf("%s %s is nobody's job: %s", e.Level, e.Code, e.Action(lang.English))
		}
		if e.Whose != Nobody && len(e.does) == 0 {
			t.Errorf("%s %s is the job of %s, who is told nothing", e.Level, e.Code, e.Whose)
		}
	}
	for _, area := range paypro.Areas() {
		for _, l := range lang.All() {
			if !l.Has(lang.Key(area.Name)) {
				t.Errorf("%s has no name in %s", area.Name, l.Name())
			}
		}
	}
}

// answering is a client of a gateway that answers everything with one text.
func answering(t *testing.T, area *paypro.Area, status *int, answer *string) *paypro.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(*status)
		_, _ = io.WriteString(w, *answer)
	}))
	t.Cleanup(server.Close)
	secret, err := paypro.NewSecret("a secret of the tests")
	if err != nil {
		t.Fatal(err)
	}
	client, err := paypro.NewClient(paypro.Config{Area: area, BaseURL: server.URL, MerchantNo: "1", Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// placement is a request made of the examples of an area.
func placement(t *testing.T, area *paypro.Area) paypro.Request {
	t.Helper()
	const amount = "300000"
	values := paypro.Values{}
	for _, field := range area.Fields {
		values[field.Name] = field.Example
	}
	values["amount"] = amount
	exact, err := money.Parse(area.Currency, amount)
	if err != nil {
		t.Fatal(err)
	}
	return paypro.Request{TradeNo: "T1", Amount: exact, Values: values}
}

// What an HTTP status is said to call for is what the reason calls for that
// the client gives it, where no envelope says more.
func TestTheClientDoesWhatTheCatalogueSaysOfHTTP(t *testing.T) {
	t.Parallel()
	mexico, _ := paypro.LookupArea("mexico")
	status, answer := 0, "<html>not the gateway</html>"
	client, payout := answering(t, mexico, &status, &answer), placement(t, mexico)
	for _, status = range []int{201, 299, 301, 307, 400, 401, 403, 404, 408, 409, 418, 425, 429, 500, 502, 503, 504, 599} {
		verdict := client.Place(t.Context(), payout)
		e := find(t, strconv.Itoa(status), nil, LevelHTTP)
		if told := reasons[string(verdict.Reason)]; verdict.Kind != paypro.InDoubt || !slices.Equal(told.action.says, e.does) {
			t.Errorf("%d: the client says %s, %s; the catalogue %s", status, verdict.Kind, verdict.Reason, e.Action(lang.English))
		}
	}
}

// The catalogue must not say what a code means and the client do another thing.
func TestTheClientDoesWhatTheCatalogueSays(t *testing.T) {
	t.Parallel()
	for _, area := range paypro.Areas() {
		status, answer := http.StatusOK, ""
		client, payout := answering(t, area, &status, &answer), placement(t, area)
		reason := func(text string) string {
			answer = text
			return string(client.Place(t.Context(), payout).Reason)
		}
		for code := range area.Statuses {
			found := reason(`{"code":"0000","success":true,"msg":"ok","data":{"tradeNo":"T1","platFormTradeNo":"P1","status":"` + code + `"}}`)
			if e := find(t, code, area, LevelInner); e.Reason != found {
				t.Errorf("%s: inner %s: the client says %s, the catalogue %s", area.Name, code, found, e.Reason)
			}
		}
		for code := range area.Outers {
			found := reason(fmt.Sprintf(`{"code":%q,"success":false,"msg":"no"}`, code))
			if e := find(t, code, area, LevelOuter); e.Reason != found {
				t.Errorf("%s: outer %s: the client says %s, the catalogue %s", area.Name, code, found, e.Reason)
			}
		}
	}
}

// TestErrorsDocument holds the pages against the catalogue; -update writes them.
func TestErrorsDocument(t *testing.T) {
	t.Parallel()
	for _, l := range lang.All() {
		path := "../../docs/errors.md"
		if l != lang.English {
			path = "../../docs/errors." + l.String() + ".md"
		}
		want := Document(l)
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil { //nolint:gosec // a document
				t.Fatal(err)
			}
			continue
		}
		had, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(had)); diff != "" {
			t.Errorf("%s is not what the catalogue says; go generate ./internal/explain writes it anew (-want +got):\n%s", path, diff)
		}
	}
}
