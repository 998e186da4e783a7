package receive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

func request(body []byte) *http.Request {
	return httptest.NewRequest(http.MethodPost, "/callback/acme", bytes.NewReader(body))
}

func discard() http.ResponseWriter { return httptest.NewRecorder() }

func TestARateForEachAddress(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		d.must(d.stop())
		d.options.Rate, d.options.TrustForwarded = 2, true
		d.start()
		send := func(from, forwarded string, status int) {
			t.Helper()
			w, req := httptest.NewRecorder(), request(nil)
			req.RemoteAddr = from
			if forwarded != "" {
				req.Header.Set("X-Forwarded-For", forwarded)
			}
			d.receiver.Handler().ServeHTTP(w, req)
			if w.Code != status || (w.Header().Get("Retry-After") != "") != (status == 429) {
				t.Errorf("%s %s: %d, want %d", from, forwarded, w.Code, status)
			}
		}
		send("192.0.2.1:1000", "", 400)
		send("192.0.2.1:2000", "", 400)
		send("192.0.2.1:3000", "", 429)
		send("192.0.2.2:3000", "", 400)
		send("[2001:db8::1]:1", "", 400)
		send("[2001:db8::2]:1", "", 400)
		send("[2001:db8::3]:1", "", 429) // the same network
		send("192.0.2.9:1", "198.51.100.1, 198.51.100.2", 400)
		send("192.0.2.9:1", "198.51.100.3, 198.51.100.2", 400)
		send("192.0.2.9:1", "198.51.100.4, 198.51.100.2", 429) // the first hops are what the sender says
		time.Sleep(time.Second)
		send("192.0.2.1:1000", "", 400)
		if d.count(throttled) != 3 {
			t.Errorf("%d counted", d.count(throttled))
		}
	})
}

func TestForwardedAddressesAreNotTrustedUnlessAsked(t *testing.T) {
	t.Parallel()
	r := New(Options{})
	req := request(nil)
	req.RemoteAddr = "192.0.2.1:1000"
	req.Header.Set("X-Forwarded-For", "198.51.100.1")
	if from := r.sender(req); from != netip.MustParseAddr("192.0.2.1") {
		t.Errorf("from %v", from)
	}
}

// However many addresses there are, memory is bounded and nobody is let in for
// having many.
func TestAddressesAreForgotten(t *testing.T) {
	t.Parallel()
	a, now := newAddresses(1), time.Unix(1_800_000_000, 0)
	address := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}) }
	allowed := 0
	for i := range 3 * addressMost {
		if a.allow(address(i), now) {
			allowed++
		}
	}
	if len(a.known) != addressMost || allowed != addressMost+1 {
		t.Errorf("%d are known, %d were let in", len(a.known), allowed)
	}
	later := now.Add(2 * addressIdle)
	if !a.allow(address(9*addressMost), later) || len(a.known) != 1 {
		t.Errorf("%d are known later", len(a.known))
	}
}

func TestReadiness(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		ready := func(status int) {
			t.Helper()
			w := httptest.NewRecorder()
			d.receiver.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", http.NoBody))
			if w.Code != status {
				t.Errorf("%d %s, want %d", w.Code, w.Body, status)
			}
		}
		ready(200)
		d.must(d.stop())
		ready(503)
		d.post(signed(notice(d.first(), "0000"), testSecret), 503) // not running, and no OK
		d.start()
		ready(200)
		d.must(d.book.Close())
		ready(503)
		d.post(signed(notice(ledger.Payout{TradeNo: "T1"}, "0000"), testSecret), 503)
		if d.receiver.accounts["acme"].counts.ledgerErrors.Load() == 0 {
			t.Error("the error is not counted")
		}
	})
}

// A ledger that can be read and not written: no OK, not ready, and ready again
// once it can be written.
func TestALedgerThatCannotBeWritten(t *testing.T) {
	full := errors.New("no space left")
	var broken atomic.Bool
	virtual(t, "mexico", 2, func(d *desk) {
		d.must(d.lease.Release())
		d.must(d.stop())
		claimedBook := d.reopened(ledger.Options{Commit: func(_ string, committed bool) error {
			if broken.Load() && !committed {
				return full
			}
			return nil
		}})
		d.options.Book = claimedBook
		d.start()
		broken.Store(true)
		p := d.first()
		d.post(signed(notice(p, "0000"), testSecret), 503)
		w := httptest.NewRecorder()
		d.receiver.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", http.NoBody))
		if w.Code != 503 {
			t.Errorf("ready: %s", w.Body)
		}
		if d.count(failed) != 1 || d.count(accepted) != 0 || len(d.events(p)) != 0 {
			t.Errorf("%d failed, history %v", d.count(failed), d.events(p))
		}
		if err := d.stop(); !errors.Is(err, full) {
			t.Errorf("ended with %v", err)
		}
		d.must(claimedBook.Close())
	})
}

