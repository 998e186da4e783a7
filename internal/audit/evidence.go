package audit

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// statusPaid is the one status that says that the money has arrived.
const statusPaid = "0000"

// statusPartly says that some of it has.
const statusPartly = "0001"

// followPaid reads the answer on which a success rests.
func (a *auditor) followPaid(p *payout, e *event) {
	why := a.proves(p, e)
	if why == "" {
		p.history.proven = true
		return
	}
	if e.to == stateSucceeded {
		a.find("payout "+p.number, "event %d is said to prove the payment, and %s", e.seq, why)
	}
}

// proves says why the evidence of an event is none for the payment, "" if it is.
func (a *auditor) proves(p *payout, e *event) string {
	head, body, found := bytes.Cut(e.evidence, []byte("{"))
	if !found {
		return "there is no answer in it"
	}
	switch h := strings.TrimSpace(string(head)); {
	case strings.HasPrefix(h, "HTTP ") && h != "HTTP 200":
		return "the answer is not an HTTP 200"
	case strings.HasPrefix(h, "callback") && h != "callback, signature checked":
		return "anybody may have sent the callback"
	}
	members, ok := readAnswer(append([]byte("{"), body...))
	switch {
	case !ok:
		return "its answer cannot be read"
	case members["status"] != statusPaid:
		return "its answer does not say 0000"
	case members["tradeNo"] != "" && members["tradeNo"] != p.number:
		return "its answer is about another number"
	case members["tradeNo"] == "" && !a.named(p, members):
		return "its answer does not say about which payout it is"
	}
	for _, key := range []string{"orderAmount", "payAmount", "amount"} {
		if text := members[key]; text != "" && !a.sameAmount(p, text) {
			return "its answer names another amount"
		}
	}
	return ""
}

// named tells whether an answer without our number says by the gateway's
// which payout it is about.
func (a *auditor) named(p *payout, members map[string]string) bool {
	for _, key := range []string{"platFormTradeNo", "serialNumber", "kiliTradeNo"} {
		if members[key] != "" && (p.platform == "" || members[key] == p.platform) {
			return true
		}
	}
	return false
}

func (a *auditor) sameAmount(p *payout, text string) bool {
	b := a.batches[p.batchID]
	if b == nil {
		return false
	}
	units, err := minor(text, b.decimals)
	return err == nil && units == p.amount
}

// readAnswer reads the members of an answer's data, or of a callback, which
// has no envelope around it. An answer with an outer code other than 0000 is
// none.
func readAnswer(body []byte) (map[string]string, bool) {
	var outer map[string]json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&outer); err != nil {
		return nil, false
	}
	inner := outer
	if data, enveloped := outer["data"]; enveloped {
		if string(outer["code"]) != `"`+statusPaid+`"` {
			return nil, false
		}
		inner = nil
		if err := json.Unmarshal(data, &inner); err != nil {
			return nil, false
		}
	}
	members := make(map[string]string, len(inner))
	for name, raw := range inner {
		var text string
		switch {
		case len(raw) == 0 || raw[0] == '{' || raw[0] == '[':
		case json.Unmarshal(raw, &text) == nil:
			members[name] = text
		case string(raw) != "null":
			members[name] = string(raw)
		}
	}
	return members, true
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
