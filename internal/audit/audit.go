package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the database/sql driver
)

// Row is a row of a sheet as it was given to be paid.
type Row struct {
	Sheet   string // the file's name, without its folder
	Row     int    // as a spreadsheet program counts
	Amount  string // plain decimal; "": it cannot be read as one
	Account string

	// Debt names what is owed with this row. Rows with one name, in whatever
	// sheets, are one debt. "": the row is a debt of its own.
	Debt string
	// Personal are other values that must not be found in messages: names,
	// telephone numbers.
	Personal []string
}

// Order is an order in the gateway's books.
type Order struct {
	TradeNo         string
	PlatFormTradeNo string
	Amount          string // plain decimal
	Status          string // as it is now
	Nth             int    // 2 and more: a second order for the same number
	WasPaid         bool   // it was paid at some time, whatever it is now
}

// Books are what the ledger is held against.
type Books struct {
	Given  []Row
	Orders []Order

	// Arrived counts the requests to pay that reached the gateway, by number;
	// nil: nobody counted.
	Arrived map[string]int
}

// Options are what the auditor has to know besides.
type Options struct {
	// Settled demands that everything has come to its end: nothing is open,
	// and what the gateway has paid is succeeded.
	Settled bool

	Secret string  // the merchant's; "": not looked for
	Resend *Resend // nil: not looked at
}

// Resend is the rule for sending a payout again.
type Resend struct {
	Denials    int           // it was denied so many times …
	Quarantine time.Duration // … over so long
	Most       int           // and there are no more sends than this in all
}

// Report is what the auditor found, and how much there was to look at.
type Report struct {
	Findings []string // none: everything holds

	Batches, Payouts, Events, Orders, Paid int

	States   map[string]int // payouts by state
	Held     map[string]int // held payouts by their reason
	HeldPaid map[string]int // of these, those that the gateway has paid
	Flagged  int            // payouts with contrary answers

	// TakenBack counts the payouts that are succeeded and flagged, and that the
	// gateway has taken back: what it answered since contradicts itself, so that
	// nothing but the flag could be set.
	TakenBack int

	Resent   int // payouts sent more than once
	Replaced int // payouts that stand in for another
}

// maxFindings bounds a report: whoever reads it needs the first of them.
const maxFindings = 200

// Audit reads the ledger at path and holds it against the books. The error is
// of the reading; what is wrong stands in the report.
func Audit(ctx context.Context, path string, b Books, o Options) (Report, error) {
	db, err := sql.Open("sqlite", readOnly(path))
	if err != nil {
		return Report{}, err
	}
	defer db.Close() //nolint:errcheck // it was only read
	db.SetMaxOpenConns(1)
	a := newAuditor(b, o)
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Report{}, fmt.Errorf("%s: %w", path, err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	for _, read := range []func(context.Context, *sql.Tx) error{a.readBatches, a.readPayouts, a.readLeftOut, a.readEvents} {
		if err := read(ctx, tx); err != nil {
			return Report{}, fmt.Errorf("%s: %w", path, err)
		}
	}
	a.tieOut()
	a.holdAgainstGateway()
	a.findLost()
	return a.report, nil
}

// readOnly is how the file is opened: nothing is ever written through it. The
// mode says "rw" because of the log beside the file, which a reader has to make
// if it is not there; a file that does not exist is not made.
func readOnly(path string) string {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/… on Windows
	}
	query := "mode=rw&_pragma=busy_timeout(60000)&_pragma=query_only(1)&_txlock=deferred"
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query}).String()
}

// auditor is an audit under way.
type auditor struct {
	Books
	Options
	report Report

	given    map[coordinate]*Row
	sheets   map[string]*tally // what was given, by sheet
	accounts map[string]string // account -> where it was given
	batches  map[int64]*batch
	payouts  map[int64]*payout
	byNumber map[string]*payout
	standIns map[int64][]*payout // by batch
	orders   map[string][]Order
	debts    map[string]*debt
}

