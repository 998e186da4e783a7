package sandbox

import (
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"strconv"
	"time"
)

// Order is one order in the books, as an auditor sees it at one moment.
type Order struct {
	TradeNo         string
	PlatFormTradeNo string
	MerchantNo      string
	Area            string // slug
	Amount          string // as it was sent
	Paid            string // what has left the account under the status of now; "0" for nothing
	Status          string // now
	CreatedAt       time.Time
	FinalAt         time.Time // when Status became what it is; zero while it is in progress
	// Outcome is the name of the magic value or what the plan drew, joined with a plus if it is
	// several; "processing" if there was none.
	Outcome string

	// Placements is how many valid placement requests arrived for this tradeNo,
	// the ones included that were refused or lost. More than one is a client that
	// sent again.
	Placements int

	// Nth is 1 for the first order of a tradeNo. 2 and more are double orders:
	// the money of one row would have moved twice.
	Nth int
}

// trade is one tradeNo of one merchant.
type trade struct {
	latest     *order // nil: requests arrived and were lost
	placements int
}

// order is immutable but for told, which books.mu guards. There may be millions:
// what can be worked out is not kept.
type order struct {
	trade    *trade
	previous *order // of the same tradeNo
	area     *area
	fate     *fate
	shape    *shape // nil: nothing but zeros
	merchant string
	tradeNo  string
	notify   string // only a URL that will be called
	amount   int64  // hundredths
	created  int64  // epoch ms; it may be in the future of an order that is made late
	delay    int64  // ms, as it was at the placement
	nth      int
	places   uint8 // decimals of the amount as it was sent
	told     uint8 // bit i: the callback of the i-th final status is done with
}

// step is a status and the moment from which it holds.
type step struct {
	at     int64 // epoch ms
	status string
	open   bool // it does not end the order
}

// life is the course of the order: one to three steps, the first at its creation.
func (o *order) life() (steps [3]step, n int) {
	ends, shaped := o.fate.ends, o.shaping()
	first, last := step{o.created, "0015", true}, step{o.created + o.delay, "0000", false}
	if ends.begin != "" {
		first.status, last.at = ends.begin, o.created+o.lag()
	}
	if ends.final != "" {
		last.status = ends.final
	}
	switch {
	case ends.life == lifeNow:
		last.at = o.created
	case ends.life == lifeNever:
		last.at = shaped.thaw // 0: it never comes
	}
	if last.at != o.created {
		steps[0], n = first, 1
	}
	if last.at != 0 {
		steps[n], n = last, n+1
	}
	if ends.life == lifeReversed {
		steps[n], n = step{last.at + cmp.Or(shaped.reversal, o.lag()), "00029", false}, n+1
	}
	return steps, n
}

// setShape keeps what is not zero.
func (o *order) setShape(s shape) {
	if s != (shape{}) {
		kept := s // only this is allocated, and hardly ever
		o.shape = &kept
	}
}

// shaping is what a plan has laid down of the order.
func (o *order) shaping() shape {
	if o.shape == nil {
		return shape{}
	}
	return *o.shape
}

// at is the step the order has reached at a time.
func (o *order) at(ms int64) step {
	steps, n := o.life()
	for i := n - 1; i > 0; i-- {
		if steps[i].at <= ms {
			return steps[i]
		}
	}
	return steps[0]
}

// lag is the delay, or a second where there is none: some outcomes need one.
func (o *order) lag() int64 {
	if o.delay == 0 {
		return 1000
	}
	return o.delay
}

// look is what queries are told of the order at a time.
func (o *order) look(ms int64) look {
	l, hidden := o.fate.looks.look, o.shaping().hidden
	switch {
	case l == lookFine, l == lookAmount && hidden == 0:
		return l
	case ms >= o.created+cmp.Or(hidden, hiddenLags*o.lag()):
		return lookFine
	}
	return l
}

// paid is what has really left the account under a status.
func (o *order) paid(status string) int64 {
	switch status {
	case "0000":
		return o.amount
	case "0001":
		half := o.amount / 2
		return half - half%o.area.unit()
	}
	return 0
}

// amountText is the amount as it was sent.
func (o *order) amountText() []byte { return appendAmount(nil, o.amount, int(o.places)) }

func (o *order) paidText(status string) string {
	paid := o.paid(status)
	if paid == 0 {
		return "0"
	}
	return string(appendAmount(nil, paid, int(o.places)))
}

// platform is our number of the order. It is derived, so that a run with the same
// tradeNos has the same numbers.
func (o *order) platform() string {
	b := append(append(make([]byte, 0, 128), o.merchant...), '/')
	b = append(append(b, o.area.slug...), '/')
	b = append(append(b, o.tradeNo...), '/')
	sum := md5.Sum(strconv.AppendInt(b, int64(o.nth), 10))
	var text [2 * md5.Size]byte
	hex.Encode(text[:], sum[:])
	copy(text[:], "sbx")
	return string(text[:])
}

// snapshot needs books.mu.
func (o *order) snapshot(ms int64) Order {
	now := o.at(ms)
	s := Order{
		TradeNo:         o.tradeNo,
		PlatFormTradeNo: o.platform(),
		MerchantNo:      o.merchant,
		Area:            o.area.slug,
		Amount:          string(o.amountText()),
		Paid:            o.paidText(now.status),
		Status:          now.status,
		CreatedAt:       time.UnixMilli(o.created),
		Outcome:         o.fate.name,
		Placements:      o.trade.placements,
		Nth:             o.nth,
	}
	if !now.open {
		s.FinalAt = time.UnixMilli(now.at)
	}
	return s
}
