package dispatch

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/recorder"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// order is what the storm's gateway really did about a number.
type order struct {
	visible time.Time // to queries
	final   time.Time // when it stops being in progress
	pays    bool
}

// storm is a gateway in which nearly everything goes wrong, but which keeps
// true books of the orders it made. What happens to a request depends on the
// seed, its number and how often it was asked, and on nothing else.
type storm struct {
	seed uint64
	lag  time.Duration // the longest time an order is hidden from queries

	mu     sync.Mutex
	calm   bool
	orders map[string]*order
	twice  []string // numbers for which a second order would have been made
	calls  map[string]uint64
}

func (s *storm) Area() *paypro.Area { return mexico() }

// draw gives a request its own source of chance.
func (s *storm) draw(kind, tradeNo string) (*rand.Rand, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := kind + tradeNo
	s.calls[key]++
	hash := fnv.New64a()
	hash.Write([]byte(key))
	return rand.New(rand.NewPCG(s.seed, hash.Sum64()+s.calls[key])), s.calm
}

// create makes an order. A number that has one already would be paid twice
// by a gateway that does not hold numbers unique: its documents never say
// that it does.
func (s *storm) create(chance *rand.Rand, tradeNo string, calm bool) *order {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.orders[tradeNo] != nil {
		s.twice = append(s.twice, tradeNo)
		return s.orders[tradeNo]
	}
	now := time.Now()
	made := &order{visible: now, final: now, pays: chance.IntN(4) > 0}
	if !calm {
		made.visible = now.Add(time.Duration(chance.Int64N(int64(s.lag))))
		made.final = made.visible.Add(time.Duration(chance.Int64N(int64(time.Minute))))
	}
	s.orders[tradeNo] = made
	return made
}

// says is an order's status in an answer.
func (o *order) says(tradeNo string) paypro.Verdict {
	c := call{tradeNo: tradeNo}
	switch {
	case time.Now().Before(o.final):
		return processing(c)
	case o.pays:
		return paid(c)
	}
	return notPaid(c)
}

func (s *storm) Place(ctx context.Context, r paypro.Request) paypro.Verdict {
	chance, calm := s.draw("place", r.TradeNo)
	v := s.place(ctx, chance, r.TradeNo, calm)
	v.Raw = []byte("evidence")
	return v
}

func (s *storm) place(ctx context.Context, chance *rand.Rand, tradeNo string, calm bool) paypro.Verdict {
	if sleep(ctx, time.Duration(chance.Int64N(int64(300*time.Millisecond)))) != nil {
		// Cut off: bytes may have left, and may have arrived.
		if chance.IntN(2) == 0 {
			s.create(chance, tradeNo, calm)
		}
		return paypro.Verdict{Reason: paypro.ReasonStopped}
	}
	what := chance.IntN(14)
	if calm {
		what = 0
	}
	switch what {
	case 0, 1, 2:
		return s.create(chance, tradeNo, calm).says(tradeNo)
	case 3, 4:
		s.create(chance, tradeNo, calm)
		_ = sleep(ctx, 10*time.Second)
		return paypro.Verdict{Reason: paypro.ReasonTimeout}
	case 5:
		return paypro.Verdict{Reason: paypro.ReasonTimeout}
	case 6:
		return notConnected(call{})
	case 7:
		return throttled(time.Duration(chance.IntN(4)) * time.Second)
	case 8:
		s.create(chance, tradeNo, calm)
		return paypro.Verdict{Reason: paypro.ReasonSystemError, Code: "5000"}
	case 9:
		return paypro.Verdict{Reason: paypro.ReasonSystemError, Code: "5000"}
	case 10:
		s.create(chance, tradeNo, calm)
		return paypro.Verdict{Reason: paypro.ReasonUnreadable}
	case 11:
		s.create(chance, tradeNo, calm)
		return paypro.Verdict{Reason: paypro.ReasonOtherNumber}
	case 12:
		s.create(chance, tradeNo, calm)
		return paypro.Verdict{Reason: paypro.ReasonConnectionLost}
	}
	return s.refuse(tradeNo)
}

// refuse makes no order, and says so in words that tell nothing else.
func (s *storm) refuse(string) paypro.Verdict { return refused("8000") }

func (s *storm) Balance(context.Context) (paypro.Balance, error) {
	return paypro.Balance{}, errors.New("not asked in a storm")
}

func (s *storm) Query(ctx context.Context, r paypro.Request) paypro.Verdict {
	chance, calm := s.draw("query", r.TradeNo)
	v := s.query(ctx, chance, r.TradeNo, calm)
	v.Raw = []byte("evidence")
	return v
}

