package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/gofrs/flock"
)

// journalHeader is the first line: it keeps us from appending to, or cutting,
// a file that is something else.
const journalHeader = `{"event":"sandbox-journal","version":1}` + "\n"

// The events of the journal.
const (
	eventOrder    = "order"    // an order was made
	eventArrival  = "arrival"  // a placement arrived and made none
	eventLate     = "late"     // a placement arrived that is to make an order later
	eventMade     = "made"     // and did
	eventDropped  = "dropped"  // or did not: there was one already
	eventNotified = "notified" // a callback is done with
)

// entry is one line. It has neither account nor name nor secret. With outcome and delay, the
// whole life of the order follows from it.
type entry struct {
	Event      string `json:"event"`
	At         int64  `json:"at,omitempty"` // epoch ms
	MerchantNo string `json:"merchantNo"`
	TradeNo    string `json:"tradeNo"`
	Area       string `json:"area,omitempty"`
	Platform   string `json:"platFormTradeNo,omitempty"`
	Amount     string `json:"amount,omitempty"`
	Outcome    string `json:"outcome,omitempty"`
	Delay      int64  `json:"delayMs,omitempty"`
	Hidden     int64  `json:"hiddenMs,omitempty"`
	Thaw       int64  `json:"thawAt,omitempty"` // epoch ms
	Reversal   int64  `json:"reversalMs,omitempty"`
	Nth        int    `json:"nth,omitempty"`
	NotifyURL  string `json:"notifyUrl,omitempty"`
	Final      int    `json:"final,omitempty"`     // notified: which of the final statuses
	Late       int64  `json:"lateMs,omitempty"`    // late: how long after its request the order is made
	Placement  int    `json:"placement,omitempty"` // late, made, dropped: which request of the tradeNo
	Duplicate  bool   `json:"duplicate,omitempty"` // late: it may be a second order
}

// journal appends events to a file. books.mu guards it. A nil journal forgets.
type journal struct {
	file   *os.File
	lock   *flock.Flock
	buf    []byte
	size   int64
	broken bool // half a line stands at the end and could not be cut off
}

// openJournal locks the file, reads it into b and cuts off a torn last line.
func openJournal(path string, b *books) (*journal, error) {
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("journal lock: %w", err)
	}
	if !locked {
		return nil, errors.Join(fmt.Errorf("journal %s is in use by another sandbox", path), lock.Close())
	}
	j := &journal{lock: lock}
	if err := j.open(path, b); err != nil {
		return nil, errors.Join(err, j.close())
	}
	return j, nil
}

func (j *journal) open(path string, b *books) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	j.file = f
	good, err := readJournal(f, path, b)
	if err != nil {
		return err
	}
	if err := f.Truncate(good); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	j.size = good
	if good == 0 {
		j.buf = append(j.buf[:0], journalHeader...)
		return j.write()
	}
	return nil
}

// write appends buf, all of it or nothing: a line that could not be written whole
// is cut off again, or else the journal takes no more.
func (j *journal) write() error {
	if j.broken {
		return errJournal
	}
	n, err := j.file.Write(j.buf)
	if err == nil {
		j.size += int64(n)
		return nil
	}
	if n > 0 && j.file.Truncate(j.size) != nil {
		j.broken = true
	}
	return fmt.Errorf("%w: %w", errJournal, err)
}

// order writes by hand what entry describes: it stands in the way of every placement.
func (j *journal) order(o *order) error {
	if j == nil {
		return nil
	}
	b := append(j.buf[:0], `{"event":"order","at":`...)
	b = strconv.AppendInt(b, o.created, 10)
	b = appendJSON(append(b, `,"merchantNo":`...), o.merchant)
	b = appendJSON(append(b, `,"tradeNo":`...), o.tradeNo)
	b = appendJSON(append(b, `,"area":`...), o.area.slug)
	b = appendJSON(append(b, `,"platFormTradeNo":`...), o.platform())
	b = append(b, `,"amount":"`...)
	b = appendAmount(b, o.amount, int(o.places))
	b = appendJSON(append(b, `","outcome":`...), o.fate.name)
	b = append(b, `,"delayMs":`...)
	b = strconv.AppendInt(b, o.delay, 10)
	b = o.shaping().append(b)
	b = append(b, `,"nth":`...)
	b = strconv.AppendInt(b, int64(o.nth), 10)
	if o.notify != "" {
		b = appendJSON(append(b, `,"notifyUrl":`...), o.notify)
	}
	j.buf = append(b, '}', '\n')
	return j.write()
}

// arrival counts a placement of o that made no order.
func (j *journal) arrival(o *order) error {
	return j.encode(entry{Event: eventArrival, At: o.created, MerchantNo: o.merchant, TradeNo: o.tradeNo, Area: o.area.slug})
}

// append writes those of a shape that are not zero.
func (s shape) append(b []byte) []byte {
	add := func(key string, n int64) {
		if n != 0 {
			b = strconv.AppendInt(append(b, key...), n, 10)
		}
	}
	add(`,"hiddenMs":`, s.hidden)
	add(`,"thawAt":`, s.thaw)
	add(`,"reversalMs":`, s.reversal)
	return b
}

func (j *journal) late(l *lateOrder, arrived int64) error {
	if j == nil {
		return nil
	}
	o, shaped := l.order, l.order.shaping()
	return j.encode(entry{
		Event: eventLate, At: arrived, MerchantNo: o.merchant, TradeNo: o.tradeNo, Area: o.area.slug,
		Amount: string(o.amountText()), Outcome: o.fate.name, Delay: o.delay,
		Hidden: shaped.hidden, Thaw: shaped.thaw, Reversal: shaped.reversal,
		NotifyURL: o.notify, Late: o.created - arrived, Placement: l.placement, Duplicate: l.dup,
	})
}

func (j *journal) decided(l *lateOrder, made bool) error {
	if j == nil {
		return nil
	}
	o := l.order
	e := entry{Event: eventDropped, MerchantNo: o.merchant, TradeNo: o.tradeNo, Placement: l.placement}
	if made {
		e.Event, e.Nth, e.Platform = eventMade, o.nth, o.platform()
	}
	return j.encode(e)
}

func (j *journal) notified(o *order, nth int) error {
	return j.encode(entry{Event: eventNotified, MerchantNo: o.merchant, TradeNo: o.tradeNo, Nth: o.nth, Final: nth})
}

func (j *journal) encode(e entry) error {
	if j == nil {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	j.buf = append(append(j.buf[:0], line...), '\n')
	return j.write()
}

// close keeps the lock file: removing it would let two processes lock two files.
func (j *journal) close() error {
	if j == nil {
		return nil
	}
	var err error
	if j.file != nil {
		err = j.file.Close()
	}
	return errors.Join(err, j.lock.Close())
}

// ReadOrders reads the books of a sandbox from its journal, with the statuses of
// now, without locking or changing it: the sandbox should not be running, or
// the last orders may be missing.
func ReadOrders(journalPath string) ([]Order, error) {
	f, err := os.Open(journalPath)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	b := newBooks(0, true)
	if _, err := readJournal(io.Reader(f), journalPath, b); err != nil {
		return nil, err
	}
	now := timeNow().UnixMilli()
	b.settle(now)
	list := make([]Order, 0, len(b.orders))
	for _, o := range b.orders {
		list = append(list, o.snapshot(now))
	}
	return list, nil
}
