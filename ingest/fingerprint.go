package ingest

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"slices"
	"sync"

	"github.com/bulkpay/bulkpay/paypro"
)

// Fingerprint identifies what the sheet says in a row: SHA-256 over its fields
// in order of their names, each name and value with its length in front, so
// that no two rows come to the same bytes. Format, order of columns, case of
// a choice and space around a value make no difference.
//
// What a constant filled in is left out, and so are the callback address and
// the payer's IP address wherever they come from. They say how a payout is
// made, not what it is: a sheet given again after a setting has changed must
// be known for the same.
func (r Row) Fingerprint() [32]byte {
	// On the stack, for rows of a usual size.
	var namesSpace [24]string
	var textSpace [1024]byte
	names, text := namesSpace[:0], textSpace[:0]
	skip := manner()
	for name, value := range r.Values {
		if value != "" && !skip[name] && !slices.Contains(r.filled, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		text = appendSized(appendSized(text, name), r.Values[name])
	}
	return sha256.Sum256(text)
}

func appendSized(to []byte, text string) []byte {
	to = binary.BigEndian.AppendUint64(to, uint64(len(text)))
	return append(to, text...)
}

// manner has the fields that say how a payout is made.
var manner = sync.OnceValue(func() map[string]bool {
	fields := map[string]bool{}
	for _, area := range paypro.Areas() {
		for i := range area.Fields {
			if role := area.Fields[i].Role; role == paypro.RoleNotify || role == paypro.RoleAddress {
				fields[area.Fields[i].Name] = true
			}
		}
	}
	return fields
})

// Digest identifies the content of a sheet whatever the order of its rows: the
// fingerprints of the rows added up modulo 2^256, hashed together with their
// number. The zero value is the digest of no rows.
//
// Against accidents this is as good as a hash of the rows in sorted order,
// which would need them all in memory: the sums of two different sheets agree
// by chance once in 2^256. A row that stands twice counts twice, which XOR
// would lose. Somebody able to choose millions of rows could construct a
// collision, and would gain nothing but that their own sheet is taken for one
// already paid.
type Digest struct {
	sum   [4]uint64 // the least significant first
	count uint64
}

// Add takes a row into the digest.
func (d *Digest) Add(row Row) {
	print := row.Fingerprint()
	var carry uint64
	for i := range d.sum {
		word := binary.LittleEndian.Uint64(print[8*i:])
		d.sum[i], carry = bits.Add64(d.sum[i], word, carry)
	}
	d.count++
}

// Sum is the digest of the rows so far. More may be added after it.
func (d *Digest) Sum() [32]byte {
	text := make([]byte, 0, 40)
	for _, word := range d.sum {
		text = binary.LittleEndian.AppendUint64(text, word)
	}
	return sha256.Sum256(binary.LittleEndian.AppendUint64(text, d.count))
}