func (s *storm) query(ctx context.Context, chance *rand.Rand, tradeNo string, calm bool) paypro.Verdict {
	if sleep(ctx, time.Duration(chance.Int64N(int64(200*time.Millisecond)))) != nil {
		return paypro.Verdict{Kind: paypro.NoAnswer, Reason: paypro.ReasonStopped}
	}
	if !calm {
		switch chance.IntN(8) {
		case 0:
			return noAnswer(call{})
		case 1:
			return paypro.Verdict{Kind: paypro.NoAnswer, Reason: paypro.ReasonTimeout}
		case 2:
			return paypro.Verdict{Kind: paypro.NoAnswer, Reason: paypro.ReasonNotConnected}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.orders[tradeNo]
	if known == nil || time.Now().Before(known.visible) && !calm {
		return unknown(call{})
	}
	if calm {
		known.final = time.Time{}
	}
	return known.says(tradeNo)
}

// callbacks is another process that hears from the gateway about orders that
// have become final, now and then and more than once.
func (d *desk) callbacks(gate *storm) (stop func()) {
	d.Helper()
	book, err := ledger.Open(context.Background(), d.path, ledger.Options{})
	d.must(err)
	records := recorder.New(book, recorder.Options{Policy: d.o.Policy})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		chance := rand.New(rand.NewPCG(gate.seed, 2))
		for sleep(ctx, time.Duration(chance.Int64N(int64(20*time.Second)))) == nil {
			for _, c := range gate.heard(chance) {
				payout, err := book.Payout(context.Background(), c.TradeNo)
				if err != nil {
					d.Error(err)
					continue
				}
				c.Payout = payout
				records.Record(c.Outcome, nil)
			}
		}
	}()
	return func() {
		cancel()
		<-ended
		d.must(errors.Join(records.Close(), book.Close()))
	}
}

// heard is what a callback says.
type heard struct {
	TradeNo string
	ledger.Outcome
}

// heard picks some of the orders that are final.
func (s *storm) heard(chance *rand.Rand) (all []heard) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, number := range slices.Sorted(maps.Keys(s.orders)) {
		made := s.orders[number]
		if time.Now().Before(made.final) || chance.IntN(3) > 0 {
			continue
		}
		o := ledger.Outcome{
			Kind: ledger.NotPaid, Reason: "failed", Code: "00029", PlatformTradeNo: "PF" + number,
			Evidence: []byte("callback"), Actor: ledger.ActorCallback, Callback: true,
		}
		if made.pays {
			o.Kind, o.Reason, o.Code = ledger.Paid, "paid", "0000"
		}
		all = append(all, heard{number, o})
	}
	return all
}

// moody gives the next run reasons to halt by itself.
func (d *desk) moody(chance *rand.Rand) {
	d.o.Canary, d.o.FailureShare, d.o.FailureWindow, d.o.DayLimit = 0, -1, 0, money.Amount{}
	switch chance.IntN(6) {
	case 0:
		d.o.Canary = 1 + chance.IntN(3)
	case 1:
		d.o.FailureShare, d.o.FailureWindow = 0.5, 3
	case 2:
		d.o.DayLimit = mxn(1 + chance.Int64N(40))
	}
}

// storms are the runs before the calm: each ends in one of the ways in which
// runs end.
func (d *desk) storms(chance *rand.Rand, gate *storm) {
	for range chance.IntN(4) {
		d.moody(chance)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = New(d.book, d.lease, gate, d.o).Run(d.drain, d.now, d.batch)
		}()
		select {
		case <-ended:
		case <-time.After(time.Duration(chance.Int64N(int64([]time.Duration{time.Second, 10 * time.Second, 2 * time.Minute}[chance.IntN(3)])))):
		}
		switch chance.IntN(4) {
		case 0:
			d.stopDrain()
		case 1:
			d.stopNow()
		case 2:
			// A crash: from here on nothing more is written down.
			_ = d.book.Close()
			d.stopNow()
		case 3: // let it finish
			if chance.IntN(2) == 0 {
				d.stopDrain()
				time.Sleep(time.Duration(chance.Int64N(int64(time.Second))))
				d.stopNow()
			}
		}
		<-ended
		d.reopen()
	}
}

