package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// maxCauses bounds the groups of one part: whoever writes a different text
// into every row must not make memory grow. Rows beyond are one group, "other".
const maxCauses = 500

// cause is why rows are to be looked at, as many as have it in common.
type cause struct {
	Bucket string
	Token  string // the ledger's reason; of an invalid or known row, what is wrong with it
	Code   string
	Advice        // what it means, whose job it is, and what to do
	Plain  Advice // the same in English
	Figure
	Batch string // where the first such row is
	Row   int
	Other bool // the rows of all causes beyond maxCauses
}

// causes groups the rows of a part that a person must look at.
type causes struct {
	at  map[string]int
	all []*cause
}

func newCauses() *causes { return &causes{at: map[string]int{}} }

func (c *causes) add(e entry) {
	if !e.exception() {
		return
	}
	earlier := ""
	if e.Known != nil {
		earlier = e.Known.Batch // what to do about it names that batch
	}
	key := strings.Join([]string{e.Bucket, e.Token, e.Code, strconv.FormatBool(e.Flagged), earlier}, "\x00")
	i, ok := c.at[key]
	switch {
	case ok:
	case len(c.all) < maxCauses:
		i = len(c.all)
		c.at[key] = i
		general, plain := e.general()
		c.all = append(c.all, &cause{
			Bucket: e.Bucket, Token: e.Token, Code: e.Code, Advice: general, Plain: plain, Batch: e.Batch, Row: e.Row,
		})
	default:
		i = c.others(e)
	}
	group := c.all[i]
	group.Count++
	if sum, err := group.Sum.Add(e.Amount); err == nil { // too large a sum has made an error of the tally
		group.Sum = sum
	}
}

// others is the group of a bucket for what has no group of its own.
func (c *causes) others(e entry) int {
	key := e.Bucket
	if _, ok := c.at[key]; !ok {
		c.at[key] = len(c.all)
		c.all = append(c.all, &cause{Bucket: e.Bucket, Other: true, Batch: e.Batch, Row: e.Row})
	}
	return c.at[key]
}

// sorted lists the causes: what is most urgent first, and within a bucket what
// is most.
func (c *causes) sorted() []*cause {
	all := slices.Clone(c.all)
	slices.SortStableFunc(all, func(a, b *cause) int {
		return cmp.Or(
			cmp.Compare(slices.Index(urgency, a.Bucket), slices.Index(urgency, b.Bucket)),
			cmp.Compare(b.Count, a.Count), cmp.Compare(a.Token, b.Token), cmp.Compare(a.Code, b.Code),
		)
	})
	return all
}

// urgency is the order in which a person should look.
var urgency = []string{
	ledger.BucketReversed, ledger.BucketInDoubt, ledger.BucketHeld, ledger.BucketFailed, ledger.BucketRejected,
	ledger.BucketInvalid, ledger.BucketKnown, ledger.BucketProcessing, ledger.BucketSucceeded, ledger.BucketCancelled, ledger.BucketWaiting,
}

// sum is a cause's sum in a currency, which nothing of it may have named.
func (c *cause) sum(currency money.Currency) money.Amount {
	if c.Sum.Currency() == (money.Currency{}) {
		return money.FromMinor(currency, 0)
	}
	return c.Sum
}
