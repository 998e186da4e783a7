package evidence

import (
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/internal/visible"
	"github.com/bulkpay/bulkpay/ledger"
)

// addSheet adds what is said of the sheet as a whole, and what of it was left
// out.
func (w *writing) addSheet() error {
	err := w.add(pack.BatchName, "the batch: whose it is, what it was made of, its totals and its tie-out", func(to io.Writer) error {
		encoder := json.NewEncoder(to)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(w.batch())
	})
	if err != nil {
		return err
	}
	return w.add(pack.MappingName, "what each column was taken for, and all else that was assumed when the sheet was read", func(to io.Writer) error {
		lines := make([]string, len(w.summary.Batch.Assumed))
		for i, assumed := range w.summary.Batch.Assumed {
			lines[i] = visible.Line(assumed) // batch.json has it as it is
		}
		_, err := io.WriteString(to, strings.Join(lines, "\n")+"\n")
		return err
	})
}

func (w *writing) batch() pack.Batch {
	s, b := w.summary, w.summary.Batch
	of := pack.Batch{
		Code: b.Code, ID: b.ID, Merchant: b.Merchant.Name, MerchantNo: b.Merchant.MerchantNo, Area: b.Merchant.Area,
		Currency: b.Merchant.Currency.Code, Decimals: b.Merchant.Currency.Decimals, Gateway: b.Merchant.Gateway, Simulated: b.Merchant.Simulated(),
		Source: b.Source, SourceMember: w.source, SourceSHA256: b.SourceSHA256, SourceSize: b.SourceSize, Worksheet: b.Worksheet,
		Content: b.Content, Assumed: append([]string{}, b.Assumed...), CreatedAt: stamp(b.CreatedAt), Repeats: b.Repeats, Reason: b.Reason,
		Rows: b.Rows, Sum: b.Sum.Fixed(), Unreadable: b.Unreadable, Overridden: b.Overridden,
		Matches: w.matches, Buckets: []pack.Bucket{}, Tied: s.Tied(), Head: pack.Head{Seq: s.Seq, Hash: s.Head}, AsOf: stamp(s.At),
	}
	for _, bucket := range s.Buckets {
		of.Buckets = append(of.Buckets, pack.Bucket{Name: bucket.Name, Rows: bucket.Count, Sum: bucket.Sum.Fixed()})
	}
	return of
}

// leftOut is a row that is no payout of the batch.
func leftOut(line ledger.Line) pack.Row {
	if line.Known != nil {
		k := line.Known
		row := pack.Row{Row: k.Row, State: ledger.BucketKnown, TradeNo: k.TradeNo, Notes: k.Notes}
		if k.Readable {
			row.Amount = k.Amount.Fixed()
		}
		return row
	}
	i := line.Invalid
	row := pack.Row{Row: i.Row, State: ledger.BucketInvalid, Notes: i.Problems}
	if i.Readable {
		row.Amount = i.Amount.Fixed()
	}
	return row
}

// stamp is a time to the millisecond, in UTC; "" if zero.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05.000Z")
}
