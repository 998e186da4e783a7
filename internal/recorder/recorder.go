package recorder

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

// A group is committed when it holds groupMost outcomes or is groupWait old.
// Behind it queueMost may wait before whoever records has to.
const (
	groupMost = 512
	groupWait = 8 * time.Millisecond
	queueMost = 4 * groupMost
)

// ReasonUnlisted is why a payout is in doubt whose answer could not be
// written as it was.
const ReasonUnlisted = "answer_not_recordable"

// The errors of a recorder.
var (
	ErrClosed   = errors.New("recorder: closed")                         // too late: nothing was written
	ErrReplaced = errors.New("the ledger did not take the answer as is") // a doubt or a hint stands in its place
)

// Options are the settings of a recorder. Functions may be nil. They are
// called from the recorder's own goroutine, one at a time, and must not call
// Record or Close.
type Options struct {
	Policy  ledger.Policy
	Observe func([]ledger.Applied) // after each commit: what it did, in order
	Fail    func(error)            // each time outcomes are lost: nothing more may be sent
}

// Recorder is the only one who writes outcomes. All methods may be called
// from any goroutine.
type Recorder struct {
	book  *ledger.Ledger
	o     Options
	in    chan entry
	ended chan struct{}
	first error // that lost outcomes; read it when ended is closed

	mu     sync.RWMutex // held for reading while something is put in
	closed bool
}

// entry is an outcome on its way to the ledger.
type entry struct {
	outcome ledger.Outcome
	done    func(ledger.Applied, error)

	applied ledger.Applied
	err     error
}

// New starts a recorder. Close it when nothing more will be learned.
func New(book *ledger.Ledger, o Options) *Recorder {
	if o.Observe == nil {
		o.Observe = func([]ledger.Applied) {}
	}
	if o.Fail == nil {
		o.Fail = func(error) {}
	}
	r := &Recorder{book: book, o: o, in: make(chan entry, queueMost), ended: make(chan struct{})}
	go r.run()
	return r
}

// Record hands over an outcome. done, which may be nil, is called once it is
// committed or lost, from the recorder's goroutine: with what it did, or with
// the error. With ErrReplaced something was written in its place, and that is
// what was applied. After Close it is ErrClosed, at once.
func (r *Recorder) Record(o ledger.Outcome, done func(ledger.Applied, error)) {
	if !r.put(entry{outcome: o, done: done}) && done != nil {
		done(ledger.Applied{}, ErrClosed)
	}
}

func (r *Recorder) put(e entry) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.closed {
		return false
	}
	r.in <- e
	return true
}

// Close waits until all that was handed over is written, and returns the
// first error that lost some of it. Calling it again does nothing more.
func (r *Recorder) Close() error {
	r.mu.Lock()
	if !r.closed {
		r.closed = true
		close(r.in)
	}
	r.mu.Unlock()
	<-r.ended
	return r.first
}

func (r *Recorder) run() {
	defer close(r.ended)
	group := make([]entry, 0, groupMost)
	for first := range r.in {
		group = r.gather(append(group[:0], first))
		r.commit(group)
		for i := range group {
			if group[i].done != nil {
				group[i].done(group[i].applied, group[i].err)
			}
		}
		clear(group) // rather than keep what was learned alive
	}
}

func (r *Recorder) gather(group []entry) []entry {
	timer := time.NewTimer(groupWait)
	defer timer.Stop()
	for len(group) < groupMost {
		select {
		case more, ok := <-r.in:
			if !ok {
				return group
			}
			group = append(group, more)
		case <-timer.C:
			return group
		}
	}
	return group
}

// commit writes a group, together if that is possible.
func (r *Recorder) commit(group []entry) {
	outcomes := make([]ledger.Outcome, len(group))
	for i := range group {
		outcomes[i] = group[i].outcome
	}
	applied, err := r.book.Record(context.Background(), r.o.Policy, outcomes)
	if err == nil {
		for i := range applied {
			group[i].applied = applied[i]
		}
		r.o.Observe(applied)
		return
	}
	applied, lost, err := r.singly(group)
	r.o.Observe(applied)
	if err != nil {
		err = fmt.Errorf("record %d of %d answers: %w", lost, len(group), err)
		if r.first == nil {
			r.first = err
		}
		r.o.Fail(err)
	}
}

// giveUp is how many outcomes in a row may be lost before the rest of their
// group is not tried any more: the ledger itself cannot be written then, and
// each try may take as long as SQLite waits for a lock.
const giveUp = 2

// singly writes outcome by outcome what could not be written together. It
// returns what was applied, how many were lost, and the first error that lost
// one.
func (r *Recorder) singly(group []entry) (all []ledger.Applied, lost int, first error) {
	inARow := 0
	for i := range group {
		one := &group[i]
		if inARow == giveUp {
			one.err = first
			lost++
			continue
		}
		var written bool
		if one.applied, written, one.err = r.single(one.outcome); written {
			all = append(all, one.applied)
			inARow = 0
			continue
		}
		lost++
		inARow++
		if first == nil {
			first = one.err
		}
	}
	return all, lost, first
}

// single writes one outcome, or what stands in its place.
func (r *Recorder) single(o ledger.Outcome) (_ ledger.Applied, written bool, _ error) {
	applied, err := r.write(o)
	if err == nil {
		return applied, true, nil
	}
	instead, failure := r.write(inPlaceOf(o, err))
	if failure != nil {
		return ledger.Applied{}, false, failure
	}
	return instead, true, fmt.Errorf("%w: %w", ErrReplaced, err)
}

func (r *Recorder) write(o ledger.Outcome) (ledger.Applied, error) {
	applied, err := r.book.Record(context.Background(), r.o.Policy, []ledger.Outcome{o})
	if err != nil {
		return ledger.Applied{}, err
	}
	return applied[0], nil
}

// inPlaceOf is what is written of an answer that could not be: a doubt, with
// the raw answer. If the answer showed that the gateway knows the payout, the
// doubt says so too: otherwise a denial later on could send it a second time.
// Of a callback about what is settled a hint remains: the gateway is asked.
func inPlaceOf(o ledger.Outcome, why error) ledger.Outcome {
	switch o.Kind {
	case ledger.Paid, ledger.Accepted, ledger.NotPaid, ledger.Conflict:
		o.Known = true
	default:
		o.Known = o.Known || o.PlatformTradeNo != ""
	}
	o.Kind, o.Reason, o.Message, o.PlatformTradeNo = ledger.Doubt, ReasonUnlisted, why.Error(), ""
	if o.Callback && o.Payout.State.Final() {
		o.Kind = ledger.Hint
	}
	return o
}
