package evidence

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/evidence/offline"
	"github.com/bulkpay/bulkpay/internal/evidence/pack"
)

// members are those of a pack, by name, without the manifest.
func (d *desk) members(file []byte) map[string]string {
	d.Helper()
	archive, _, err := pack.Open(bytes.NewReader(file), int64(len(file)))
	d.must(err)
	all := map[string]string{}
	for _, e := range archive.Entries {
		if e.Name != pack.ManifestName && e.Name != pack.SumsName {
			all[e.Name] = d.content(file, e.Name)
		}
	}
	return all
}

// forged is a pack of these members with a manifest that fits.
func (d *desk) forged(file []byte, members map[string]string) []byte {
	d.Helper()
	var m pack.Manifest
	d.must(json.Unmarshal([]byte(d.content(file, pack.ManifestName)), &m))
	b := pack.NewBuilder()
	for name, content := range members {
		d.must(b.Add(name, "forged", func(w io.Writer) error { _, err := io.WriteString(w, content); return err }))
	}
	var out bytes.Buffer
	_, err := b.Write(&out, m)
	d.must(err)
	d.must(b.Close())
	return out.Bytes()
}

// TestNoByteOfAPackIsEverChangedUnnoticed changes a bit of every byte of a
// pack, and wants the member named, or the archive's directory.
func TestNoByteOfAPackIsEverChangedUnnoticed(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	d := setup(t)
	batch := d.imported("sheet.csv", row(2, 100))
	d.paid(batch, "paid")
	file, _ := d.write(batch, options())
	archive, _, err := pack.Open(bytes.NewReader(file), int64(len(file)))
	d.must(err)
	names := map[string]bool{pack.TheDirectory: true}
	for _, e := range archive.Entries {
		names[e.Name] = true
	}
	for i := range file {
		changed := bytes.Clone(file)
		changed[i] ^= 1 << (i % 8)
		archive, found, err := pack.Open(bytes.NewReader(changed), int64(len(changed)))
		if err != nil {
			t.Fatalf("byte %d of %d: %v", i, len(file), err)
		}
		_, _, more, err := archive.CheckManifest(t.Context())
		d.must(err)
		if i%16 == 0 { // the whole check takes longer, and must find no less
			r, err := offline.Check(t.Context(), bytes.NewReader(changed), int64(len(changed)), offline.Options{})
			d.must(err)
			if len(r.Findings) < len(found)+len(more) {
				t.Fatalf("byte %d of %d: found less: %v", i, len(file), r.Findings)
			}
		}
		if !slices.ContainsFunc(append(found, more...), func(f pack.Finding) bool { return names[f.Member] }) {
			t.Fatalf("byte %d of %d: found %v, %v", i, len(file), found, more)
		}
	}
}

