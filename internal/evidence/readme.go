package evidence

import (
	"io"
	"strings"
	"text/tabwriter"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/internal/visible"
)

// addReadme adds what tells a stranger what this is.
func (w *writing) addReadme() error {
	return w.add(pack.ReadmeName, "what this is, and how to check it by hand", func(to io.Writer) error {
		return w.readme(to)
	})
}

func (w *writing) readme(to io.Writer) error {
	b, verdict := w.summary.Batch, "TIED"
	if !w.summary.Tied() {
		verdict = "NOT TIED: the buckets do not add up to the sheet"
	}
	simulated := ""
	if b.Merchant.Simulated() {
		simulated = "\nSIMULATION: the gateway was a simulated one, and no money moved.\n"
	}
	text := strings.NewReplacer(
		"{batch}", b.Code, "{merchant}", visible.Line(b.Merchant.Name), "{no}", visible.Line(b.Merchant.MerchantNo), "{area}", b.Merchant.Area,
		"{asof}", stamp(w.summary.At), "{source}", sourceLine(w.source, b.Source), "{simulated}", simulated, "{masked}", w.maskLine(),
		"{verdict}", verdict,
	).Replace(readmeText)
	if _, err := io.WriteString(to, text); err != nil {
		return err
	}
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for _, bucket := range w.summary.Buckets {
		if _, err := io.WriteString(table, "  "+bucket.Name+"\t"+group(bucket.Count)+" rows\t"+bucket.Sum.String()+"\n"); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(table, "  sheet\t"+group(b.Rows)+" rows\t"+b.Sum.String()+"\n"); err != nil {
		return err
	}
	return table.Flush()
}

func sourceLine(member, name string) string {
	if member == "" {
		return "  source/            missing: " + pack.Name(name) + " was imported by a bulkpay that did not keep files\n"
	}
	return "  source/            the file that was imported, byte for byte\n"
}

func (w *writing) maskLine() string {
	if w.o.Unmasked {
		return "Account numbers and names stand in full in all members: handle the pack like the sheet itself."
	}
	return `Account numbers are masked, and names left out, in rows.jsonl and events.jsonl; the
reports have names and masked account numbers. The file in source/ is what it was and has both in full.`
}

const readmeText = `EVIDENCE OF BATCH {batch}

What became of every row of a payout sheet, with all it rests on: paid by {merchant} (merchant {no}, {area})
through the Paypro gateway. It speaks of {asof}.
{simulated}
CHECK THAT NOTHING WAS CHANGED, WITH TOOLS OF EVERY SYSTEM

  unzip the pack into an empty folder, go there, and:
  sha256sum -c manifest.sha256        (macOS: shasum -a 256 -c manifest.sha256)
  sha256sum manifest.json             must be the root digest that you were given apart from this file

Every line must say OK, and the folder must hold no other file than those listed and manifest.sha256 itself. With
bulkpay, without any ledger, on any machine:

  bulkpay verify PACK.zip --digest ROOT

which also makes the hashes of the events anew, follows every row through its events, and adds up.

WITHOUT THE ROOT DIGEST from elsewhere, all this shows only that nobody changed the pack by accident or clumsily: whoever
makes a whole new pack gives it a manifest that fits.

WHAT IS IN IT

{source}  mapping.txt        what each column was taken for, and what else was assumed
  left-out.csv       rows that no payout was made of, and why
  batch.json         whose batch it is, its totals and its tie-out
  rows.jsonl         every row of the sheet as it stands
  events.jsonl       every event with the raw answer it rests on, and the hashes that chain it to those before
  decisions.jsonl    who imported, released, cancelled, resolved, and in what words
  trade-numbers.csv  which tradeNo is which platFormTradeNo of the gateway
  matches.jsonl      which line of which statement is which row, if one was compared
  pain002.xml        what became of every row, as banks report it (ISO 20022), if it adds up
  journal.csv        the bookings of the batch, if the accounts were configured
  reports/           the reports as people read them
  manifest.json      every file with its size and SHA-256, and where the ledger's history ended

{masked}

HOW IT ADDS UP: {verdict}

`

// group writes a count with thousands marks.
func group(n int) string {
	digits := []byte{}
	for i := 0; n > 0 || i == 0; i++ {
		if i > 0 && i%3 == 0 {
			digits = append([]byte{','}, digits...)
		}
		digits = append([]byte{byte('0' + n%10)}, digits...)
		n /= 10
	}
	return string(digits)
}
