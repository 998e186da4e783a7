// Package reconcile lays statements beside the ledger: it takes files in,
// matches their lines with payouts, and says of each what it has come to and
// why.
//
//	done, err := reconcile.Files(ctx, book, paths, reconcile.Options{Merchant: m, Actor: "maria"})
//	for origin, result := range done.Results { … result.Tied(), result.Clean() … }
//	for line, err := range book.Findings(ctx, result.Scope, false) {
//		reason := reconcile.Reason(line)
//	}
//
// The rules and their order are the ledger's, see [ledger.Ledger.Reconcile]; a
// file is read by package statement, whole and without a fault or not at all.
// A file that was taken in before is known by its bytes and taken once.
//
// A dry run does all of this in a copy of the ledger that is thrown away.
package reconcile

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/internal/statement"
	"github.com/bulkpay/bulkpay/ledger"
)

// Options are how statements are reconciled.
type Options struct {
	Merchant  ledger.Merchant
	Statement statement.Options // the currency is the merchant's
	Policy    ledger.MatchPolicy
	Timing    int // days before a statement's end in which what is missing may still come; 0: 3
	Actor     string
}

// Done is what became of some files.
type Done struct {
	Files   []File
	Results []Result // one for each origin among the files
}

// File is a file that was read.
type File struct {
	Statement ledger.Statement
	Again     bool // it was taken in before
	Assumed   []string
}

// Result is how the statements of one origin stand.
type Result struct {
	Scope   ledger.MatchScope
	Matched ledger.Reconciled
	ledger.MatchResult
}

// ErrEmpty is a statement without a line: there is nothing to compare with.
var ErrEmpty = errors.New("the statement has no lines and no days")

// Files takes files in and matches what is open. Nothing is matched if one of
// the files cannot be taken in; those before it are taken in all the same.
func Files(ctx context.Context, book *ledger.Ledger, paths []string, o Options) (Done, error) {
	var done Done
	o.Statement.Currency = o.Merchant.Currency
	byOrigin := map[ledger.Origin][]int64{}
	for _, path := range paths {
		file, err := take(ctx, book, path, o)
		if err != nil {
			return done, err
		}
		done.Files = append(done.Files, file)
		byOrigin[file.Statement.Origin] = append(byOrigin[file.Statement.Origin], file.Statement.ID)
	}
	for _, origin := range []ledger.Origin{ledger.OfGateway, ledger.OfBank} {
		if len(byOrigin[origin]) == 0 {
			continue
		}
		result, err := match(ctx, book, origin, byOrigin[origin], o)
		if err != nil {
			return done, err
		}
		done.Results = append(done.Results, result)
	}
	return done, nil
}

func match(ctx context.Context, book *ledger.Ledger, origin ledger.Origin, statements []int64, o Options) (r Result, err error) {
	r.Scope = ledger.MatchScope{Merchant: o.Merchant, Origin: origin, Statements: statements, Location: o.Policy.Location, TimingDays: o.Timing}
	if r.Matched, err = book.Reconcile(ctx, o.Merchant, origin, statements, o.Policy, o.Actor); err != nil {
		return r, err
	}
	r.MatchResult, err = book.Matching(ctx, r.Scope)
	return r, err
}

// take reads one file and takes it in.
func take(ctx context.Context, book *ledger.Ledger, path string, o Options) (File, error) {
	s, err := statement.Open(path, o.Statement)
	if err != nil {
		return File{}, err
	}
	defer s.Close() //nolint:errcheck // it was only read
	h := s.Header()
	if h.First == 0 || h.Last == 0 {
		return File{}, fmt.Errorf("%s: %w", filepath.Base(path), ErrEmpty)
	}
	n := ledger.NewStatement{
		Merchant: o.Merchant, Name: h.File, SHA256: hex.EncodeToString(h.SHA256[:]), Part: h.Part, Origin: ledger.Origin(h.Kind), Format: string(h.Format),
		Assumed: s.Assumed(), FirstDay: h.First.Time(), LastDay: h.Last.Time(), Account: mask.Account(h.Account), Actor: o.Actor,
	}
	if h.HasOpening {
		n.Opening = &h.Opening
	}
	if h.HasClosing {
		n.Closing = &h.Closing
	}
	table := h.Format == statement.CSV || h.Format == statement.XLSX
	taken, again, err := book.TakeStatement(ctx, n, lines(s, table))
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", h.File, err)
	}
	return File{taken, again, s.Assumed()}, nil
}

// lines are a statement's as the ledger takes them. Those of a table are called
// by their rows, as people see them there.
func lines(s *statement.Statement, table bool) iter.Seq2[ledger.NewLine, error] {
	return func(yield func(ledger.NewLine, error) bool) {
		for line, err := range s.Lines() {
			n := asTaken(line)
			if table {
				n.Number = line.Position.Row
			}
			if !yield(n, err) || err != nil {
				return
			}
		}
	}
}

func asTaken(l statement.Line) ledger.NewLine {
	n := ledger.NewLine{
		Number: l.Number, Day: l.Day.Time(), Amount: l.Amount, Fee: l.Fee, Status: ledger.LineStatus(l.Status),
		TradeNo: l.TradeNo, PlatformTradeNo: l.PlatFormTradeNo, EntryRef: l.EntryRef, Narrative: l.Narrative, Account: l.Counterparty,
		Words: []string{},
	}
	for word := range l.Words() {
		n.Words = append(n.Words, word)
	}
	return n
}

// DryRun does what do does with a copy of the ledger, and throws the copy
// away.
func DryRun(ctx context.Context, book *ledger.Ledger, now func() time.Time, do func(*ledger.Ledger) error) (err error) {
	folder, err := os.MkdirTemp("", "bulkpay-dry-run-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "ledger.db")
	if _, err := book.Copy(ctx, path, nil); err != nil {
		return err
	}
	other, err := ledger.Open(ctx, path, ledger.Options{Now: now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, other.Close()) }()
	return do(other)
}
