package statement_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/statement"
)

// at writes a file and opens it. Whatever it holds must not be in the error.
func at(t *testing.T, text string, o statement.Options) (*statement.Statement, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.txt")
	must(0, os.WriteFile(path, []byte(text), 0o600))
	s, err := statement.Open(path, o)
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
	}
	return s, err
}

const (
	swiftHead = ":20:X\n:25:ACC/000111222333\n:28C:1\n:60F:C261120MXN100,00\n"
	camtHead  = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Acct><Id><Othr><Id>000111222333</Id></Othr></Id><Ccy>MXN</Ccy></Acct>` +
		`<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="MXN">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>`
	camtClose = `<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="MXN">90.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>`
	camtNtry  = `<Ntry><Amt Ccy="MXN">10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-21</Dt></BookgDt></Ntry>`
	camtFoot  = `</Stmt></BkToCstmrStmt></Document>`
)

func TestFaultsAreSaidWithTheirPlace(t *testing.T) {
	t.Parallel()
	mxn := statement.Options{Currency: money.MXN}
	for name, one := range map[string]struct {
		text string
		o    statement.Options
		want []string
	}{
		"empty":           {"", mxn, []string{"s.txt: is empty"}},
		"blanks":          {" \n \n", mxn, []string{"s.txt: is empty"}},
		"pdf":             {"%PDF-1.7", mxn, []string{"is a PDF"}},
		"web page":        {"<html><table></table></html>", mxn, []string{"is a web page"}},
		"camt.052":        {strings.ReplaceAll(camtHead, "camt.053", "camt.052"), mxn, []string{"is a camt.052, a report within the day"}},
		"camt.054":        {strings.ReplaceAll(camtHead, "camt.053", "camt.054"), mxn, []string{"is a camt.054"}},
		"payment order":   {`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"/>`, mxn, []string{"is a pain.001.001.03, not a statement"}},
		"other XML":       {`<a/>`, mxn, []string{"XML of a kind that is not known"}},
		"no statement":    {`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>`, mxn, []string{"has no statement in it"}},
		"cut off":         {camtHead + camtClose + camtNtry, mxn, []string{"ends early"}},
		"torn tag":        {camtHead + "<Ntry", mxn, []string{"ends early"}},
		"not well-formed": {camtHead + "</Ntry>" + camtFoot, mxn, []string{"row 1: is not well-formed XML"}},
		"entity":          {camtHead + "&secret;" + camtFoot, mxn, []string{"is not well-formed XML"}},
		"document type":   {"<!DOCTYPE a [<!ENTITY x \"camt.053\">]>" + camtHead + camtFoot, mxn, []string{"has a document type"}},
		"too deep":        {camtHead + strings.Repeat("<a>", 100), mxn, []string{"nests deeper than 64"}},
		"does not add up": {camtHead + camtClose + camtNtry + camtNtry + camtFoot, mxn, []string{"does not add up", "a difference of 10.00 MXN"}},
		"other currency of an entry": {
			camtHead + camtClose + strings.Replace(camtNtry, "MXN", "USD", 1) + camtFoot, mxn,
			[]string{"entry 1, Amt: is in another currency than its account; want an amount in MXN"},
		},
		"all faults of entries": {
			camtHead + camtClose + `<Ntry><Amt Ccy="MXN">1.234</Amt><CdtDbtInd>X</CdtDbtInd><Sts>NEW</Sts></Ntry><Ntry></Ntry>` + camtFoot, mxn,
			[]string{
				"entry 1, Amt: is not an amount: too many decimals", "entry 1, Ntry: does not say whether it is a debit", "does not say whether it is booked",
				"entry 2, Ntry: has no amount",
			},
		},
		"no date":        {camtHead + camtClose + strings.Replace(camtNtry, "2026-11-21", "2026-11-31", 1) + camtFoot, mxn, []string{"entry 1, Ntry: has no date"}},
		"counts of camt": {camtHead + camtClose + `<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><Sum>10.00</Sum></TtlNtries></TxsSummry>` + camtNtry + camtFoot, mxn, []string{"says that it has 2 entries, and has 1"}},
		"payments of a batch": {
			camtHead + camtClose + strings.Replace(camtNtry, "</Ntry>", `<NtryDtls><TxDtls><Amt Ccy="MXN">4.00</Amt></TxDtls><TxDtls><Amt Ccy="MXN">5.00</Amt></TxDtls></NtryDtls></Ntry>`, 1) + camtFoot, mxn,
			[]string{"entry 1, Ntry: is of 10.00 MXN, and its 2 payments add up to 9.00 MXN: a difference of 1.00 MXN"},
		},
		"half the payments without amounts": {
			camtHead + camtClose + strings.Replace(camtNtry, "</Ntry>", `<NtryDtls><TxDtls><Amt Ccy="MXN">4.00</Amt></TxDtls><TxDtls></TxDtls></NtryDtls></Ntry>`, 1) + camtFoot, mxn,
			[]string{"entry 1, TxDtls: has no amount, and others of the same booking have one"},
		},
		"missing day": {
			camtHead + camtClose + camtNtry + "</Stmt>" + camtHead[strings.Index(camtHead, "<Stmt>"):] + camtFoot, mxn,
			[]string{"opens with 100.00 MXN, and the statement before it closed with 90.00 MXN"},
		},
		"other currency": {camtHead + camtClose + camtNtry + camtFoot, statement.Options{Currency: money.INR}, []string{"it has ••••2333 MXN; want one in INR"}},
		"other account":  {camtHead + camtClose + camtNtry + camtFoot, statement.Options{Account: "9999"}, []string{"has no statement of the account"}},
		"two accounts": {
			camtHead + camtClose + camtNtry + "</Stmt>" + strings.Replace(camtHead[strings.Index(camtHead, "<Stmt>"):], "000111222333", "000111224444", 1) + camtFoot, mxn,
			[]string{"is of another account than the statement before it: the file has ••••2333 MXN, ••••4444 MXN"},
		},

		"mt940 cut off":      {swiftHead + ":61:2611211121D10,00NTRFX\n", mxn, []string{"row 1, :62F:: is missing from the statement that begins here"}},
		"mt940 entries":      {swiftHead + ":61:26112X\n:61:2611211121X10,\n:61:2611211121D1,2,3NTRF\n:61:2611211350D1,NTRF\n:62F:C261121MXN90,00\n-\n", mxn, []string{"row 5, :61:: has no date", "row 6, :61:: does not say whether it is a debit", "row 7, :61:: is not an amount", "row 8, :61:: has no date of booking"}},
		"mt940 adds up":      {swiftHead + ":61:2611211121D10,00NTRFX\n:62F:C261121MXN91,00\n-\n", mxn, []string{"a difference of 1.00 MXN"}},
		"mt940 balances":     {":20:X\n:25:A\n:60F:Z\n:62F:C26112MXN1,\n-\n", mxn, []string{"row 3, :60F:: is not a balance", "row 4, :62F:: has no date"}},
		"mt940 currencies":   {swiftHead + ":62F:C261121USD100,00\n-\n", mxn, []string{"row 5, :62F:: is in another currency"}},
		"mt940 counts":       {swiftHead + ":61:2611211121D10,00NTRFX\n:90D:2MXN10,00\n:62F:C261121MXN90,00\n-\n", mxn, []string{"says that it has 2 debit entries, and has 1"}},
		"mt940 without 20":   {":25:A\n:60F:C261120MXN1,\n:20:X\n", mxn, []string{"row 1, :25:: stands before any :20:"}},
		"mt940 bad encoding": {swiftHead + ":61:2611211121D10,00NTRFX\n:86:\x81\x8d\n:62F:C261121MXN90,00\n-\n", mxn, []string{"has bytes that are not text in this encoding"}},

		"not a table":     {"hello", mxn, []string{"has columns that are not clear", "missing: "}},
		"unclear columns": {"When,What,Much\n2026-11-21,x,1\n", mxn, []string{"A (When), B (What), C (Much); missing: day, amount, or debit and credit; want"}},
		"two dates":       {"Date,Fecha,Amount\n2026-11-21,2026-11-22,-1\n", mxn, []string{"column B (Fecha): looks like day, and so does column A (Date)"}},
		"day or month":    {"Date,Amount\n01/02/2026,-1\n03/04/2026,-2\n", mxn, []string{"row 2, column A (Date): has dates of which the day and the month may be exchanged"}},
		"point or comma":  {"Date,Amount\n2026-11-21,\"-1,500\"\n", mxn, []string{"row 2, column B (Amount): has amounts of which the mark may part thousands or decimals"}},
		"which sign":      {"Date,Amount\n2026-11-21,15.00\n", mxn, []string{"nothing says which have left the account"}},
		"which currency":  {"Date,Debit,Credit\n2026-11-21,15.00,\n", statement.Options{}, []string{"does not say in which currency it is"}},
		"rows": {
			"Date,Debit,Credit,Currency\n2026-11-31,1.00,,MXN\n2026-11-21,1.00,1.00,MXN\n2026-11-21,one,,MXN\n,5.00,,MXN\n2026-11-22,1.005,,MXN\n2026-11-22,1.00,,USD\n", mxn,
			[]string{
				"row 2, column A (Date): is not a date", "row 3, column C (Credit): is filled, and so is the debit", "row 4, column B (Debit): is not an amount",
				"row 5, column A (Date): is empty", "row 6, column B (Debit): too many decimals", "row 7, column D (Currency): is not the currency of the account; want MXN",
			},
		},
		"running balance": {"Date,Debit,Credit,Balance\n2026-11-21,1.00,,99.00\n2026-11-22,1.00,,97.00\n2026-11-23,1.00,,96.00\n", mxn, []string{"column D (Balance): does not follow from the row before it and its amount"}},
		"status": {
			"tradeNo,orderAmount,status,successTime\nA1,1,vanished,2026-11-21\nA2,1,,2026-11-21\nA3,1,0000,\n", mxn,
			[]string{"row 2, column C (status): has a status that no profile maps", "row 3, column C (status): is empty", "row 4, column D (successTime): is empty"},
		},
		"a word that could be a name": {
			"tradeNo,orderAmount,status\nA1,1,secret\n", mxn, []string{"row 2, column C (status): has a status that no profile maps"},
		},
		"a list without a header": {
			"2026-11-21,secret secret,10.00\n2026-11-22,secret secret,11.00\n", mxn, []string{"has columns that are not clear: A, B, C; missing: day"},
		},
		"a quote that swallows rows": {
			"Date,Narrative,Debit,Credit\n2026-11-21,\"a,1.00,\n2026-11-22,\"b\",2.00,\n", mxn, []string{"row 2: has a quote that is not closed, or not doubled"},
		},
		"a quote that swallows the rest": {
			"Date,Narrative,Debit,Credit\n2026-11-21,\"a,1.00,\n2026-11-22,b,2.00,\n", mxn, []string{"row 2: has a quote that is not closed, or not doubled"},
		},
		"a comma that moves cells": {
			"Date,Narration,Amount\n2026-11-21,a,-1,50\n", mxn, []string{"row 2, column D: is beyond the last column of the header"},
		},
		"destroyed number": {"tradeNo,orderAmount,status\n1.23E+17,1,0015\n", mxn, []string{"row 2, column A (tradeNo): is a number whose last digits a spreadsheet has destroyed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := at(t, one.text, one.o)
			if err == nil {
				t.Fatal("nothing is wrong with it")
			}
			for _, want := range one.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in\n%v", want, err)
				}
			}
			for _, secret := range []string{"000111222333", "secret"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error tells what is in the file: %v", err)
				}
			}
			var all *statement.Problems
			if !errors.As(err, &all) {
				t.Errorf("a %T", err)
			}
		})
	}
}