// reopened is another handle of the ledger.
func (d *desk) reopened(o ledger.Options) *ledger.Ledger {
	d.Helper()
	book, err := ledger.Open(context.Background(), d.path, o)
	d.must(err)
	return book
}

// What was taken before the end is committed and answered; what comes after is
// refused.
func TestTheEndWaitsForWhatWasTaken(t *testing.T) {
	virtual(t, "mexico", 50, func(d *desk) {
		answered := make(chan string, 50)
		claimed := d.claim(50)
		for _, p := range claimed {
			go func() {
				w := httptest.NewRecorder()
				d.receiver.Handler().ServeHTTP(w, request(signed(notice(p, "0000"), testSecret)))
				answered <- p.TradeNo + " " + w.Body.String()
			}()
		}
		d.must(d.stop())
		synctest.Wait()
		confirmed := 0
		for range 50 {
			number, text, _ := strings.Cut(<-answered, " ")
			now, err := d.book.Payout(context.Background(), number)
			d.must(err)
			if text == "OK" {
				confirmed++
			}
			if (text == "OK") != (now.State == ledger.Succeeded) {
				t.Errorf("answered %q, and it is %s", text, now.State)
			}
		}
		d.post(signed(notice(claimed[0], "0000"), testSecret), 503)
		t.Logf("%d of 50 were taken", confirmed)
	})
}

// One that has been let in and not looked up yet counts as taken, too.
func TestTheEndWaitsForWhatIsBeingLookedUp(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		p := d.claim(1)[0]
		for range readMost {
			d.receiver.reading <- struct{}{}
		}
		answered, ended := make(chan int, 1), make(chan error, 1)
		go func() {
			w := httptest.NewRecorder()
			d.receiver.Handler().ServeHTTP(w, request(signed(notice(p, "0000"), testSecret)))
			answered <- w.Code
		}()
		synctest.Wait()
		go func() { ended <- d.stop() }()
		synctest.Wait()
		select {
		case err := <-ended:
			t.Fatalf("ended with %v while one is being taken", err)
		default:
		}
		for range readMost {
			<-d.receiver.reading
		}
		d.must(<-ended)
		if status := <-answered; status != 200 {
			t.Errorf("answered %d", status)
		}
		d.stands(p, ledger.Succeeded, false)
	})
}

// An import by another process holds the write lock for longer than the
// gateway waits: no OK. The repetition is confirmed.
func TestALedgerThatIsLockedForLong(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		p := d.claim(1)[0]
		d.must(d.stop())
		release := make(chan struct{})
		slow := d.reopened(ledger.Options{Commit: func(_ string, committed bool) error {
			if !committed {
				<-release // closed: nobody waits any more
			}
			return nil
		}})
		d.options.Book = slow
		d.start()
		body := signed(notice(p, "0000"), testSecret)
		d.post(body, 503)
		d.stands(p, ledger.Submitting, false)
		close(release)
		d.settle()
		d.stands(p, ledger.Succeeded, false) // it came late, and it came
		d.post(body, 200)
		d.must(d.stop())
		d.must(slow.Close())
	})
}

func TestMetrics(t *testing.T) {
	virtual(t, "mexico", 2, func(d *desk) {
		d.must(d.stop())
		d.options.Accounts["a \"quoted\\\nname"] = d.options.Accounts["acme"]
		d.start()
		claimed := d.claim(2)
		d.post(signed(notice(claimed[0], "0000"), testSecret), 200)
		d.post(signed(notice(claimed[0], "0000"), testSecret), 200)
		d.post(signed(notice(claimed[1], "0000"), "guessed"), 401)
		w := httptest.NewRecorder()
		d.receiver.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/callback/nobody", http.NoBody))
		w = httptest.NewRecorder()
		d.receiver.Metrics().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
		text := w.Body.String()
		for _, line := range []string{
			`bulkpay_callbacks_received_total{merchant="acme"} 3`,
			`bulkpay_callbacks_total{merchant="acme",result="accepted"} 1`,
			`bulkpay_callbacks_total{merchant="acme",result="replayed"} 1`,
			`bulkpay_callbacks_total{merchant="acme",result="forged"} 1`,
			`bulkpay_callbacks_total{merchant="acme",result="failed"} 0`,
			`bulkpay_callbacks_in_flight{merchant="acme"} 0`,
			`bulkpay_callback_record_seconds_bucket{merchant="acme",le="+Inf"} 1`,
			`bulkpay_callback_record_seconds_count{merchant="acme"} 1`,
			`bulkpay_callbacks_total{merchant="a \"quoted\\\nname",result="accepted"} 0`,
			`bulkpay_callbacks_elsewhere_total 1`,
		} {
			if !strings.Contains(text, line+"\n") {
				t.Errorf("lacks %s", line)
			}
		}
		sample := regexp.MustCompile(`^[a-z_]+(\{([a-z]+="([^"\\]|\\.)*",?)+\})? [0-9.e+-]+$`)
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if !strings.HasPrefix(line, "# ") && !sample.MatchString(line) {
				t.Errorf("not the format: %s", line)
			}
		}
		for _, p := range claimed {
			if strings.Contains(text, p.TradeNo) {
				t.Error("a number in the metrics")
			}
		}
	})
}

