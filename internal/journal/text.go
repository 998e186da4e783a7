package journal

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// text is a layout of plain text accounting.
type text struct {
	w     *bufio.Writer
	entry func(io.Writer, Entry)
}

// Write writes an entry.
func (t *text) Write(e Entry) error {
	t.entry(t.w, e)
	_, err := t.w.WriteString("\n") // an earlier failure comes out here
	return err
}

// Close writes what is left.
func (t *text) Close() error { return t.w.Flush() }

// tag is one more thing to know of an entry.
type tag struct{ name, value string }

func tags(e Entry) []tag {
	all := []tag{
		{"kind", string(e.Kind)},
		{"merchant", e.Merchant},
		{"batch", e.Batch},
		{"row", count(e.Row)},
		{"tradeNo", e.TradeNo},
		{"platFormTradeNo", e.PlatformTradeNo},
		{"word", e.Word},
	}
	if e.Count > 1 {
		all = append(all, tag{"payouts", count(e.Count)})
	}
	var given []tag
	for _, t := range all {
		if t.value != "" {
			given = append(given, tag{t.name, tame(t.value)})
		}
	}
	return given
}

// hledgerEntry writes the id as the transaction's code, everything else as
// tags in a comment.
func hledgerEntry(w io.Writer, e Entry) {
	fmt.Fprintf(w, "%s * (%s) %s\n", e.Day, e.ID, e.Text)
	var told []string
	for _, t := range tags(e) {
		told = append(told, t.name+": "+t.value)
	}
	fmt.Fprintf(w, "    ; %s\n", strings.Join(told, ", "))
	for _, side := range e.Lines() {
		fmt.Fprintf(w, "    %s  %s\n", side.Account, signed(side))
	}
}

// beancountEntry writes the id as a link, everything else as metadata.
func beancountEntry(w io.Writer, e Entry) {
	fmt.Fprintf(w, "%s * \"bulkpay\" \"%s\" ^%s\n", e.Day, e.Text, e.ID)
	for _, t := range tags(e) {
		fmt.Fprintf(w, "  %s: \"%s\"\n", t.name, t.value)
	}
	for _, side := range e.Lines() {
		fmt.Fprintf(w, "  %s  %s\n", side.Account, signed(side))
	}
}

// signed is a debit above zero or a credit below, with its currency.
func signed(side Line) string {
	if side.Debit.IsZero() {
		return "-" + side.Credit.Fixed() + " " + side.Credit.Currency().Code
	}
	return side.Debit.Fixed() + " " + side.Debit.Currency().Code
}

// tame leaves of a text what no layout gives a meaning to.
func tame(value string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-_./@ ", r):
			return r
		}
		return '_'
	}, value)
}
