package sandbox

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParsePlan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Plan{
		"timeout=0.2,half-body=0.1": {Faults: []PlanFault{{"timeout", "", 0.2}, {"half-body", "", 0.1}}},
		" Query : HTML = 7 % ,,\n# of mornings, mostly\ncallback:callback-lost=1 # all of them\n": {
			Faults: []PlanFault{{"html", "query", 0.07}, {"callback-lost", "callback", 1}},
		},
		"lag=30s, lateness=90s, slowness=2s, outage=1m+30s, outage=1h+1s, thaw, slow=0": {
			Lag: 30 * time.Second, Late: 90 * time.Second, Slow: 2 * time.Second, Thaw: true,
			Outages: []Outage{{time.Minute, 30 * time.Second}, {time.Hour, time.Second}},
			Faults:  []PlanFault{{"slow", "", 0}},
		},
	} {
		want.Seed = 7
		got, err := ParsePlan(text, 7)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v %v", text, got, err)
		}
	}
	if got, err := ParsePlan(" Storm # ahead", 7); err != nil || !reflect.DeepEqual(got, Storm(7)) {
		t.Errorf("%+v %v", got, err)
	}
}

func TestPlanTextsThatAreRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                      "it is empty",
		" ,\n# html=1":          "it is empty",
		"html":                  `"html" is not [endpoint:]outcome=share: there are paid, 0015,`,
		"nothing=0.1":           `unknown fault "nothing": there are paid, 0015,`,
		"processing=0.1":        `unknown fault "processing"`,
		"here:html=0.1":         `unknown endpoint "here": there are placement, query, balance, callback, connection`,
		":html=0.1":             "no endpoint before the colon: there are placement",
		"query:reset-late=0.1":  "reset-late cannot happen at query, but at placement",
		"html=":                 `share "": want 0 to 1`,
		"html=120%":             `share "120%": want 0 to 1`,
		"html=-1":               `share "-1": want`,
		"html=NaN":              `share "NaN": want`,
		"html=0.7,reset=0.7":    "add up to more than 1 at placement, with reset",
		"storm,html=0.1":        "storm stands alone",
		"html=0.1\nstorm":       "storm stands alone",
		"outage=1m":             "outage=1m: want AFTER+FOR",
		"outage=-1m+1m":         "want AFTER+FOR",
		"lag=often":             "lag=often: want a time such as 30s",
		"slowness=-2s":          "slowness=-2s: want a time",
		"html=0.1;reset=0.1":    `share "0.1;reset=0.1": want`,
		"placement:refused=0.1": "refused cannot happen at placement, but at connection",
	} {
		p, err := ParsePlan(text, 1)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "plan: ") {
			t.Errorf("%q: %v %v, want %s", text, p, err, want)
		}
	}
}

// FuzzParsePlan: what is accepted can be opened, keeps its promises about shares, and is read again
// as it is written.
func FuzzParsePlan(f *testing.F) {
	for _, s := range []string{
		"storm", "timeout=0.2,half-body=0.1", "query:html=7%\n# comment\nlag=30s,outage=1m+30s,thaw", "html=1e-3", "a:b=c", "=", "STORM,",
		Storm(9).String(), Storm(30).String(),
	} {
		f.Add(s, uint64(1))
	}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		p, err := ParsePlan(text, seed)
		if err != nil {
			if !strings.Contains(err.Error(), "plan: ") {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		for _, fault := range p.Faults {
			if math.IsNaN(fault.Share) || fault.Share < 0 || fault.Share > 1 {
				t.Errorf("%q: %+v", text, fault)
			}
		}
		g, err := Open(Options{Merchants: merchants(), Plan: &p})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if err := g.Close(); err != nil {
			t.Error(err)
		}
		if p.String() == "" {
			return // thaw was misspelt no way: there is nothing in it
		}
		again, err := ParsePlan(p.String(), seed)
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("%q is written %q, which is %+v, %v", text, p, again, err)
		}
	})
}
