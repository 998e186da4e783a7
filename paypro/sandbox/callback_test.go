package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// receiver is a merchant's notifyUrl: it gives the bodies it got to a channel.
type receiver struct {
	*httptest.Server
	got    chan body
	answer func(n int) (status int, text string) // to the n-th post, from 1
}

func newReceiver(t *testing.T, answer func(int) (int, string)) *receiver {
	t.Helper()
	r := &receiver{got: make(chan body, 64), answer: answer}
	n := 0
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		text, _ := io.ReadAll(req.Body)
		var m body
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		if err := dec.Decode(&m); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		n++
		status, reply := answer(n)
		if status == http.StatusFound {
			w.Header().Set("Location", "/")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, reply)
		r.got <- m
	}))
	t.Cleanup(r.Close)
	return r
}

func okay(int) (int, string) { return 200, "OK" }

func (r *receiver) next(t *testing.T) body {
	t.Helper()
	select {
	case m := <-r.got:
		return m
	case <-time.After(10 * time.Second):
		t.Fatal("no callback")
		return nil
	}
}

func callbackOptions() Options {
	ms := time.Millisecond
	return Options{Callbacks: true, Now: time.Now, CallbackPauses: []time.Duration{ms, ms, ms}}
}

// eventually waits for what another goroutine is about to count.
func eventually(t *testing.T, b *bench, want CallbackStats) {
	t.Helper()
	var got CallbackStats
	for range 2000 {
		if got = b.Stats().Callbacks; got == want {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("callbacks %+v, want %+v", got, want)
}

func TestCallbackIsSignedAndComplete(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, okay)
	opts := callbackOptions()
	opts.Delay = 2 * time.Millisecond
	b := setup(t, opts)
	placed := b.mexico("A1", body{"notifyUrl": r.URL + "/notify?x=1"})
	m := r.next(t)
	if m["tradeNo"] != "A1" || m["platFormTradeNo"] != placed.Data["platFormTradeNo"] || m["amount"] != "200" ||
		m["status"] != "0000" || m["message"] != "Success" || len(m["successTime"].(string)) != 19 || len(m["timestamp"].(string)) != 13 {
		t.Errorf("%v", m)
	}
	unsigned := maps.Clone(m)
	delete(unsigned, "sign")
	if want := sign(unsigned, testSecret)["sign"]; m["sign"] != want {
		t.Errorf("sign %s, want %s", m["sign"], want)
	}
	eventually(t, b, CallbackStats{Posted: 1, Confirmed: 1})
}

func TestCallbackIsRepeatedUntilOK(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(n int) (int, string) {
		return [...]int{500, 302, 200, 200}[n-1], [...]string{"OK", "OK", "later", " OK\n"}[n-1]
	})
	b := setup(t, callbackOptions())
	b.mexico("A1", body{"notifyUrl": r.URL})
	for range 4 {
		r.next(t)
	}
	eventually(t, b, CallbackStats{Posted: 4, Confirmed: 1})
}

func TestCallbackIsGivenUp(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(int) (int, string) { return 200, "no" })
	b := setup(t, callbackOptions())
	b.mexico("A1", body{"notifyUrl": r.URL})
	eventually(t, b, CallbackStats{Posted: 4, GivenUp: 1})
}

func TestReversalIsCalledBackToo(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, okay)
	opts := callbackOptions()
	opts.Delay = time.Millisecond
	b := setup(t, opts)
	b.mexico("A1", body{"notifyUrl": r.URL, "remark": "SANDBOX:reversed"})
	if first, second := r.next(t), r.next(t); first["status"] != "0000" || second["status"] != "00029" {
		t.Errorf("%v then %v", first, second)
	}
	eventually(t, b, CallbackStats{Posted: 2, Confirmed: 2})
}

func TestCallbacksSurviveARestart(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(n int) (int, string) {
		if n == 1 {
			return 503, ""
		}
		return 200, "OK"
	})
	opts := callbackOptions()
	opts.Journal = filepath.Join(t.TempDir(), "j")
	opts.CallbackPauses = []time.Duration{time.Hour}
	b := setup(t, opts)
	b.mexico("A1", body{"notifyUrl": r.URL})
	r.next(t)
	eventually(t, b, CallbackStats{Posted: 1})
	b.stop()
	c := setup(t, opts)
	r.next(t)
	eventually(t, c, CallbackStats{Posted: 1, Confirmed: 1})
	c.stop()
	d := setup(t, opts) // done with: not a third time
	d.mexico("A2", body{"notifyUrl": r.URL})
	if m := r.next(t); m["tradeNo"] != "A2" {
		t.Errorf("%v", m)
	}
	eventually(t, d, CallbackStats{Posted: 1, Confirmed: 1})
}

func TestOnlyLoopbackIsCalled(t *testing.T) {
	t.Parallel()
	b := setup(t, callbackOptions())
	for url, called := range map[string]bool{
		"http://127.0.0.1:9/":          true,
		"http://127.9.9.9/":            true,
		"http://[::1]:8080/x":          true,
		"http://LOCALHOST:8080/x":      true,
		"http://10.0.0.1/":             false,
		"http://127.1/":                false,
		"http://localhost.example/":    false,
		"http://localhost@192.0.2.1/":  false,
		"http://0.0.0.0/":              false,
		"http://[::ffff:192.0.2.1]/":   false,
		"https://merchant.example/cb":  false,
		"http://127.0.0.1.nip.example": false,
	} {
		if got := b.caller.accept(url) != ""; got != called {
			t.Errorf("%s: called %v", url, got)
		}
	}
	if _, err := dialLoopback(t.Context(), "tcp", "192.0.2.1:80"); err == nil || !strings.Contains(err.Error(), "not a loopback") {
		t.Errorf("dial: %v", err)
	}
	b.mexico("A1", nil)
	eventually(t, b, CallbackStats{NotCalled: 1})
}
