// Package statementgen writes statements, the same lines in any format: for
// tests that need a bank's or the gateway's view of many payouts, and for
// demonstrations without either.
//
//	err := statementgen.Write(w, statement.Camt, header, lines)
//
// It shares types with the reader and nothing else, so that the two check one
// another. What it writes is what the formats prescribe, in the plainest form;
// the dialects of banks are samples in testdata.
//
// Of the header the kind, the account, the currency, the days and the opening
// balance are used; closing balances, counts and sums are worked out from the
// lines, which are therefore gone through twice for camt.053 and must be the same each time.
//
// What a format cannot say is lost: MT940 has no fee apart from the amount and
// no open order, and only camt.053 has bookings of several payments. There
// consecutive lines with one [statement.Line.Entry] above zero become one.
package statementgen

import (
	"bufio"
	"fmt"
	"io"
	"iter"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/statement"
)

// Write writes a statement. Amounts are signed as [statement.Line] has them: above zero they left.
// An error is one of the writer, or of a format that is not known.
func Write(w io.Writer, format statement.Format, h statement.Header, lines iter.Seq[statement.Line]) error {
	out := bufio.NewWriterSize(w, 64<<10)
	var err error
	switch format {
	case statement.CSV:
		err = writeCSV(out, h, lines)
	case statement.XLSX:
		err = writeXLSX(out, h, lines)
	case statement.Camt:
		err = writeCamt(out, h, lines)
	case statement.MT940:
		writeMT940(out, h, lines)
	default:
		err = fmt.Errorf("no format %q", format)
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// minor is an amount in minor units. What does not fit was no amount of a line.
func minor(a money.Amount) int64 {
	n, ok := a.Minor()
	if !ok {
		panic("an amount with fractions of its smallest unit: " + a.Fixed())
	}
	return n
}

// movement is what left the account with a line.
func movement(l *statement.Line) int64 { return minor(l.Amount) + minor(l.Fee) }

// fixed is an amount of minor units without its sign: "1500.50".
func fixed(of money.Currency, units int64) string {
	return money.FromMinor(of, max(units, -units)).Fixed()
}

func opening(h statement.Header) int64 {
	if !h.HasOpening {
		return 0
	}
	return minor(h.Opening)
}
