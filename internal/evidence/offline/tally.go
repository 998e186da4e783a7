package offline

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"hash"
	"math"
	"slices"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/internal/money"
)

// sum is what rows add up to.
type sum struct {
	rows  int
	minor int64
}

// tally adds the rows up.
type tally struct {
	c          *checker
	digest     hash.Hash
	sums       map[string]*sum
	all        sum
	unreadable int
	last       pack.Row
	whole      bool // every row could be added
}

func (t *tally) add(row pack.Row) error {
	where := at("row", row.Row)
	if row.Row <= t.last.Row {
		return t.c.find(pack.RowsName, where, "is there twice, or out of order")
	}
	if row.PayoutID != 0 && row.PayoutID <= t.last.PayoutID {
		return t.c.find(pack.RowsName, where, "has a payout that was not numbered after the one before")
	}
	payout := t.last.PayoutID
	if t.last = row; row.PayoutID == 0 {
		t.last.PayoutID = payout
	}
	name := bucket(row.State)
	if row.PayoutID == 0 != (name == "invalid" || name == "known") || !slices.Contains(buckets, name) {
		return t.c.find(pack.RowsName, where, "is in a state in which no such row is")
	}
	minor, readable := t.c.minor(row.Amount)
	if !readable && (row.Amount != "" || row.PayoutID != 0) || minor < 0 {
		t.whole = false
		return t.c.find(pack.RowsName, where, "has an amount that cannot be read")
	}
	if !readable {
		t.unreadable++
	}
	if t.sums[name] == nil {
		t.sums[name] = &sum{}
	}
	for _, to := range []*sum{t.sums[name], &t.all} {
		if to.minor > math.MaxInt64-minor {
			t.whole = false
			return t.c.find(pack.RowsName, where, "makes the sum overflow")
		}
		to.rows, to.minor = to.rows+1, to.minor+minor
	}
	return t.hash(row, minor, readable)
}

// hash takes a row into the digest of the import, if the pack has all of it.
func (t *tally) hash(row pack.Row, minor int64, readable bool) error {
	if !t.c.Unmasked {
		return nil
	}
	if row.PayoutID == 0 {
		kind := byte('i')
		if !readable {
			kind = 'u'
		}
		notes, err := json.Marshal(append([]string{}, row.Notes...))
		if err != nil {
			return err
		}
		t.digestRow(kind, row.Row, minor, row.TradeNo, string(notes))
		return nil
	}
	i := row.Instructed
	if i == nil {
		t.whole = false
		return t.c.find(pack.RowsName, at("row", row.Row), "does not say what was instructed")
	}
	fingerprint, err := hex.DecodeString(i.Fingerprint)
	if err != nil {
		return t.c.find(pack.RowsName, at("row", row.Row), "has a fingerprint that cannot be read")
	}
	var keys [16]byte
	binary.BigEndian.PutUint64(keys[:8], uint64(i.AccountKey))
	binary.BigEndian.PutUint64(keys[8:], uint64(i.NameKey))
	t.digestRow('p', row.Row, minor, row.TradeNo, i.Fields, row.Payee, row.Account, row.Bank, string(fingerprint), string(keys[:]), row.Replaces)
	return nil
}

// digestRow is how a row stands in the digest: a letter, row and amount in 64
// bits, and each text after its length in 32 bits.
func (t *tally) digestRow(kind byte, row int, minor int64, texts ...string) {
	b := []byte{kind}
	b = binary.BigEndian.AppendUint64(b, uint64(row))
	b = binary.BigEndian.AppendUint64(b, uint64(minor))
	for _, text := range texts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
		b = append(b, text...)
	}
	t.digest.Write(b) // a hash never returns an error
}

// compare holds the sums against batch.json and the import.
func (t *tally) compare() error {
	b, c := t.c.batch, t.c
	if len(b.Buckets) != len(buckets) {
		return c.find(pack.BatchName, "", "has other buckets than the equation")
	}
	for i, name := range buckets {
		want, got := b.Buckets[i], t.sums[name]
		if got == nil {
			got = &sum{}
		}
		minor, ok := c.minor(want.Sum)
		if want.Name != name || !ok || want.Rows != got.rows || minor != got.minor {
			if err := c.find(pack.BatchName, "bucket "+name, "has other rows or another sum than %s", pack.RowsName); err != nil {
				return err
			}
		}
	}
	minor, ok := c.minor(b.Sum)
	tied := ok && minor == t.all.minor && b.Rows == t.all.rows
	if !tied || !b.Tied {
		if err := c.find(pack.BatchName, "", "NOT TIED: the rows do not add up to the sheet"); err != nil {
			return err
		}
	}
	if b.Unreadable != t.unreadable {
		if err := c.find(pack.BatchName, "", "counts other unreadable amounts than there are"); err != nil {
			return err
		}
	}
	if c.Unmasked && t.whole && c.anchor != nil && hex.EncodeToString(t.digest.Sum(nil)) != c.anchor.Digest {
		return c.find(pack.RowsName, "", "a row, number, amount or instruction is not what was imported")
	}
	return nil
}

// minor is an amount in whole minor units of the batch's currency.
func (c *checker) minor(text string) (int64, bool) {
	currency, ok := money.Lookup(c.batch.Currency)
	if !ok {
		return 0, false
	}
	amount, err := money.Parse(currency, text)
	if err != nil {
		return 0, false
	}
	return amount.Minor()
}
