package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/progress"

	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// plainEvery is how often a run says how far it is where nobody watches.
const plainEvery = 10 * time.Second

// watcher shows how far a run is: a bar on a terminal, now and then a line
// for cron.
type watcher struct {
	a     *app
	batch ledger.Batch

	mu      sync.Mutex
	final   int
	paid    money.Amount
	sent    int
	began   time.Time
	said    time.Time
	bar     progress.Writer
	tracker *progress.Tracker
	ended   chan struct{}
}

func (a *app) newProgress(batch ledger.Batch, s ledger.Summary) *watcher {
	w := &watcher{a: a, batch: batch, paid: money.FromMinor(batch.Merchant.Currency, 0), began: time.Now(), said: time.Now()}
	open := s.Bucket(ledger.BucketWaiting).Count + s.Bucket(ledger.BucketInDoubt).Count + s.Bucket(ledger.BucketProcessing).Count
	if !a.errTerminal || a.json || open == 0 {
		return w
	}
	w.bar = progress.NewWriter()
	w.bar.SetOutputWriter(a.raw.err) // it moves the cursor, and says nothing but numbers
	w.bar.SetStyle(progress.StyleBlocks)
	w.bar.Style().Visibility.Value = false
	w.bar.Style().Visibility.Speed = false
	w.bar.Style().Visibility.ETA = true
	w.bar.SetMessageLength(58)
	w.bar.SetTrackerLength(24)
	w.bar.SetUpdateFrequency(100 * time.Millisecond)
	w.tracker = &progress.Tracker{Total: int64(open), Message: "starting"}
	w.bar.AppendTracker(w.tracker)
	w.ended = make(chan struct{})
	go func() {
		defer close(w.ended)
		w.bar.Render()
	}()
	return w
}

// observe is called by the run after each commit.
func (w *watcher) observe(p dispatch.Progress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, moved := range p.Transfers {
		if moved.Ignored || moved.From.Final() || !moved.Payout.State.Final() {
			continue
		}
		w.final++
		if moved.Payout.State == ledger.Succeeded {
			if sum, err := w.paid.Add(moved.Payout.Amount); err == nil {
				w.paid = sum
			}
		}
	}
	w.sent = p.Sent
	if w.tracker != nil {
		w.tracker.UpdateMessage(w.line())
		w.tracker.SetValue(int64(w.final))
		return
	}
	if time.Since(w.said) >= plainEvery {
		w.said = time.Now()
		w.a.say("%s", w.line())
	}
}

func (w *watcher) line() string {
	rate := float64(w.sent) / max(time.Since(w.began).Seconds(), 0.001)
	return fmt.Sprintf("%s final, paid %s, %.1f/s", plural(w.final, "row"), w.paid, rate)
}

// stop takes the bar away.
func (w *watcher) stop() {
	if w.tracker == nil {
		return
	}
	w.mu.Lock()
	w.tracker.UpdateMessage(w.line())
	w.tracker.MarkAsDone()
	w.mu.Unlock()
	w.bar.Stop()
	<-w.ended
}
