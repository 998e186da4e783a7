package explain

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// saysPayAgain tells whether advice lets a person make a new payout, in
// whatever language: the command is the same in all of them.
func saysPayAgain(action string) bool {
	for _, words := range []string{
		"bulkpay retry", "new sheet", "new payout", "pay it", "run that", "pays anew",
		"pagarlo", "pague de nuevo", "procese esa hoja", "重新付款", "再运行该表格",
	} {
		if strings.Contains(action, words) {
			return true
		}
	}
	return false
}

// forbids tells whether advice says not to pay again.
func forbids(l lang.Lang, action string) bool {
	return strings.Contains(action, map[lang.Lang]string{
		lang.English: "Do not pay again", lang.Spanish: "No vuelva a pagar", lang.Chinese: "请勿再次付款",
	}[l])
}

// everyStanding calls do for every state, reason, number of sends and flag.
func everyStanding(t *testing.T, do func(ledger.Payout)) {
	t.Helper()
	given := append([]string{"", "maria held it"}, slices.Sorted(maps.Keys(allTokens(t)))...)
	for _, state := range ledger.States() {
		for _, reason := range given {
			for _, attempts := range []int{0, 1, 2} {
				for _, flagged := range []bool{false, true} {
					do(ledger.Payout{TradeNo: "BP1", State: state, Reason: reason, Attempts: attempts, Flagged: flagged, Code: "8000", Message: "so said"})
				}
			}
		}
	}
}

// Money may have moved unless the payout is failed or refused for good, or
// was never sent; and it may whenever answers contradict each other.
func TestNobodyIsToldToPayAgainWhatMayHaveBeenPaid(t *testing.T) {
	t.Parallel()
	told := map[lang.Lang]int{}
	everyStanding(t, func(p ledger.Payout) {
		safe := !p.Flagged && (p.State == ledger.Failed || p.State == ledger.Rejected)
		for _, l := range lang.All() {
			action := Speak(l).Payout("MX", p).Action
			if saysPayAgain(action) {
				told[l]++
				if !safe {
					t.Errorf("%s because of %q, flagged %v: %s", p.State, p.Reason, p.Flagged, action)
				}
			}
			if p.Flagged && !forbids(l, action) {
				t.Errorf("%s because of %q, contradictory: %s", p.State, p.Reason, action)
			}
		}
	})
	if told[lang.English] == 0 || told[lang.Spanish] != told[lang.English] || told[lang.Chinese] != told[lang.English] {
		t.Errorf("the languages do not say the same: %v", told)
	}
}

// What is to be done is somebody's job, and a job is to do something.
func TestWhatIsToBeDoneIsSomebodysJob(t *testing.T) {
	t.Parallel()
	everyStanding(t, func(p ledger.Payout) {
		action, whose := Payout("MX", p).Action, Speaker{}.Whose(p)
		if (whose == Nobody) != (action == "" || action == do(wait)) {
			t.Errorf("%s because of %q, flagged %v: %s: %q", p.State, p.Reason, p.Flagged, whose, action)
		}
		if p.Flagged && p.State != ledger.Reversed && whose != Support {
			t.Errorf("%s because of %q, contradictory: %s", p.State, p.Reason, whose)
		}
	})
}

func BenchmarkSpeak(b *testing.B) {
	batch := ledger.Batch{Code: "MX-20261121-7K3QF", Merchant: ledger.Merchant{Area: "MX"}}
	p := ledger.Payout{TradeNo: "BP20261121093015K3QF7YT2M4XZ", State: ledger.Failed, Reason: "failed", Code: "00029", Attempts: 1}
	for b.Loop() {
		_ = Speak(lang.Spanish).In(batch, p)
	}
}

// What is said in another language has the same commands, nothing of the
// English and nothing left open.
func TestLanguagesSayTheSame(t *testing.T) {
	t.Parallel()
	commands := func(text string) []string {
		var found []string
		for i, part := range strings.Split(text, "`") {
			if i%2 == 1 {
				found = append(found, part)
			}
		}
		slices.Sort(found)
		return found
	}
	everyStanding(t, func(p ledger.Payout) {
		english := Payout("MX", p)
		for _, l := range []lang.Lang{lang.Spanish, lang.Chinese} {
			advice := Speak(l).Payout("MX", p)
			if !slices.Equal(commands(advice.Action), commands(english.Action)) {
				t.Errorf("%s because of %q: %q, in English %q", p.State, p.Reason, advice.Action, english.Action)
			}
			if advice.Reason == english.Reason || advice.Action != "" && advice.Action == english.Action {
				t.Errorf("%s because of %q: in English: %q", p.State, p.Reason, advice)
			}
			if strings.Contains(advice.Reason+advice.Action, "TRADENO") || strings.Contains(advice.Reason, "##") {
				t.Errorf("%s because of %q: %q", p.State, p.Reason, advice)
			}
			if (english.Reason == "") != (advice.Reason == "") || strings.Contains(english.Reason, "so said") != strings.Contains(advice.Reason, "so said") {
				t.Errorf("%s because of %q: %q, in English %q", p.State, p.Reason, advice, english)
			}
		}
	})
}

// A report puts the person's name in the place of these words.
func TestThePersonCanBeNamedInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, l := range lang.All() {
		for _, state := range []ledger.State{ledger.Succeeded, ledger.Failed, ledger.Reversed} {
			reason := ledger.ReasonSaidNotPaid
			if state == ledger.Succeeded {
				reason = ledger.ReasonSaidPaid
			}
			words := Speak(l).Payout("MX", ledger.Payout{State: state, Reason: reason, Attempts: 1}).Reason
			if strings.Count(words, l.Text("on a person's word")) != 1 {
				t.Errorf("%s: %s", l, words)
			}
			if !l.Has("on the word of %s") {
				t.Errorf("%s has no words for a person's name", l)
			}
		}
	}
}
