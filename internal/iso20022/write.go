package iso20022

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// ErrNotTied is that the rows do not add up to the sheet: such a message would
// say more or less than was ordered.
var ErrNotTied = errors.New("NOT TIED: the rows do not add up to the sheet")

// Options are what a reader may want otherwise.
type Options struct {
	Version Version // "": V10

	// OriginalID and OriginalName are the id of the message that the sheet was
	// made from, and its kind. "": the batch's code, and pain.001.001.09, which
	// is what a bank would have been given.
	OriginalID, OriginalName string

	// Words says why a payout stands as it does, without a person's data.
	// nil: nothing but the codes.
	Words func(ledger.Payout) string
}

// Told is what the message says.
type Told struct {
	Version   Version
	MessageID string
	Count     int          // rows of the sheet
	Sum       money.Amount // of all amounts that could be read
	Group     Status
	Statuses  []Sum // all of [Statuses], in that order
	Seq       int64 // the batch's last event
	Head      string
}

// Write writes the message about a batch.
func Write(ctx context.Context, view ledger.View, batch ledger.Batch, w io.Writer, o Options) (Told, error) {
	summary, err := view.Summary(ctx, batch.ID)
	if err != nil {
		return Told{}, err
	}
	m, err := newMessage(summary, w, o)
	if err == nil {
		err = m.announce(ctx, view, summary)
	}
	if err != nil {
		return Told{}, err
	}
	m.begin()
	for line, err := range view.Lines(ctx, batch.ID) {
		if err == nil {
			err = m.row(ctx, view, line)
		}
		if err != nil {
			return Told{}, err
		}
	}
	return m.end()
}

// message is one that is being written. The first failure is kept and comes
// out at the end.
type message struct {
	Told
	o         Options
	batch     ledger.Batch
	at        time.Time
	announced sums
	written   sums
	buffer    *bufio.Writer
	xml       *xml.Encoder
	err       error
}

func newMessage(s ledger.Summary, w io.Writer, o Options) (*message, error) {
	if o.Version == "" {
		o.Version = V10
	}
	if !s.Tied() {
		return nil, fmt.Errorf("batch %s: %w", s.Batch.Code, ErrNotTied)
	}
	currency := s.Batch.Merchant.Currency
	m := &message{
		o: o, batch: s.Batch, at: s.At, announced: noSums(currency), written: noSums(currency), buffer: bufio.NewWriter(w),
		Told: Told{Version: o.Version, Count: s.Batch.Rows, Sum: s.Batch.Sum, Seq: s.Seq, Head: s.Head},
	}
	m.MessageID = messageID(s)
	m.xml = xml.NewEncoder(m.buffer)
	m.xml.Indent("", " ")
	return m, nil
}

// announce adds up what the rows will say, from counts and not from the rows.
func (m *message) announce(ctx context.Context, view ledger.View, s ledger.Summary) error {
	for tally, err := range view.Tallies(ctx, ledger.Within{BatchID: m.batch.ID}) {
		if err == nil {
			err = m.announced.add(m.o.Version.statusOf(tally.State, tally.Contradicted), tally.Count, tally.Sum)
		}
		if err != nil {
			return err
		}
	}
	for _, name := range []string{ledger.BucketInvalid, ledger.BucketKnown} {
		bucket := s.Bucket(name)
		if err := m.announced.add(Rejected, bucket.Count, bucket.Sum); err != nil {
			return err
		}
	}
	m.Statuses, m.Group = m.announced, m.announced.group()
	return nil
}

// messageID is the same as long as nothing happens to the batch, and another
// one after: a reader refuses an id that it has seen.
func messageID(s ledger.Summary) string {
	id := s.Batch.Code + "-" + s.Head[:min(12, len(s.Head))]
	if s.Batch.Merchant.Simulated() {
		id = "SIM-" + id
	}
	return clip(id, maxID)
}

// begin writes everything before the rows.
func (m *message) begin() {
	_, m.err = m.buffer.WriteString(xml.Header)
	m.open("Document", xml.Attr{Name: xml.Name{Local: "xmlns"}, Value: m.o.Version.Namespace()})
	m.open("CstmrPmtStsRpt")
	head := groupHeader{ID: m.MessageID, Created: stamp(m.at), Initiating: &party{clip(m.payer(), maxName)}}
	m.element(head)
	original := originalGroup{
		ID: clip(orElse(m.o.OriginalID, m.batch.Code), maxID), Name: clip(orElse(m.o.OriginalName, "pain.001.001.09"), maxID),
		Created: stamp(m.batch.CreatedAt), Count: strconv.Itoa(m.Count), Sum: m.Sum.Fixed(), Status: m.Group, Statuses: m.details(),
	}
	if m.batch.Merchant.Simulated() {
		original.Reasons = []reason{{&reasonCode{External: codeNarrative}, []string{"SIMULATION: no money moved"}}}
	}
	m.element(original)
	m.open("OrgnlPmtInfAndSts")
	m.leaf("OrgnlPmtInfId", m.batch.Code)
	m.leaf("OrgnlNbOfTxs", original.Count)
	m.leaf("OrgnlCtrlSum", original.Sum)
	m.leaf("PmtInfSts", string(m.Group))
	for _, detail := range original.Statuses {
		m.named("NbOfTxsPerSts", detail)
	}
}