// audit holds the ledger against the gateway's books, for which no code of
// the ledger or of this package is asked, and returns what does not agree.
func (d *desk) audit(gate *storm) (complaints []string) {
	d.Helper()
	complain := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	if len(gate.twice) > 0 {
		complain("a second order was placed for %v", gate.twice)
	}
	known := map[string]bool{}
	for _, p := range d.payouts() {
		known[p.TradeNo] = true
		made := gate.orders[p.TradeNo]
		complaint := ""
		switch p.State {
		case ledger.Succeeded:
			if made == nil || !made.pays {
				complaint = "counts as paid and was not"
			}
		case ledger.Failed:
			if made == nil || made.pays {
				complaint = "counts as failed, and the gateway's order did not"
			}
		case ledger.Rejected:
			if made != nil {
				complaint = "counts as refused, and there is an order"
			}
		case ledger.Held:
			if p.Reason != ledger.ReasonSpent || p.Sends() < d.o.Policy.MaxAttempts || made != nil {
				complaint = fmt.Sprintf("held because of %q after %d sends", p.Reason, p.Sends())
			}
		default:
			complaint = "is not final after the storm: " + string(p.State)
		}
		if p.Sends() > d.o.Policy.MaxAttempts || p.Flagged {
			complaint += fmt.Sprintf(" %d sends, flagged %v", p.Sends(), p.Flagged)
		}
		if complaint != "" {
			complain("%s (row %d): %s; order %+v", p.TradeNo, p.Row, complaint, made)
		}
	}
	for number := range gate.orders {
		if !known[number] {
			complain("order %s is not in the ledger", number)
		}
	}
	d.tied()
	return complaints
}

func TestNothingIsPaidTwiceAndNothingIsLostInAStorm(t *testing.T) {
	seeds := 40
	if testing.Short() {
		seeds = 3
	}
	if text := os.Getenv("BULKPAY_SEEDS"); text != "" {
		var err error
		if seeds, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	if text := os.Getenv("BULKPAY_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		weather(t, seed)
		return
	}
	t.Parallel()
	next := make(chan uint64)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for seed := range next {
				if !weather(t, seed) {
					t.Errorf("repeat with BULKPAY_SEED=%d go test -run %s ./internal/dispatch", seed, t.Name())
				}
			}
		})
	}
	for seed := range seeds {
		next <- uint64(seed)
	}
	close(next)
	workers.Wait()
}

// weather runs one seed: storms, then a calm in which all must converge.
func weather(t *testing.T, seed uint64) bool {
	return t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			for _, complaint := range stormAndCalm(t, seed, 30*time.Second) {
				t.Error(complaint)
			}
		})
	})
}

// longestLag is for how long the storm hides an order from queries.
const longestLag = 27 * time.Second

func stormAndCalm(t *testing.T, seed uint64, quarantine time.Duration) (complaints []string) {
	t.Helper()
	chance := rand.New(rand.NewPCG(seed, 1))
	d := newDesk(t, 1+chance.IntN(20))
	d.o.Rate, d.o.Workers = []float64{5, 50, 500}[chance.IntN(3)], 1+chance.IntN(8)
	d.o.Policy = ledger.Policy{Unknowns: 1 + chance.IntN(3), Quarantine: quarantine, MaxAttempts: 1 + chance.IntN(3)}
	d.o.Refusals = -1
	d.o.Policy.Watch = []time.Duration{2 * time.Hour}
	gate := &storm{seed: seed, lag: longestLag, orders: map[string]*order{}, calls: map[string]uint64{}}
	defer d.callbacks(gate)()
	d.storms(chance, gate)
	gate.mu.Lock()
	gate.calm = true
	gate.mu.Unlock()
	d.o.Deadline = time.Hour
	d.o.Canary, d.o.FailureShare, d.o.DayLimit = 0, -1, money.Amount{}
	result, err := New(d.book, d.lease, gate, d.o).Run(d.drain, d.now, d.batch)
	d.must(err)
	if result.TimedOut || result.Halted != nil {
		complaints = append(complaints, fmt.Sprintf("the calm run: %+v", result))
	}
	complaints = append(complaints, d.audit(gate)...)
	d.later(5 * time.Hour)
	result, err = New(d.book, d.lease, gate, d.o).Run(d.drain, d.now, d.batch)
	d.must(err)
	if result.Asked == 0 || result.Sent > 0 {
		complaints = append(complaints, fmt.Sprintf("what has settled was watched: %+v", result))
	}
	return append(complaints, d.audit(gate)...)
}

// With a quarantine shorter than the gateway hides its orders, payouts are
// sent twice: an auditor who does not notice proves nothing.
func TestAuditorNoticesAQuarantineThatIsTooShort(t *testing.T) {
	t.Parallel()
	found := 0
	for seed := uint64(0); seed < 30 && found == 0; seed++ {
		synctest.Test(t, func(t *testing.T) { found += len(stormAndCalm(t, seed, time.Millisecond)) })
	}
	if found == 0 {
		t.Error("thirty seeds without a quarantine, and no complaint")
	}
}
