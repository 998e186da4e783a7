package statement

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/textfile"
)

// camtFile is an ISO 20022 bank statement, camt.053.001.02 and later. What
// differs between the versions is read in either way.
type camtFile struct {
	file    *os.File
	charset textfile.Charset
	message string
}

func (f *camtFile) describe(h *Header) { h.Format, h.Kind = Camt, KindBank }

func (f *camtFile) assumed() []string { return nil }

func (f *camtFile) read(to *collector) error {
	if _, err := f.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	text := textfile.NewReader(f.file, f.charset, maxRecordBytes)
	decoder := xml.NewDecoder(text)
	// The text has been decoded already, whatever it declares.
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	r := &camtReader{to: to, text: text, xml: decoder}
	return r.read()
}

// camtReader walks through the elements. Names are compared without their
// prefixes: each bank has its own.
type camtReader struct {
	to   *collector
	text *textfile.Reader
	xml  *xml.Decoder
	open []string

	inside  bool // the message itself, not what it is wrapped into
	part    *part
	entries int
	nodes   int

	opened, before, closed balance // of the statement that is being read
	interim                []balance
}

// next is the next token, with what is wrong with it as a problem. Texts between elements
// of which nothing is known are passed over by the callers.
func (r *camtReader) next() (xml.Token, error) {
	r.text.Mark()
	token, err := r.xml.RawToken()
	if err != nil {
		if errors.Is(err, io.EOF) && len(r.open) > 0 {
			return nil, Problem{Row: r.row(), What: "ends early", Want: "the whole file"}
		}
		return nil, r.refused(err)
	}
	switch t := token.(type) {
	case xml.Directive:
		return nil, Problem{Row: r.row(), What: "has a document type, which statements have not", Want: "the file as the bank gave it"}
	case xml.StartElement:
		if len(r.open) >= maxDepth {
			return nil, Problem{Row: r.row(), What: fmt.Sprintf("nests deeper than %d elements", maxDepth), Want: "the file as the bank gave it"}
		}
		r.open = append(r.open, t.Name.Local)
	case xml.EndElement:
		if len(r.open) == 0 || r.open[len(r.open)-1] != t.Name.Local {
			return nil, Problem{Row: r.row(), What: "is not well-formed XML", Want: "the file as the bank gave it"}
		}
		r.open = r.open[:len(r.open)-1]
	}
	return token, nil
}

func (r *camtReader) row() int {
	line, _ := r.xml.InputPos()
	return line
}

// refused never repeats what the decoder quotes of the file.
func (r *camtReader) refused(err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		if strings.Contains(syntax.Msg, "unexpected EOF") {
			return Problem{Row: syntax.Line, What: "ends early", Want: "the whole file"}
		}
		return Problem{Row: syntax.Line, What: "is not well-formed XML", Want: "the file as the bank gave it"}
	}
	return refused(r.text, err, r.row())
}

func (r *camtReader) read() error {
	for {
		token, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := r.start(t); err != nil {
				return err
			}
		case xml.EndElement:
			if t.Name.Local == "Stmt" && r.part != nil {
				r.balances()
				r.part = nil
				r.to.end()
			}
		}
	}
}

// start takes an element at the level of the message or of a statement. Those that hold
// what is looked for are read whole; the others are walked through.
func (r *camtReader) start(t xml.StartElement) error {
	name := t.Name.Local
	if name == "BkToCstmrStmt" {
		r.inside = true
		return nil
	}
	if !r.inside {
		return nil
	}
	if r.part == nil {
		if name != "Stmt" {
			return nil
		}
		r.part = &part{row: r.row(), field: "Stmt"}
		return r.to.begin(r.part)
	}
	switch name {
	case "Acct", "Bal", "FrToDt", "TxsSummry":
		found, err := r.tree(t)
		if err != nil {
			return err
		}
		r.statementPart(found)
	case "Ntry":
		return r.entry()
	case "RltdAcct", "Rptg", "CpyDplctInd", "StmtPgntn":
		_, err := r.tree(t) // it has an account of its own
		return err
	}
	return nil
}

func (r *camtReader) statementPart(found *node) {
	p := r.part
	switch found.name {
	case "Acct":
		p.account = clean(found.firstOf("Id/IBAN", "Id/Othr/Id", "Id/BBAN", "Id/PrtryAcct/Id"), maxTextBytes)
		if code := found.text("Ccy"); code != "" {
			r.currency(found, code)
		}
	case "FrToDt":
		p.first = isoDay(found.text("FrDtTm") + found.text("FrDt"))
		p.last = isoDay(found.text("ToDtTm") + found.text("ToDt"))
	case "Bal":
		r.balance(found)
	case "TxsSummry":
		r.summary(found)
	}
}

