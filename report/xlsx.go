package report

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/internal/spoolzip"
)

// The names of the worksheets in English. "Rows 2", "Exceptions 2" and
// "Lines 2" and so on follow when Excel's limit makes it necessary. Some are there only if there is something
// in them: "Batches" of several, "Matching" and "Lines" of statements, "Fees".
const (
	summarySheet    lang.Key = "Summary"
	batchesSheet    lang.Key = "Batches"
	causesSheet     lang.Key = "Causes"
	exceptionsSheet lang.Key = "Exceptions"
	openSheet       lang.Key = "Open"
	matchingSheet   lang.Key = "Matching"
	linesSheet      lang.Key = "Lines"
	feesSheet       lang.Key = "Fees"
	trendSheet      lang.Key = "Trend"
	rowsSheet       lang.Key = "Rows"
)

// xlsxSink writes the workbook. The rows go through excelize's stream writers,
// which keep them in a temporary file, and what is small is written last.
//
// Cells from the rows are values, never formulas. The formulas of the
// summary are ours: they add the rows up again, with the totals as they were
// found beside them for viewers that do not calculate.
type xlsxSink struct {
	*paper
	ctx        context.Context //nolint:containedctx // of one writing, which ends in finish
	dst        io.Writer
	book       *excelize.File
	styles     map[int]styles // by decimals of the currency
	style      styles         // those of the first part
	rows       sheet
	exceptions sheet
	lines      list // of the matching
}

func openXLSX(ctx context.Context, w io.Writer, p *paper) (sink, error) {
	s := &xlsxSink{paper: p, ctx: ctx, dst: w, book: excelize.NewFile()}
	if err := s.open(); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// open makes the worksheets in their order. Those of rows are begun, so that
// they have a header even if there is nothing in them.
func (s *xlsxSink) open() error {
	if err := s.book.SetSheetName("Sheet1", s.t(summarySheet)); err != nil {
		return err
	}
	s.styles = map[int]styles{}
	for _, part := range s.parts {
		decimals := part.currency.Decimals
		if _, ok := s.styles[decimals]; ok {
			continue
		}
		var err error
		if s.styles[decimals], err = newStyles(s.book, decimals); err != nil {
			return err
		}
	}
	s.style = s.styles[s.parts[0].currency.Decimals]
	s.exceptions = s.newSheet(s.t(exceptionsSheet), "D98200")
	s.exceptions.empty, s.exceptions.wrap = s.t("Nothing to look at."), true
	s.rows = s.newSheet(s.t(rowsSheet), "2B6CB8")
	s.lines = s.newLines()
	for _, name := range s.before() {
		if _, err := s.book.NewSheet(name); err != nil {
			return err
		}
	}
	if err := s.exceptions.next(); err != nil {
		return err
	}
	for _, name := range s.between() {
		if _, err := s.book.NewSheet(name); err != nil {
			return err
		}
	}
	return s.rows.next()
}

// before are the worksheets between the summary and the exceptions.
func (s *xlsxSink) before() []string {
	if s.one() {
		return []string{s.t(causesSheet)}
	}
	return []string{s.t(batchesSheet), s.t(causesSheet)}
}

// between are the worksheets between the exceptions and the rows.
func (s *xlsxSink) between() []string {
	names := []string{s.t(openSheet)}
	if s.matching != nil {
		names = append(names, s.t(matchingSheet), s.t(linesSheet))
	}
	if len(s.fees()) > 0 {
		names = append(names, s.t(feesSheet))
	}
	return append(names, s.t(trendSheet))
}

func (s *xlsxSink) line(e entry) error {
	if err := s.rows.add(e); err != nil {
		return err
	}
	if e.exception() {
		return s.exceptions.add(e)
	}
	return nil
}

func (s *xlsxSink) finish() error {
	if err := s.rows.end(); err != nil {
		return err
	}
	if err := s.exceptions.end(); err != nil {
		return err
	}
	for _, write := range []struct {
		name lang.Key
		do   func() error
		want bool
	}{
		{summarySheet, s.summary, true},
		{batchesSheet, s.batchSheet, !s.one()},
		{causesSheet, s.causeSheet, true},
		{openSheet, s.openSheet, true},
		{matchingSheet, s.matchSheets, s.matching != nil},
		{feesSheet, s.feeSheet, len(s.fees()) > 0},
		{trendSheet, s.trendSheet, true},
	} {
		if !write.want {
			continue
		}
		if err := write.do(); err != nil {
			return fmt.Errorf("%s: %w", write.name, err)
		}
	}
	if err := s.properties(); err != nil {
		return err
	}
	s.book.SetActiveSheet(0)
	return spoolzip.Write(s.book, s.dst)
}

// Close drops the temporary files.
func (s *xlsxSink) Close() error { return s.book.Close() }

// properties are a function of the report too: the time is the moment that it
// speaks of.
func (s *xlsxSink) properties() error {
	at := s.asOf().UTC().Format(time.RFC3339)
	return s.book.SetDocProps(&excelize.DocProperties{
		Title:       clean(s.t("Payout report") + " " + s.title()),
		Subject:     clean(s.subtitle()),
		Creator:     "bulkpay",
		Description: s.word(string(s.verdict())) + " · " + s.t("history") + " " + clean(s.last().Head),
		Keywords:    "payouts, reconciliation",
		Version:     clean(s.Version),
		Created:     at,
		Modified:    at,
		Language:    s.Lang.Tag(),
	})
}
