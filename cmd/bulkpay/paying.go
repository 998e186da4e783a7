package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/internal/intake"
	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/internal/visible"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

// runJSON is what `bulkpay run --json` prints.
type runJSON struct {
	Batches  []batchRunJSON `json:"batches"`
	Refused  []refusedJSON  `json:"refused,omitempty"`
	ExitCode int            `json:"exitCode"`
}

// batchRunJSON is what a run did to a batch, and where that stands.
type batchRunJSON struct {
	batchJSON
	Resumed   bool       `json:"resumed"`
	Sent      int        `json:"sent"`
	Asked     int        `json:"asked"`
	Recovered int        `json:"recovered"`
	Drained   bool       `json:"drained"`
	TimedOut  bool       `json:"timedOut"`
	Halted    string     `json:"halted,omitempty"`
	Again     *againJSON `json:"again,omitempty"`
	Reports   []fileJSON `json:"reports"`
}

// fileJSON is a file that was written.
type fileJSON struct {
	Format string `json:"format"`
	Path   string `json:"path"`
}

// refusedJSON is a sheet of which nothing was imported.
type refusedJSON struct {
	Why  string `json:"why"`
	Hint string `json:"hint"`
	checkJSON
}

// printRefused prints why nothing was imported. No sheet of the command line
// is paid if one of them is refused.
func (a *app) printRefused(ctx context.Context, sheets []*examined, refused map[*examined]error) error {
	result := runJSON{ExitCode: exitNotPaid, Batches: []batchRunJSON{}}
	for _, e := range sheets {
		why := refused[e]
		if why == nil {
			continue
		}
		list, marked, err := a.finish(ctx, e)
		if err != nil {
			return err
		}
		if a.json {
			result.Refused = append(result.Refused, refusedJSON{why.Error(), hintFor(why), e.checked(nil, list, marked)})
			continue
		}
		e.list.print(a, e)
		a.tell("%s: %s\n", e.sheet.File(), e.totals())
		fmt.Fprintln(a.err, "error:", visible.Line(e.sheet.File())+":", why)
		fmt.Fprintln(a.err, "hint:", hintFor(why))
	}
	if a.json {
		if err := a.printJSON(result); err != nil {
			return err
		}
	}
	return outcome(exitNotPaid)
}

// payAndReport sends and settles one batch and writes its reports, however
// the sending ended.
func (a *app) payAndReport(stop stopping, o *runOptions, book *ledger.Ledger, e *examined, folder string, results *runJSON) error {
	done, err := a.pay(stop, &o.target, &o.paceFlags, job{book: book, batch: *e.batch, account: e.account})
	resumed := e.why != ""
	if err != nil && !errors.Is(err, errNothingToDo) {
		return err
	}
	// A folder that cannot be written must not hide where the batch stands.
	sheet, unwritten := a.handBackPaid(stop.always(), book, e, folder)
	return errors.Join(a.report(stop, book, *e.batch, folder, done, resumed, results, sheet...), unwritten)
}

// handBackPaid hands the sheet back, if it is the very file of its batch: only
// then are its rows those of the ledger.
func (a *app) handBackPaid(ctx context.Context, book *ledger.Ledger, e *examined, folder string) ([]report.File, error) {
	sum, err := intake.FileSHA256(e.path)
	if err != nil || sum != e.batch.SourceSHA256 {
		return nil, err
	}
	var path string
	err = book.Snapshot(ctx, func(v ledger.View) (err error) {
		path, err = a.handPaid(ctx, v, e, folder)
		return err
	})
	if err != nil || path == "" {
		return nil, err
	}
	return []report.File{{Format: "sheet", Path: path}}, nil
}

// errNothingToDo is a batch in which everything is final.
var errNothingToDo = errors.New("nothing to do")

