package report

import (
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/internal/spoolzip"
)

// The names of the worksheets. "Rows 2" and so on follow when Excel's limit
// makes it necessary.
const (
	summarySheet    = "Summary"
	exceptionsSheet = "Exceptions"
	rowsSheet       = "Rows"
)

// xlsxSink writes the workbook. The rows go through excelize's stream writers,
// which keep them in a temporary file, and the summary is written last: it is
// small. Cells are values, never formulas.
type xlsxSink struct {
	head
	dst        io.Writer
	book       *excelize.File
	styles     styles
	rows       sheet
	exceptions sheet
}

func openXLSX(w io.Writer, h head) (sink, error) {
	s := &xlsxSink{head: h, dst: w, book: excelize.NewFile()}
	if err := s.open(); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

func (s *xlsxSink) open() error {
	err := s.book.SetSheetName("Sheet1", summarySheet)
	if err != nil {
		return err
	}
	if s.styles, err = newStyles(s.book, s.currency.Decimals); err != nil {
		return err
	}
	s.exceptions = sheet{sink: s, name: exceptionsSheet, wrap: true, tab: "D98200", most: maxSheetRows}
	s.rows = sheet{sink: s, name: rowsSheet, tab: "2B6CB8", most: maxSheetRows}
	// Both exist from the start, so that they have their place and a header
	// even if there is nothing in them.
	if err := s.exceptions.next(); err != nil {
		return err
	}
	return s.rows.next()
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
	if err := s.summary(); err != nil {
		return fmt.Errorf("summary: %w", err)
	}
	if err := s.properties(); err != nil {
		return err
	}
	s.book.SetActiveSheet(0)
	return spoolzip.Write(s.book, s.dst)
}

// Close drops the temporary files.
func (s *xlsxSink) Close() error { return s.book.Close() }

// properties are a function of the batch too: the time is the moment the
// report speaks of.
func (s *xlsxSink) properties() error {
	at := s.At.UTC().Format(time.RFC3339)
	return s.book.SetDocProps(&excelize.DocProperties{
		Title:       clean("Payout report " + s.Batch.Code),
		Subject:     clean(s.where() + " · " + s.Batch.Source),
		Creator:     "bulkpay",
		Description: s.verdict() + " · history " + clean(s.Head),
		Keywords:    "payouts, reconciliation",
		Version:     clean(s.version),
		Created:     at,
		Modified:    at,
		Language:    "en",
	})
}
