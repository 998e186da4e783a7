package sandbox

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// planWalk is a gateway under a drawn plan, and what was seen of it so far.
type planWalk struct {
	t    *rapid.T
	tb   testing.TB
	g    *Gateway
	o    Options
	path string
	seen map[string][]string // statuses by platFormTradeNo
}

// Whatever a plan does, and whenever the process is killed: balances are never negative and say what the orders
// say, an order's life is one of those there are, a tradeNo has one order unless it may have more, and the journal
// has it all.
func TestPlansNeverBreakTheBooks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		path := filepath.Join(dir, fmt.Sprint(n))
		var failed any // rapid's way to end a walk is a panic, which must not leave the bubble
		synctest.Test(t, func(t *testing.T) {
			defer func() { failed = recover() }()
			walkPlan(rt, t, path)
		})
		if failed != nil {
			panic(failed)
		}
	})
}

func walkPlan(t *rapid.T, tb testing.TB, path string) {
	plan := Storm(rapid.Uint64().Draw(t, "seed"))
	if rapid.Bool().Draw(t, "ends") {
		plan.Until = time.Now().Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "until")) * time.Second)
	}
	w := &planWalk{t: t, tb: tb, path: path, seen: map[string][]string{}, o: Options{
		Merchants: merchants(), Plan: &plan, Journal: path, Hold: time.Hour, Balance: 1500,
		Delay:                 time.Duration(rapid.IntRange(0, 3).Draw(t, "delay")) * time.Second,
		AllowDuplicateTradeNo: rapid.Bool().Draw(t, "duplicates"),
	}}
	w.open()
	defer func() { _ = w.g.Close() }() // it may have been killed
	for range rapid.IntRange(1, 40).Draw(t, "steps") {
		no := number(rapid.IntRange(0, 4).Draw(t, "number"))
		switch rapid.IntRange(0, 9).Draw(t, "step") {
		case 0, 1, 2, 3:
			w.post("/mexico/v1/paypro/payOut", sign(mexicoBody(no, nil), testSecret))
		case 4, 5, 6:
			w.post("/mexico/v1/paypro/queryPayOutResult", sign(body{"tradeNo": no, "timestamp": "1795000000000"}, testSecret))
		case 7, 8:
			time.Sleep(time.Duration(rapid.IntRange(0, 200_000).Draw(t, "ms")) * time.Millisecond)
		default:
			w.kill()
		}
		w.audit()
	}
	time.Sleep(24 * time.Hour)
	w.audit()
	w.ended(&plan)
}

func (w *planWalk) open() {
	g, err := Open(w.o)
	if err != nil {
		w.t.Fatal(err)
	}
	w.g = g
}

func (w *planWalk) post(path string, m body) {
	direct(w.tb, w.g, path, encode(w.tb, m), patience)
}

func (w *planWalk) kill() {
	before := slices.Collect(w.g.Orders())
	drop(w.tb, w.g)
	w.g.books.closed = true // what was killed writes no more
	w.open()
	if after := slices.Collect(w.g.Orders()); !slices.Equal(before, after) {
		w.t.Fatalf("before the kill %+v\nafter %+v", before, after)
	}
}

// lives are the courses of a status that there are, with what may come last.
var lives = []string{
	"0000", "00029", "0777", "0001", "00032", "0100019", "0000 00029",
	"0015 0000", "0015 00029", "0015 0001", "0015 00032", "0015 0100019", "0015 0000 00029", "0777 0000",
}

// audit looks at the books from outside.
func (w *planWalk) audit() {
	t := w.t
	orders := slices.Collect(w.g.Orders())
	w.sameJournal(orders)
	nth := map[string]int{}
	var open, spent int64
	for _, o := range orders {
		if nth[o.TradeNo]++; o.Nth != nth[o.TradeNo] || o.Nth > 1 && !w.o.AllowDuplicateTradeNo || o.Placements < o.Nth {
			t.Fatalf("%+v", o)
		}
		course := w.seen[o.PlatFormTradeNo]
		if len(course) == 0 || course[len(course)-1] != o.Status {
			course = append(course, o.Status)
		}
		w.seen[o.PlatFormTradeNo] = course
		if text := strings.Join(course, " "); !slices.ContainsFunc(lives, func(life string) bool { return hasInOrder(life, text) }) {
			t.Fatalf("status went %s: %+v", text, o)
		}
		if o.CreatedAt.After(time.Now()) || o.FinalAt.After(time.Now()) || !o.FinalAt.IsZero() && o.FinalAt.Before(o.CreatedAt) {
			t.Fatalf("of the future: %+v", o)
		}
		switch {
		case o.FinalAt.IsZero():
			open += 20000
		case o.Status == "0000":
			spent += 20000
		case o.Status == "0001":
			spent += 10000
		}
	}
	available, frozen := w.g.books.balance(testMerchant, &mexico, w.g.now())
	late := int64(len(w.g.books.postponed())) * 20000
	if available < 0 || frozen != open+late || available != 150000-frozen-spent {
		t.Fatalf("available %d, frozen %d; orders: open %d, late %d, spent %d", available, frozen, open, late, spent)
	}
}

// hasInOrder tells whether the words of part stand in the whole in their order: not every status is seen.
func hasInOrder(whole, part string) bool {
	words := strings.Fields(whole)
	for word := range strings.FieldsSeq(part) {
		i := slices.Index(words, word)
		if i < 0 {
			return false
		}
		words = words[i+1:]
	}
	return true
}

func (w *planWalk) sameJournal(want []Order) {
	got, err := ReadOrders(w.path)
	if err != nil || !slices.Equal(got, want) {
		w.t.Fatalf("the journal has %+v %v\nwant %+v", got, err, want)
	}
}

// ended is how things stand long after the end of a plan that has one.
func (w *planWalk) ended(plan *Plan) {
	if plan.Until.IsZero() {
		return
	}
	for o := range w.g.Orders() {
		stuck := strings.Contains("+"+o.Outcome+"+", "+0015+")
		if o.Status == "0015" && (!stuck || plan.Thaw) || stuck && plan.Thaw && o.Status != "0000" {
			w.t.Fatalf("at the end: %+v, %s", o, plan)
		}
		r := askDirect(w.tb, w.g, o.TradeNo)
		if o.Nth == w.g.books.latest(testMerchant, o.TradeNo, w.g.now()).nth && (r.err != nil || r.status() != o.Status || !strings.Contains(r.text, ":200.00,")) {
			w.t.Fatalf("at the end: %+v, %s: %v %s", o, plan, r.err, r.text)
		}
	}
	if n := len(w.g.books.postponed()); n != 0 {
		w.t.Fatalf("%d orders are still to be made", n)
	}
}
