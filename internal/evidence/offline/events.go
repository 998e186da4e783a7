package offline

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
)

// at names a place: "event 12".
func at[N int | int64](what string, n N) string { return fmt.Sprintf("%s %d", what, n) }

// events goes through the history in its order: hashes, links, decisions. The
// steps of payouts are put aside, to be sorted by payout.
func (c *checker) events() error {
	next, stop := iter.Pull2(records[pack.Decision](c, pack.DecisionsName))
	defer stop()
	for e, err := range records[pack.Event](c, pack.EventsName) {
		if err != nil {
			return err
		}
		for _, check := range []func(pack.Event) error{c.link, c.rehash, c.isImport, c.step} {
			if err := check(e); err != nil {
				return err
			}
		}
		if want, ok := pack.DecisionOf(e); ok {
			got, err, more := next()
			if err != nil {
				return err
			}
			if (!more || got != want) && c.count(pack.DecisionsName) == 0 {
				if err := c.find(pack.DecisionsName, at("event", e.Seq), "is not there, or not as in "+pack.EventsName); err != nil {
					return err
				}
			}
		}
		c.Events++
		c.last = e
	}
	if extra, err, more := next(); err != nil || more && c.count(pack.DecisionsName) == 0 {
		if err != nil {
			return err
		}
		return c.find(pack.DecisionsName, at("event", extra.Seq), "is no decision in "+pack.EventsName)
	}
	return nil
}

// count is how many findings there are of a member: after the first, what
// follows is out of step.
func (c *checker) count(member string) (n int) {
	for _, f := range c.Findings {
		if f.Member == member {
			n++
		}
	}
	return n
}

// link holds an event against the one before.
func (c *checker) link(e pack.Event) error {
	where := at("event", e.Seq)
	switch before := c.last; {
	case e.BatchID != c.batch.ID:
		return c.find(pack.EventsName, where, "is of another batch")
	case e.Seq <= before.Seq:
		return c.find(pack.EventsName, where, "is there twice, or out of order")
	case e.Seq == before.Seq+1 && c.Events > 0 && e.Before != before.Hash,
		e.Seq == 1 && e.Before != strings.Repeat("0", 2*sha256.Size):
		return c.find(pack.EventsName, where, "does not follow on the event before")
	case c.Events > 0:
		c.Others += int(e.Seq - before.Seq - 1)
	}
	return nil
}

// rehash makes an event's hash anew, if everything it covers is there.
func (c *checker) rehash(e pack.Event) error {
	where := at("event", e.Seq)
	if e.Masked {
		c.Asserted++
		if c.Unmasked || e.PayoutID == 0 {
			return c.find(pack.EventsName, where, "is masked, where nothing is to mask")
		}
		return nil
	}
	c.Recomputed++
	covered, err := preimage(e)
	if err != nil {
		return c.find(pack.EventsName, where, "%v", err)
	}
	if sum := sha256.Sum256(covered); hex.EncodeToString(sum[:]) != e.Hash {
		return c.find(pack.EventsName, where, "was changed: its hash does not fit its content and the event before")
	}
	return nil
}

// preimage is what an event's hash covers: the hash before it, five numbers of
// 64 bits, eight texts and the evidence, each text after its length in 32 bits,
// and a byte for the flag ahead of the evidence; all numbers big-endian.
func preimage(e pack.Event) ([]byte, error) {
	before, err := hex.DecodeString(e.Before)
	if err != nil || len(before) != sha256.Size {
		return nil, fmt.Errorf("has no hash of the event before")
	}
	when, err := time.Parse(time.RFC3339Nano, e.At)
	if err != nil {
		return nil, fmt.Errorf("has no time")
	}
	b := append(make([]byte, 0, 1024), before...)
	for _, n := range []int64{e.Seq, when.UnixMilli(), e.BatchID, e.PayoutID, int64(e.Attempt)} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	texts := []struct{ name, text string }{
		{"kind", e.Kind},
		{"from", e.From},
		{"to", e.To},
		{"actor", e.Actor},
		{"reason", e.Reason},
		{"code", e.Code},
		{"message", e.Message},
		{"platFormTradeNo", e.PlatFormTradeNo},
		{"evidence", e.Evidence},
	}
	for _, t := range texts {
		if coded, ok := e.Base64[t.name]; ok {
			raw, err := base64.StdEncoding.DecodeString(coded)
			if err != nil || t.text != "" {
				return nil, fmt.Errorf("its %s cannot be read", t.name)
			}
			t.text = string(raw)
		}
		if t.name == "evidence" {
			b = append(b, flag(e.Flagged))
		}
		b = binary.BigEndian.AppendUint32(b, uint32(len(t.text)))
		b = append(b, t.text...)
	}
	return b, nil
}

func flag(set bool) byte {
	if set {
		return 1
	}
	return 0
}

// anchor is what the import's event says of its batch.
type anchor struct {
	Code         string `json:"code"`
	Rows         int    `json:"rows"`
	SumMinor     int64  `json:"sumMinor"`
	Unreadable   int    `json:"unreadable"`
	Overridden   int    `json:"overridden"`
	Source       string `json:"source"`
	SourceSHA256 string `json:"sourceSHA256"`
	SourceSize   int64  `json:"sourceSize"`
	Worksheet    string `json:"worksheet"`
	Content      string `json:"content"`
	Merchant     string `json:"merchant"`
	MerchantNo   string `json:"merchantNo"`
	Area         string `json:"area"`
	Repeats      string `json:"repeats"`
	Reason       string `json:"reason"`
	Digest       string `json:"digest"`
}

// isImport keeps what the import's event says.
func (c *checker) isImport(e pack.Event) error {
	if e.PayoutID != 0 || e.Kind != "imported" {
		return nil
	}
	if c.anchor != nil {
		return c.find(pack.EventsName, at("event", e.Seq), "is a second import")
	}
	c.anchor = &anchor{}
	if err := json.Unmarshal([]byte(e.Evidence), c.anchor); err != nil {
		c.anchor = nil
		return c.find(pack.EventsName, at("event", e.Seq), "does not say what was imported")
	}
	return nil
}

// ends holds the end of the history and its import against batch.json and the
// manifest.
func (c *checker) ends() error {
	head := pack.Head{Seq: c.last.Seq, Hash: c.last.Hash}
	if c.batch.Head != head {
		if err := c.find(pack.EventsName, at("event", c.batch.Head.Seq), "is missing, or not as in %s: the history ended with it", pack.BatchName); err != nil {
			return err
		}
	}
	if c.Head.Seq < head.Seq || c.Head.Seq == head.Seq && c.Head != head {
		if err := c.find(pack.ManifestName, "", "the ledger's history ends before the batch's, or otherwise"); err != nil {
			return err
		}
	}
	if c.anchor == nil {
		return c.find(pack.EventsName, "", "has no import")
	}
	a, b := *c.anchor, c.batch
	sum, _ := c.minor(b.Sum)
	is := anchor{
		Code: b.Code, Rows: b.Rows, SumMinor: sum, Unreadable: b.Unreadable, Overridden: b.Overridden, Source: b.Source, SourceSHA256: b.SourceSHA256,
		SourceSize: b.SourceSize, Worksheet: b.Worksheet, Content: b.Content, Merchant: b.Merchant, MerchantNo: b.MerchantNo, Area: b.Area,
		Repeats: b.Repeats, Reason: b.Reason, Digest: a.Digest,
	}
	if a != is {
		return c.find(pack.BatchName, "", "its totals, source or merchant are not what was imported")
	}
	return nil
}
