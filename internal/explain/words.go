package explain

import (
	"fmt"
	"strings"

	"github.com/bulkpay/bulkpay/ledger"
)

// The things a person may have to do. TRADENO and BATCH become the payout's
// own, so that the commands can be pasted.
const (
	wait      = "Nothing now. Ask again later: `bulkpay settle BATCH`."
	ask       = "Do not pay again. Ask what became of it: `bulkpay settle BATCH`."
	support   = "Do not pay again. Ask the gateway's support about this tradeNo."
	correct   = "Check the payee's details with them. If they are right: `bulkpay retry BATCH --reason \"…\"`. If not: correct the row in the sheet handed back, and run that."
	recheck   = "Find out from the gateway's support why. " + again
	sendHint  = "Run the same command again, or `bulkpay submit BATCH`: it goes on where it stopped."
	doctor    = "Run `bulkpay doctor` and set right the merchant's settings."
	account   = "Tell whoever keeps the accounts. Do not pay again: ask the gateway's support where the money is. Both answers: `bulkpay show TRADENO`."
	keep      = "Keep what the word rests on with this report: a line of a statement, an answer of the gateway's support."
	history   = "Look at its history: `bulkpay show TRADENO`."
	caretaker = "Tell whoever looks after bulkpay."
	certain   = keep + " " + again
	askOnce   = "Do not pay again. `bulkpay settle BATCH` asks about it first; it is sent only if the gateway keeps denying it."

	again = "To pay it anew: `bulkpay retry BATCH --reason \"…\"`."
)

// Decide says how a person decides about a payout that is held and was never
// sent, in commands that can be pasted.
func Decide(tradeNo string) string {
	return fmt.Sprintf("If it is meant: `bulkpay release %[1]s --reason \"…\"`. If not: `bulkpay cancel %[1]s --reason \"…\"`.", tradeNo)
}

// byWord adds what a person can say once they know what became of a payout:
// only what the ledger takes, as the payout stands.
func byWord(action string, p ledger.Payout) string {
	if words := sayable(p); len(words) > 0 && strings.HasPrefix(action, support) {
		action += " Once it is known for certain: `bulkpay resolve TRADENO " + words[0] + " --reason \"…\"`"
		for _, word := range words[1:] {
			action += ", or with `" + word + "`"
		}
		action += "."
	}
	return action
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
