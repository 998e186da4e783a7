package sandbox

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// drop ends a sandbox as kill -9 does: nothing is flushed, only the lock goes.
func drop(t testing.TB, g *Gateway) {
	t.Helper()
	if err := g.books.journal.lock.Close(); err != nil {
		t.Fatal(err)
	}
}

func money(available, frozen string) string {
	return `"availablAmount":` + available + `,"freezeAmount":` + frozen
}

// An order that is made late is nowhere before its time, but that its amount is frozen.
func TestLateOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := open(t, Options{Balance: 300, Delay: time.Second})
		requested := time.Now()
		placeDirect(t, g, "A1", body{"remark": "SANDBOX:reset-late"})
		if r := askDirect(t, g, "A1"); r.seen() != "unknown" {
			t.Errorf("%s", r.text)
		}
		if r := balanceDirect(t, g); !strings.Contains(r.text, money("100.00", "200.00")) {
			t.Errorf("%s", r.text)
		}
		if r := placeDirect(t, g, "A2", nil); r.Msg != "insufficient balance" {
			t.Errorf("the money of a late order was given away: %s", r.text)
		}
		time.Sleep(defaultLate - time.Millisecond)
		if o := slices.Collect(g.Orders()); len(o) != 0 || g.Stats().Faults["placement:reset-late"] != 0 {
			t.Errorf("%+v", o)
		}
		time.Sleep(time.Millisecond)
		o := slices.Collect(g.Orders())
		if len(o) != 1 || !o[0].CreatedAt.Equal(requested.Add(defaultLate)) || o[0].Placements != 1 || o[0].Status != "0015" ||
			o[0].Outcome != "reset-late" || g.Stats().Faults["placement:reset-late"] != 1 {
			t.Errorf("%+v", o)
		}
		time.Sleep(time.Second)
		if r := askDirect(t, g, "A1"); r.seen() != "0000" {
			t.Errorf("%s", r.text)
		}
		if r := balanceDirect(t, g); !strings.Contains(r.text, money("100.00", "0.00")) {
			t.Errorf("%s", r.text)
		}
	})
}

// A client that sends again before a late order is made gets its order at once, and the late
// one is a duplicate when its time comes: it is dropped, or paid a second time by a gateway that allows that.
func TestLateOrderOfWhatWasSentAgain(t *testing.T) {
	t.Parallel()
	for _, dup := range []bool{false, true} {
		for _, killed := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "j")
				o := Options{Balance: 1000, Delay: time.Second, AllowDuplicateTradeNo: dup, Journal: path}
				g := open(t, o)
				placeDirect(t, g, "A1", body{"remark": "SANDBOX:timeout-late"})
				if r := placeDirect(t, g, "A1", nil); r.status() != "0015" {
					t.Errorf("sent again: %s", r.text)
				}
				if r := balanceDirect(t, g); !strings.Contains(r.text, money("600.00", "400.00")) {
					t.Errorf("%s", r.text)
				}
				if killed {
					drop(t, g)
					g = open(t, o)
				}
				time.Sleep(time.Hour)
				if killed { // and nobody has looked yet
					drop(t, g)
					sameBooks(t, path, nil)
					g = open(t, o)
				}
				want, left := 1, "800.00"
				if dup {
					want, left = 2, "600.00"
				}
				if r := balanceDirect(t, g); !strings.Contains(r.text, money(left, "0.00")) {
					t.Errorf("dup %v, nobody has looked yet: %s", dup, r.text)
				}
				list := slices.Collect(g.Orders())
				if len(list) != want || list[0].Placements != 2 || list[0].Outcome != "processing" || g.Stats().DoubleOrders != want-1 {
					t.Errorf("dup %v: %+v", dup, list)
				}
				if dup && (list[1].Nth != 2 || list[1].Outcome != "timeout-late" || list[1].PlatFormTradeNo == list[0].PlatFormTradeNo) {
					t.Errorf("%+v", list[1])
				}
				sameBooks(t, path, list)
			})
		}
	}
}

// sameBooks wants the journal to say what the sandbox says; nil: only that it can be read.
func sameBooks(t testing.TB, path string, want []Order) {
	t.Helper()
	got, err := ReadOrders(path)
	if err != nil {
		t.Error(err)
	}
	if want != nil && !slices.Equal(got, want) {
		t.Errorf("the journal has %+v\nwant %+v", got, want)
	}
}

// A journal that cannot be written puts a late order off; it is not forgotten.
func TestLateOrderWaitsForTheJournal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "j")
		g := open(t, Options{Journal: path})
		placeDirect(t, g, "A1", body{"remark": "SANDBOX:reset-late"})
		time.Sleep(time.Hour)
		g.books.journal.broken = true // as after a disk that was full in the middle of a line
		if n := g.Stats().Orders; n != 0 {
			t.Errorf("%d orders that are not in the journal", n)
		}
		g.books.journal.broken = false
		sameBooks(t, path, slices.Collect(g.Orders()))
		if n := g.Stats().Orders; n != 1 {
			t.Errorf("%d orders", n)
		}
	})
}