// TestAChangeIsFoundWhereItIs makes packs whose manifest fits what was changed,
// so that only their meaning is left to find it by.
func TestAChangeIsFoundWhereItIs(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	d := setup(t)
	batch := d.lived()
	for name, c := range map[string]struct {
		member, was, is string
		unmasked        bool
		want            [2]string // member and place
	}{
		"a state":                   {"rows.jsonl", `"row":2,"state":"succeeded"`, `"row":2,"state":"failed"`, false, [2]string{"rows.jsonl", "row 2"}},
		"a reason":                  {"rows.jsonl", `"reason":"token"`, `"reason":"tokeN"`, false, [2]string{"rows.jsonl", "row 2"}},
		"a gateway's number":        {"rows.jsonl", `"platFormTradeNo":"00BP`, `"platFormTradeNo":"01BP`, false, [2]string{"rows.jsonl", "row 2"}},
		"a trade number":            {"rows.jsonl", `"tradeNo":"BP2`, `"tradeNo":"BP3`, false, [2]string{"rows.jsonl", "row 2"}},
		"an amount":                 {"rows.jsonl", `"row":2,"state":"succeeded","amount":"1.00"`, `"row":2,"state":"succeeded","amount":"1.01"`, false, [2]string{"batch.json", "bucket succeeded"}},
		"no amount":                 {"rows.jsonl", `"row":2,"state":"succeeded","amount":"1.00"`, `"row":2,"state":"succeeded","amount":"1,00"`, false, [2]string{"rows.jsonl", "row 2"}},
		"amounts exchanged":         {"rows.jsonl", `"amount":"0.07"`, `"amount":"0.08"`, false, [2]string{"batch.json", "bucket invalid"}},
		"attempts":                  {"rows.jsonl", `"attempts":1`, `"attempts":2`, false, [2]string{"rows.jsonl", "row 2"}},
		"flagged":                   {"rows.jsonl", `"attempts":1`, `"flagged":true,"attempts":1`, false, [2]string{"rows.jsonl", "row 2"}},
		"a row":                     {"rows.jsonl", `"row":5,`, `"row":4,`, false, [2]string{"rows.jsonl", "row 4"}},
		"a line":                    {"rows.jsonl", `{"row":5,`, `{"row":"5,`, false, [2]string{"rows.jsonl", "line 4"}},
		"an invalid row made known": {"rows.jsonl", `"row":4,"state":"invalid"`, `"row":4,"state":"known"`, false, [2]string{"batch.json", "bucket known"}},
		"a payee":                   {"rows.jsonl", `"payee":"José`, `"payee":"Josè`, true, [2]string{"rows.jsonl", ""}},
		"an account":                {"rows.jsonl", `"account":"646180000000000042"`, `"account":"646180000000000043"`, true, [2]string{"rows.jsonl", ""}},
		"an instruction":            {"rows.jsonl", `\"email\":\"jose`, `\"email\":\"josé`, true, [2]string{"rows.jsonl", ""}},
		"a note":                    {"rows.jsonl", `amount: unreadable`, `amount: readable`, true, [2]string{"rows.jsonl", ""}},
		"an answer":                 {"events.jsonl", `{\"code\":\"0000\"}`, `{\"code\":\"0001\"}`, false, [2]string{"events.jsonl", "event "}},
		"an answer in Base64":       {"events.jsonl", `"U8M="`, `"U8I="`, false, [2]string{"events.jsonl", "event "}},
		"a person":                  {"events.jsonl", `"kind":"release","from":"held","to":"ready","actor":"paul"`, `"kind":"release","from":"held","to":"ready","actor":"eve"`, false, [2]string{"events.jsonl", "event "}},
		"a hash":                    {"events.jsonl", `"hash":"`, `"hash":"00`, false, [2]string{"events.jsonl", "event 1"}},
		"a mask for an answer":      {"events.jsonl", `"evidence":"{\"code\":\"0000\"}"`, `"evidence":"{\"code\":\"0001\"}","masked":true`, true, [2]string{"events.jsonl", "event "}},
		"a mask for an import":      {"events.jsonl", `"evidence":"{\"code\":\"MX`, `"masked":true,"evidence":"{\"code\":\"MX`, false, [2]string{"events.jsonl", "event "}},
		"a time":                    {"events.jsonl", `"at":"2026-11-21T09:00:00`, `"at":"2026-11-21T09:00:01`, false, [2]string{"events.jsonl", "event 1"}},
		"an event of another batch": {"events.jsonl", `"batchId":1`, `"batchId":2`, false, [2]string{"events.jsonl", "event 1"}},
		"a masked event's end":      {"events.jsonl", `"kind":"paid","from":"submitting","to":"succeeded"`, `"kind":"paid","from":"submitting","to":"failed"`, false, [2]string{"rows.jsonl", "row 2"}},
		"a masked event's step":     {"events.jsonl", `"kind":"paid","from":"submitting","to":"succeeded"`, `"kind":"paid","from":"submitting","to":"cancelled"`, false, [2]string{"events.jsonl", "event "}},
		"a masked event's kind":     {"events.jsonl", `"kind":"paid","from":"submitting"`, `"kind":"doubt","from":"submitting"`, false, [2]string{"events.jsonl", "event "}},
		"a decision":                {"decisions.jsonl", `both are meant`, `none is meant`, false, [2]string{"decisions.jsonl", "event "}},
		"a trade number's number":   {"trade-numbers.csv", `,BP2`, `,BP3`, false, [2]string{"trade-numbers.csv", "row 2"}},
		"a trade number's quote":    {"trade-numbers.csv", `,BP2`, `,"BP2`, false, [2]string{"trade-numbers.csv", ""}},
		"a match's row":             {"matches.jsonl", `"row":2`, `"row":3`, false, [2]string{"matches.jsonl", "row 3"}},
		"a match of no row":         {"matches.jsonl", `"row":2`, `"row":99`, false, [2]string{"matches.jsonl", "row 99"}},
		"a match's payout":          {"matches.jsonl", `"tradeNo":"BP2`, `"tradeNo":"BP3`, false, [2]string{"matches.jsonl", "row 2"}},
		"a status for the bank":     {"pain002.xml", `<TxSts>ACSC`, `<TxSts>RJCT`, false, [2]string{"pain002.xml", "row 2"}},
		"a status that is in doubt": {"pain002.xml", `<TxSts>PDNG`, `<TxSts>RJCT`, false, [2]string{"pain002.xml", "row "}},
		"an id for the bank":        {"pain002.xml", `<OrgnlEndToEndId>BP2`, `<OrgnlEndToEndId>BP3`, false, [2]string{"pain002.xml", "row 2"}},
		"an amount for the bank":    {"pain002.xml", `<InstdAmt Ccy="MXN">1.00`, `<InstdAmt Ccy="MXN">1.01`, false, [2]string{"pain002.xml", "row 2"}},
		"the form for the bank":     {"pain002.xml", `</TxInfAndSts>`, `</TxInfAndSt>`, false, [2]string{"pain002.xml", ""}},
		"a booking's amount":        {"journal.csv", `,1.00,`, `,1.01,`, false, [2]string{"journal.csv", "line 2"}},
		"a booking's kind":          {"journal.csv", `: paid,paid,`, `: paid,in_doubt,`, false, [2]string{"journal.csv", ""}},
		"a booking's payout":        {"journal.csv", `,2,BP2`, `,3,BP2`, false, [2]string{"journal.csv", "line 2"}},
		"a booking's account":       {"journal.csv", `Assets:Payment-Gateway`, `Liabilities:Payouts-Payable`, false, [2]string{"journal.csv", "line 2"}},
		"a booking's quote":         {"journal.csv", `Assets:`, `As"sets:`, false, [2]string{"journal.csv", ""}},
		"the source":                {"source/n_minas.csv", `the bytes`, `The bytes`, false, [2]string{"source/n_minas.csv", ""}},
		"the totals":                {"batch.json", `"rows": 7,`, `"rows": 8,`, false, [2]string{"batch.json", ""}},
		"a bucket":                  {"batch.json", `"name": "held",`, `"name": "HELD",`, false, [2]string{"batch.json", "bucket held"}},
		"the head":                  {"batch.json", `"seq": `, `"seq": 1`, false, [2]string{"events.jsonl", "event "}},
		"the batch":                 {"batch.json", `"code": "MX`, `"code": "BR`, false, [2]string{"batch.json", ""}},
		"the merchant":              {"batch.json", `"merchantNo": "7"`, `"merchantNo": "8"`, false, [2]string{"batch.json", ""}},
		"batch.json":                {"batch.json", `"code"`, `code`, false, [2]string{"batch.json", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			o := options()
			o.Unmasked = c.unmasked
			file, _ := d.write(batch, o)
			members := d.members(file)
			if !strings.Contains(members[c.member], c.was) {
				t.Fatalf("there is no %s in\n%s", c.was, members[c.member])
			}
			members[c.member] = strings.Replace(members[c.member], c.was, c.is, 1)
			for _, f := range d.check(d.forged(file, members)).Findings {
				if f.Member == c.want[0] && strings.HasPrefix(f.Where, c.want[1]) {
					return
				}
			}
			t.Errorf("want %s named: %v", c.want, d.check(d.forged(file, members)).Findings)
		})
	}
}

