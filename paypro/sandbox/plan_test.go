package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// direct posts to the gateway itself, in a bubble of virtual time, with a client that gives up after a
// while. What would break a connection is an error.
func direct(t testing.TB, g *Gateway, path string, text []byte, patience time.Duration) (r reply) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(text)).WithContext(ctx)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("merchantNo", testMerchant)
	w := httptest.NewRecorder()
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			r = reply{err: errors.New("aborted"), text: w.Body.String()}
		default:
			panic(p)
		}
	}()
	g.ServeHTTP(w, req)
	r = reply{http: w.Code, header: w.Header(), text: w.Body.String()}
	dec := json.NewDecoder(w.Body)
	dec.UseNumber()
	_ = dec.Decode(&r) // some answers are no JSON
	return r
}

const patience = 30 * time.Second

func placeDirect(t testing.TB, g *Gateway, tradeNo string, change body) reply {
	t.Helper()
	return direct(t, g, "/mexico/v1/paypro/payOut", encode(t, sign(mexicoBody(tradeNo, change), testSecret)), patience)
}

func askDirect(t testing.TB, g *Gateway, tradeNo string) reply {
	t.Helper()
	m := sign(body{"tradeNo": tradeNo, "timestamp": "1795000000000"}, testSecret)
	return direct(t, g, "/mexico/v1/paypro/queryPayOutResult", encode(t, m), patience)
}

func balanceDirect(t testing.TB, g *Gateway) reply {
	t.Helper()
	return direct(t, g, "/mexico/v1/paypro/queryBalance", nil, patience)
}

// open is a gateway on the clock of the bubble.
func open(t testing.TB, o Options) *Gateway {
	t.Helper()
	o.Merchants = merchants()
	g, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// always is a plan in which one thing goes wrong every time.
func always(endpoint, outcome string) *Plan {
	return &Plan{Faults: []PlanFault{{outcome, endpoint, 1}}}
}

// Every kind of fault that there is happens when a plan says so, is counted, and makes an order or not as it says.
func TestEveryKindOfFaultHappens(t *testing.T) {
	t.Parallel()
	for _, k := range kinds() {
		if k.endpoint == EndpointCallback || k.endpoint == EndpointConnection {
			continue // callfault_test.go, listen_test.go
		}
		area := "mexico"
		if !k.outcome.documented(&mexico) {
			area = "indonesia"
		}
		if k.outcome.documented(areaBySlug(area)) {
			t.Run(k.endpoint+":"+k.outcome.Name, func(t *testing.T) {
				t.Parallel()
				k.happens(t, area)
			})
		}
	}
}

func (k kind) happens(t *testing.T, area string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := caseOf(area)
		plan := always(k.endpoint, k.outcome.Name)
		plan.Lag = time.Hour
		g := open(t, Options{Plan: plan, Delay: time.Second})
		post := func(path string, m body) reply { return direct(t, g, path, encode(t, sign(m, testSecret)), patience) }
		placed := post(c.place, c.placement("A1", nil))
		n := g.Stats().Orders
		switch {
		case k.endpoint != EndpointPlacement:
			if n != 1 {
				t.Errorf("%d orders of a good placement", n)
			}
		case (n == 1) != (k.outcome.Order == OrderMade):
			t.Errorf("%d orders at once, and it says %q", n, k.outcome.Order)
		case (placed.err == nil && placed.Code == "0000" && placed.Data != nil) != (k.outcome.wire == wireFine ||
			slices.Contains([]wire{wireOther, wireSlow}, k.outcome.wire) || k.outcome.mangle == mangleStatus && k.outcome.wire == wireMangle):
			t.Errorf("answer %q, %v", placed.text, placed.err)
		}
		first := g.Stats().Faults
		asked := post(c.query, body{"tradeNo": "A1", "timestamp": "1795000000000"})
		balance := direct(t, g, c.balance, nil, patience)
		if area != "mexico" {
			balance = post(c.balance, body{"timestamp": "1795000000000"})
		}
		if k.endpoint == EndpointQuery && asked.err == nil && asked.seen() == "0015" && k.outcome.wire != wireSlow && k.outcome.wire != wireMangle {
			if k.outcome.look != lookAmount || !strings.Contains(asked.text, "200.01") && !strings.Contains(asked.text, "201") {
				t.Errorf("query: %s", asked.text)
			}
		}
		if k.endpoint == EndpointBalance && balance.err == nil && balance.Code == "0000" && len(balance.Data) == 3 && k.outcome.wire != wireSlow {
			t.Errorf("balance: %s", balance.text)
		}
		time.Sleep(time.Hour)
		if n = g.Stats().Orders; (n == 1) != (k.endpoint != EndpointPlacement || k.outcome.Order != OrderNotMade) {
			t.Errorf("%d orders an hour later, and it says %q", n, k.outcome.Order)
		}
		want := map[string]int{k.endpoint + ":" + k.outcome.Name: 1}
		if k.endpoint == EndpointPlacement {
			if k.outcome.late && len(first) != 0 {
				t.Errorf("counted before it happened: %v", first)
			}
			if k.outcome.look != lookFine {
				want[EndpointQuery+":"+k.outcome.Name] = 1 // and the query was misled by it
			}
		}
		if got := g.Stats().Faults; !maps.Equal(got, want) {
			t.Errorf("counted %v, want %v", got, want)
		}
	})
}

