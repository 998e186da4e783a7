package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
	"github.com/bulkpay/bulkpay/internal/handback"
	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// What a sheet gets when it is handed back after a run.
var paidColumns = []string{"tradeNo", "platFormTradeNo", "status", "reason"}

// form is how handback is told about a sheet.
func (e *examined) form() handback.Options {
	columns := e.sheet.Columns()
	written := e.sheet.Form()
	o := handback.Options{
		Sheet: e.sheet.Worksheet(), HeaderRow: e.sheet.HeaderRow(), LastColumn: len(columns) - 1,
		Encoding: written.Encoding, Delimiter: written.Delimiter,
	}
	for _, column := range columns {
		o.Headers = append(o.Headers, column.Header)
		if sameHeader(column.Header, handback.FaultsHeader) {
			o.FaultsLetter = column.Letter
		}
	}
	return o
}

// letterOf finds a column that an earlier copy of the sheet got.
func (e *examined) letterOf(header string) string {
	for _, column := range e.sheet.Columns() {
		if sameHeader(column.Header, header) {
			return column.Letter
		}
	}
	return ""
}

// sameHeader compares headers by their letters alone, as reading them does.
func sameHeader(one, other string) bool {
	key := func(header string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, header)
	}
	return key(one) == key(other)
}

// copyPath names a copy of the sheet in the folder of its list.
func (e *examined) copyPath(folder, name string) string {
	ext := ".xlsx"
	if !e.sheet.Form().Workbook {
		if ext = filepath.Ext(e.path); ext == "" {
			ext = ".csv"
		}
	}
	return filepath.Join(folder, name+ext)
}

// handMarked writes a copy of the sheet in which every fault stands at its
// cell. A sheet that cannot be written into is no error: the list has it all.
func (a *app) handMarked(ctx context.Context, e *examined) (string, error) {
	base := filepath.Base(e.path)
	path := e.copyPath(filepath.Dir(e.list.path), strings.TrimSuffix(base, filepath.Ext(base))+"-marked")
	o := e.form()
	suspects := e.list.marks.suspects.all()
	if e.batch != nil { // all rows are payouts already, which is no fault
		suspects = func(func(handback.Mark) bool) {}
	}
	o.Marks = inRowOrder(e.list.marks.reading.all(), suspects)
	o.Title = base
	o.Notes = []string{e.totals(), "Put right what is marked and give this file to bulkpay again; what is paid already is not paid twice."}
	err := a.handBack(ctx, e, path, o)
	err = errors.Join(err, e.list.marks.reading.err, e.list.marks.suspects.err)
	return a.unlessRefused(path, err)
}

// handPaid writes a copy of the sheet with what became of every row.
func (a *app) handPaid(ctx context.Context, view ledger.View, e *examined, folder string) (string, error) {
	lines := linesByRow{
		batch:  *e.batch,
		payout: func(tradeNo string) (ledger.Payout, error) { return view.Payout(ctx, tradeNo) },
	}
	var stop func()
	lines.next, stop = iter.Pull2(view.Lines(ctx, e.batch.ID))
	defer stop()
	o := e.form()
	for _, header := range paidColumns {
		o.Append = append(o.Append, handback.Column{Header: header, Letter: e.letterOf(header)})
	}
	o.Values = lines.values
	o.Title = filepath.Base(e.path)
	path := e.copyPath(folder, e.batch.Code+"-sheet")
	err := errors.Join(a.handBack(ctx, e, path, o), lines.err)
	return a.unlessRefused(path, err)
}

func (a *app) unlessRefused(path string, err error) (string, error) {
	var refusal *handback.Refusal
	switch {
	case errors.As(err, &refusal):
		a.say("no copy of the sheet is handed back: it %s", refusal)
		return "", nil
	case err != nil:
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return path, nil
}

// handBack writes one copy.
func (a *app) handBack(ctx context.Context, e *examined, path string, o handback.Options) error {
	source, err := os.Open(e.path)
	if err != nil {
		return err
	}
	defer source.Close() //nolint:errcheck // it was only read
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	write := handback.CSV
	if e.sheet.Form().Workbook {
		write = handback.Workbook
	}
	return atomicfile.Write(path, 0o600, func(w io.Writer) error { return write(ctx, source, w, o) })
}

// linesByRow goes through the rows of a batch along with the rows of its
// sheet.
type linesByRow struct {
	batch  ledger.Batch
	next   func() (ledger.Line, error, bool)
	payout func(tradeNo string) (ledger.Payout, error)
	line   ledger.Line
	err    error
	done   bool
}

// values are what a row of the sheet gets. Rows are asked for in order.
func (l *linesByRow) values(row int) []string {
	for !l.done && l.line.Row < row {
		var more bool
		l.line, l.err, more = l.next()
		l.done = !more || l.err != nil
	}
	if l.done || l.line.Row != row {
		return nil
	}
	switch line := l.line; {
	case line.Payout != nil:
		p := line.Payout
		reason := ""
		if p.State != ledger.Succeeded {
			advice := adviceOn(lang.English, l.batch, *p)
			reason = strings.TrimSpace(advice.Reason + " " + advice.Action)
		}
		return []string{p.TradeNo, p.PlatformTradeNo, spokenState(p.State), reason}
	case line.Known != nil:
		k := line.Known
		var was ledger.Payout
		if was, l.err = l.payout(k.TradeNo); l.err != nil {
			l.done = true
			return nil
		}
		notes := slices.Concat([]string{fmt.Sprintf("is row %d of batch %s, and nothing more is paid for it here", k.BatchRow, k.Batch)}, k.Notes)
		return []string{k.TradeNo, was.PlatformTradeNo, spokenState(was.State), strings.Join(notes, "; ")}
	case line.Invalid != nil:
		return []string{"", "", "left out", strings.Join(line.Invalid.Problems, "; ")}
	}
	return nil
}

// spokenState is a state in words.
func spokenState(state ledger.State) string { return strings.ReplaceAll(string(state), "_", " ") }
