package explain

import (
	"slices"
	"strings"
	"sync"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// An Entry of the catalogue says what one code or word means that bulkpay or
// the gateway gives. The same code may have several: at another level, or in
// another area.
type Entry struct {
	Code  string   // as it is shown: "00029", "timeout", "in_doubt", "4", "NOT TIED"
	Level Level    // where it comes from
	Areas []string // of a code of the gateway: the codes of the areas in which it means this
	Whose Whose    // whose job it is
	Again Again    // whether to pay again

	// Reason is the token under which the ledger keeps a code of the gateway
	// that is the answer to a first attempt; "" for all else.
	Reason string

	means []lang.Key
	does  []lang.Key
	also  []string // other ways to write the code
}

// Level is where a code or word comes from.
type Level string

// The levels, in the order of the catalogue.
const (
	LevelInner   Level = "inner"   // the gateway: data.status, what became of the payout
	LevelOuter   Level = "outer"   // the gateway: code, what became of the call
	LevelHTTP    Level = "http"    // the status of an HTTP answer, the gateway's or that of a machine in between
	LevelReason  Level = "reason"  // ours: why a payout is in its state
	LevelState   Level = "state"   // ours: how a payout stands
	LevelVerdict Level = "verdict" // ours: what one answer means
	LevelEvent   Level = "event"   // ours: a kind of event in the history
	LevelHalt    Level = "halt"    // ours: why a run stopped itself
	LevelReport  Level = "report"  // ours: a word of the reports
	LevelMatch   Level = "match"   // ours: a class of the matching with statements
	LevelExit    Level = "exit"    // ours: an exit code
)

// Levels lists the levels in the order of the catalogue.
func Levels() []Level {
	return []Level{
		LevelInner, LevelOuter, LevelHTTP, LevelReason, LevelState, LevelVerdict, LevelEvent, LevelHalt, LevelReport, LevelMatch, LevelExit,
	}
}

// Meaning is what the entry means, in sentences.
func (e Entry) Meaning(l lang.Lang) string {
	if e.Level == LevelInner || e.Level == LevelOuter {
		texts := make([]string, len(e.means))
		for i, key := range e.means {
			texts[i] = sentence(l, l.Text(key))
		}
		return Speak(l).join(texts...)
	}
	return Speak(l).sentences(e.means...)
}

// Action is what to do now, in sentences with commands that can be pasted but
// for BATCH and TRADENO; "" if there is nothing to do.
func (e Entry) Action(l lang.Lang) string { return Speak(l).sentences(e.does...) }

// sentence makes one of what the gateway's documents call a code.
func sentence(l lang.Lang, text string) string {
	first, rest := text[:1], text[1:]
	switch {
	case strings.HasSuffix(text, ".") || strings.HasSuffix(text, "。"):
		return text
	case l == lang.Chinese:
		return text + "。"
	}
	return strings.ToUpper(first) + rest + "."
}

// Catalogue lists every entry: level by level, and the codes of one level in
// their order.
func Catalogue() []Entry { return slices.Clone(catalogue()) }

var catalogue = sync.OnceValue(func() []Entry {
	return slices.Concat(
		gatewayCodes(), httpStatuses, reasonEntries(), stateEntries(), verdicts, events, halts, reportWords, matchClasses, exits,
	)
})

// standFirst goes before whatever lets a person pay anew: no code alone says
// that a payout was not paid. A later attempt's refusal says nothing about the
// first one, and contrary answers say nothing at all.
const standFirst lang.Key = "See first how the payout stands: `bulkpay show TRADENO`. The rest holds only if that says failed or rejected and nothing of answers that contradict each other."

// entry makes one of an action.
func entry(level Level, code string, means lang.Key, do action, also ...string) Entry {
	does := do.says
	if do.paysAnew() {
		does = append([]lang.Key{standFirst}, does...)
	}
	return Entry{Code: code, Level: level, Whose: do.whose, Again: do.again, means: []lang.Key{means}, does: does, also: also}
}

// reasonEntries are the reasons in the order of their names.
func reasonEntries() []Entry {
	var found []Entry
	for token, told := range reasons {
		do := told.action
		switch token {
		case ledger.ReasonSuspect, ledger.ReasonAboveLimit:
			do.says = append(slices.Clone(do.says), releaseIt)
		}
		found = append(found, entry(LevelReason, token, told.reason[0], do))
	}
	slices.SortFunc(found, func(a, b Entry) int { return strings.Compare(a.Code, b.Code) })
	return found
}

// stateEntries are the states as reports show them.
func stateEntries() []Entry {
	var found []Entry
	for _, state := range ledger.States() {
		told := states[state]
		found = append(found, entry(LevelState, string(state), told.reason[0], told.action))
	}
	return found
}
