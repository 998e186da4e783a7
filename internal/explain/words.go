package explain

import (
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// An action is what a person does now: sentences, and what they amount to.
type action struct {
	says  []lang.Key
	whose Whose
	again Again
}

// The sentences of actions. TRADENO and BATCH become the payout's own, so
// that the commands can be pasted.
const (
	dontPay    lang.Key = "Do not pay again."
	askNow     lang.Key = "Ask what became of it: `bulkpay settle BATCH`."
	askSupport lang.Key = "Ask the gateway's support about this tradeNo."
	setRight   lang.Key = "Run `bulkpay doctor` and set right the merchant's settings."
	keepProof  lang.Key = "Keep what the word rests on with this report: a line of a statement, an answer of the gateway's support."
	payAnew    lang.Key = "To pay it anew: `bulkpay retry BATCH --reason \"…\"`."
	repay      lang.Key = "Check the payee's details with them. If they are right: `bulkpay retry BATCH --reason \"…\"`. If not: correct the row in the sheet handed back, and run that."
	goOn       lang.Key = "Run the same command again, or `bulkpay submit BATCH`: it goes on where it stopped."
	lookAtBoth lang.Key = "Look at both."
	releaseIt  lang.Key = "If it is meant: `bulkpay release TRADENO --reason \"…\"`. If not: `bulkpay cancel TRADENO --reason \"…\"`."
)

// The things a person may have to do.
var (
	nothing   = action{nil, Nobody, No}
	withdrawn = action{nil, Nobody, Yes}
	wait      = action{[]lang.Key{"Nothing now. Ask again later: `bulkpay settle BATCH`."}, Nobody, No}
	ask       = action{[]lang.Key{dontPay, askNow}, Caretaker, Automatic}
	support   = action{[]lang.Key{dontPay, askSupport}, Support, No}
	correct   = action{[]lang.Key{repay}, Payee, AfterAsking}
	waitADay  = action{[]lang.Key{"Wait until the payee can receive again, usually the next day. Then: `bulkpay retry BATCH --reason \"…\"`."}, Payee, AfterAsking}
	recheck   = action{[]lang.Key{"Find out from the gateway's support why.", payAnew}, Support, AfterAsking}
	sendHint  = action{[]lang.Key{goOn}, Caretaker, Automatic}
	doctor    = action{[]lang.Key{setRight, dontPay, askNow}, Caretaker, Automatic}
	refused   = action{[]lang.Key{setRight, payAnew}, Caretaker, AfterAsking}
	account   = action{[]lang.Key{"Tell whoever keeps the accounts. Do not pay again: ask the gateway's support where the money is. Both answers: `bulkpay show TRADENO`."}, Finance, No}
	keep      = action{[]lang.Key{keepProof}, Finance, No}
	history   = action{[]lang.Key{"Look at its history: `bulkpay show TRADENO`."}, Finance, No}
	caretaker = action{[]lang.Key{"Tell whoever looks after bulkpay."}, Caretaker, No}
	certain   = action{[]lang.Key{keepProof, payAnew}, Finance, AfterAsking}
	askOnce   = action{[]lang.Key{dontPay, "`bulkpay settle BATCH` asks about it first; it is sent only if the gateway keeps denying it."}, Caretaker, Automatic}
	compare   = action{[]lang.Key{lookAtBoth}, Finance, No} // and then decide
	decide    = action{nil, Finance, No}
)

// is tells whether an action is another.
func (a action) is(other action) bool {
	return len(a.says) > 0 && slices.Equal(a.says, other.says)
}

// paysAnew tells whether an action lets a person make a new payout.
func (a action) paysAnew() bool { return a.again == AfterAsking }

// sentences are texts one after the other; Chinese has no space between.
func (s Speaker) sentences(keys ...lang.Key) string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = s.Lang.Text(key)
	}
	return s.join(texts...)
}

func (s Speaker) join(texts ...string) string {
	gap := " "
	if s.Lang == lang.Chinese {
		gap = ""
	}
	return strings.Join(texts, gap)
}

// because ends a sentence in what a person or a rule said.
func (s Speaker) because(sentence, said string) string {
	stop, colon := ".", ": "
	if s.Lang == lang.Chinese {
		stop, colon = "。", "："
	}
	text := strings.TrimSuffix(sentence, stop) + colon + said
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "。") {
		text += stop
	}
	return text
}

// byWord says what a person can say once they know what became of a payout:
// only what the ledger takes, as the payout stands; "" if nothing.
func (s Speaker) byWord(p ledger.Payout) string {
	words := sayable(p)
	if len(words) == 0 {
		return ""
	}
	command := "`bulkpay resolve TRADENO " + words[0] + " --reason \"…\"`"
	for i, word := range words {
		words[i] = "`" + word + "`"
	}
	switch len(words) {
	case 1:
		return s.Lang.Text("Once it is known for certain: %s.", command)
	case 2:
		return s.Lang.Text("Once it is known for certain: %s, or with %s.", command, words[1])
	}
	return s.Lang.Text("Once it is known for certain: %s, or with %s, or with %s.", command, words[1], words[2])
}

// sayable are the words of `bulkpay resolve` that fit a payout. It may be let
// go once more only if the gateway keeps denying it and never showed that it
// knows it.
func sayable(p ledger.Payout) []string {
	words := []string{"--paid", "--not-paid"}
	switch p.State {
	case ledger.InDoubt, ledger.Processing:
		return words
	case ledger.Ready, ledger.Held:
		if p.Sends() == 0 && !(p.Flagged && p.State == ledger.Held) {
			return nil // it is released or cancelled
		}
		if (p.Reason == ledger.ReasonSpent || p.Reason == ledger.ReasonAdopted) && !p.Flagged && p.PlatformTradeNo == "" {
			words = append(words, "--resend")
		}
		return words
	case ledger.Succeeded:
		return []string{"--not-paid"}
	case ledger.Failed, ledger.Rejected:
		return []string{"--paid"}
	}
	return nil
}

// pasteable names the batch in the commands of an action, and the simulated
// gateway if that is where the batch was paid: without it they would look for
// the batch in the ledger of real money.
func pasteable(action string, batch ledger.Batch) string {
	if batch.Code != "" {
		action = strings.ReplaceAll(action, "BATCH", batch.Code)
	}
	if !batch.Merchant.Simulated() {
		return action
	}
	flag := " --sandbox"
	if _, address, ok := strings.Cut(batch.Merchant.Gateway, " "); ok {
		flag += "=" + address
	}
	parts := strings.Split(action, "`")
	for i, part := range parts {
		if i%2 == 1 && strings.HasPrefix(part, "bulkpay ") {
			parts[i] += flag
		}
	}
	return strings.Join(parts, "`")
}