type coordinate struct {
	sheet string
	row   int
}

// tally is a count and a sum.
type tally struct {
	count int
	sum   int64 // minor units
}

// batch is a sheet in the ledger.
type batch struct {
	code, source string
	rows         int
	sum          int64
	decimals     int
	found        tally // payouts and rows left out
	given        bool  // it is one of the sheets that were given
}

// payout is a payout in the ledger, and what its history says of it.
type payout struct {
	id, batchID     int64
	row             int
	number          string
	platform        string
	amount          int64
	account         string
	state           string
	reason          string
	flagged         bool
	conflict        bool
	attempts        int
	unsent          int
	replaces        int64
	replacedBy      string   // number of the one that stands in for it
	label           string   // of its debt
	personal        []string // what must not be found in its history
	history         history
	order           *Order // the first the gateway has
	orders          int
	saidPaidByAWord bool
}

// debt is what is owed once, whatever stands for it.
type debt struct {
	numbers []string // of payouts
	leftOut int      // rows
	paid    []string // numbers that the gateway has paid
}

func newAuditor(b Books, o Options) *auditor {
	a := &auditor{
		Books: b, Options: o,
		given: make(map[coordinate]*Row, len(b.Given)), sheets: map[string]*tally{},
		accounts: make(map[string]string, len(b.Given)),
		batches:  map[int64]*batch{}, payouts: make(map[int64]*payout, len(b.Given)),
		byNumber: make(map[string]*payout, len(b.Given)), orders: make(map[string][]Order, len(b.Orders)),
		standIns: map[int64][]*payout{}, debts: make(map[string]*debt, len(b.Given)),
	}
	a.report.States, a.report.Held, a.report.HeldPaid = map[string]int{}, map[string]int{}, map[string]int{}
	a.report.Orders = len(b.Orders)
	for i := range b.Given {
		r := &b.Given[i]
		a.given[coordinate{r.Sheet, r.Row}] = r
		if a.sheets[r.Sheet] == nil {
			a.sheets[r.Sheet] = &tally{}
		}
		a.sheets[r.Sheet].count++
		if len(r.Account) >= shortestAccount {
			a.accounts[r.Account] = fmt.Sprintf("%s row %d", r.Sheet, r.Row)
		}
	}
	for _, order := range b.Orders {
		a.orders[order.TradeNo] = append(a.orders[order.TradeNo], order)
	}
	return a
}

// find adds a finding.
func (a *auditor) find(what, why string, args ...any) {
	if len(a.report.Findings) < maxFindings {
		a.report.Findings = append(a.report.Findings, what+": "+fmt.Sprintf(why, args...))
	}
}

// label is the name of the debt that a row of a given sheet is.
func (r *Row) label() string {
	if r.Debt != "" {
		return r.Debt
	}
	return fmt.Sprintf("%s row %d", r.Sheet, r.Row)
}

func (a *auditor) debt(label string) *debt {
	d := a.debts[label]
	if d == nil {
		d = &debt{}
		a.debts[label] = d
	}
	return d
}

var errAmount = errors.New("not an amount")

// decimals of the currencies that have another number than two.
var decimals = map[string]int{"KRW": 0, "VND": 0}

func decimalsOf(currency string) int {
	if n, ok := decimals[currency]; ok {
		return n
	}
	return 2
}

// minor reads a plain decimal as whole minor units.
func minor(text string, decimals int) (int64, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	fraction = strings.TrimRight(fraction, "0")
	if whole == "" || len(fraction) > decimals || len(whole)+decimals > 18 {
		return 0, errAmount
	}
	var units int64
	for _, digit := range whole + fraction + strings.Repeat("0", decimals-len(fraction)) {
		if digit < '0' || digit > '9' {
			return 0, errAmount
		}
		units = units*10 + int64(digit-'0')
	}
	return units, nil
}
