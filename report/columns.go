package report

import (
	"strconv"

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
	key   string // in CSV, and the same word as in JSON
	title string // in the workbook
	width float64
	kind  kind
	text  func(e entry) string // the plain form, as CSV has it
}

var columns = []column{
	{"row", "Row", 8, numberKind, func(e entry) string { return strconv.Itoa(e.Row) }},
	{"tradeNo", "Trade no.", 18, idKind, func(e entry) string { return e.TradeNo }},
	{"platFormTradeNo", "Gateway no.", 22, idKind, func(e entry) string { return e.PlatformTradeNo }},
	{"payee", "Payee", 22, textKind, func(e entry) string { return e.Payee }},
	{"account", "Account", 11, idKind, func(e entry) string { return e.Account }},
	{"bank", "Bank", 11, idKind, func(e entry) string { return e.Bank }},
	{"amount", "Amount", 14, amountKind, entry.amount},
	{"currency", "Currency", 11, textKind, func(e entry) string { return e.currency().Code }},
	{"status", "Status", 12, textKind, func(e entry) string { return e.Bucket }},
	{"flagged", "Flagged", 10, textKind, entry.flag},
	{"code", "Code", 10, idKind, func(e entry) string { return e.Code }},
	{"message", "Gateway says", 22, textKind, func(e entry) string { return e.Message }},
	{"reason", "Reason", 32, textKind, func(e entry) string { return e.Reason }},
	{"action", "What to do", 32, textKind, func(e entry) string { return e.Action }},
	{"attempts", "Attempts", 11, numberKind, func(e entry) string { return strconv.Itoa(e.Attempts) }},
	{"submittedAt", "Submitted (UTC)", 19, timeKind, func(e entry) string { return stamp(e.Submitted) }},
	{"finalAt", "Final (UTC)", 19, timeKind, func(e entry) string { return stamp(e.Final) }},
	{"openSince", "Open since (UTC)", 19, timeKind, func(e entry) string { return stamp(e.Since) }},
	{"openFor", "Open for", 11, textKind, func(e entry) string { return e.Age }},
	{"wordOf", "On the word of", 16, textKind, func(e entry) string { return e.WordOf }},
}

// Columns are the names of the columns of the CSV file, in their order.
//
// The file is UTF-8 with a byte order mark, lines end in CRLF, amounts are
// plain numbers with all decimals of the currency, times are RFC 3339 in UTC,
// and every other cell is made safe to open by package neutral. After the rows come lines
// that begin with "#", as comments do: the tie-out, for people, in the second
// column and out of the way of whoever adds up the amounts.
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
