package statement

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/internal/money"
)

// errStopped ends a reading whose reader wants no more lines.
var errStopped = errors.New("stopped")

// collector takes what the readers of all formats find. It holds it against
// what the statement says of itself, and hands lines on in a second reading.
type collector struct {
	options Options
	yield   func(Line) bool // nil in the first reading
	stopped bool
	faults  faults
	total   totals
	byState map[Status]int

	part     *part // the statement that is being read
	last     *part // the chosen one before it
	opening  balance
	closing  balance
	account  string
	accounts []string // all that were seen, masked
	chosen   int
	skipped  int
	remarks  map[string]int
	order    []string // of remarks
}

// totals are compared between two readings.
type totals struct {
	lines, moved  int
	out, in, fees int64 // minor units
	overflow      bool
	first, last   Day
	currency      money.Currency
	mixture       uint64 // of all fields of all lines
}

func newCollector(file string, o Options) *collector {
	return &collector{options: o, faults: faults{file: file}, byState: map[Status]int{}, remarks: map[string]int{}}
}

// remark counts something to be said about the file as a whole, in a sentence with %d
// for how often.
func (c *collector) remark(format string) {
	if c.remarks[format] == 0 {
		c.order = append(c.order, format)
	}
	c.remarks[format]++
}

func (c *collector) notes() []string {
	var notes []string
	for _, format := range c.order {
		notes = append(notes, fmt.Sprintf(format, c.remarks[format]))
	}
	if c.skipped > 0 {
		notes = append(notes, fmt.Sprintf("%d statements in the file are of another account or currency and were left out", c.skipped))
	}
	return notes
}

// refusal takes the error that has ended a reading.
func (c *collector) refusal(err error) {
	var all *Problems
	var one Problem
	switch {
	case errors.As(err, &all):
		for _, p := range all.List {
			c.faults.add(p)
		}
		c.faults.paste = all.Paste
	case errors.As(err, &one):
		c.faults.add(one)
	case errors.Is(err, io.ErrUnexpectedEOF):
		c.faults.add(Problem{What: "ends early", Want: "the whole file"})
	default:
		c.faults.add(Problem{What: "cannot be read: " + err.Error()})
	}
}

// begin takes a new statement of the file.
func (c *collector) begin(p *part) error {
	if c.chosen+c.skipped >= maxStatements {
		return Problem{Row: p.row, What: fmt.Sprintf("has more than %d statements", maxStatements), Want: "a file for each month"}
	}
	c.part = p
	return nil
}

// wanted tells whether lines of the statement are asked for. It is decided
// once its currency is known: at its first line, or at its end.
func (c *collector) wanted(p *part) bool {
	if p.decided {
		return !p.skip
	}
	p.decided = true
	o := c.options
	p.skip = o.Account != "" && p.account != "" && !sameAccount(p.account, o.Account) ||
		o.Currency != (money.Currency{}) && p.currency != o.Currency && p.currency != (money.Currency{})
	c.seen(p)
	if p.skip {
		c.skipped++
		return false
	}
	c.chosen++
	if c.total.currency == (money.Currency{}) {
		c.total.currency = p.currency
	}
	if c.chosen == 1 {
		c.account = p.account
	} else if !sameAccount(p.account, c.account) || p.currency != c.total.currency && p.currency != (money.Currency{}) {
		c.faults.add(Problem{
			Row: p.row, Field: p.field, What: "is of another account than the statement before it: the file has " + strings.Join(c.accounts, ", "),
			Want: "the account to be said, by its last letters and digits",
		})
	}
	return true
}

// seen remembers which accounts a file has, a few of them.
func (c *collector) seen(p *part) {
	const most = 20
	name := strings.TrimSpace(mask.Account(p.account) + " " + p.currency.Code)
	for _, known := range c.accounts {
		if known == name {
			return
		}
	}
	if len(c.accounts) < most {
		c.accounts = append(c.accounts, name)
	}
}

// line takes a line of the statement begun last. Its movement is in
// minor units: what left the account, fee included.
func (c *collector) line(l *Line) error {
	p := c.part
	if !c.wanted(p) {
		return nil
	}
	if c.total.lines++; c.total.lines > maxLines {
		return Problem{Row: l.Position.Row, What: fmt.Sprintf("has more than %d lines", maxLines), Want: "a file for each month"}
	}
	l.Number = c.total.lines
	c.byState[l.Status]++
	amount, _ := l.Amount.Minor()
	fee, _ := l.Fee.Minor()
	c.total.add(l, amount, fee)
	p.count(l, amount, fee)
	if c.yield != nil && !c.yield(*l) {
		c.stopped = true
		return errStopped
	}
	return nil
}

