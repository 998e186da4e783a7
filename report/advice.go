package report

import (
	"strings"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// Advice explains a payout to a person, in plain words.
type Advice struct {
	Reason string // why it stands where it stands
	Action string // what to do now; "" when nothing
	Who    string // whose job that is; "" when nobody's
}

// Explain is the plain advice that follows from the state alone, in English.
// A command that knows the gateway's codes gives better advice by
// [Options].Explain and may fall back on this.
func Explain(p ledger.Payout) Advice { return ExplainIn(lang.English, p) }

// ExplainIn is [Explain] in a language.
func ExplainIn(l lang.Lang, p ledger.Payout) Advice {
	plain := adviceOf[p.State]
	_, spoken := said(p)
	if spoken {
		plain = wordAdvice[p.State]
	}
	advice := plain.in(l)
	if !spoken && p.State == ledger.Held && p.Reason == ledger.ReasonSuspect {
		advice.Reason = l.Text("held, because it looks like another payout")
		advice.Action = l.Text("look at both; if this one is meant, too: bulkpay release %[1]s --reason …; if not: bulkpay cancel %[1]s --reason …", named(p))
	}
	if (p.OwnWords() || spoken) && p.Message != "" {
		advice.Reason += l.Text(": %s", p.Message)
	}
	if spoken {
		advice.Reason += l.Text("; no answer of the gateway stands behind it")
	}
	if p.Flagged {
		advice.Reason += l.Text("; an answer of the gateway contradicts another")
		advice.Action = l.Text("read its history and ask the gateway which answer holds")
		advice.Who = l.Text("whoever looks after bulkpay")
	}
	return advice
}

// named is a payout's number, or a place for one.
func named(p ledger.Payout) string {
	if p.TradeNo == "" {
		return "TRADENO"
	}
	return p.TradeNo
}

// ReplacedIn adds to the advice about a payout which one it stands in for and
// which one stands in for it. What was replaced is never to be paid again,
// whatever the advice was.
func ReplacedIn(l lang.Lang, advice Advice, p ledger.Payout) Advice {
	if p.Replaces != "" {
		advice.Reason = alsoSays(advice.Reason, l.Text("stands in for payout %s", p.Replaces))
	}
	if p.ReplacedBy == "" {
		return advice
	}
	advice.Reason = alsoSays(advice.Reason, l.Text("was replaced by payout %s", p.ReplacedBy))
	if p.State.CalledOff() && !p.Flagged {
		advice.Action, advice.Who = "", ""
	}
	advice.Action = alsoSays(advice.Action, l.Text("do not pay it again: payout %s was made in its place", p.ReplacedBy))
	return advice
}

// Replaced is [ReplacedIn] in English.
func Replaced(advice Advice, p ledger.Payout) Advice { return ReplacedIn(lang.English, advice, p) }

// alsoSays adds a clause to a text, or a sentence to one of sentences.
func alsoSays(text, clause string) string {
	switch {
	case text == "":
		return clause
	case strings.HasSuffix(text, "。"):
		return text + clause + "。"
	case strings.HasSuffix(text, "."):
		return text + " " + strings.ToUpper(clause[:1]) + clause[1:] + "."
	}
	return text + "; " + clause
}

// keys is advice that is still to be put into a language.
type keys struct{ reason, action, who lang.Key }

func (k keys) in(l lang.Lang) Advice {
	text := func(key lang.Key) string {
		if key == "" {
			return ""
		}
		return l.Text(key)
	}
	return Advice{text(k.reason), text(k.action), text(k.who)}
}

// wordAdvice is for what stands on a person's word alone.
var wordAdvice = map[ledger.State]keys{
	ledger.Succeeded: {"paid on a person's word", "keep what the word rests on with this report", "finance"},
	ledger.Failed:    {"not paid on a person's word", "keep what the word rests on with this report, then pay it again as a new payout", "finance"},
	ledger.Reversed: {
		"was reported as paid, and is not any more on a person's word",
		"ask the gateway where the money is before anything is paid again", "finance",
	},
}

var adviceOf = map[ledger.State]keys{
	ledger.Ready: {"checked and numbered, not sent yet", "", ""},
	ledger.Held:  {"held back until a person decides", "decide whether it goes on or is withdrawn", "finance"},
	ledger.Submitting: {
		"a request is on its way or was interrupted",
		"do not pay it by other means; let the gateway be asked", "whoever looks after bulkpay",
	},
	ledger.InDoubt: {
		"a request may have arrived and no trustworthy answer says what became of it",
		"do not pay it by other means; let the gateway be asked", "whoever looks after bulkpay",
	},
	ledger.Processing: {"accepted by the gateway and not final yet", "wait for the final answer", ""},
	ledger.Succeeded:  {"paid", "", ""},
	ledger.Failed: {
		"accepted by the gateway and definitely not paid",
		"find the cause, then pay it again as a new payout", "finance",
	},
	ledger.Rejected: {
		"refused by the gateway; no order was made",
		"correct what it names, then pay it again as a new payout", "finance",
	},
	ledger.Cancelled: {"withdrawn before it was ever sent", "", ""},
	ledger.Reversed: {
		"was paid, and the gateway says it is not any more",
		"ask the gateway where the money is before anything is paid again", "finance",
	},
}