// currency makes sure that everything of a statement is of one currency.
func (r *camtReader) currency(at *node, code string) (money.Currency, bool) {
	currency, ok := LookupCurrency(code)
	if !ok {
		r.fault(at, "has no currency", "Ccy with a code of ISO 4217")
		return currency, false
	}
	if r.part.currency == (money.Currency{}) {
		r.part.currency = currency
	}
	if currency != r.part.currency {
		r.fault(at, "is in another currency than its account", "an amount in "+r.part.currency.Code)
		return currency, false
	}
	return currency, true
}

func (r *camtReader) fault(at *node, what, want string) {
	r.part.faulty = true
	p := Problem{Row: at.row, Field: at.name, What: what, Want: want}
	if r.entries > 0 && at.entry {
		p.Entry = r.entries
	}
	r.to.faults.add(p)
}

// amount reads an Amt in the statement's currency, in minor units, without a sign.
func (r *camtReader) amount(amt *node) (int64, bool) {
	currency, ok := r.currency(amt, amt.ccy)
	if !ok {
		return 0, false
	}
	minor, err := minorOf(currency, strings.TrimSpace(amt.chars))
	if err != nil {
		r.fault(amt, "is not an amount: "+err.Error(), "digits such as 1500.50")
		return 0, false
	}
	return minor, true
}

// balance takes a balance that may open or close the statement.
func (r *camtReader) balance(bal *node) {
	code := bal.firstOf("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd")
	switch code {
	case "OPBD", "PRCD", "CLBD", "ITBD":
	default:
		return // available and forward balances say what may be spent
	}
	amt := bal.child("Amt")
	if amt == nil {
		r.fault(bal, "has no amount", "Amt")
		return
	}
	minor, ok := r.amount(amt)
	if !ok {
		return
	}
	if bal.text("CdtDbtInd") == "DBIT" {
		minor = -minor
	}
	day := isoDay(bal.text("Dt/Dt") + bal.text("Dt/DtTm"))
	found := balance{minor, true, day}
	switch code {
	case "OPBD":
		r.opened = found
	case "PRCD":
		r.before = found
	case "CLBD":
		r.closed = found
	case "ITBD":
		r.interim = append(r.interim, found)
	}
}

// balances decides which opened and which closed the statement: a page that is not the
// first opens with an interim balance, one that is not the last closes with one.
func (r *camtReader) balances() {
	p := r.part
	p.opening, p.closing = r.opened, r.closed
	if !p.opening.known {
		p.opening = r.before
	}
	interim := r.interim
	if !p.opening.known && len(interim) > 0 && (p.closing.known || len(interim) > 1) {
		p.opening, interim = interim[0], interim[1:]
	}
	if !p.closing.known && p.opening.known && len(interim) > 0 { // one alone could be either
		p.closing = interim[len(interim)-1]
	}
	p.last = max(p.last, r.closed.day)
	r.opened, r.before, r.closed, r.interim = balance{}, balance{}, balance{}, nil
}

// summary takes what the statement says its entries are.
func (r *camtReader) summary(found *node) {
	p := r.part
	for _, one := range [...]struct {
		name string
		to   *tally
	}{{"TtlNtries", &p.stated.all}, {"TtlDbtNtries", &p.stated.out}, {"TtlCdtNtries", &p.stated.in}} {
		total := found.child(one.name)
		if total == nil {
			continue
		}
		if count, err := strconv.Atoi(total.text("NbOfNtries")); err == nil {
			one.to.count, one.to.hasCount = count, true
		}
		if sum := total.text("Sum"); sum != "" && p.currency != (money.Currency{}) {
			minor, err := minorOf(p.currency, sum)
			if err != nil {
				r.fault(total, "has a sum that is not an amount", "digits such as 1500.50")
			}
			one.to.sum, one.to.hasSum = minor, err == nil
		}
	}
}

// isoDay reads a date, or the date of a date and time as its own zone has it.
// What is none is 0.
func isoDay(text string) Day {
	if len(text) < len("2006-01-02") {
		return 0
	}
	d, ok := splitDate(text[:len("2006-01-02")])
	if !ok {
		return 0
	}
	day, ok := d.in(orderYMD)
	if !ok {
		return 0
	}
	return day
}