// pay connects and dispatches a batch, unless nothing is left to do.
func (a *app) pay(stop stopping, t *target, pace *paceFlags, j job) (dispatch.Result, error) {
	// What an old copy says is left, or not, is not so.
	if err := j.book.CheckWitness(stop.now); err != nil {
		return dispatch.Result{}, err
	}
	left, err := j.book.Outstanding(stop.now, j.batch.ID)
	if err != nil {
		return dispatch.Result{}, err
	}
	if stop.drain.Err() != nil {
		return dispatch.Result{Drained: true}, nil
	}
	watched := !left.WatchDue.IsZero() && !left.WatchDue.After(a.now()) && !j.noSettle
	if !left.Ready && !left.Open && !watched {
		a.say("batch %s: nothing is left to send or to ask", j.batch.Code)
		return dispatch.Result{}, errNothingToDo
	}
	client, disconnect, err := a.connect(stop.now, t, &j.account)
	if err != nil {
		return dispatch.Result{}, err
	}
	defer disconnect()
	j.client, j.pace = client, pace
	j.account.settleOn(pace)
	return a.dispatch(stop, j)
}

// report writes the reports of a batch and adds it to the results.
func (a *app) report(stop stopping, book *ledger.Ledger, batch ledger.Batch, folder string, did dispatch.Result, resumed bool, results *runJSON, more ...report.File) error {
	// Reports are written even after a stop: they say how far it came.
	source, files, err := a.writeReports(stop.always(), book, ofOne(batch, folder, a.lang))
	if err != nil {
		if len(source.Batches) > 0 && !a.json {
			err = errors.Join(err, a.printStanding(source, a.lang, did, nil))
		}
		return err
	}
	summary := source.Batches[0].Summary
	one := batchRunJSON{
		batchJSON: jsonOf(summary), Resumed: resumed, Sent: did.Sent, Asked: did.Asked, Recovered: did.Recovered,
		Drained: did.Drained, TimedOut: did.TimedOut,
	}
	code := codeForSource(source)
	switch {
	case did.Drained:
		code = exitCancelled
	case errors.Is(did.Halted, dispatch.ErrCredentials):
		code = exitCredentials
	}
	if did.Halted != nil {
		one.Halted = did.Halted.Error()
	}
	files = append(files, more...)
	for _, file := range files {
		one.Reports = append(one.Reports, fileJSON{file.Format, file.Path})
	}
	results.Batches = append(results.Batches, one)
	results.ExitCode = worse(results.ExitCode, code)
	if a.json {
		return nil
	}
	return a.printStanding(source, a.lang, did, files)
}

func (a *app) printStanding(source report.Source, l lang.Lang, did dispatch.Result, files []report.File) error {
	if err := report.WriteText(a.raw.out, source, report.TextOptions{Color: a.color(), Lang: l}); err != nil {
		return err
	}
	sent, asked := l.Plural(did.Sent, "%d payout sent", "%d payouts sent"), l.Plural(did.Asked, "%d question asked", "%d questions asked")
	a.tell("%s\n", l.Text("this run: %s, %s", sent, asked))
	if did.TimedOut {
		a.tell("%s\n", l.Text("the deadline passed before everything was final: run the same command again later"))
	}
	if did.Halted != nil && source.Batches[0].Summary.Stopped == "" { // which stands above the figures
		a.tell("%s\n", l.Text("STOPPED: %s; what is unsent stays ready", did.Halted))
	}
	for _, file := range files {
		a.tell("%s\n", file.Path)
	}
	return nil
}

func (a *app) finishRun(results *runJSON) error {
	if a.json {
		if err := a.printJSON(results); err != nil {
			return err
		}
	}
	return outcome(results.ExitCode)
}

// worse is the exit code that matters more: what needs a person soonest.
func worse(a, b int) int {
	for _, code := range []int{exitCancelled, exitCredentials, exitError, exitInDoubt, exitUnfinished, exitNotPaid} {
		if a == code || b == code {
			return code
		}
	}
	return exitDone
}
