package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// wireless is a merchant's notifyUrl without a network.
type wireless struct {
	mu     sync.Mutex
	start  time.Time
	got    []string // what each post was, and when
	texts  []string
	answer func(what string) string
}

func (w *wireless) RoundTrip(r *http.Request) (*http.Response, error) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	what, err := describe(string(text))
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.start.IsZero() {
		w.start = time.Now()
	}
	w.got = append(w.got, fmt.Sprintf("%s@%s", what, time.Since(w.start)))
	w.texts = append(w.texts, string(text))
	answer := "OK"
	if w.answer != nil {
		answer = w.answer(what)
	}
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

func (w *wireless) posts() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.got, " ")
}

// describe says what a notice of 200 claims, and what its signature is worth, by a reading of its own.
func describe(text string) (string, error) {
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return "", err
	}
	what := fmt.Sprint(m["status"])
	if m["amount"] != "200" {
		what += "/other"
	}
	given, has := m["sign"]
	delete(m, "sign")
	switch {
	case !has:
		what += "/unsigned"
	case given != sign(m, testSecret)["sign"]:
		what += "/forged"
	}
	return what, nil
}

// Every fault of callbacks, by a word and by a plan: what arrives, and when.
func TestCallbackFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		word, arrives string
		stats         CallbackStats
	}{
		{"processing", "0000@0s", CallbackStats{Posted: 1, Confirmed: 1}},
		{"callback-lost", "", CallbackStats{Lost: 1}},
		{"callback-late", "0000@0s", CallbackStats{Posted: 1, Confirmed: 1}},
		{"callback-doubled", "0000@0s 0000@0s", CallbackStats{Posted: 1, Confirmed: 1, Extra: 1}},
		{"callback-disordered", "0000@0s 0015@0s", CallbackStats{Posted: 1, Confirmed: 1, Extra: 1}},
		{"callback-forged", "00029/other/forged@0s 0000@0s", CallbackStats{Posted: 1, Confirmed: 1, Extra: 1, ForgedOK: 1}},
		{"00029+callback-forged", "0000/other/forged@0s 00029@0s", CallbackStats{Posted: 1, Confirmed: 1, Extra: 1, ForgedOK: 1}},
		{"callback-unsigned", "00029/other/unsigned@0s 0000@0s", CallbackStats{Posted: 1, Confirmed: 1, Extra: 1, ForgedOK: 1}},
		{"callback-replayed", "0000@0s 0000@10m0s", CallbackStats{Posted: 1, Confirmed: 1, Extra: 1}},
		{"callback-other-amount", "0000/other@0s 0000@0s", CallbackStats{Posted: 1, Confirmed: 1, Extra: 1}},
		{"reversed", "0000@0s 00029@2s", CallbackStats{Posted: 2, Confirmed: 2}},
		{"reversed+callback-disordered", "00029@0s 0000@0s", CallbackStats{Posted: 1, Confirmed: 1, Extra: 1}},
		{"reset-late+callback-doubled", "0000@0s 0000@0s", CallbackStats{Posted: 1, Confirmed: 1, Extra: 1}},
	} {
		t.Run(test.word, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &wireless{}
				g := open(t, Options{Callbacks: true, CallbackTransport: w, Delay: 2 * time.Second})
				placeDirect(t, g, "A1", body{"remark": "SANDBOX:" + test.word})
				time.Sleep(24 * time.Hour)
				if got := w.posts(); got != test.arrives {
					t.Errorf("arrived: %s, want %s", got, test.arrives)
				}
				if got := g.Stats().Callbacks; got != test.stats {
					t.Errorf("counted %+v, want %+v", got, test.stats)
				}
				for part := range strings.SplitSeq(test.word, "+") {
					if n := g.Stats().Faults[EndpointCallback+":"+part]; strings.HasPrefix(part, "callback") && n != 1 {
						t.Errorf("%s: counted %d times", part, n)
					}
				}
			})
		})
	}
}

func TestPlannedCallbackFaults(t *testing.T) {
	t.Parallel()
	for _, o := range callsTable {
		synctest.Test(t, func(t *testing.T) {
			w := &wireless{}
			plan := always(EndpointCallback, o.Name)
			plan.Late = 3 * time.Minute
			start := time.Now()
			plan.Until = start.Add(20 * time.Minute)
			g := open(t, Options{Callbacks: true, CallbackTransport: w, Plan: plan})
			placeDirect(t, g, "A1", nil)
			time.Sleep(24 * time.Hour)
			if got := g.Stats().Faults; !maps.Equal(got, map[string]int{EndpointCallback + ":" + o.Name: 1}) {
				t.Errorf("%s: counted %v", o.Name, got)
			}
			switch o.call {
			case callLost:
				if w.posts() != "" {
					t.Errorf("%s: %s", o.Name, w.posts())
				}
				return
			case callLate:
				if late := w.start.Sub(start); late < 3*time.Minute || late >= 6*time.Minute {
					t.Errorf("late by %s", late)
				}
			case callReplayed: // as late as the plan allows, byte for byte
				if got := w.posts(); got != "0000@0s 0000@20m0s" || w.texts[0] != w.texts[1] {
					t.Errorf("%s: %s", o.Name, got)
				}
			}
			n := len(w.texts)
			placeDirect(t, g, "A2", nil) // the plan is over
			time.Sleep(24 * time.Hour)
			if w.posts(); len(w.texts) != n+1 {
				t.Errorf("%s: after the plan: %s", o.Name, w.posts())
			}
		})
	}
}

