package statementgen

import (
	"encoding/csv"
	"io"
	"iter"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/internal/statement"
)

var (
	gatewayHeader = []string{"tradeNo", "platFormTradeNo", "orderAmount", "payAmount", "fee", "currency", "status", "successTime", "remark"}
	bankHeader    = []string{
		"Date", "Value date", "Debit", "Credit", "Fee", "Currency", "Status", "Reference", "Transaction ID", "Counterparty account", "Description", "Balance",
	}
)

// rows gives a statement as a table, its header first. The slice is used again.
func rows(h statement.Header, lines iter.Seq[statement.Line]) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		header := bankHeader
		if h.Kind == statement.KindGateway {
			header = gatewayHeader
		}
		if !yield(header) {
			return
		}
		balance := opening(h)
		cells := make([]string, 0, len(bankHeader))
		for l := range lines {
			if l.Moved() {
				balance -= movement(&l)
			}
			if cells = cells[:0]; h.Kind == statement.KindGateway {
				cells = order(cells, h, &l)
			} else {
				cells = booking(cells, h, &l, balance)
			}
			if !yield(cells) {
				return
			}
		}
	}
}

// order is a row of the gateway's export.
func order(cells []string, h statement.Header, l *statement.Line) []string {
	paid := "0"
	if l.Status == statement.StatusPaid {
		paid = fixed(h.Currency, minor(l.Amount))
	}
	word := l.StatusWord
	if word == "" {
		word = map[statement.Status]string{
			statement.StatusPaid: "0000", statement.StatusOpen: "0015", statement.StatusFailed: "00029",
			statement.StatusReturned: "refunded", statement.StatusBooked: "booked",
		}[l.Status]
	}
	finished := ""
	if l.Day != 0 {
		finished = l.Day.String() + " 12:00:00"
	}
	return append(cells, l.TradeNo, l.PlatFormTradeNo, fixed(h.Currency, minor(l.Amount)), paid, signed(h, minor(l.Fee)), h.Currency.Code, word, finished, narrative(l))
}

// booking is a row of a bank's list of movements.
func booking(cells []string, h statement.Header, l *statement.Line, balance int64) []string {
	debit, credit := fixed(h.Currency, minor(l.Amount)), ""
	if minor(l.Amount) < 0 {
		debit, credit = "", debit
	}
	fee := ""
	if minor(l.Fee) != 0 {
		fee = signed(h, minor(l.Fee))
	}
	word := map[statement.Status]string{
		statement.StatusOpen: "pending", statement.StatusFailed: "rejected", statement.StatusReturned: "returned",
	}[l.Status]
	if word == "" {
		word = "booked"
	}
	return append(cells, l.Day.String(), l.ValueDay.String(), debit, credit, fee, h.Currency.Code, word,
		reference(l), l.EntryRef, l.Counterparty, narrative(l), signed(h, balance))
}

func signed(h statement.Header, units int64) string {
	if units < 0 {
		return "-" + fixed(h.Currency, units)
	}
	return fixed(h.Currency, units)
}

// reference is the best name that a bank would know a payment by.
func reference(l *statement.Line) string {
	if l.TradeNo != "" {
		return l.TradeNo
	}
	if len(l.References) > 0 {
		return l.References[0]
	}
	return ""
}

// narrative is the text with its breaks.
func narrative(l *statement.Line) string {
	if len(l.NarrativeLines) > 0 {
		return strings.Join(l.NarrativeLines, "\n")
	}
	return l.Narrative
}

func writeCSV(out io.Writer, h statement.Header, lines iter.Seq[statement.Line]) error {
	table := csv.NewWriter(out)
	for cells := range rows(h, lines) {
		if err := table.Write(cells); err != nil {
			return err
		}
	}
	table.Flush()
	return table.Error()
}

// writeXLSX writes all cells as text, as banks do that fear for their references.
func writeXLSX(out io.Writer, h statement.Header, lines iter.Seq[statement.Line]) error {
	book := excelize.NewFile()
	defer book.Close() //nolint:errcheck // it has been written by then
	sheet, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	n := 0
	values := make([]any, 0, len(bankHeader))
	for cells := range rows(h, lines) {
		n++
		values = values[:0]
		for _, cell := range cells {
			values = append(values, cell)
		}
		at, err := excelize.CoordinatesToCellName(1, n)
		if err != nil {
			return err
		}
		if err := sheet.SetRow(at, values); err != nil {
			return err
		}
	}
	if err := sheet.Flush(); err != nil {
		return err
	}
	return book.Write(out)
}
