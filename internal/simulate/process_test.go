package simulate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/internal/intake"
	"github.com/bulkpay/bulkpay/internal/memnet"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// errDead is what a process hears from the ledger once it is dead.
var errDead = errors.New("this process is dead")

// fate is what becomes of a run.
type fate struct {
	quiet bool // it ends by itself

	write     string        // it dies at a commit of this write, "" any …
	nth       int           // … the so many-th; 0: not at a commit
	committed bool          // just after it, or else just before
	after     time.Duration // it dies after so long; 0: not by the clock

	drain time.Duration // it is told to stop in good order after so long; 0: never
	now   time.Duration // it is told to stop at once after so long; 0: never
	loss  memnet.Loss   // of what it had on the wire
}

// writes are the names of what is committed; a death is drawn for each of
// them, so that none is missed.
var writes = []string{
	"", "", "", "", "", "merchant", "import", "import", "lease", "claim", "claim", "claim", "record", "record", "record",
	"recover", "recover", "renew", "release lease", "release lease", "stop",
}

// fateOf draws what becomes of a run during the storm.
func (s *scenario) fateOf(name string) fate {
	d := s.of("fate", name)
	f := fate{loss: memnet.Loss(d.chance(0.5, "loss"))}
	switch {
	case d.chance(s.deaths, "dies") && d.chance(0.75, "at a commit"):
		f.write = one(d, "write", writes...)
		if s.options.Canary > 0 && d.chance(0.3, "stop") {
			f.write = "stop" // a canary is what stops runs most often
		}
		f.nth = 1
		switch f.write {
		case "", "record":
			f.nth = int(d.scale(1, 60, "nth"))
		case "claim":
			f.nth = 1 + d.below(4, "nth")
		}
		f.committed = d.chance(0.5, "committed")
	case d.chance(s.deaths, "dies"):
		f.after = d.span(time.Millisecond, s.every*3/2, "after")
	case d.chance(s.stops, "stops"):
		f.drain = d.span(time.Millisecond, s.every, "drain")
		if d.chance(0.5, "twice") {
			f.now = f.drain + d.span(0, 5*time.Second, "now")
		}
	}
	return f
}

// process is a run of the program, as cron starts it. It can die.
type process struct {
	w     *world
	name  string
	fate  fate
	host  *memnet.Host
	loss  memnet.Loss
	ended chan struct{}

	ctx  context.Context // the life of the process
	kill context.CancelFunc
	dead atomic.Bool

	mu         sync.Mutex
	died       time.Time
	how        string
	commits    map[string]int
	committing bool

	finished bool // nothing was left to do
}

func (p *process) diedAt() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.died
}

// start starts a process that does one thing; it runs by itself.
func (w *world) start(name string, f fate, do func(*process, *ledger.Ledger) error) *process {
	p := &process{w: w, name: name, fate: f, host: w.network.Host(name), loss: f.loss, ended: make(chan struct{}), commits: map[string]int{}}
	p.ctx, p.kill = context.WithCancel(w.ctx)
	w.mu.Lock()
	w.processes[name] = p
	w.mu.Unlock()
	if f.after > 0 {
		timer := time.AfterFunc(f.after, func() { p.die("at a moment of its own") })
		context.AfterFunc(p.ctx, func() { timer.Stop() })
	}
	w.running.Go(func() {
		defer close(p.ended)
		defer p.kill()
		p.run(do)
	})
	return p
}

// startRun starts what cron starts.
func (w *world) startRun(name string, f fate) *process {
	w.counts.add("runs: started", 1)
	if w.s.noLocks && w.s.chance(0.5, "lock removed", name) {
		// Locks that do not hold, as on some network folders.
		_ = os.Remove(w.book + ".1.lock")
	}
	return w.start(name, f, (*process).cron)
}

// die ends the process: from here on it writes nothing and sends nothing.
func (p *process) die(how string) {
	p.mu.Lock()
	if p.dead.Load() {
		p.mu.Unlock()
		return
	}
	p.died, p.how = time.Now(), how
	p.dead.Store(true)
	p.mu.Unlock()
	p.host.Cut(p.loss)
	p.kill()
	p.w.counts.add("deaths: "+how, 1)
}

