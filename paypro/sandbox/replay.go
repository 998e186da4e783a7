package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// timeNow is the clock of [ReadOrders] and the default of [Options.Now].
var timeNow = time.Now

// maxLine is far above what a line of ours can have.
const maxLine = 64 << 10

// readJournal enters the events of a journal into b. good is the length of what is
// whole: a last line without its end was torn by a crash, before its answer left.
func readJournal(r io.Reader, path string, b *books) (good int64, err error) {
	br := bufio.NewReaderSize(r, maxLine)
	for n := 1; ; n++ {
		line, err := br.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			if n == 1 && !strings.HasPrefix(journalHeader, string(line)) {
				return 0, fmt.Errorf("%s: line 1: not a sandbox journal", path)
			}
			return good, nil
		case err != nil:
			return 0, fmt.Errorf("%s: line %d: %w", path, n, err)
		case n == 1:
			if string(line) != journalHeader {
				return 0, fmt.Errorf("%s: line 1: not a sandbox journal", path)
			}
		default:
			if err := b.replay(line); err != nil {
				return 0, fmt.Errorf("%s: line %d: %w", path, n, err)
			}
		}
		good += int64(len(line))
	}
}

// replay enters one event. Its errors do not repeat the line.
func (b *books) replay(line []byte) error {
	var e entry
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil || dec.More() {
		return errors.New("not an event")
	}
	key := tradeKey{e.MerchantNo, e.TradeNo}
	if key.merchant == "" || key.tradeNo == "" {
		return errors.New("event without merchantNo or tradeNo")
	}
	switch e.Event {
	case eventOrder:
		return b.replayOrder(key, &e)
	case eventLate:
		return b.replayLate(key, &e)
	case eventMade, eventDropped:
		return b.replayDecided(key, &e)
	case eventArrival:
		t := b.trades[key]
		if t == nil {
			t = &trade{}
			b.trades[key] = t
		}
		t.placements++
		return nil
	case eventNotified:
		return b.replayNotified(key, &e)
	}
	return errors.New("unknown event")
}

// readOrder makes the order that an event describes.
func readOrder(key tradeKey, e *entry) (*order, error) {
	o := &order{
		merchant: key.merchant, tradeNo: key.tradeNo, notify: e.NotifyURL,
		area: areaBySlug(e.Area), created: e.At, delay: e.Delay, nth: e.Nth,
	}
	if o.area == nil {
		return nil, errors.New("unknown area")
	}
	if o.fate = fateByName(e.Outcome, o.area); o.fate == nil {
		return nil, errors.New("unknown outcome")
	}
	o.setShape(shape{e.Hidden, e.Thaw, e.Reversal})
	units, places, ok := parseAmount(e.Amount, o.area.decimals)
	if !ok || e.At <= 0 || e.Delay < 0 || e.Hidden < 0 || e.Thaw < 0 || e.Reversal < 0 {
		return nil, errors.New("amount or time is not valid")
	}
	o.amount, o.places = units, uint8(places) //nolint:gosec // at most 2
	return o, nil
}

func (b *books) replayOrder(key tradeKey, e *entry) error {
	o, err := readOrder(key, e)
	if err != nil {
		return err
	}
	t := b.trades[key]
	if t == nil {
		t = &trade{}
	}
	if o.nth != following(t.latest) || o.platform() != e.Platform {
		return errors.New("order does not follow from the lines before it")
	}
	t.placements++
	b.enter(key, t, o)
	return nil
}

func (b *books) replayLate(key tradeKey, e *entry) error {
	o, err := readOrder(key, e)
	if err != nil {
		return err
	}
	t := b.trades[key]
	if t == nil {
		t = &trade{}
	}
	if e.Late < 0 || e.Placement != t.placements+1 {
		return errors.New("late order does not follow from the lines before it")
	}
	o.created += e.Late
	b.await(key, t, &lateOrder{order: o, placement: e.Placement, dup: e.Duplicate})
	return nil
}

func (b *books) replayDecided(key tradeKey, e *entry) error {
	l := b.pending[lateKey{key, e.Placement}]
	if l == nil {
		return errors.New("late order that is not known")
	}
	made := e.Event == eventMade
	if made {
		l.order.nth = following(b.trades[key].latest)
		if l.order.nth != e.Nth || l.order.platform() != e.Platform {
			return errors.New("order does not follow from the lines before it")
		}
	}
	b.decide(key, l, made)
	return nil
}

func (b *books) replayNotified(key tradeKey, e *entry) error {
	if t := b.trades[key]; t != nil && e.Final >= 0 && e.Final < 8 {
		for o := t.latest; o != nil; o = o.previous {
			if o.nth == e.Nth {
				o.told |= 1 << e.Final
				return nil
			}
		}
	}
	return errors.New("callback of an order that does not exist")
}
