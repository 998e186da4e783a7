package iso20022

import (
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// Status is a code of the external list of payment transaction statuses.
type Status string

// The statuses that are used.
const (
	Paid       Status = "ACSC" // settled
	InProgress Status = "ACSP" // accepted, settlement in process
	Pending    Status = "PDNG"
	Cancelled  Status = "CANC"
	Rejected   Status = "RJCT"
	partly     Status = "PART" // of groups only
)

// Statuses lists the statuses of rows in the order in which they are counted.
func Statuses() []Status { return []Status{Paid, InProgress, Pending, Cancelled, Rejected} }

// Version is a version of the message.
type Version string

// The versions.
const (
	V10 Version = "001.10"
	V03 Version = "001.03"
)

// Namespace is the version's XML namespace.
func (v Version) Namespace() string { return "urn:iso:std:iso:20022:tech:xsd:pain.002." + string(v) }

// Versions lists the versions, the default first.
func Versions() []Version { return []Version{V10, V03} }

// statusOf is the status of a payout in a state. What failed or was withdrawn
// and of which answers say otherwise is pending: whoever reads "rejected" may
// pay again. What was reversed is always contradicted, and is rejected: it was
// paid, and the last that was heard is that it is not any more.
func (v Version) statusOf(state ledger.State, contradicted bool) Status {
	switch state {
	case ledger.Succeeded:
		return Paid
	case ledger.Processing:
		return InProgress
	case ledger.Reversed:
		return Rejected
	case ledger.Failed, ledger.Rejected, ledger.Cancelled:
		if contradicted {
			return Pending
		}
		if state == ledger.Cancelled && v != V03 {
			return Cancelled
		}
		return Rejected
	}
	return Pending
}

// Sum is how many rows have a status, and what of them could be read.
type Sum struct {
	Status Status
	Count  int
	Amount money.Amount
}

// sums counts rows by status; all statuses are there, in their order.
type sums []Sum

func noSums(currency money.Currency) sums {
	var s sums
	for _, status := range Statuses() {
		s = append(s, Sum{status, 0, money.FromMinor(currency, 0)})
	}
	return s
}

func (s sums) add(status Status, count int, amount money.Amount) (err error) {
	for i := range s {
		if s[i].Status == status {
			s[i].Count += count
			s[i].Amount, err = s[i].Amount.Add(amount)
		}
	}
	return err
}

func (s sums) equal(other sums) bool {
	for i := range s {
		if s[i].Count != other[i].Count || !s[i].Amount.Equal(other[i].Amount) {
			return false
		}
	}
	return true
}

// group is the status of all rows together: partly accepted only if some are
// accepted and some are not.
func (s sums) group() Status {
	count := map[Status]int{}
	total := 0
	for _, sum := range s {
		count[sum.Status] = sum.Count
		total += sum.Count
	}
	accepted, refused := count[Paid]+count[InProgress], count[Rejected]+count[Cancelled]
	switch {
	case total == 0:
		return Rejected // there was nothing that could be paid
	case count[Paid] == total:
		return Paid
	case accepted == total:
		return InProgress
	case refused == total:
		return Rejected
	case accepted == 0:
		return Pending
	}
	return partly
}