// Each kind of the list is drawn by some storm, and none that is not.
func TestStormsDrawEverything(t *testing.T) {
	t.Parallel()
	drawn := map[string]int{}
	calm, outages, thaws := 0, 0, 0
	for seed := range uint64(400) {
		p := Storm(seed)
		if _, err := p.compile(); err != nil {
			t.Fatalf("storm %d: %v", seed, err)
		}
		if again := Storm(seed); again.String() != p.String() {
			t.Fatalf("storm %d is two storms", seed)
		}
		if len(p.Faults) == 0 {
			calm++
		}
		if p.Thaw {
			thaws++
		}
		outages += len(p.Outages)
		if len(p.Outages) > 0 {
			drawn[EndpointConnection+":"+outageName]++
		}
		for _, f := range p.Faults {
			drawn[f.Endpoint+":"+f.Outcome]++
		}
		if p.Late < 45*time.Second || p.Slow >= 5*time.Second || p.Lag < time.Second {
			t.Errorf("storm %d: %s", seed, p)
		}
	}
	if calm < 10 || calm > 100 || outages < 50 || thaws < 100 || thaws > 300 {
		t.Errorf("%d calm, %d outages, %d thaw", calm, outages, thaws)
	}
	for _, name := range FaultKinds() {
		if drawn[name] == 0 && name != "query:invisible" && name != "query:query-other-tradeno" {
			t.Errorf("no storm has %s", name)
		}
		delete(drawn, name)
	}
	if len(drawn) > 0 {
		t.Errorf("not in the list: %v", drawn)
	}
}

func TestFaultKindsOfAnArea(t *testing.T) {
	t.Parallel()
	all, mexican := FaultKinds(), FaultKinds("mexico")
	for name, want := range map[string][2]bool{
		"placement:8000-status":   {true, false},
		"placement:00032":         {true, true},
		"placement:timeout-late":  {true, true},
		"query:invisible":         {true, true},
		"callback:callback-lost":  {true, true},
		"connection:refused":      {true, true},
		"connection:outage":       {true, true},
		"query:timeout-lost":      {false, false},
		"placement:processing":    {false, false},
		"placement:callback-lost": {false, false},
	} {
		if got := [2]bool{slices.Contains(all, name), slices.Contains(mexican, name)}; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	sorted := slices.Sorted(slices.Values(all))
	if len(slices.Compact(sorted)) != len(all) {
		t.Error("a kind is listed twice")
	}
}

// What a request suffers does not depend on the requests about other payouts.
func TestDrawsDoNotDependOnTheOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		plan := Plan{Lag: time.Hour}
		for _, o := range PlanOutcomes() {
			plan.Faults = append(plan.Faults, PlanFault{o.Name, "", 1. / 40})
		}
		run := func(order []int) map[string][]string {
			g := open(t, Options{Plan: &plan, Delay: time.Second})
			got := map[string][]string{}
			for _, i := range order {
				no := fmt.Sprint("A", i)
				c := &call{route: route{&mexico, EndpointPlacement}, merchant: g.merchants[testMerchant], tradeNo: no, now: g.now()}
				for _, c.endpoint = range []string{EndpointPlacement, EndpointQuery, EndpointPlacement} {
					f := g.plan.decide(c)
					got[no] = append(got[no], fmt.Sprint(f.name, f.late, f.slow, f.shape))
				}
			}
			return got
		}
		forward, backward := []int{}, []int{}
		for i := range 200 {
			forward, backward = append(forward, i), append(backward, 199-i)
		}
		a, b := run(forward), run(backward)
		if !maps.EqualFunc(a, b, slices.Equal) {
			t.Error("another order, other faults")
		}
		distinct, again := map[string]bool{}, 0
		for _, draws := range a {
			distinct[draws[0]] = true
			if draws[0] == draws[2] {
				again++
			}
		}
		if len(distinct) < 50 || again > 100 {
			t.Errorf("%d different faults, %d of 200 the same the second time", len(distinct), again)
		}
		plan.Seed++
		if c := run(forward); maps.EqualFunc(a, c, slices.Equal) {
			t.Error("another seed, the same faults")
		}
	})
}

