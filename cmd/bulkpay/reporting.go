package main

import (
	"context"
	"iter"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
	"github.com/bulkpay/bulkpay/internal/explain"
	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/internal/tieout"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

// reporting is a report to be written: of which batches, where, and how.
type reporting struct {
	batches  []ledger.Batch
	scope    report.Scope
	folder   string
	base     string // of the files' names
	lang     lang.Lang
	unmasked bool
	pdf      bool
}

// ofOne is the report of a batch as the commands that pay write it.
func ofOne(batch ledger.Batch, folder string, l lang.Lang) reporting {
	return reporting{batches: []ledger.Batch{batch}, folder: folder, base: batch.Code, lang: l}
}

// writeReports writes reports of batches as they stand now, and remembers that
// it did: the next ones say what has changed since. What is in the source but
// rows and history may be used afterwards.
func (a *app) writeReports(ctx context.Context, book *ledger.Ledger, r reporting) (source report.Source, files []report.File, err error) {
	if err := atomicfile.Sweep(r.folder, a.now()); err != nil {
		a.log().Warn("what a killed run left behind cannot be removed", "why", err)
	}
	err = book.Snapshot(ctx, func(v ledger.View) error {
		if source, err = sourceOf(ctx, v, r.scope, r.batches); err != nil {
			return err
		}
		if err = a.addMatching(ctx, v, &source); err != nil {
			return err
		}
		files, err = report.Write(ctx, r.folder, r.base, source, report.Options{
			Version: version, Lang: r.lang, Unmasked: r.unmasked, PDF: r.pdf, Explain: adviceIn,
		})
		return err
	})
	for _, batch := range source.Batches {
		if err == nil {
			err = book.MarkReported(ctx, batch.Summary)
		}
	}
	return source, files, err
}

// sourceOf gathers what a report is about, all from one state of the ledger.
func sourceOf(ctx context.Context, v ledger.View, scope report.Scope, batches []ledger.Batch) (report.Source, error) {
	source := report.Source{Scope: scope}
	for _, batch := range batches {
		one, err := batchSource(ctx, v, batch.ID)
		if err != nil {
			return source, err
		}
		source.Batches = append(source.Batches, one)
	}
	var err error
	if !scope.One() {
		source.Equations, err = tieout.Merchants(ctx, v, batches)
	}
	return source, err
}

func batchSource(ctx context.Context, v ledger.View, id int64) (report.Batch, error) {
	summary, err := v.Summary(ctx, id)
	if err != nil {
		return report.Batch{}, err
	}
	changes, err := v.Changes(ctx, id)
	if err != nil {
		return report.Batch{}, err
	}
	equations, err := tieout.Of(ctx, v, summary.Batch)
	return report.Batch{
		Summary: summary, Changes: changes, History: v.Events, Equations: equations,
		Lines: func(ctx context.Context) iter.Seq2[ledger.Line, error] { return v.Lines(ctx, id) },
	}, err
}

// standing is where a batch stands now, without its rows.
func standing(ctx context.Context, book *ledger.Ledger, batch ledger.Batch) (source report.Source, err error) {
	err = book.Snapshot(ctx, func(v ledger.View) error {
		source, err = sourceOf(ctx, v, report.Scope{}, []ledger.Batch{batch})
		return err
	})
	return source, err
}

// adviceIn explains payouts in reports.
func adviceIn(l lang.Lang, batch ledger.Batch, p ledger.Payout) report.Advice {
	speaker := explain.Speak(l)
	advice := speaker.In(batch, p)
	told := report.Advice{Reason: advice.Reason, Action: advice.Action}
	if whose := speaker.Whose(p); whose != explain.Nobody {
		told.Who = whose.In(l)
	}
	return told
}

// adviceOn says why a payout stands as it does, and what to do.
func adviceOn(l lang.Lang, batch ledger.Batch, p ledger.Payout) report.Advice {
	return report.ReplacedIn(l, adviceIn(l, batch, p), p)
}

// codeForSource is the exit code that a report calls for: an equation that
// does not hold is an error, whatever the batches say.
func codeForSource(source report.Source) int {
	code := exitDone
	for _, batch := range source.Batches {
		code = worse(code, codeFor(batch.Summary))
	}
	if source.Verdict() == report.NotTied {
		code = worse(code, exitError)
	}
	return code
}

// codeFor is the exit code that a batch's standing calls for.
func codeFor(s ledger.Summary) int {
	count := func(names ...string) int {
		n := 0
		for _, name := range names {
			n += s.Bucket(name).Count
		}
		return n
	}
	switch {
	case !s.Tied():
		return exitError
	case count(ledger.BucketInDoubt, ledger.BucketHeld) > 0:
		return exitInDoubt
	case count(ledger.BucketWaiting, ledger.BucketProcessing) > 0:
		return exitUnfinished
	case count(ledger.BucketInvalid, ledger.BucketFailed, ledger.BucketRejected, ledger.BucketReversed, ledger.BucketCancelled) > 0:
		return exitNotPaid
	}
	return exitDone
}