// commit is the ledger's seam: it is asked before and after every commit.
func (p *process) commit(write string, committed bool) error {
	if !committed {
		p.mu.Lock()
		p.commits[write]++
		p.commits[""]++
		p.committing = !p.dead.Load()
		p.mu.Unlock()
	}
	if p.fate.nth > 0 && p.commits[p.fate.write] == p.fate.nth && p.fate.committed == committed && (p.fate.write == "" || p.fate.write == write) {
		p.die(map[bool]string{false: "before ", true: "after "}[committed] + write)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if committed {
		if !p.committing {
			p.w.find("%s has written %q after its death", p.name, write)
		}
		p.committing = false
		p.w.wrote(p, write)
		p.w.counts.add("commits: "+write, 1)
	}
	if p.dead.Load() {
		return errDead
	}
	return nil
}

// wrote follows who holds the lease, and demands that nobody else claims.
func (w *world) wrote(p *process, write string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch write {
	case "lease":
		w.holder = p
	case "release lease":
		if w.holder == p {
			w.holder = nil
		}
	case "claim":
		if w.holder != p {
			w.findings = append(w.findings, fmt.Sprintf("%s has claimed payouts without the lease", p.name))
		}
	}
}

// open opens the ledger as a process does.
func (p *process) open() (*ledger.Ledger, error) {
	return ledger.Open(p.ctx, p.w.book, ledger.Options{
		Random: &random{r: rand.NewChaCha8(seedOf(p.w.s.of("numbers", p.name)))},
		Host:   p.machine(), Commit: p.commit,
	})
}

// machine is where the process runs: on one, or on one of two that share the
// folder.
func (p *process) machine() string {
	if p.w.s.noLocks && p.w.s.chance(0.5, "machine", p.name) {
		return "there"
	}
	return "here"
}

// random makes a source of randomness safe for concurrent use.
type random struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (r *random) Read(into []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.r.Read(into)
}

func seedOf(d dice) (seed [32]byte) {
	for i := range seed {
		seed[i] = byte(d.of(fmt.Sprint(i)))
	}
	return seed
}

func (p *process) client() (*paypro.Client, error) {
	return paypro.NewClient(paypro.Config{
		Area: p.w.s.area, BaseURL: "http://" + gatewayAddress + "/" + p.w.s.area.Slug, MerchantNo: merchantNo, Secret: p.w.secret,
		Timeout: p.w.s.timeout, Dial: p.dial,
	})
}

// dial connects to the gateway, if it lets anybody in.
func (p *process) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if p.w.gateway.Refuses(time.Now()) {
		return nil, syscall.ECONNREFUSED
	}
	return p.host.Dial(ctx, network, address)
}

// run opens the ledger, does what the process is for, and closes it.
func (p *process) run(do func(*process, *ledger.Ledger) error) {
	book, err := p.open()
	if err == nil {
		err = do(p, book)
		if closed := book.Close(); !p.dead.Load() {
			err = errors.Join(err, closed)
		}
	}
	switch {
	case p.dead.Load():
	case err == nil:
	case errors.Is(err, ledger.ErrLocked):
		p.w.counts.add("runs: refused by the lock", 1)
	case errors.Is(err, ledger.ErrLeaseLost):
		p.w.counts.add("runs: lost the lease", 1)
		if !p.w.s.noLocks {
			p.w.find("%s has lost its lease, and locks work", p.name)
		}
	case errors.Is(err, context.Canceled) && p.fate.drain > 0:
		p.w.counts.add("runs: stopped before they began", 1)
	default:
		p.w.find("%s: %v", p.name, err)
	}
}

// cron is what the command does: it takes the sheets in, pays and settles.
func (p *process) cron(book *ledger.Ledger) (err error) {
	merchant, err := book.Merchant(p.ctx, p.w.merchant)
	if err != nil {
		return err
	}
	for _, s := range p.w.laid() {
		if s.known.Load() && !p.w.s.chance(0.05, "looks again", p.name, s.name) {
			continue // somebody has taken it out of the folder
		}
		known, err := p.takeIn(book, merchant, s)
		if err != nil {
			return err
		}
		s.known.Store(known)
	}
	return p.leased(book, func(lease *ledger.Lease, client *paypro.Client) error { return p.pay(book, lease, client) })
}

