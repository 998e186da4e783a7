package statement

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
)

// camtEntry is one Ntry while it is read. The payments of a batch stream: one
// waits, because only when the next one begins, or the entry ends, is it clear whether it
// is alone.
type camtEntry struct {
	r        *camtReader
	head     *node // all of it but the payments
	row      int
	ready    bool // the head has been understood
	movement int64
	fees     int64 // inside the movement, over the whole entry
	line     Line  // what the payments have in common

	waiting  *node // the first payment without a line of its own yet
	payments int
	lines    int
	sum      int64 // of the lines, with their fees
	together bool  // payments without amounts: one line for all
}

// entry reads an Ntry whose start was just read.
func (r *camtReader) entry() error {
	r.entries++
	e := &camtEntry{r: r, row: r.row(), head: &node{name: "Ntry", row: r.row(), entry: true}}
	r.nodes = 0
	depth := len(r.open)
	for {
		token, err := r.next()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			err = e.start(t)
		case xml.EndElement:
			if len(r.open) < depth {
				return e.end()
			}
		}
		if err != nil {
			return err
		}
	}
}

// start takes an element of the entry, or of its NtryDtls.
func (e *camtEntry) start(t xml.StartElement) error {
	switch t.Name.Local {
	case "NtryDtls":
		return nil // what is in it comes next
	case "TxDtls":
		head := e.r.nodes
		payment, err := e.r.tree(t)
		if err != nil {
			return err
		}
		e.r.nodes = head // payments stream, the head is held
		return e.payment(payment)
	}
	found, err := e.r.grow(t)
	if err == nil {
		e.head.children = append(e.head.children, found)
	}
	return err
}

// understand reads the head: everything that stands before the payments.
func (e *camtEntry) understand() {
	if e.ready {
		return
	}
	e.ready = true
	h := e.head
	h.row = e.row
	amt := h.child("Amt")
	if amt == nil {
		e.r.fault(h, "has no amount", "Amt")
		return
	}
	minor, _ := e.r.amount(amt)
	e.movement = e.signed(h, minor)
	e.fees = e.included(h)
	l := &e.line
	l.Entry, l.Position = e.r.entries, Position{Row: e.row}
	l.Reversal = h.text("RvslInd") == "true"
	l.Day = isoDay(h.firstOf("BookgDt/Dt", "BookgDt/DtTm"))
	l.ValueDay = isoDay(h.firstOf("ValDt/Dt", "ValDt/DtTm"))
	e.status(h)
	if l.Day == 0 {
		l.Day = l.ValueDay
	}
	if l.Day == 0 && l.Status == StatusBooked {
		e.r.fault(h, "has no date", "BookgDt")
	}
	l.EntryRef = clean(h.text("AcctSvcrRef"), maxTextBytes)
}

// signed gives an amount its sign: above zero is what leaves.
func (e *camtEntry) signed(at *node, minor int64) int64 {
	switch at.text("CdtDbtInd") {
	case "DBIT":
		return minor
	case "CRDT":
		return -minor
	}
	e.r.fault(at, "does not say whether it is a debit or a credit", "CdtDbtInd with DBIT or CRDT")
	return minor
}

// status reads BOOK, PDNG, INFO and FUTR, as a text or as a code below it.
func (e *camtEntry) status(h *node) {
	l := &e.line
	l.StatusWord = clean(h.firstOf("Sts/Cd", "Sts/Prtry", "Sts"), maxTextBytes)
	switch l.StatusWord {
	case "BOOK":
		l.Status = StatusBooked
	case "PDNG", "INFO", "FUTR":
		l.Status = StatusOpen
	default:
		e.r.fault(h, "does not say whether it is booked", "Sts with BOOK, PDNG, INFO or FUTR")
	}
	returned := l.Reversal || h.text("BkTxCd/Domn/Fmly/SubFmlyCd") == "RRTN"
	if l.Status == StatusBooked && returned && e.movement < 0 {
		l.Status = StatusReturned
	}
}

// included are the charges that the amount has in it.
func (e *camtEntry) included(at *node) int64 {
	var sum int64
	at.each("Chrgs", func(charges *node) {
		records := []*node{charges}
		if charges.child("Rcrd") != nil {
			records = nil
			charges.each("Rcrd", func(one *node) { records = append(records, one) })
		}
		for _, one := range records {
			amt := one.child("Amt")
			if amt == nil || one.text("ChrgInclInd") != "true" || amt.ccy != e.r.part.currency.Code {
				continue
			}
			minor, ok := e.r.amount(amt)
			if ok && one.text("CdtDbtInd") == "CRDT" {
				minor = -minor
			}
			sum += minor
		}
	})
	return sum
}

// payment takes one TxDtls.
func (e *camtEntry) payment(payment *node) error {
	e.understand()
	e.payments++
	if e.together {
		e.join(payment)
		return nil
	}
	before := e.waiting
	e.waiting = payment
	if before == nil {
		return nil
	}
	if e.own(before) == nil && e.own(payment) == nil && e.lines == 0 {
		e.together, e.waiting = true, nil
		e.join(before)
		e.join(payment)
		return nil
	}
	return e.one(before)
}