// A share is the share that it says.
func TestSharesAreKept(t *testing.T) {
	t.Parallel()
	plan := Plan{Faults: []PlanFault{
		{"timeout", EndpointPlacement, 0.2}, {"html", EndpointPlacement, 0.1}, {"00029", "", 0.5}, {"timeout", EndpointQuery, 0},
	}}
	p, err := plan.compile()
	if err != nil {
		t.Fatal(err)
	}
	p.books, p.Late, p.Lag = newBooks(0, false), time.Minute, time.Minute
	const n = 20_000
	counts := map[string]int{}
	for i := range n {
		c := &call{route: route{&mexico, EndpointPlacement}, merchant: &merchant{no: "1"}, tradeNo: fmt.Sprint(i)}
		counts[p.decide(c).name]++
		if c.endpoint = EndpointQuery; p.decide(c).fate != normalFate {
			t.Fatal("a share of nothing was drawn")
		}
	}
	want := map[string]float64{"processing": 0.35, "timeout": 0.1, "html": 0.05, "00029": 0.35, "00029+timeout": 0.1, "00029+html": 0.05}
	for name, share := range want {
		if got := float64(counts[name]) / n; math.Abs(got-share) > 0.02 {
			t.Errorf("%s: %.3f of the requests, want %.3f", name, got, share)
		}
	}
	if len(counts) != len(want) {
		t.Errorf("%v", counts)
	}
}

// When the plan is over nothing goes wrong any more, and what it has done comes to light.
func TestPlanEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		until := time.Now().Add(time.Minute)
		plan := Plan{Late: time.Hour, Lag: time.Hour, Until: until, Faults: []PlanFault{
			{"other-amount", EndpointPlacement, 1}, {"timeout-late", EndpointPlacement, 1}, {"html", EndpointQuery, 1},
		}}
		g := open(t, Options{Plan: &plan, Delay: time.Second})
		placeDirect(t, g, "A1", nil)
		if r := askDirect(t, g, "A1"); !strings.Contains(r.text, "<h1>") {
			t.Errorf("query during the plan: %s", r.text)
		}
		plan2 := Plan{Lag: 1000 * time.Hour, Until: until, Faults: []PlanFault{{"invisible", "", 1}, {"reversed", "", 1}, {"reset-lost", "", 0.5}}}
		h := open(t, Options{Plan: &plan2, Delay: time.Second})
		for i := range 20 {
			placeDirect(t, h, fmt.Sprint("A", i), nil)
		}
		time.Sleep(time.Until(until) - time.Millisecond)
		if n := g.Stats().Orders; n != 0 {
			t.Errorf("%d late orders before their time", n)
		}
		if n := h.Stats().Faults["placement:reset-lost"]; n < 3 || n > 17 {
			t.Errorf("%d of 20 lost", n)
		}
		for o := range h.Orders() {
			if r := askDirect(t, h, o.TradeNo); r.seen() != "unknown" || o.Status != "0000" {
				t.Errorf("hidden: %s; %+v", r.text, o)
			}
		}
		time.Sleep(time.Millisecond)
		if r := askDirect(t, g, "A1"); r.status() != "0015" || !strings.Contains(r.text, ":200.00") {
			t.Errorf("at the end: %s", r.text)
		}
		for o := range h.Orders() {
			if r := askDirect(t, h, o.TradeNo); r.status() != "00029" || o.Status != "00029" {
				t.Errorf("at the end: %s; %+v", r.text, o)
			}
		}
		if r := placeDirect(t, g, "A2", nil); r.status() != "0015" {
			t.Errorf("after the end: %s", r.text)
		}
	})
}

// What is 0015 for ever thaws at the end of the plan, if it is to.
func TestThaw(t *testing.T) {
	t.Parallel()
	for _, thaw := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			plan := always(EndpointPlacement, "0015")
			plan.Until, plan.Thaw = time.Now().Add(time.Minute), thaw
			g := open(t, Options{Plan: plan, Balance: 200})
			placeDirect(t, g, "A1", nil)
			time.Sleep(time.Minute - time.Millisecond)
			if r := askDirect(t, g, "A1"); r.status() != "0015" {
				t.Errorf("before: %s", r.text)
			}
			time.Sleep(time.Millisecond)
			want, money := "0015", `"availablAmount":0.00,"freezeAmount":200.00`
			if thaw {
				want, money = "0000", `"availablAmount":0.00,"freezeAmount":0.00`
			}
			if r := askDirect(t, g, "A1"); r.status() != want {
				t.Errorf("thaw %v: %s", thaw, r.text)
			}
			if r := balanceDirect(t, g); !strings.Contains(r.text, money) {
				t.Errorf("thaw %v: %s", thaw, r.text)
			}
		})
	}
}

