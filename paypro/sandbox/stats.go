package sandbox

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"
)

// AnswerKind tells answers apart for counting.
type AnswerKind struct {
	Area     string // slug; "" for a path that does not exist
	Endpoint string
	HTTP     int    // 0: nothing was sent
	Code     string // outer; "" without an envelope
	Status   string // inner
	Fault    string // the outcome that was provoked
	Sign     string // where the signature stood, "body" or "header"; "" if none was looked for or found
}

// AnswerCount is how often a kind of answer was given.
type AnswerCount struct {
	AnswerKind
	Count int
}

// Stats are what a sandbox has done since it was opened. Orders are counted from
// the journal's beginning.
type Stats struct {
	Requests     int
	Answers      []AnswerCount
	Orders       int
	DoubleOrders int // orders beyond the first one of their tradeNo
	Callbacks    CallbackStats

	// Faults is how often each fault really happened, by "endpoint:outcome" as in [FaultKinds]. What befalls
	// an order is counted at "placement" when the order is made; at "query", whenever a query was misled by it.
	Faults map[string]int
}

// CallbackStats count callbacks since the sandbox was opened.
type CallbackStats struct {
	Posted    int // requests sent, repetitions included
	Confirmed int // answered OK
	GivenUp   int // never answered OK
	NotCalled int // orders without a notifyUrl, or with one that is not a loopback address

	Lost     int // never posted
	Extra    int // requests beside those of Posted: doubled, replayed, out of order, wrong
	ForgedOK int // extra ones without a valid signature that were answered OK all the same
}

type stats struct {
	mu        sync.Mutex
	answers   map[AnswerKind]int
	callbacks CallbackStats
	faults    map[faultKey]int
}

func (s *stats) count(c *call, a *answer) {
	k := AnswerKind{Endpoint: c.endpoint, HTTP: a.http, Code: a.code, Status: a.status, Fault: a.fault, Sign: c.signIn}
	if c.area != nil {
		k.Area = c.area.slug
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answers == nil {
		s.answers = map[AnswerKind]int{}
	}
	s.answers[k]++
}

// callback changes the counts of callbacks.
func (s *stats) callback(change func(*CallbackStats)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.callbacks)
}

// Stats counts what was asked and answered so far.
func (g *Gateway) Stats() Stats {
	var out Stats
	for _, o := range g.books.list(g.now()) {
		out.Orders++
		if o.nth > 1 {
			out.DoubleOrders++
		}
	}
	g.stats.mu.Lock()
	defer g.stats.mu.Unlock()
	out.Callbacks = g.stats.callbacks
	out.Faults = make(map[string]int, len(g.stats.faults))
	for k, n := range g.stats.faults {
		out.Faults[k.endpoint+":"+k.name] = n
	}
	for k, n := range g.stats.answers {
		out.Requests += n
		out.Answers = append(out.Answers, AnswerCount{k, n})
	}
	slices.SortFunc(out.Answers, func(a, b AnswerCount) int {
		return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Endpoint, b.Endpoint), cmp.Compare(a.HTTP, b.HTTP),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Fault, b.Fault), cmp.Compare(a.Sign, b.Sign))
	})
	return out
}

// requestLog writes one line a request: coordinates, never contents.
type requestLog struct {
	mu  sync.Mutex
	w   io.Writer
	buf []byte
}

func (l *requestLog) write(c *call, a *answer, at time.Time) error {
	if l.w == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := at.AppendFormat(append(l.buf[:0], `{"at":"`...), time.RFC3339Nano)
	b = append(b, '"')
	text := func(key, value string) {
		b = append(append(append(b, `,"`...), key...), `":`...)
		b = appendJSON(b, value)
	}
	area, merchantNo := "", ""
	if c.area != nil {
		area = c.area.slug
	}
	if c.merchant != nil {
		merchantNo = c.merchant.no
	}
	text("area", area)
	text("endpoint", c.endpoint)
	text("merchantNo", merchantNo)
	text("tradeNo", c.tradeNo)
	b = strconv.AppendInt(append(b, `,"httpStatus":`...), int64(a.http), 10)
	text("code", a.code)
	text("status", a.status)
	text("fault", a.fault)
	text("sign", c.signIn)
	l.buf = append(b, '}', '\n')
	_, err := l.w.Write(l.buf)
	return err
}
