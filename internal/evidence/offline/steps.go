package offline

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
)

// step is what an event does to its payout.
type step struct {
	payout, seq    int64
	kind, from, to string
	flagged        bool
	proven         bool // there is an answer, or a person's statement
	trade          mark // of the tradeNo
	why            mark // of reason, code and message
	platform       mark // of the gateway's number; zero: it names none
}

// mark stands for a text: equal marks, equal texts.
type mark [16]byte

func markOf(text string) mark {
	sum := sha256.Sum256([]byte(text))
	return mark(sum[:16])
}

const stepBytes = 8 + 8 + 4 + 3*16

// step puts an event of a payout aside, and holds it against what it must rest
// on as far as that can be seen from itself.
func (c *checker) step(e pack.Event) error {
	if e.PayoutID == 0 {
		return nil
	}
	where := at("event", e.Seq)
	if !slices.Contains(kinds, e.Kind) || !slices.Contains(states, e.From) || !slices.Contains(states, e.To) {
		return c.find(pack.EventsName, where, "is of a kind, or about a state, that there is not")
	}
	for _, objection := range objections(e) {
		if err := c.find(pack.EventsName, where, "%s", objection); err != nil {
			return err
		}
	}
	s := step{
		payout: e.PayoutID, seq: e.Seq, kind: e.Kind, from: e.From, to: e.To, flagged: e.Flagged,
		proven: e.Evidence != "" || e.Base64["evidence"] != "", trade: markOf(e.TradeNo), why: whyOf(e.Reason, e.Code, e.Message),
	}
	if e.PlatFormTradeNo != "" {
		s.platform = markOf(e.PlatFormTradeNo)
	}
	return c.steps.Add(s.record())
}

func whyOf(reason, code, message string) mark { return markOf(reason + "\n" + code + "\n" + message) }

// objections are what is wrong with an event by itself: nothing is paid
// without an answer that says so, a person's word is that person's, a hint
// proves nothing.
func objections(e pack.Event) (all []string) {
	if !may(e.From, e.To) {
		all = append(all, fmt.Sprintf("there is no way from %s to %s", e.From, e.To))
	}
	proven := e.Evidence != "" || e.Base64["evidence"] != ""
	if e.To == "succeeded" && e.From != "succeeded" && (e.Kind != "paid" && e.Kind != "said_paid" || !proven) {
		all = append(all, "is succeeded without an answer that says so")
	}
	if e.Kind == "hint" && (e.Flagged || e.PlatFormTradeNo != "" || e.To != e.From && e.To != "in_doubt") {
		all = append(all, "a hint proves nothing, and moves nothing")
	}
	if isWord(e.Kind) && !said(e) {
		all = append(all, "is not what the person has said")
	}
	return all
}

// isWord tells the kinds that rest on a person's word.
func isWord(kind string) bool {
	return kind == "said_paid" || kind == "said_not_paid" || kind == "resend"
}

// said tells whether the evidence of a person's word is that word. In a masked
// one anything may be missing, because a payee's name may be a part of
// anything ("said" is one); it must not be another word all the same.
func said(e pack.Event) bool {
	var said struct{ Who, Word, Reason string }
	err := json.Unmarshal([]byte(e.Evidence), &said)
	if e.Masked {
		return err != nil || said.Word == e.Kind || !isWord(said.Word)
	}
	return err == nil && said.Word == e.Kind && said.Who == e.Actor
}

func (s step) record() []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, stepBytes), uint64(s.payout))
	b = binary.BigEndian.AppendUint64(b, uint64(s.seq))
	b = append(b, byte(slices.Index(kinds, s.kind)), byte(slices.Index(states, s.from)), byte(slices.Index(states, s.to)), flag(s.flagged)|flag(s.proven)<<1)
	b = append(b, s.trade[:]...)
	b = append(b, s.why[:]...)
	return append(b, s.platform[:]...)
}

func stepOf(b []byte) step {
	return step{
		payout: int64(binary.BigEndian.Uint64(b)), seq: int64(binary.BigEndian.Uint64(b[8:])),
		kind: kinds[b[16]], from: states[b[17]], to: states[b[18]], flagged: b[19]&1 > 0, proven: b[19]&2 > 0,
		trade: mark(b[20:36]), why: mark(b[36:52]), platform: mark(b[52:68]),
	}
}

// replay is a payout as its events tell it, from its import on.
type replay struct {
	state            string
	attempts, unsent int
	flagged          bool
	why, platform    mark
	wrong            []string
}

func newReplay() *replay { return &replay{state: "ready", why: whyOf("", "", "")} }

// take makes one more step.
func (r *replay) take(s step, trade mark) {
	if s.from != r.state {
		r.wrong = append(r.wrong, fmt.Sprintf("event %d starts at %s, where it was %s", s.seq, s.from, r.state))
	}
	if s.trade != trade {
		r.wrong = append(r.wrong, fmt.Sprintf("event %d has another tradeNo", s.seq))
	}
	switch {
	case s.kind == "submitted":
		r.attempts++
	case s.kind == "not_sent" && s.from == "submitting" && s.to != "submitting":
		r.unsent++
	}
	r.state, r.flagged = s.to, r.flagged || s.flagged
	if r.platform == (mark{}) {
		r.platform = s.platform
	}
	if s.kind != "hint" {
		r.why = s.why
	}
}

// contradictions are what a row says otherwise than its events.
func (r *replay) contradictions(row pack.Row) []string {
	all := r.wrong
	if row.State != r.state {
		all = append(all, fmt.Sprintf("is %s, and its events end in %s", row.State, r.state))
	}
	if whyOf(row.Reason, row.Code, row.Message) != r.why {
		all = append(all, "gives another reason, code or message than its last event")
	}
	if row.Attempts != r.attempts || row.Unsent != r.unsent {
		all = append(all, "counts other attempts than its events")
	}
	if row.Flagged != r.flagged {
		all = append(all, "is flagged otherwise than its events")
	}
	if platform := row.PlatFormTradeNo; platform == "" && r.platform != (mark{}) || platform != "" && markOf(platform) != r.platform {
		all = append(all, "has another platFormTradeNo than its events")
	}
	return all
}
