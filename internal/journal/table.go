package journal

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/internal/neutral"
	"github.com/bulkpay/bulkpay/internal/visible"
)

// table is a layout in CSV: one record for each side of an entry.
//
// Account names and amounts are written as they are, because a program looks
// the names up and adds the amounts; both are the person's own, or checked.
// The gateway's number is a stranger's and is made safe for spreadsheets and for eyes.
type table struct {
	csv  *csv.Writer
	line lineOf
}

// lineOf makes the record of one side; first is the debit.
type lineOf func(e Entry, side Line, first bool) []string

func newTable(w io.Writer, header []string, line lineOf) (*table, error) {
	t := &table{csv.NewWriter(w), line}
	return t, t.csv.Write(header)
}

// Write writes both sides.
func (t *table) Write(e Entry) error {
	for i, side := range e.Lines() {
		if err := t.csv.Write(t.line(e, side, i == 0)); err != nil {
			return err
		}
	}
	return nil
}

// Close writes what is left.
func (t *table) Close() error {
	t.csv.Flush()
	return t.csv.Error()
}

var plainHeader = []string{
	"entry", "date", "account", "debit", "credit", "currency", "text", "kind",
	"merchant", "batch", "row", "tradeNo", "platFormTradeNo", "payouts", "word", "event",
}

func plainLine(e Entry, side Line, _ bool) []string {
	return []string{
		e.ID, e.Day, side.Account, number(side.Debit), number(side.Credit), e.amount.Currency().Code, neutral.Cell(e.Text), string(e.Kind),
		stranger(e.Merchant), e.Batch, count(e.Row), e.TradeNo, stranger(e.PlatformTradeNo), strconv.Itoa(e.Count),
		stranger(e.Word), strconv.FormatInt(e.Event, 10),
	}
}

// stranger makes a cell of somebody else's text: one line without anything that
// commands, which no spreadsheet takes for a formula.
func stranger(text string) string { return neutral.Cell(visible.Line(text)) }

// count is a number that is not there when it is 0.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// The columns by which QuickBooks Online matches those of its own sample file;
// its sub-accounts are written "parent:child", as the default names are.
var quickBooksHeader = []string{"JournalNo", "JournalDate", "AccountName", "Debits", "Credits", "Description", "Name", "Currency"}

func quickBooksLine(e Entry, side Line, _ bool) []string {
	return []string{e.ID, american(e.Day), side.Account, number(side.Debit), number(side.Credit), described(e), "", e.amount.Currency().Code}
}

// american is a day as QuickBooks takes it unless told otherwise: MM/DD/YYYY.
func american(day string) string { return day[5:7] + "/" + day[8:] + "/" + day[:4] }

// british is a day as Xero takes it: DD/MM/YYYY.
func british(day string) string { return day[8:] + "/" + day[5:7] + "/" + day[:4] }

// The columns of Xero's template. Lines with the same narration and date are
// one journal, so the id is part of the narration.
var xeroHeader = []string{
	"*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount",
	"TrackingName1", "TrackingOption1", "TrackingName2", "TrackingOption2",
}

func xeroLine(taxRate string) lineOf {
	return func(e Entry, side Line, first bool) []string {
		amount := number(side.Debit)
		if !first {
			amount = "-" + number(side.Credit)
		}
		return []string{e.ID + " " + e.Text, british(e.Day), described(e), side.Account, taxRate, amount, "", "", "", ""}
	}
}

// Odoo's fields of a journal entry and of its lines. The external id makes a
// second import find the first. A line without the entry's fields belongs to
// the one above.
var odooHeader = []string{
	"id", "date", "journal_id", "ref", "line_ids/account_id", "line_ids/name", "line_ids/debit", "line_ids/credit",
}

func odooLine(journal string) lineOf {
	return func(e Entry, side Line, first bool) []string {
		record := []string{"", "", "", "", side.Account, described(e), orElse(number(side.Debit), "0"), orElse(number(side.Credit), "0")}
		if first {
			record[0], record[1], record[2], record[3] = "bulkpay_"+strings.ReplaceAll(e.ID, "-", "_"), e.Day, journal, e.ID
		}
		return record
	}
}

// described is the text with the gateway's number, for layouts that have no
// column for it. It begins with our own words, so that no spreadsheet takes it
// for a formula.
func described(e Entry) string {
	if e.PlatformTradeNo == "" {
		return e.Text
	}
	return e.Text + " [" + tame(e.PlatformTradeNo) + "]"
}