// A refused table comes with a profile that can be completed.
func TestUnclearColumnsComeWithAProfile(t *testing.T) {
	t.Parallel()
	_, err := at(t, "Fecha,Texto,Monto X,Otro 123456\n21/11/2026,x,1,2\n", statement.Options{Currency: money.MXN})
	var all *statement.Problems
	if !errors.As(err, &all) {
		t.Fatal(err)
	}
	for _, want := range []string{"[statements.NAME]\n", "[statements.NAME.columns]\n", `day       = "Fecha"`, `# amount    = ""`, `# columns not used: "Texto", "Monto X", "…"`} {
		if !strings.Contains(all.Hint(), want) {
			t.Errorf("%q is not in\n%s", want, all.Hint())
		}
	}
}

func TestManyFaultsAreCounted(t *testing.T) {
	t.Parallel()
	_, err := at(t, "Date,Debit,Credit\n"+strings.Repeat("2026-11-21,x,\n", 1500), statement.Options{Currency: money.MXN})
	var all *statement.Problems
	if !errors.As(err, &all) || len(all.List) != 1000 || all.More != 500 || !strings.HasSuffix(err.Error(), "\nand 500 more like these") {
		t.Errorf("%v", all)
	}
}

// A file that somebody writes to between the two readings gives no statement.
func TestAFileThatChangesIsNotedAtTheEnd(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.csv")
	text := "Date,Debit,Credit\n2026-11-21,1.00,\n2026-11-22,2.00,\n"
	must(0, os.WriteFile(path, []byte(text), 0o600))
	s := must(statement.Open(path, statement.Options{Currency: money.MXN}))
	defer s.Close()
	for _, changed := range []string{strings.Replace(text, "2.00", "3.00", 1), strings.Replace(text, "2.00", "x.00", 1), "Date,Debit,Credit\n"} {
		must(0, os.WriteFile(path, []byte(changed), 0o600))
		var last error
		for _, err := range s.Lines() {
			last = err
		}
		if last == nil || !strings.Contains(last.Error(), "s.csv: was changed while it was read") {
			t.Errorf("%q: %v", changed, last)
		}
	}
	must(0, os.WriteFile(path, []byte(text), 0o600))
	for range 2 { // as often as asked
		n := 0
		for _, err := range s.Lines() {
			if n++; err != nil {
				t.Error(err)
			}
		}
		if n != 2 {
			t.Errorf("%d lines", n)
		}
	}
	for range s.Lines() {
		break // whoever wants no more gets no more
	}
}