// leased does what only one process at a time may do.
func (p *process) leased(book *ledger.Ledger, do func(*ledger.Lease, *paypro.Client) error) (err error) {
	merchant, err := book.Merchant(p.ctx, p.w.merchant)
	if err != nil {
		return err
	}
	lease, err := book.Acquire(p.ctx, merchant)
	if err != nil {
		return err
	}
	defer func() {
		released := lease.Release()
		if !p.dead.Load() {
			err = errors.Join(err, released)
		}
	}()
	client, err := p.client()
	if err != nil {
		return err
	}
	defer client.Close()
	return do(lease, client)
}

// laid are the sheets that are there by now.
func (w *world) laid() []*sheet {
	w.mu.Lock()
	defer w.mu.Unlock()
	var laid []*sheet
	for _, s := range w.sheets {
		if time.Since(w.began) >= s.after {
			laid = append(laid, s)
		}
	}
	return laid
}

// takeIn imports a sheet, unless it is a batch already. It tells whether the
// sheet is one now.
func (p *process) takeIn(book *ledger.Ledger, merchant ledger.Merchant, s *sheet) (known bool, err error) {
	sum, err := intake.FileSHA256(s.path)
	if err != nil {
		return false, err
	}
	if _, err = book.BatchBySource(p.ctx, merchant.ID, sum, ""); !errors.Is(err, ledger.ErrNotFound) {
		return true, err
	}
	opened, err := ingest.Open(s.path, ingest.Options{Area: p.w.s.area, Constants: constants()})
	if err != nil {
		return false, err
	}
	defer opened.Close()
	past := intake.Past{Book: book, MerchantID: merchant.ID}
	found, err := intake.Examine(p.ctx, s.path, opened, past, intake.Seen{})
	if err != nil {
		return false, err
	}
	defer found.Close()
	if _, err = book.BatchByContent(p.ctx, merchant.ID, found.Content); !errors.Is(err, ledger.ErrNotFound) {
		return true, err
	}
	_, err = intake.Import(p.ctx, book, opened, found, intake.Order{
		Merchant: merchant, Actor: "cron", Policy: p.w.s.suspects, Reason: "simulated",
	})
	switch {
	case err == nil:
		p.w.counts.add("sheets: imported", 1)
		return true, nil
	case errors.Is(err, ledger.ErrDuplicate), errors.Is(err, intake.ErrMoved):
		p.w.counts.add("sheets: refused, the ledger knew more", 1)
		return false, nil // the next run looks again
	case errors.Is(err, intake.ErrKnown):
		p.w.counts.add("sheets: refused, nothing is new", 1)
		return true, nil
	}
	return false, fmt.Errorf("%s: %w", s.name, err)
}

// pay sends and settles every batch that has something to do.
func (p *process) pay(book *ledger.Ledger, lease *ledger.Lease, client *paypro.Client) error {
	now, stopNow := context.WithCancel(p.ctx)
	defer stopNow()
	drain, stopTaking := context.WithCancel(now)
	defer stopTaking()
	for _, stop := range []struct {
		after time.Duration
		how   context.CancelFunc
	}{{p.fate.drain, stopTaking}, {p.fate.now, stopNow}} {
		if stop.after > 0 {
			defer time.AfterFunc(stop.after, stop.how).Stop()
		}
	}
	options := p.w.s.options
	if p.fate.quiet {
		options = p.w.s.quiet()
	}
	runner := dispatch.New(book, lease, client, options)
	p.finished = true
	for _, batch := range batchesOf(book) {
		result, err := runner.Run(drain, now, batch)
		p.w.counts.add("gateway: requests to pay", result.Sent)
		p.w.counts.add("gateway: questions", result.Asked)
		if err != nil {
			return err
		}
		if result.Halted != nil {
			p.w.counts.add("runs: halted, "+firstWords(result.Halted.Error()), 1)
		}
		left, err := book.Outstanding(p.ctx, batch.ID)
		if err != nil {
			return err
		}
		p.finished = p.finished && !left.Open && !left.Ready && left.WatchDue.IsZero()
	}
	return nil
}

// batchesOf lists the batches, the latest first; none that cannot be read.
func batchesOf(book *ledger.Ledger) (all []ledger.Batch) {
	for batch, err := range book.Batches(context.Background()) {
		if err == nil {
			all = append(all, batch)
		}
	}
	return all
}

func firstWords(text string) string {
	text, _, _ = strings.Cut(text, ":")
	return text
}
