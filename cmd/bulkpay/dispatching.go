package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// paceFlags are how fast and how long.
type paceFlags struct {
	rate, queryRate float64
	workers         int
	deadline        time.Duration
	inDoubt         string
	ignoreBalance   bool
	canary          int
}

func (o *paceFlags) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Float64Var(&o.rate, "rate", 0, "payouts a second, all workers together (default: as configured, or 20)")
	flags.Float64Var(&o.queryRate, "query-rate", 0, "queries a second (default: as --rate)")
	flags.IntVar(&o.workers, "workers", 0, "requests in flight at once (default: as configured, or 16)")
	flags.DurationVar(&o.deadline, "deadline", 0, "how long to wait for final statuses after the last payout was sent (default: as configured, or 30m)")
	flags.StringVar(&o.inDoubt, "in-doubt", "", "what to do when the gateway keeps denying a payout in doubt: resend (same number) or hold")
	flags.IntVar(&o.canary, "canary", 0, "send that many payouts ahead of the others, and stop unless all of them are paid (default: as configured, or none)")
	flags.BoolVar(&o.ignoreBalance, "ignore-balance", false, "pay even if the balance does not cover the batch")
}

func (o *paceFlags) check() error {
	switch {
	case !sensible(o.rate) || !sensible(o.queryRate):
		return usageError{fmt.Errorf("--rate and --query-rate lie between %.1f and %.0f a second", dispatch.MinRate, dispatch.MaxRate)}
	case o.deadline < 0:
		return usageError{errors.New("--deadline is how long to wait, such as 2h")}
	case o.canary < 0:
		return usageError{errors.New("--canary is a number of payouts, such as 3")}
	case o.workers < 0 || o.workers > dispatch.MaxWorkers:
		return usageError{fmt.Errorf("--workers lies between 1 and %d", dispatch.MaxWorkers)}
	case o.inDoubt != "" && o.inDoubt != "resend" && o.inDoubt != "hold":
		return usageError{errors.New("--in-doubt is resend or hold")}
	}
	return nil
}

// sensible tells a rate from nonsense; NaN compares with nothing. 0 is "not
// given".
func sensible(rate float64) bool {
	return rate == 0 || rate >= dispatch.MinRate && rate <= dispatch.MaxRate
}

// job is one batch to send and settle.
type job struct {
	book    *ledger.Ledger
	batch   ledger.Batch
	account account
	client  *paypro.Client
	pace    *paceFlags

	noSubmit, noSettle bool
}

// dispatch takes the lease, looks before it leaps, and runs the batch.
func (a *app) dispatch(stop stopping, j job) (result dispatch.Result, err error) {
	lease, err := j.book.Acquire(stop.now, j.account.merchant)
	if err != nil {
		return dispatch.Result{}, err
	}
	defer func() { err = errors.Join(err, lease.Release()) }()
	summary, err := j.book.Summary(stop.now, j.batch.ID)
	if err != nil {
		return dispatch.Result{}, err
	}
	if !j.noSubmit && summary.Bucket(ledger.BucketWaiting).Count > 0 {
		if err := a.preflight(stop.now, j, summary); err != nil {
			return dispatch.Result{}, err
		}
	}
	settings := j.account.settings
	settings.NoSubmit, settings.NoSettle, settings.Log, settings.Now = j.noSubmit, j.noSettle, a.log(), a.now
	progress := a.newProgress(j.batch, summary)
	settings.Observe = progress.observe
	defer progress.stop()
	result, err = dispatch.New(j.book, lease, j.client, settings).Run(stop.drain, stop.now, j.batch)
	if err == nil && stop.now.Err() == nil {
		err = a.noteClosing(stop.now, j)
	}
	return result, err
}

// stopping are the two ways to stop: in good order, and at once.
type stopping struct{ drain, now context.Context }

// onSignals drains at the first signal and stops at the second. done must be
// called.
func (a *app) onSignals(ctx context.Context) (s stopping, done func()) {
	now, stopNow := context.WithCancel(ctx)
	drain, stopTaking := context.WithCancel(now)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	finished := make(chan struct{})
	go func() {
		for _, stop := range []struct {
			how context.CancelFunc
			say string
		}{
			{stopTaking, "stopping: requests in flight finish, nothing new is sent; once more to stop at once"},
			{stopNow, "stopping at once: what is in flight stays in doubt and is asked about next time"},
		} {
			select {
			case <-signals:
				a.say("\n%s", stop.say)
				stop.how()
			case <-finished:
				return
			}
		}
	}()
	return stopping{drain, now}, func() {
		signal.Stop(signals)
		close(finished)
		stopTaking()
		stopNow()
	}
}