func (t *totals) add(l *Line, amount, fee int64) {
	t.mix(l, amount, fee)
	if l.Status != StatusOpen && l.Day != 0 { // what is to come is not of the period
		t.last = max(t.last, l.Day)
		if t.first == 0 || l.Day < t.first {
			t.first = l.Day
		}
	}
	if !l.Moved() {
		return
	}
	t.moved++
	if amount > 0 {
		t.out = t.sum(t.out, amount)
	} else {
		t.in = t.sum(t.in, -amount)
	}
	t.fees = t.sum(t.fees, fee)
}

// sum notes an overflow instead of wrapping round.
func (t *totals) sum(a, b int64) int64 {
	if b > 0 && a > math.MaxInt64-b || b < 0 && a < math.MinInt64-b {
		t.overflow = true
		return a
	}
	return a + b
}

// mix adds a line to a check sum that tells two readings apart. It is FNV-1a,
// which is enough against accidents; nobody gains by a collision.
func (t *totals) mix(l *Line, amount, fee int64) {
	const prime = 1099511628211
	h := t.mixture ^ 14695981039346656037
	for _, text := range [...]string{l.TradeNo, l.PlatFormTradeNo, l.EntryRef, l.Narrative, l.Counterparty, string(l.Status)} {
		for i := range len(text) {
			h = (h ^ uint64(text[i])) * prime
		}
		h = (h ^ 0xff) * prime
	}
	for _, n := range [...]int64{amount, fee, int64(l.Day), int64(l.Number)} {
		h = (h ^ uint64(n)) * prime //nolint:gosec // bits, not a number
	}
	t.mixture = h
}

// end takes the end of the statement begun last.
func (c *collector) end() {
	p := c.part
	if p == nil {
		return
	}
	c.part = nil
	if !c.wanted(p) {
		return
	}
	if c.chosen == 1 {
		c.opening = p.opening
	}
	p.check(&c.faults)
	if !p.orders && !(p.opening.known && p.closing.known) {
		c.remark("statements without balances, so that an entry that is missing would not be noticed: %d")
	}
	p.follows(c.last, &c.faults)
	c.closing, c.last = p.closing, p
	for _, day := range [...]Day{p.first, p.last} {
		if day != 0 && (c.total.first == 0 || day < c.total.first) {
			c.total.first = day
		}
		c.total.last = max(c.total.last, day)
	}
}

// finish fills in the header with what was found.
func (c *collector) finish(h *Header) {
	if c.chosen == 0 && len(c.faults.list) == 0 {
		c.nothing()
	}
	if c.total.overflow {
		c.faults.add(Problem{What: "adds up to more than can be counted", Want: "a file for each month"})
	}
	t, of := c.total, c.total.currency
	h.Account, h.Currency, h.First, h.Last = c.account, of, t.first, t.last
	if c.skipped > 0 {
		sum := sha256.Sum256([]byte(c.account + " " + of.Code))
		h.Part = "account " + hex.EncodeToString(sum[:8])
	}
	h.Lines, h.Moved, h.ByStatus, h.Statements = t.lines, t.moved, c.byState, c.chosen
	h.Out, h.In, h.Fees = money.FromMinor(of, t.out), money.FromMinor(of, t.in), money.FromMinor(of, t.fees)
	h.Opening, h.HasOpening = money.FromMinor(of, c.opening.minor), c.opening.known
	h.Closing, h.HasClosing = money.FromMinor(of, c.closing.minor), c.closing.known
}

func (c *collector) nothing() {
	if c.skipped == 0 {
		c.faults.add(Problem{What: "has no statement in it", Want: "the file as the bank or the gateway gave it"})
		return
	}
	c.faults.add(Problem{
		What: "has no statement of the account and currency that are wanted; it has " + strings.Join(c.accounts, ", "),
		Want: "one in " + c.options.Currency.Code,
	})
}

// faults collects problems, the first ones in full.
type faults struct {
	file, worksheet string
	list            []Problem
	more            int
	paste           string
}

func (f *faults) add(p Problem) {
	if len(f.list) >= maxProblems {
		f.more++
		return
	}
	p.File = f.file
	if p.Worksheet == "" {
		p.Worksheet = f.worksheet
	}
	f.list = append(f.list, p)
}

func (f *faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	return &Problems{List: f.list, More: f.more, Paste: f.paste}
}
