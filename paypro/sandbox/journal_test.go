package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func merchants() map[string]string { return map[string]string{testMerchant: testSecret} }

// kill drops a sandbox as kill -9 does: nothing is flushed, only the lock goes.
func (b *bench) kill() {
	b.server.CloseClientConnections()
	if err := b.books.journal.lock.Close(); err != nil {
		b.t.Fatal(err)
	}
}

func TestJournalSurvivesKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox.journal")
	b := setup(t, Options{Journal: path, Delay: time.Second, Balance: 1000})
	b.mexico("A1", nil)
	b.mexico("A1", nil)
	b.india("A2", body{"remark": "SANDBOX:reversed"})
	b.mexico("A3", body{"remark": "SANDBOX:reset-lost"})
	before := b.orders()
	b.kill()

	c := setup(t, Options{Journal: path, Delay: time.Hour, Balance: 1000})
	after := c.orders()
	if len(after) != 2 || after[0] != before[0] || after[1] != before[1] || after[0].Placements != 2 {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
	if r := c.mexico("A1", nil); r.Msg != "duplicate tradeNo" {
		t.Errorf("%+v", r)
	}
	if r := c.mexico("A3", body{"remark": "SANDBOX:reset-lost"}); r.Code != "0000" {
		t.Errorf("a lost placement is not lost twice: %+v", r)
	}
	c.clock.Add(time.Second)
	if q := c.ask("mexico", "A1"); q.status() != "0000" { // its own delay, not the new one
		t.Errorf("%s", q.text)
	}
	c.clock.Add(time.Second)
	if q := c.ask("india", "A2"); q.status() != "00029" {
		t.Errorf("%s", q.text)
	}
	if r := c.post("/mexico/v1/paypro/queryBalance", nil, nil); !strings.Contains(r.text, `"availablAmount":600.00,"freezeAmount":200.00`) {
		t.Errorf("%s", r.text)
	}
	c.stop()
	readable(t, path)
}

// readable reads the journal that TestJournalSurvivesKill has left.
func readable(t *testing.T, path string) {
	t.Helper()
	list, err := ReadOrders(path)
	if err != nil || len(list) != 3 || list[0].Placements != 3 || list[2].TradeNo != "A3" {
		t.Errorf("%+v %v", list, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	noSecrets(t, string(text))
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

func TestTornLastLineIsCutOff(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "j")
	b := setup(t, Options{Journal: path})
	b.mexico("A1", nil)
	b.mexico("A2", nil)
	b.stop()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// Wherever the crash tore it, what is left is a prefix of the orders.
	for size := range whole {
		if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := ReadOrders(path)
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		g, err := Open(Options{Merchants: merchants(), Journal: path})
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if n := g.Stats().Orders; n != len(list) || n != max(0, strings.Count(string(whole[:size]), "\n")-1) {
			t.Fatalf("%d bytes: %d orders", size, n)
		}
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
		if text, _ := os.ReadFile(path); len(text) == 0 || text[len(text)-1] != '\n' {
			t.Fatalf("%d bytes: still torn: %q", size, text)
		}
	}
}

func TestBadLinesAreNamed(t *testing.T) {
	t.Parallel()
	good := setup(t, Options{Journal: filepath.Join(t.TempDir(), "j")})
	good.mexico("A1", nil)
	good.stop()
	text, err := os.ReadFile(good.opts.Journal)
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(text), "\n")
	for _, c := range []struct{ text, want string }{
		{"name,amount\n", "line 1: not a sandbox journal"},
		{"name,amount", "line 1: not a sandbox journal"},
		{journalHeader + "\n", "line 2: not an event"},
		{journalHeader + line + "{}\n", "line 3: event without"},
		{journalHeader + line + line, "line 3: order does not follow"},
		{journalHeader + strings.Replace(line, "mexico", "france", 1), "line 2: unknown area"},
		{journalHeader + strings.Replace(line, "processing", "nothing", 1), "line 2: unknown outcome"},
		{journalHeader + strings.Replace(line, `"200"`, `"2e2"`, 1), "line 2: amount or time"},
		{journalHeader + strings.Replace(line, `"order"`, `"else"`, 1), "line 2: unknown event"},
		{journalHeader + `{"event":"notified","merchantNo":"1","tradeNo":"2","nth":1}` + "\n", "line 2: callback of"},
		{journalHeader + strings.Repeat("x", maxLine+1), "line 2: "},
	} {
		path := filepath.Join(t.TempDir(), "j")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadOrders(path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ReadOrders: %v, want %s", err, c.want)
		}
		if _, err := Open(Options{Merchants: merchants(), Journal: path}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Open: %v, want %s", err, c.want)
		}
		if after, _ := os.ReadFile(path); string(after) != c.text {
			t.Errorf("a file that was refused was changed: %q", after)
		}
	}
}

func TestJournalIsNotShared(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "j")
	setup(t, Options{Journal: path})
	if _, err := Open(Options{Merchants: merchants(), Journal: path}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("second sandbox: %v", err)
	}
	if _, err := Open(Options{Merchants: merchants(), Journal: filepath.Join(path, "x")}); err == nil {
		t.Error("impossible path opened")
	}
}

// What is not in the journal is not answered as accepted.
func TestNoOrderWithoutTheJournal(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "j")
	b := setup(t, Options{Journal: path})
	file := b.books.journal.file
	readOnly, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	b.books.journal.file = readOnly // every write fails, as on a full disk
	if r := b.mexico("A1", nil); r.http != 500 {
		t.Errorf("%+v", r)
	}
	if n := len(b.orders()); n != 0 {
		t.Errorf("%d orders", n)
	}
	if r := b.ask("mexico", "A1"); r.Code != "8000" {
		t.Errorf("%+v", r)
	}
	b.books.journal.file = file
	if err := readOnly.Close(); err != nil {
		t.Error(err)
	}
	if r := b.mexico("A1", nil); r.Code != "0000" {
		t.Errorf("the disk has room again: %+v", r)
	}
}
