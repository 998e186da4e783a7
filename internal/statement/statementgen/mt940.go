package statementgen

import (
	"bufio"
	"fmt"
	"iter"
	"strings"

	"github.com/bulkpay/bulkpay/internal/statement"
)

// The widths of SWIFT's fields.
const (
	referenceWidth = 16
	narrativeWidth = 65
	narrativeLines = 6
)

// writeMT940 writes one bare message. The writer keeps its first error.
func writeMT940(out *bufio.Writer, h statement.Header, lines iter.Seq[statement.Line]) {
	account := h.Account
	if account == "" {
		account = "0000000000"
	}
	balance := opening(h)
	fmt.Fprintf(out, ":20:STATEMENT\r\n:25:%s\r\n:28C:1/1\r\n:60F:%s\r\n", account, swiftBalance(h, balance, h.First))
	for l := range lines {
		if l.Moved() {
			balance -= movement(&l)
		}
		swiftEntry(out, h, &l)
	}
	fmt.Fprintf(out, ":62F:%s\r\n-\r\n", swiftBalance(h, balance, h.Last))
}

func swiftDay(day statement.Day) string {
	return day.Time().Format("060102")
}

func swiftAmount(h statement.Header, units int64) string {
	text := strings.Replace(fixed(h.Currency, units), ".", ",", 1)
	if !strings.Contains(text, ",") {
		text += ","
	}
	return text
}

func swiftBalance(h statement.Header, units int64, day statement.Day) string {
	mark := "C"
	if units < 0 {
		mark = "D"
	}
	return mark + swiftDay(day) + h.Currency.Code + swiftAmount(h, units)
}

// swiftEntry writes :61: and :86:. What is not booked is marked as expected.
func swiftEntry(out *bufio.Writer, h statement.Header, l *statement.Line) {
	moved := movement(l)
	mark := "D"
	if moved < 0 {
		mark = "C"
	}
	switch {
	case !l.Moved():
		mark = "E" + mark
	case l.Status == statement.StatusReturned:
		mark = "RD" // the reversal of a debit
	}
	value := l.ValueDay
	if value == 0 {
		value = l.Day
	}
	ref := "NONREF"
	if len(l.References) > 0 && len(l.References[0]) <= referenceWidth {
		ref = l.References[0]
	}
	entryRef := ""
	if l.EntryRef != "" {
		entryRef = "//" + l.EntryRef
	}
	fmt.Fprintf(out, ":61:%s%s%s%sNTRF%s%s\r\n", swiftDay(value), l.Day.Time().Format("0102"), mark, swiftAmount(h, moved), ref, entryRef)
	swiftNarrative(out, l)
}

// swiftNarrative breaks the text at SWIFT's width, unless it is broken already.
func swiftNarrative(out *bufio.Writer, l *statement.Line) {
	pieces := l.NarrativeLines
	if len(pieces) == 0 {
		for text := l.Narrative; text != ""; {
			end := min(narrativeWidth, len(text))
			pieces, text = append(pieces, text[:end]), text[end:]
		}
	}
	if l.TradeNo != "" {
		pieces = append([]string{"EREF+" + l.TradeNo}, pieces...)
	}
	for i, piece := range pieces[:min(len(pieces), narrativeLines)] {
		if i == 0 {
			out.WriteString(":86:")
		} else if strings.HasPrefix(piece, ":") || strings.HasPrefix(piece, "-") {
			out.WriteString(" ") // it would begin a field or end the message
		}
		out.WriteString(piece + "\r\n")
	}
}
