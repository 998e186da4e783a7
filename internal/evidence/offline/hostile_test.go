package offline

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
)

// TestARecordBeyondTheLimitIsNeverRead has members that fit their manifest
// and a record in each that would have to be held as a whole.
func TestARecordBeyondTheLimitIsNeverRead(t *testing.T) {
	t.Parallel()
	const report = pack.ReportsFolder + "MX-1.json"
	long := strings.Repeat("x", pack.MaxLine+1<<17)
	for name, content := range map[string]string{
		pack.RowsName:    `{"row":2,"state":"` + long + `"}`,
		pack.EventsName:  `{"seq":1,"kind":"` + long + `"}`,
		pack.NumbersName: "row,tradeNo,platFormTradeNo,state\n2," + long + ",,ready\n",
		pack.StatusName:  "<Document><TxInfAndSts><TxSts>" + long + "</TxSts></TxInfAndSts></Document>",
		pack.JournalName: strings.Repeat(",", 15) + "\n2," + long + strings.Repeat(",", 14) + "\n",
		report:           `{"rows":[{"row":2,"state":"` + long + `"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			members := map[string]string{report: "{}", pack.BatchName: `{"code":"MX-1","id":1,"currency":"MXN"}`, pack.RowsName: `{"row":2,"payoutId":1}`}
			for _, other := range required {
				members[other] += ""
			}
			members[name] = content
			file := built(t, members)
			r, err := Check(t.Context(), bytes.NewReader(file), int64(len(file)), Options{})
			if err != nil || !slices.Contains(r.Findings, pack.Finding{Member: name, Why: errUnreadable.Error()}) {
				t.Errorf("%v, %v", r.Findings, err)
			}
		})
	}
}

func built(t *testing.T, members map[string]string) []byte {
	t.Helper()
	b := pack.NewBuilder()
	defer b.Close() //nolint:errcheck // a test
	for name, content := range members {
		if err := b.Add(name, "", func(w io.Writer) error { _, err := io.WriteString(w, content); return err }); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if _, err := b.Write(&out, pack.Manifest{Batch: "MX-1"}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
