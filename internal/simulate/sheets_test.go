package simulate

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bulkpay/bulkpay/internal/audit"
	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
)

// notifyURL is where the gateway is told to call.
const notifyURL = "http://127.0.0.1:8481/callback/" + merchantName

// constants are what the configuration fills in.
func constants() map[string]string {
	c := samplegen.Constants()
	c["notifyUrl"] = notifyURL
	return c
}

// row is a row of a sheet, and the debt that it is.
type row struct {
	values  paypro.Values
	tradeNo string // in the column of that name, of a sheet handed back
	debt    string
}

// sheet is a file in the folder from which cron pays.
type sheet struct {
	name, path string
	rows       []row
	numbered   bool          // it has a column for trade numbers
	known      atomic.Bool   // it is a batch
	after      time.Duration // the beginning: when it is laid there
}

// firstRow is where the rows of a sheet begin, as a spreadsheet counts.
const firstRow = 2

// drawSheets makes the sheets that are there from the beginning or come
// during the storm.
func (w *world) drawSheets() {
	n := 1 + w.s.below(3, "sheets")
	left := w.s.rows
	for i := range n {
		size := left
		if i < n-1 {
			size = max(1, int(float64(left)*w.s.share("size", fmt.Sprint(i))))
		}
		if left -= size; size <= 0 {
			break
		}
		s := w.newSheet(i, size)
		if i > 0 {
			s.after = w.s.span(0, w.s.storm*2/3, "arrives", s.name)
		}
		w.lay(s)
	}
	w.drawCopies()
}

func (w *world) newSheet(i, size int) *sheet {
	s := &sheet{name: fmt.Sprintf("sheet-%d.csv", i+1)}
	account := w.s.area.FieldFor(paypro.RoleAccount).Name
	faults := one(w.s.dice, "faults "+s.name, 0, 0, 0.01, 0.1)
	for values := range samplegen.Rows(w.s.area, size, w.s.seed*16+uint64(i)) {
		r := row{values: values, debt: fmt.Sprintf("%s row %d", s.name, len(s.rows)+firstRow)}
		if w.s.chance(faults, "fault", r.debt) {
			switch w.s.below(3, "which fault", r.debt) {
			case 0:
				values[account] = ""
			case 1:
				values["amount"] = "lots"
			default:
				values["amount"] = "0"
			}
		}
		s.rows = append(s.rows, r)
	}
	return s
}

// drawCopies gives sheets a second time: as they are, in another order, or a
// part of one within a new one.
func (w *world) drawCopies() {
	first := w.sheets[0]
	if w.s.chance(0.4, "same again") {
		w.lay(&sheet{name: "copy.csv", rows: slices.Clone(first.rows), after: w.s.span(0, w.s.storm, "copy after")})
	}
	if w.s.chance(0.4, "shuffled") {
		rows := slices.Clone(first.rows)
		slices.SortFunc(rows, func(a, b row) int {
			return int(w.s.of("shuffle", a.debt)&0xffff) - int(w.s.of("shuffle", b.debt)&0xffff)
		})
		w.lay(&sheet{name: "shuffled.csv", rows: rows, after: w.s.span(0, w.s.storm, "shuffled after")})
	}
	if w.s.overlap {
		next := w.newSheet(8, 1+len(first.rows)/10)
		next.name, next.after = "overlap.csv", w.s.span(w.s.storm/3, w.s.storm, "overlap after")
		for i := range next.rows {
			next.rows[i].debt = fmt.Sprintf("%s row %d", next.name, i+firstRow)
		}
		next.rows = append(next.rows, first.rows[:(len(first.rows)+9)/10]...)
		w.lay(next)
	}
}

// lay writes a sheet and remembers what it gives to be paid.
func (w *world) lay(s *sheet) {
	s.path = filepath.Join(w.folder, s.name)
	w.must(s.write(w.s.area))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sheets = append(w.sheets, s)
	account := w.s.area.FieldFor(paypro.RoleAccount).Name
	for i, r := range s.rows {
		given := audit.Row{
			Sheet: s.name, Row: i + firstRow, Account: r.values[account], Debt: r.debt,
		}
		if amount := r.values["amount"]; strings.Trim(amount, "0123456789.") == "" {
			given.Amount = amount
		}
		for j := range w.s.area.Fields {
			if field := &w.s.area.Fields[j]; field.Personal {
				given.Personal = append(given.Personal, r.values[field.Name])
			}
		}
		w.given = append(w.given, given)
		w.debts[place{s.name, given.Row}] = r.debt
	}
}

// place is a row of a sheet.
type place struct {
	sheet string
	row   int
}

func (s *sheet) write(area *paypro.Area) error {
	file, err := os.OpenFile(s.path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = s.writeTo(file, area)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

func (s *sheet) writeTo(to io.Writer, area *paypro.Area) error {
	if !s.numbered {
		return samplegen.WriteCSV(to, area, samplegen.LanguageOf(area), func(yield func(paypro.Values) bool) {
			for _, r := range s.rows {
				if !yield(r.values) {
					return
				}
			}
		})
	}
	out := csv.NewWriter(to)
	columns := samplegen.Columns(area, samplegen.LanguageOf(area))
	record := []string{"tradeNo"}
	for _, column := range columns {
		record = append(record, column.Header)
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for _, r := range s.rows {
		record = append(record[:0], r.tradeNo)
		for _, column := range columns {
			record = append(record, r.values[column.Field])
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