// What a plan has laid down of an order is read back as it was.
func TestFatesSurviveAKill(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "j")
		plan := Plan{
			Seed: 3, Until: time.Now().Add(time.Hour), Thaw: true, Late: time.Minute, Lag: time.Minute,
			Faults: []PlanFault{
				{"0015", "", 0.3},
				{"reversed", "", 0.3},
				{"strange-passing", "", 0.2},
				{"invisible", "", 0.3},
				{"query-other-tradeno", "", 0.3},
				{"other-amount", EndpointPlacement, 0.2},
				{"reset-late", "", 0.3},
				{"http-504-late", "", 0.2},
				{"reset-lost", "", 0.2},
			},
		}
		o := Options{Plan: &plan, Delay: 10 * time.Second, Journal: path}
		g := open(t, o)
		const n = 60
		for i := range n {
			placeDirect(t, g, number(i), nil)
		}
		o.Plan = nil // what is laid down is laid down
		for range 80 {
			time.Sleep(time.Minute)
			want := slices.Collect(g.Orders())
			drop(t, g)
			sameBooks(t, path, want)
			h := open(t, o)
			if got := slices.Collect(h.Orders()); !slices.Equal(got, want) {
				t.Fatalf("%+v\nwant %+v", got, want)
			}
			for i := range n {
				a, b := askDirect(t, g, number(i)), askDirect(t, h, number(i))
				if a.seen() != b.seen() && !strings.Contains(a.text, "<h1>") {
					t.Fatalf("%s\nwant %s", b.text, a.text)
				}
			}
			g.books.closed = true // what was killed writes no more
			g = h
		}
		outcomes := map[string]bool{}
		for o := range g.Orders() {
			if o.FinalAt.IsZero() {
				t.Errorf("not final: %+v", o)
			}
			outcomes[o.Outcome] = true
		}
		if len(outcomes) < 15 {
			t.Errorf("%d different fates: %v", len(outcomes), outcomes)
		}
	})
}

// A restart does not begin the draws of a placement anew: a fault of every other one would strike for ever.
func TestPlacementsAreCountedOverRestarts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		plan := Plan{Seed: 1, Faults: []PlanFault{{"reset-lost", "", 0.5}}}
		o := Options{Plan: &plan, Journal: filepath.Join(t.TempDir(), "j")}
		g := open(t, o)
		for range 8 {
			for i := range 30 {
				placeDirect(t, g, number(i), nil)
			}
			drop(t, g)
			g.books.closed = true
			g = open(t, o)
		}
		if n := len(slices.Collect(g.Orders())); n != 30 {
			t.Errorf("%d of 30 came through in eight attempts", n)
		}
	})
}

func number(i int) string { return "N" + string(rune('A'+i/26)) + string(rune('a'+i%26)) }

// Lines about late orders that do not fit are named.
func TestBadLateLines(t *testing.T) {
	t.Parallel()
	const late = `{"event":"late","at":1,"merchantNo":"1","tradeNo":"2","area":"mexico","amount":"5","outcome":"reset-late","lateMs":9,"placement":1}` + "\n"
	for text, want := range map[string]string{
		strings.Replace(late, `"lateMs":9`, `"lateMs":-9`, 1):                                         "line 2: late order does not follow",
		strings.Replace(late, `"placement":1`, `"placement":2`, 1):                                    "line 2: late order does not follow",
		strings.Replace(late, `reset-late`, `reset+timeout`, 1):                                       "line 2: unknown outcome",
		strings.Replace(late, `"lateMs"`, `"hiddenMs":-1,"lateMs"`, 1):                                "line 2: amount or time",
		`{"event":"made","merchantNo":"1","tradeNo":"2","placement":1}` + "\n":                        "line 2: late order that is not known",
		late + `{"event":"dropped","merchantNo":"1","tradeNo":"2","placement":2}` + "\n":              "line 3: late order that is not known",
		late + `{"event":"made","merchantNo":"1","tradeNo":"2","placement":1,"nth":2}` + "\n":         "line 3: order does not follow",
		late + `{"event":"made","merchantNo":"1","tradeNo":"2","placement":1,"nth":1}` + "\n":         "line 3: order does not follow",
		late + strings.Replace(strings.ReplaceAll(late, "late", "order"), `"lateMs"`, `"nothing"`, 1): "line 3: not an event",
	} {
		_, err := readJournal(strings.NewReader(journalHeader+text), "j", newBooks(0, false))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s: %s", err, want, text)
		}
	}
	b := newBooks(0, false)
	if _, err := readJournal(strings.NewReader(journalHeader+late+late[:0]), "j", b); err != nil || len(b.list(9)) != 0 || len(b.list(10)) != 1 {
		t.Errorf("%v, %d orders", err, len(b.orders))
	}
}