// own is the amount of a payment in the currency of the account, if it has one.
func (e *camtEntry) own(payment *node) *node {
	for _, path := range [...]string{"Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt"} {
		if amt := payment.child(path); amt != nil && amt.ccy == e.r.part.currency.Code {
			return amt
		}
	}
	return nil
}

// one makes a line of one payment among several.
func (e *camtEntry) one(payment *node) error {
	l := e.line
	amt := e.own(payment)
	if amt == nil {
		e.r.fault(payment, "has no amount, and others of the same booking have one", "Amt in "+e.r.part.currency.Code)
		return nil
	}
	minor, _ := e.r.amount(amt)
	out := e.movement >= 0
	if word := payment.text("CdtDbtInd"); word != "" {
		out = word == "DBIT"
	}
	if !out {
		minor = -minor
	}
	e.lines++
	if l.EntryRef != "" {
		// The bank's name is the booking's: without a number, its payments would be the same entry.
		l.EntryRef += "/" + strconv.Itoa(e.lines)
	} else {
		l.EntryRef = clean(payment.text("Refs/AcctSvcrRef"), maxTextBytes)
	}
	l.Position.Row = payment.row
	e.detail(&l, payment)
	return e.emit(&l, minor, e.included(payment))
}

// end makes the lines that are left.
func (e *camtEntry) end() error {
	e.understand()
	defer e.r.part.entry(e.movement, e.line.Status != StatusOpen)
	if e.waiting != nil && e.lines > 0 {
		if err := e.one(e.waiting); err != nil {
			return err
		}
	}
	if e.lines > 0 {
		if e.sum != e.movement && !e.r.part.faulty {
			e.r.fault(e.head, fmt.Sprintf("is of %s, and its %d payments add up to %s: a difference of %s",
				e.r.part.show(e.movement), e.lines, e.r.part.show(e.sum), e.r.part.show(e.movement-e.sum)), "the file as the bank gave it")
		}
		return nil
	}
	return e.whole()
}

// whole makes one line of the entry: it has one payment, or none, or several of which no
// amounts are told.
func (e *camtEntry) whole() error {
	l := e.line
	fee := e.fees
	if e.waiting != nil {
		e.detail(&l, e.waiting)
		fee += e.included(e.waiting)
		if l.EntryRef == "" {
			l.EntryRef = clean(e.waiting.text("Refs/AcctSvcrRef"), maxTextBytes)
		}
	}
	if l.Narrative == "" {
		l.say(limited([]string{e.head.text("AddtlNtryInf")}))
	}
	return e.emit(&l, e.movement-fee, fee)
}

// emit hands on a line. What its statement counts is the amount with the fee.
func (e *camtEntry) emit(l *Line, minor, fee int64) error {
	of := e.r.part.currency
	l.Amount = money.FromMinor(of, minor)
	if fee != 0 {
		l.Fee = money.FromMinor(of, fee)
	}
	e.sum += minor + fee
	return e.r.to.line(l)
}

// join takes the references of a payment into the line of them all.
func (e *camtEntry) join(payment *node) {
	l := &e.line
	for _, path := range references {
		l.References = appendReference(l.References, payment.text(path))
	}
}

func appendReference(list []string, text string) []string {
	text = clean(text, maxTextBytes)
	if text == "" || none[strings.ToUpper(text)] || len(list) >= maxReferences || contains(list, text) {
		return list
	}
	return append(list, text)
}

// references are those of a payment, the best first: what the payer called it, and what
// it was called on the way.
var references = []string{
	"Refs/EndToEndId", "Refs/InstrId", "Refs/TxId", "Refs/PmtInfId", "Refs/MsgId", "Refs/ClrSysRef", "Refs/UETR", "Refs/ChqNb", "Refs/Prtry/Ref",
}

// detail fills in what a payment says of itself.
func (e *camtEntry) detail(l *Line, payment *node) {
	l.References = append([]string(nil), l.References...)
	for _, path := range references {
		l.refer(payment.text(path))
	}
	l.Counterparty = counterparty(payment, e.movement < 0 && !l.Reversal)
	var pieces []string
	if information := payment.child("RmtInf"); information != nil {
		information.each("Ustrd", func(n *node) { pieces = append(pieces, n.chars) })
		information.each("Strd", func(n *node) {
			pieces = append(pieces, n.text("CdtrRefInf/Ref"), n.text("RfrdDocInf/Nb"))
			n.each("AddtlRmtInf", func(more *node) { pieces = append(pieces, more.chars) })
		})
	}
	pieces = append(pieces, payment.text("AddtlTxInf"))
	l.say(limited(pieces))
	if payment.child("RtrInf") != nil && l.Status == StatusBooked && e.movement < 0 {
		l.Reversal, l.Status = true, StatusReturned
	}
}

// counterparty is the other side's account.
func counterparty(payment *node, theyPaid bool) string {
	sides := []string{"RltdPties/CdtrAcct", "RltdPties/DbtrAcct"}
	if theyPaid {
		sides[0], sides[1] = sides[1], sides[0]
	}
	if side := payment.child(sides[0]); side != nil {
		return clean(side.firstOf("Id/IBAN", "Id/Othr/Id", "Id/BBAN", "Id/PrtryAcct/Id"), maxTextBytes)
	}
	return ""
}
