package offline

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
)

// FuzzCheck has members of any content under a manifest that fits: nothing
// ends but in findings.
func FuzzCheck(f *testing.F) {
	const batch = `{"code":"MX-1","id":1,"currency":"MXN","rows":1,"sum":"1.00","buckets":[],"tied":true,"head":{"seq":1,"hash":""}}`
	f.Add(batch, `{"row":2,"state":"ready","amount":"1.00","payoutId":1,"tradeNo":"BP1"}`,
		`{"seq":1,"at":"2026-11-21T09:00:00.000Z","batchId":1,"kind":"imported","actor":"m","evidence":"{}","before":"00","hash":"00"}`,
		`{"seq":1}`, "row,tradeNo,platFormTradeNo,state\n2,BP1,,ready\n", `{"rows":[{"row":2}]}`,
		`<Document><TxInfAndSts><OrgnlInstrId>row-2</OrgnlInstrId><TxSts>PDNG</TxSts></TxInfAndSts></Document>`,
		strings.Repeat(",", 15)+"\n"+strings.Repeat("a,1,b,2,,MXN,t,paid,m,MX-1,2,BP1,,1,,1\n", 2), true)
	f.Add(batch, "{}\n{}", `{"seq":2,"batchId":1,"payoutId":1,"kind":"hint","from":"ready","to":"ready","masked":true,"base64":{"evidence":"?"}}`, "", `"`, `{"rows":[1]}`, `<?xml version="9" encoding="x"?><a>`, "\"", false)
	f.Add("", "[", "\n\n", "x", "", `{"rows":`, "<TxInfAndSts><OrgnlInstrId><a/></TxInfAndSts>", "a\n", false)
	f.Fuzz(func(t *testing.T, batch, rows, events, decisions, numbers, report, told, booked string, unmasked bool) {
		b := pack.NewBuilder()
		defer b.Close() //nolint:errcheck // a test
		for name, content := range map[string]string{
			pack.ReadmeName: "", pack.MappingName: "", pack.LeftOutName: "", pack.BatchName: batch, pack.RowsName: rows, pack.EventsName: events,
			pack.DecisionsName: decisions, pack.NumbersName: numbers, pack.ReportsFolder + "MX-1.json": report,
			pack.StatusName: told, pack.JournalName: booked,
		} {
			if err := b.Add(name, "", func(w io.Writer) error { _, err := io.WriteString(w, content); return err }); err != nil {
				t.Fatal(err)
			}
		}
		var file bytes.Buffer
		root, err := b.Write(&file, pack.Manifest{Batch: "MX-1", Unmasked: unmasked})
		if err != nil {
			t.Fatal(err)
		}
		r, err := Check(t.Context(), bytes.NewReader(file.Bytes()), int64(file.Len()), Options{Digest: root})
		if err != nil || !r.Kept || r.Sound() {
			t.Errorf("%+v, %v", r, err)
		}
	})
}
