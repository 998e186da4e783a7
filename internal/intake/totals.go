package intake

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Expect is what a person says a sheet holds, all its rows counted; nil: not
// said.
type Expect struct {
	Count *int
	Sum   *money.Amount
}

// TotalsError is a sheet that does not hold what was said of it. Nothing of
// such a sheet is imported: a row may be missing, or stand twice.
type TotalsError struct {
	File string
	By   string // who says so: "row 42" for a row of totals, or ExpectedBy

	CountDiffers     bool
	Count, WantCount int // rows that there are, and that there should be
	SumDiffers       bool
	Sum, WantSum     money.Amount
	Unreadable       int // rows whose amount is not in Sum, because it cannot be read
}

// ExpectedBy is what [TotalsError] calls the totals that a person gave.
const ExpectedBy = "expected"

// Difference is how much more the sheet has than was said, in rows and in
// minor units of the currency; less, if negative.
func (e *TotalsError) Difference() (rows int, sum money.Amount) {
	return e.Count - e.WantCount, subtract(e.Sum, e.WantSum)
}

func (e *TotalsError) Error() string {
	by := "by " + e.By
	if e.By == ExpectedBy {
		by = "as expected"
	}
	rows, sum := e.Difference()
	var parts []string
	if e.CountDiffers {
		parts = append(parts, fmt.Sprintf("has %s rows, and should have %s %s: %s",
			group(e.Count), group(e.WantCount), by, moreOrLess(rows > 0, group(max(rows, -rows)))))
	}
	if e.SumDiffers {
		text := strings.TrimPrefix(sum.String(), "-")
		parts = append(parts, fmt.Sprintf("adds up to %s, and should to %s %s: %s",
			e.Sum, e.WantSum, by, moreOrLess(sum.Cmp(subtract(sum, sum)) > 0, text)))
	}
	text := e.File + ": " + strings.Join(parts, "; ")
	if e.SumDiffers && e.Unreadable > 0 {
		text += fmt.Sprintf(" (%s rows whose amount cannot be read are not in it)", group(e.Unreadable))
	}
	return text
}

func moreOrLess(more bool, amount string) string {
	if more {
		return amount + " too much"
	}
	return amount + " too little"
}

// Check holds the sheet against what is expected of it, and says in what it
// disagrees with its own row of totals. It is nil, or the errors joined: a
// [*TotalsError] wherever there are numbers to compare, and an [ingest.Problem]
// for a total that cannot be read or that stands among the payouts.
func (e Examined) Check(expect Expect) error {
	var errs []error
	for _, problem := range e.misadded {
		errs = append(errs, problem)
	}
	own := Expect{}
	by := ""
	if e.Totals != nil {
		by = fmt.Sprintf("row %d", e.Totals.Row)
		if e.Totals.HasCount {
			own.Count = &e.Totals.Count
		}
		if e.Totals.HasSum {
			own.Sum = &e.Totals.Sum
		}
	}
	if err := e.compare(own, by); err != nil {
		errs = append(errs, err)
	}
	if err := e.compare(expect, ExpectedBy); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (e Examined) compare(with Expect, by string) error {
	found := &TotalsError{File: e.File, By: by, Count: e.Rows, WantCount: e.Rows, Sum: e.Sum, WantSum: e.Sum, Unreadable: e.Unreadable}
	if with.Count != nil && *with.Count != e.Rows {
		found.WantCount, found.CountDiffers = *with.Count, true
	}
	if with.Sum != nil && !with.Sum.Equal(e.Sum) {
		found.WantSum, found.SumDiffers = *with.Sum, true
	}
	if found.CountDiffers || found.SumDiffers {
		return found
	}
	return nil
}

// subtract is a - b. A sum of a sheet is far from where that could run over.
func subtract(a, b money.Amount) money.Amount {
	x, _ := a.Minor()
	y, _ := b.Minor()
	return money.FromMinor(a.Currency(), x-y)
}

// group writes 1234567 as 1,234,567.
func group(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