// What went wrong with one post does not keep the true callback from being repeated until OK.
func TestCallbackFaultsAndRepetitions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused := 0
		w := &wireless{answer: func(what string) string {
			if refused++; what != "0000" || refused < 4 {
				return "no"
			}
			return "OK"
		}}
		g := open(t, Options{Callbacks: true, CallbackTransport: w})
		placeDirect(t, g, "A1", body{"remark": "SANDBOX:callback-forged"})
		time.Sleep(24 * time.Hour)
		if got := w.posts(); got != "00029/other/forged@0s 0000@0s 0000@2s 0000@7s" {
			t.Error(got)
		}
		if got := g.Stats().Callbacks; got != (CallbackStats{Posted: 3, Confirmed: 1, Extra: 1}) {
			t.Errorf("%+v", got)
		}
	})
}

// A late order and what is still to be called back survive a restart.
func TestCallbackFaultsSurviveARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wireless{}
		o := Options{Callbacks: true, CallbackTransport: w, Journal: t.TempDir() + "/j", Delay: time.Second}
		g := open(t, o)
		for word, no := range map[string]string{
			"reset-late+00029": "A1", "reversed+callback-disordered": "A2", "callback-late": "A3", "callback-lost": "A4",
		} {
			placeDirect(t, g, no, body{"remark": "SANDBOX:" + word})
		}
		time.Sleep(1500 * time.Millisecond) // A2 is to be out of order, A3 is late, A4 is lost
		synctest.Wait()
		if got := w.posts(); got != "" {
			t.Errorf("early: %s", got)
		}
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
		w.start = time.Now()
		h := open(t, o)
		time.Sleep(24 * time.Hour)
		if got := w.posts(); got != "00029@500ms 0000@500ms 00029@59.5s 0000@59.5s" && got != "00029@500ms 0000@500ms 0000@59.5s 00029@59.5s" {
			t.Error(got)
		}
		if got := h.Stats().Callbacks; got != (CallbackStats{Posted: 3, Confirmed: 3, Extra: 1}) {
			t.Errorf("%+v", got)
		}
		n := len(w.texts)
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		open(t, o)
		time.Sleep(24 * time.Hour)
		if w.posts(); len(w.texts) != n {
			t.Errorf("done with, and called again: %s", w.posts())
		}
	})
}

// With a transport of its own a sandbox calls any address; its failures are posts that nobody confirmed.
func TestCallbackTransportFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := open(t, Options{
			Callbacks: true, CallbackPauses: []time.Duration{time.Second},
			CallbackTransport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("no network") }),
		})
		placeDirect(t, g, "A1", nil)
		time.Sleep(time.Minute)
		if got := g.Stats().Callbacks; got != (CallbackStats{Posted: 2, GivenUp: 1}) {
			t.Errorf("%+v", got)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Notices are the callbacks of what is final, for a receiver under load.
func TestNotices(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := open(t, Options{Delay: time.Second})
		for i, word := range []string{"paid", "00029", "0015", "reset-late"} {
			placeDirect(t, g, fmt.Sprint("A", i), body{"remark": "SANDBOX:" + word})
		}
		time.Sleep(2 * time.Second)
		got := map[string]string{}
		for o, text := range g.Notices() {
			what, err := describe(string(text))
			if err != nil || !strings.Contains(string(text), `"tradeNo":"`+o.TradeNo+`"`) {
				t.Errorf("%s: %v", text, err)
			}
			got[o.TradeNo] = what
			_, again, ok := g.Notice(o.TradeNo)
			if !ok || string(again) != string(text) {
				t.Errorf("%s is not %s", again, text)
			}
		}
		if want := map[string]string{"A0": "0000", "A1": "00029"}; !maps.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		for _, no := range []string{"A2", "A3", "nothing"} {
			if _, text, ok := g.Notice(no); ok {
				t.Errorf("%s: %s", no, text)
			}
		}
		for how, want := range map[string]string{
			"callback-forged": "0000/other/forged", "callback-unsigned": "0000/other/unsigned", "callback-other-amount": "0015/other",
		} {
			area, text, ok := g.ForgedNotice("A2", how)
			if what, err := describe(string(text)); area != "mexico" || !ok || err != nil || what != want {
				t.Errorf("%s: %s %v", how, text, err)
			}
		}
		if _, _, ok := g.ForgedNotice("A2", "callback-lost"); ok {
			t.Error("a lost callback has no body")
		}
		if s := g.Stats(); s.Callbacks != (CallbackStats{}) || slices.Contains(slices.Collect(maps.Keys(s.Faults)), "callback:callback-forged") {
			t.Errorf("%+v", s)
		}
	})
}
