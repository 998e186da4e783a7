package statementgen

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"iter"
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/statement"
)

// summary is what stands before the entries and is known only after them.
type summary struct {
	entries, debits, credits int
	debit, credit            int64
	movement                 int64
}

// writeCamt writes a camt.053.001.08.
func writeCamt(out *bufio.Writer, h statement.Header, lines iter.Seq[statement.Line]) error {
	var s summary
	for entry := range entries(lines) {
		s.add(entry)
	}
	camtHead(out, h, s)
	for entry := range entries(lines) {
		camtEntry(out, h, entry)
	}
	_, err := out.WriteString("</Stmt></BkToCstmrStmt></Document>\n")
	return err
}

// entries gives the lines by booking.
func entries(lines iter.Seq[statement.Line]) iter.Seq[[]statement.Line] {
	return func(yield func([]statement.Line) bool) {
		var entry []statement.Line
		for l := range lines {
			if len(entry) > 0 && (l.Entry == 0 || l.Entry != entry[0].Entry) {
				if !yield(entry) {
					return
				}
				entry = entry[:0]
			}
			entry = append(entry, l)
		}
		if len(entry) > 0 {
			yield(entry)
		}
	}
}

func sum(entry []statement.Line) int64 {
	var all int64
	for i := range entry {
		all += movement(&entry[i])
	}
	return all
}

func (s *summary) add(entry []statement.Line) {
	if !entry[0].Moved() {
		return
	}
	moved := sum(entry)
	s.entries++
	s.movement += moved
	if moved > 0 {
		s.debits++
		s.debit += moved
	} else {
		s.credits++
		s.credit -= moved
	}
}

func camtHead(out *bufio.Writer, h statement.Header, s summary) {
	out.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>` + "\n" +
		"<GrpHdr><MsgId>STATEMENT</MsgId></GrpHdr>\n<Stmt><Id>1</Id>\n")
	fmt.Fprintf(out, "<FrToDt><FrDtTm>%sT00:00:00</FrDtTm><ToDtTm>%sT23:59:59</ToDtTm></FrToDt>\n", h.First, h.Last)
	fmt.Fprintf(out, "<Acct><Id><Othr><Id>%s</Id></Othr></Id><Ccy>%s</Ccy></Acct>\n", escaped(h.Account), h.Currency.Code)
	camtBalance(out, h, "OPBD", opening(h), h.First)
	camtBalance(out, h, "CLBD", opening(h)-s.movement, h.Last)
	fmt.Fprintf(out, "<TxsSummry><TtlNtries><NbOfNtries>%d</NbOfNtries><Sum>%s</Sum></TtlNtries>", s.entries, fixed(h.Currency, s.debit+s.credit))
	fmt.Fprintf(out, "<TtlCdtNtries><NbOfNtries>%d</NbOfNtries><Sum>%s</Sum></TtlCdtNtries>", s.credits, fixed(h.Currency, s.credit))
	fmt.Fprintf(out, "<TtlDbtNtries><NbOfNtries>%d</NbOfNtries><Sum>%s</Sum></TtlDbtNtries></TxsSummry>\n", s.debits, fixed(h.Currency, s.debit))
}

func camtBalance(out *bufio.Writer, h statement.Header, code string, units int64, day statement.Day) {
	fmt.Fprintf(out, "<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp>%s%s<Dt><Dt>%s</Dt></Dt></Bal>\n",
		code, camtAmount(h.Currency, units), indicator(-units), day)
}

func camtAmount(of money.Currency, units int64) string {
	return fmt.Sprintf(`<Amt Ccy="%s">%s</Amt>`, of.Code, fixed(of, units))
}

// indicator says which way an amount went: above zero it left.
func indicator(units int64) string {
	if units > 0 {
		return "<CdtDbtInd>DBIT</CdtDbtInd>"
	}
	return "<CdtDbtInd>CRDT</CdtDbtInd>"
}

func camtEntry(out *bufio.Writer, h statement.Header, entry []statement.Line) {
	l := &entry[0]
	moved := sum(entry)
	status := "BOOK"
	if !l.Moved() {
		status = "PDNG"
	}
	out.WriteString("<Ntry>" + camtAmount(h.Currency, moved) + indicator(moved))
	if l.Status == statement.StatusReturned {
		out.WriteString("<RvslInd>true</RvslInd>")
	}
	out.WriteString("<Sts><Cd>" + status + "</Cd></Sts><BookgDt><Dt>" + l.Day.String() + "</Dt></BookgDt>")
	if l.ValueDay != 0 {
		out.WriteString("<ValDt><Dt>" + l.ValueDay.String() + "</Dt></ValDt>")
	}
	if l.EntryRef != "" {
		ref, _, _ := strings.Cut(l.EntryRef, "/")
		out.WriteString("<AcctSvcrRef>" + escaped(ref) + "</AcctSvcrRef>")
	}
	out.WriteString("<BkTxCd><Prtry><Cd>PAYOUT</Cd></Prtry></BkTxCd>")
	if len(entry) == 1 {
		camtCharge(out, h, l)
	}
	out.WriteString("<NtryDtls>")
	for i := range entry {
		camtPayment(out, h, &entry[i], len(entry) > 1)
	}
	out.WriteString("</NtryDtls></Ntry>\n")
}

func camtCharge(out *bufio.Writer, h statement.Header, l *statement.Line) {
	if fee := minor(l.Fee); fee != 0 {
		out.WriteString("<Chrgs><Rcrd>" + camtAmount(h.Currency, fee) + indicator(fee) + "<ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>")
	}
}

func camtPayment(out *bufio.Writer, h statement.Header, l *statement.Line, several bool) {
	out.WriteString("<TxDtls><Refs>")
	names := []string{"EndToEndId", "TxId", "InstrId"}
	values := l.References
	if l.TradeNo != "" {
		values = append([]string{l.TradeNo}, values...)
	}
	if len(values) == 0 {
		values = []string{"NOTPROVIDED"}
	}
	for i, value := range values[:min(len(values), len(names))] {
		out.WriteString("<" + names[i] + ">" + escaped(value) + "</" + names[i] + ">")
	}
	out.WriteString("</Refs>")
	out.WriteString(camtAmount(h.Currency, minor(l.Amount)) + indicator(minor(l.Amount)))
	if several {
		camtCharge(out, h, l)
	}
	if l.Counterparty != "" {
		out.WriteString("<RltdPties><CdtrAcct><Id><Othr><Id>" + escaped(l.Counterparty) + "</Id></Othr></Id></CdtrAcct></RltdPties>")
	}
	pieces := l.NarrativeLines
	if len(pieces) == 0 && l.Narrative != "" {
		pieces = []string{l.Narrative}
	}
	if len(pieces) > 0 {
		out.WriteString("<RmtInf>")
		for _, piece := range pieces {
			out.WriteString("<Ustrd>" + escaped(piece) + "</Ustrd>")
		}
		out.WriteString("</RmtInf>")
	}
	out.WriteString("</TxDtls>")
}

func escaped(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		panic(err) // a builder takes everything
	}
	return b.String()
}