func TestHistogram(t *testing.T) {
	t.Parallel()
	var h histogram
	for _, d := range []time.Duration{0, time.Millisecond, time.Millisecond + 1, 10 * time.Second, time.Minute} {
		h.observe(d)
	}
	var b bytes.Buffer
	h.write(&b, "x", `m="a"`)
	for _, line := range []string{`x_bucket{m="a",le="0.001"} 2`, `x_bucket{m="a",le="0.0025"} 3`, `x_bucket{m="a",le="10"} 4`, `x_bucket{m="a",le="+Inf"} 5`, `x_count{m="a"} 5`} {
		if !strings.Contains(b.String(), line+"\n") {
			t.Errorf("lacks %s:\n%s", line, &b)
		}
	}
}

// A gateway that asks for less is asked less, and in the end about all.
func TestTheAskerIsModest(t *testing.T) {
	virtual(t, "mexico", 20, func(d *desk) {
		claimed := d.claim(20)
		for _, p := range claimed {
			d.gate.say(p.TradeNo, answer{http: http.StatusTooManyRequests})
			d.post(signed(notice(p, "0015"), testSecret), 200)
		}
		time.Sleep(20 * time.Second)
		if n := len(d.gate.questions()); n == 0 || n > 10 {
			t.Errorf("asked %d times in 20 s, and told each time that it is too much", n)
		}
		for _, p := range claimed {
			d.gate.say(p.TradeNo, answer{status: "0000", amount: p.Amount.Plain(), platform: "P" + p.TradeNo})
		}
		time.Sleep(20 * time.Minute)
		left := 0
		for _, p := range claimed {
			if d.now(p).State != ledger.Succeeded {
				left++
			}
		}
		if left > 10 { // those that were answered 429 are the next run's
			t.Errorf("%d are left", left)
		}
		d.verified()
	})
}

func TestAQuestionIsLinedUpOnceAndAFullQueueIsCounted(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		d.must(d.stop())
		k := newAsker(d.receiver, d.receiver.accounts["acme"])
		for range 3 {
			for i := range askMost + 10 {
				k.push(fmt.Sprint(i))
			}
		}
		if len(k.queue) != askMost || k.a.counts.unasked.Load() != 30 {
			t.Errorf("%d in the queue, %d left to the next run", len(k.queue), k.a.counts.unasked.Load())
		}
	})
}

// What is asked about is read anew: a run may have asked meanwhile.
func TestTheAskerLeavesAloneWhatARunHasAskedAbout(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		p := d.heard(d.claim(1)[0], 1, ledger.Doubt, "")
		d.receiver.accounts["acme"].asker.push(p.TradeNo)
		d.settle()
		if asked := d.gate.questions(); len(asked) > 0 {
			t.Errorf("asked %v, although nothing is due", asked)
		}
	})
}

// A body that stops in the middle is the server's to end; it is no callback.
func TestABodyThatBreaks(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		w := httptest.NewRecorder()
		req := httptest.NewRequest(http.MethodPost, "/callback/acme", io.MultiReader(strings.NewReader("{"), broken{}))
		d.receiver.Handler().ServeHTTP(w, req)
		if w.Code != 400 || d.count(unreadable) != 1 {
			t.Errorf("%d", w.Code)
		}
	})
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("cut off") }

func TestALogIsNotFlooded(t *testing.T) {
	virtual(t, "mexico", 1, func(d *desk) {
		for range 100 {
			d.post(signed(notice(d.first(), "0000"), "guessed"), 401)
		}
		time.Sleep(logEvery)
		d.post(signed(notice(d.first(), "0000"), "guessed"), 401)
		if log := d.logged.String(); strings.Count(log, "\n") != 2 || !strings.Contains(log, "more=99") || !strings.Contains(log, "from=192.0.2.1") {
			t.Errorf("log: %s", log)
		}
	})
}