// payer is who ordered the payments.
func (m *message) payer() string {
	if m.batch.Merchant.Simulated() {
		return "SIMULATION, no money moved: " + m.batch.Merchant.Name
	}
	return m.batch.Merchant.Name
}

func (m *message) details() []statusDetail {
	var details []statusDetail
	for _, sum := range m.announced {
		if sum.Count > 0 {
			details = append(details, statusDetail{strconv.Itoa(sum.Count), sum.Status, sum.Amount.Fixed()})
		}
	}
	return details
}

// row writes the status of one row.
func (m *message) row(ctx context.Context, view ledger.View, line ledger.Line) error {
	t := transaction{Row: fmt.Sprintf("row-%d", line.Row), EndToEnd: notKnown}
	var of money.Amount
	switch {
	case line.Payout != nil:
		of = line.Payout.Amount
		shown := ""
		if line.Payout.State.CalledOff() {
			var err error
			if shown, err = view.ShownPaid(ctx, line.Payout.ID); err != nil {
				return err
			}
		}
		m.payout(&t, *line.Payout, shown)
	case line.Invalid != nil:
		of = readable(line.Invalid.Amount, line.Invalid.Readable)
		t.Status = Rejected
		t.Reasons = []reason{{&reasonCode{External: codeNarrative}, wrapped(line.Invalid.Problems)}}
	default:
		known := line.Known
		of = readable(known.Amount, known.Readable)
		t.Status = Rejected
		words := fmt.Sprintf("it is payout %s of batch %s, row %d: nothing is paid for it in this batch", known.TradeNo, known.Batch, known.BatchRow)
		t.Reasons = []reason{{&reasonCode{External: codeDuplicate}, wrapped([]string{words})}}
	}
	if of.Currency() != (money.Currency{}) {
		t.Original = &reference{amount{of.Currency().Code, of.Fixed()}}
	}
	m.element(t)
	return errors.Join(m.err, m.written.add(t.Status, 1, of))
}

// payout says how a payout stands; shown is the line of a statement that says
// otherwise, if there is one.
func (m *message) payout(t *transaction, p ledger.Payout, shown string) {
	t.EndToEnd = p.TradeNo
	contradicted := p.Contradicted() || shown != ""
	t.Status = m.o.Version.statusOf(p.State, contradicted)
	var words []string
	if shown != "" {
		words = append(words, "a statement shows it as paid: "+shown)
	}
	if m.o.Words != nil {
		p.Message = mask.Person(p.Message, p.PayeeAccount, p.PayeeName) // whoever reads it is told neither
		words = append(words, m.o.Words(p))
	}
	if len(p.PlatformTradeNo) <= maxID {
		t.ServicerNo = plain(p.PlatformTradeNo)
	}
	t.Reasons = reasonOf(p, contradicted, words)
}

// readable is nothing at all of an amount that could not be read.
func readable(amount money.Amount, ok bool) money.Amount {
	if !ok {
		return money.Amount{}
	}
	return amount
}

// end closes what is open, if what was written is what was announced.
func (m *message) end() (Told, error) {
	if !m.announced.equal(m.written) {
		return Told{}, fmt.Errorf("batch %s: %w", m.batch.Code, ErrNotTied)
	}
	for _, name := range []string{"OrgnlPmtInfAndSts", "CstmrPmtStsRpt", "Document"} {
		m.keep(m.xml.EncodeToken(xml.EndElement{Name: xml.Name{Local: name}}))
	}
	m.keep(m.xml.Close())
	_, err := m.buffer.WriteString("\n")
	m.keep(err)
	m.keep(m.buffer.Flush())
	return m.Told, m.err
}

func (m *message) keep(err error) {
	if m.err == nil {
		m.err = err
	}
}

func (m *message) open(name string, attrs ...xml.Attr) {
	m.keep(m.xml.EncodeToken(xml.StartElement{Name: xml.Name{Local: name}, Attr: attrs}))
}

func (m *message) element(value any) { m.keep(m.xml.Encode(value)) }

func (m *message) named(name string, value any) {
	m.keep(m.xml.EncodeElement(value, xml.StartElement{Name: xml.Name{Local: name}}))
}

func (m *message) leaf(name, value string) { m.named(name, value) }

// stamp is ISODateTime, to the second, in UTC.
func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05Z") }

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
