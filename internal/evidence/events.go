package evidence

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/ledger"
)

// addEvents adds the history, and of it what somebody decided. The history is
// read once: decisions wait in a file of their own meanwhile.
func (w *writing) addEvents() error {
	aside, err := newAside()
	if err != nil {
		return err
	}
	defer aside.Close() //nolint:errcheck // it is dropped
	decisions := newLines(aside)
	const what = "every event of the batch and its payouts with the raw answers and the hashes of the chain, one JSON object a line"
	err = w.add(pack.EventsName, what, func(to io.Writer) error {
		return w.events(to, func(e pack.Event) error {
			w.made.Events++
			if e.Masked {
				w.made.Masked++
			}
			if decision, ok := pack.DecisionOf(e); ok {
				return decisions.write(decision)
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return w.addAside(pack.DecisionsName, "who decided what, and in what words, one JSON object a line", aside, decisions.buffer.Flush)
}

func (w *writing) events(to io.Writer, see func(pack.Event) error) error {
	out := newLines(to)
	for link, err := range w.v.History(w.ctx, w.summary.Batch.ID) {
		if err != nil {
			return err
		}
		e, err := w.event(link)
		if err != nil {
			return err
		}
		if err := errors.Join(out.write(e), see(e)); err != nil {
			return err
		}
	}
	return out.buffer.Flush()
}

// event is an event as the pack has it.
func (w *writing) event(l ledger.Link) (pack.Event, error) {
	e := pack.Event{
		Seq: l.Seq, At: stamp(l.At), BatchID: l.BatchID, PayoutID: l.PayoutID, TradeNo: l.TradeNo, Kind: l.Kind,
		From: string(l.From), To: string(l.To), Attempt: l.Attempt, Actor: l.Actor, Reason: l.Reason, Code: l.Code, Message: l.Message,
		PlatFormTradeNo: l.PlatformTradeNo, Flagged: l.Flagged, Evidence: string(l.Evidence),
		Before: hex.EncodeToString(l.Before), Hash: hex.EncodeToString(l.Hash),
	}
	if e.Message == "" && e.Evidence == "" {
		return e, nil // nothing else comes from the gateway, or is about a person
	}
	m, err := w.masks(l.Person)
	if err != nil {
		return e, err
	}
	for _, text := range []*string{&e.Message, &e.Evidence} {
		masked := false
		if *text, masked = m.apply(*text); masked {
			e.Masked = true
		}
	}
	inBase64(&e)
	return e, nil
}

// inBase64 puts what JSON would change into another form.
func inBase64(e *pack.Event) {
	for name, text := range map[string]*string{
		"kind": &e.Kind, "from": &e.From, "to": &e.To, "actor": &e.Actor, "reason": &e.Reason, "code": &e.Code,
		"message": &e.Message, "platFormTradeNo": &e.PlatFormTradeNo, "evidence": &e.Evidence,
	} {
		if utf8.ValidString(*text) {
			continue
		}
		if e.Base64 == nil {
			e.Base64 = map[string]string{}
		}
		e.Base64[name], *text = base64.StdEncoding.EncodeToString([]byte(*text)), ""
	}
}
