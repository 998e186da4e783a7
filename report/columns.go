package report

import (
	"strconv"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/internal/money"
)

// kind is what a column holds.
type kind int

const (
	textKind   kind = iota
	idKind          // text that a spreadsheet must not take for a number
	numberKind      // a count
	amountKind
	timeKind
)

// column is one column of the workbook and of the CSV file.
type column struct {
	key   string   // in CSV, and the same word as in JSON
	title lang.Key // in the workbook
	width float64
	kind  kind
	text  func(e entry) string           // as CSV has it, whatever the language
	read  func(p *paper, e entry) string // as people read it; nil: the same
}

var columns = []column{
	{"batch", "Batch", 19, idKind, func(e entry) string { return e.Batch }, nil},
	{"merchant", "Merchant", 12, textKind, func(e entry) string { return e.Merchant }, nil},
	{"row", "Row", 8, numberKind, func(e entry) string { return strconv.Itoa(e.Row) }, nil},
	{"tradeNo", "Trade no.", 18, idKind, func(e entry) string { return e.TradeNo }, nil},
	{"platFormTradeNo", "Gateway no.", 22, idKind, func(e entry) string { return e.PlatformTradeNo }, nil},
	{"payee", "Payee", 22, textKind, func(e entry) string { return e.Payee }, nil},
	{"account", "Account", 11, idKind, func(e entry) string { return e.Account }, nil},
	{"bank", "Bank", 11, idKind, func(e entry) string { return e.Bank }, nil},
	{"amount", "Amount", 14, amountKind, entry.amount, nil},
	{"currency", "Currency", 11, textKind, func(e entry) string { return e.currency().Code }, nil},
	{"status", "Status", 12, textKind, func(e entry) string { return e.Bucket }, func(p *paper, e entry) string { return p.word(e.Bucket) }},
	{"flagged", "Flagged", 10, textKind, entry.flag, func(p *paper, e entry) string { return p.flag(e) }},
	{"code", "Code", 10, idKind, func(e entry) string { return e.Code }, nil},
	{"message", "Gateway says", 22, textKind, func(e entry) string { return e.Message }, nil},
	{"reason", "Reason", 32, textKind, func(e entry) string { return e.Plain.Reason }, func(_ *paper, e entry) string { return e.Reason }},
	{"action", "What to do", 32, textKind, func(e entry) string { return e.Plain.Action }, func(_ *paper, e entry) string { return e.Action }},
	{"attempts", "Attempts", 11, numberKind, func(e entry) string { return strconv.Itoa(e.Attempts) }, nil},
	{"submittedAt", "Submitted (UTC)", 19, timeKind, func(e entry) string { return stamp(e.Submitted) }, nil},
	{"finalAt", "Final (UTC)", 19, timeKind, func(e entry) string { return stamp(e.Final) }, nil},
	{"openSince", "Open since (UTC)", 19, timeKind, func(e entry) string { return stamp(e.Since) }, nil},
	{"openFor", "Open for", 11, textKind, func(e entry) string { return e.age(lang.English) }, func(p *paper, e entry) string { return e.age(p.Lang) }},
	{"wordOf", "On the word of", 16, textKind, func(e entry) string { return e.WordOf }, nil},
}

// show is a cell's text as people read it.
func (c column) show(p *paper, e entry) string {
	if c.read != nil {
		return c.read(p, e)
	}
	return c.text(e)
}

// Columns are the names of the columns of the CSV file, in their order.
//
// The file is UTF-8 with a byte order mark, lines end in CRLF, amounts are
// plain numbers with all decimals of the currency, times are RFC 3339 in UTC,
// and every other cell is made safe to open by package neutral. It is in English
// whatever the language of the report. After the rows come lines that begin
// with "#", as comments do: the equations, for people, in the second column and
// out of the way of whoever adds up the amounts.
func Columns() []string {
	keys := make([]string, len(columns))
	for i, c := range columns {
		keys[i] = c.key
	}
	return keys
}

func (e entry) amount() string {
	if !e.Readable {
		return ""
	}
	return e.Amount.Fixed()
}

func (e entry) currency() money.Currency {
	if !e.Readable {
		return money.Currency{}
	}
	return e.Amount.Currency()
}

func (e entry) flag() string {
	if e.Flagged {
		return "yes"
	}
	return ""
}

func (p *paper) flag(e entry) string {
	if e.Flagged {
		return p.t("yes##flagged")
	}
	return ""
}