func TestAnEventIsNeverTakenOutUnnoticed(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	d := setup(t)
	file, _ := d.write(d.lived(), options())
	for _, member := range []string{pack.EventsName, pack.RowsName, pack.DecisionsName, pack.NumbersName, pack.JournalName} {
		lines := strings.SplitAfter(d.content(file, member), "\n")
		for i := range lines[:len(lines)-1] {
			members := d.members(file)
			members[member] = strings.Join(lines[:i], "") + strings.Join(lines[i+1:], "")
			if r := d.check(d.forged(file, members)); r.Sound() {
				t.Errorf("%s: line %d can be taken out", member, i+1)
			}
			members[member] = strings.Join(lines[:i+1], "") + strings.Join(lines[i:], "")
			if r := d.check(d.forged(file, members)); r.Sound() {
				t.Errorf("%s: line %d can be doubled", member, i+1)
			}
		}
	}
}

func TestAMemberIsNeverMissingOrAddedUnnoticed(t *testing.T) {
	t.Parallel()
	d := setup(t)
	file, made := d.write(d.lived(), options())
	for name := range d.members(file) {
		members := d.members(file)
		delete(members, name)
		optional := name == pack.StatusName || name == pack.JournalName // a pack may be without: only the root digest tells
		if r := d.check(d.forged(file, members)); r.Sound() != optional {
			t.Errorf("%s can be left out", name)
		}
	}
	members := d.members(file)
	members["more.txt"] = "added"
	forged := d.forged(file, members)
	for _, digest := range []string{made.Root, strings.ToUpper(made.Root)} {
		for sound, pack := range map[bool][]byte{true: file, false: forged} {
			r, err := offline.Check(t.Context(), bytes.NewReader(pack), int64(len(pack)), offline.Options{Digest: digest})
			d.must(err)
			if r.Sound() != sound || r.Kept != sound {
				t.Errorf("with the root digest: %+v", r)
			}
		}
	}
}