// Slow answers are slow, and silence lasts until the client gives up.
func TestSlowAndSilentTakeTheirTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := open(t, Options{Slow: 3 * time.Second, Hold: time.Hour, Delay: time.Hour})
		for _, test := range []struct {
			word   string
			lasts  time.Duration
			answer bool
		}{{"slow", 3 * time.Second, true}, {"timeout", patience, false}, {"timeout-late", patience, false}, {"html", 0, true}} {
			start := time.Now()
			r := placeDirect(t, g, test.word, body{"remark": "SANDBOX:" + test.word})
			if took := time.Since(start); took != test.lasts || (r.err == nil) != test.answer {
				t.Errorf("%s took %s: %+v", test.word, took, r)
			}
		}
		plan := always(EndpointQuery, "slow")
		plan.Slow = 10 * time.Second
		h := open(t, Options{Plan: plan})
		var all time.Duration
		for i := range 20 {
			start := time.Now()
			askDirect(t, h, fmt.Sprint(i))
			took := time.Since(start)
			if all += took; took >= 10*time.Second {
				t.Errorf("took %s", took)
			}
		}
		if all < 20*time.Second {
			t.Errorf("20 slow answers took %s", all)
		}
	})
}

// A clock that is off shows in what is said, and nowhere else.
func TestClockOffset(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const offset = -7 * time.Minute
		g := open(t, Options{ClockOffset: offset})
		now := time.Now()
		placeDirect(t, g, "A1", nil)
		r := askDirect(t, g, "A1")
		if !strings.Contains(r.text, fmt.Sprintf(`"timestamp":%d,`, now.Add(offset).UnixMilli())) ||
			r.Data["successTime"] != localTime(now.Add(offset).UnixMilli(), mexico.zone) {
			t.Errorf("%s", r.text)
		}
		_, notice, _ := g.Notice("A1")
		if !strings.Contains(string(notice), fmt.Sprintf(`"timestamp":"%d"`, now.Add(offset).UnixMilli())) ||
			!strings.Contains(string(notice), localTime(now.Add(offset).UnixMilli(), mexico.zone)) {
			t.Errorf("%s", notice)
		}
		for o := range g.Orders() {
			if !o.CreatedAt.Equal(now) || !o.FinalAt.Equal(now) {
				t.Errorf("%+v", o)
			}
		}
	})
}

func TestPlansThatAreRefused(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]Plan{
		`unknown fault "nothing": there are paid, 0015,`:            {Faults: []PlanFault{{"nothing", "", 0.1}}},
		`unknown fault "processing"`:                                {Faults: []PlanFault{{"processing", "", 0.1}}},
		`unknown endpoint "there": there are placement, query, bal`: {Faults: []PlanFault{{"html", "there", 0.1}}},
		`timeout-late cannot happen at query, but at placement`:     {Faults: []PlanFault{{"timeout-late", "query", 0.1}}},
		`share of html is 1.5`:                                      {Faults: []PlanFault{{"html", "", 1.5}}},
		`share of html is -0.1`:                                     {Faults: []PlanFault{{"html", "", -0.1}}},
		`share of html is NaN`:                                      {Faults: []PlanFault{{"html", "", math.NaN()}}},
		`add up to more than 1 at placement, with reset`:            {Faults: []PlanFault{{"html", "", 0.6}, {"reset", "", 0.5}}},
		`add up to more than 1 at callback, with callback-late`:     {Faults: []PlanFault{{"callback-lost", "", 0.6}, {"callback-late", "", 0.5}}},
		`negative duration`:                                         {Late: -1},
		`negative outage`:                                           {Outages: []Outage{{-1, 1}}},
	} {
		_, err := Open(Options{Merchants: merchants(), Plan: &p})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for _, p := range []Plan{{}, {Faults: []PlanFault{{"html", "", 1}, {"00029", "", 1}, {"invisible", "", 1}}}} {
		if _, err := p.compile(); err != nil {
			t.Error(err)
		}
	}
}

// The request log and the statistics name what a plan did.
func TestPlannedFaultsAreLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	b := setup(t, Options{Plan: always(EndpointPlacement, "half-json"), RequestLog: &log})
	b.mexico("A1", nil)
	if !strings.Contains(log.String(), `"tradeNo":"A1","httpStatus":200,"code":"","status":"","fault":"half-json"`) {
		t.Error(log.String())
	}
	if a := b.Stats().Answers; len(a) != 1 || a[0].Fault != "half-json" {
		t.Errorf("%+v", a)
	}
	if o := b.orders(); o[0].Outcome != "half-json" {
		t.Errorf("%+v", o)
	}
}
