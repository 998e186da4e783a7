package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// placement is the case's body with a tradeNo and changes.
func (c areaCase) placement(tradeNo string, change body) body {
	m := maps.Clone(c.body)
	m["tradeNo"] = tradeNo
	return with(m, change)
}

func (b *bench) placeIn(c areaCase, tradeNo string, change body) reply {
	b.t.Helper()
	return b.post(c.place, encode(b.t, sign(c.placement(tradeNo, change), testSecret)), nil)
}

func (b *bench) askIn(c areaCase, tradeNo string) reply {
	b.t.Helper()
	m := body{"tradeNo": tradeNo}
	if !c.bareAsk {
		m["timestamp"] = "1795000000000"
	}
	return b.post(c.query, encode(b.t, sign(m, testSecret)), nil)
}

func (b *bench) balanceIn(c areaCase) reply {
	b.t.Helper()
	if c.bareBal {
		return b.post(c.balance, nil, nil)
	}
	return b.post(c.balance, encode(b.t, sign(body{"timestamp": "1795000000000"}, testSecret)), nil)
}

// walk runs a test in every area there is.
func walk(t *testing.T, test func(t *testing.T, c areaCase)) {
	t.Helper()
	t.Parallel()
	for i, info := range Areas() {
		if i >= len(areaCases) || areaCases[i].slug != info.Slug {
			t.Fatalf("%s has no case in its place", info.Slug)
		}
		t.Run(info.Slug, func(t *testing.T) {
			t.Parallel()
			test(t, areaCases[i])
		})
	}
}

func TestEveryAreaPaysAndTells(t *testing.T) {
	walk(t, func(t *testing.T, c areaCase) {
		b := setup(t, Options{Delay: time.Second, Balance: 1_000_000})
		amount := fmt.Sprint(c.body["amount"])
		r := b.placeIn(c, "A1", nil)
		if r.Code != "0000" || r.status() != "0015" || keys(r.Data) != c.placed || r.Data["desc"] != c.desc || r.Data["remark"] != "wages" {
			t.Fatalf("placement: %s", r.text)
		}
		if o := b.orders(); len(o) != 1 || o[0].Area != c.slug || o[0].Amount != amount || o[0].MerchantNo != testMerchant {
			t.Errorf("books: %+v", o)
		}
		q := b.askIn(c, "A1")
		if q.status() != "0015" || keys(q.Data) != c.asked || q.Data["tradeNo"] != "A1" {
			t.Errorf("query in progress: %s", q.text)
		}
		b.clock.Add(time.Second)
		q = b.askIn(c, "A1")
		paid := strings.Fields(c.asked + " " + c.paid)
		if q.status() != "0000" || keys(q.Data) != strings.Join(slices.Sorted(slices.Values(paid)), " ") || !strings.Contains(q.text, c.amounts) {
			t.Errorf("query: %s", q.text)
		}
		if at, has := q.Data["successTime"]; has && at != c.at {
			t.Errorf("successTime %v, want %s", at, c.at)
		}
		if !slices.Contains(slices.Collect(maps.Values(r.Data)), q.Data["platFormTradeNo"]) {
			t.Errorf("platform number %v was not in %s", q.Data["platFormTradeNo"], r.text)
		}
		b.money(c, amount)
	})
}

// money holds the balance with one order of the amount paid, and another one in progress.
func (b *bench) money(c areaCase, amount string) {
	b.t.Helper()
	var n int
	fmt.Sscan(amount, &n)
	b.placeIn(c, "A2", nil)
	want := fmt.Sprintf(c.money, fmt.Sprint(1_000_000-2*n), amount)
	r := b.balanceIn(c)
	if r.Code != "0000" || !strings.Contains(r.text, `"data":{`+want+"}}") {
		b.t.Errorf("balance %s, want %s", r.text, want)
	}
	outer := `,"success":true,`
	if c.slug == "pakistan" {
		outer = `"timestamp":"1795000001000","success":"true",`
	}
	if !strings.Contains(r.text, outer) {
		b.t.Errorf("balance %s, want %s", r.text, outer)
	}
}

func TestEveryAreaCallsBack(t *testing.T) {
	walk(t, func(t *testing.T, c areaCase) {
		r := newReceiver(t, okay)
		b := setup(t, callbackOptions())
		b.placeIn(c, "A1", body{"notifyUrl": r.URL})
		c.isTold(t, r.next(t), "0000", c.told)
		b.placeIn(c, "A2", body{"notifyUrl": r.URL, "remark": "SANDBOX:00029-now"})
		m := r.next(t)
		c.isTold(t, m, "00029", c.lost)
		if m["message"] != c.failed || m["tradeNo"] != "A2" {
			t.Errorf("%v", m)
		}
		eventually(t, b, CallbackStats{Posted: 2, Confirmed: 2})
	})
}

func (c areaCase) isTold(t *testing.T, m body, status, shape string) {
	t.Helper()
	if keys(m) != shape || m["status"] != status || m["amount"] != c.toldHow {
		t.Errorf("callback %v, want %s", m, shape)
	}
	if at, has := m["successTime"].(string); has {
		if _, err := time.Parse(time.DateTime, at); err != nil {
			t.Error(err)
		}
	}
	if c.unsigned {
		return
	}
	bare := maps.Clone(m)
	delete(bare, "sign")
	if want := sign(bare, testSecret)["sign"]; m["sign"] != want {
		t.Errorf("sign %v, want %v", m["sign"], want)
	}
}

func TestEveryAreaRefuses(t *testing.T) {
	walk(t, func(t *testing.T, c areaCase) {
		b := setup(t, Options{})
		refused := func(r reply, msg string) {
			t.Helper()
			if r.http != 200 || r.Code != "8000" || r.Data != nil || r.Msg != msg {
				t.Errorf("%d %s, want %q", r.http, r.text, msg)
			}
		}
		for _, name := range c.required {
			for _, value := range []any{nil, ""} {
				r := b.placeIn(c, "A1", body{name: value})
				msg, _, _ := strings.Cut(r.Msg, " (")
				if r.Code != "8000" || !strings.HasPrefix(msg, name) || r.Data != nil {
					t.Errorf("without %s: %s", name, r.text)
				}
			}
		}
		refused(b.placeIn(c, "A1", body{"sign": strings.Repeat("0", 32)}), "signature is not valid")
		refused(b.post(c.place, encode(t, c.placement("A1", nil)), nil), "signature is not valid")
		refused(b.post(c.query, encode(t, sign(body{"tradeNo": "A1", "sign": "x"}, testSecret)), nil), "signature is not valid")
		refused(b.post(c.balance, encode(t, body{"sign": "x"}), nil), "signature is not valid")
		refused(b.placeIn(c, "A1", body{"misspelt": "x"}), "unknown parameter misspelt")
		refused(b.askIn(c, "A1"), "order does not exist")
		c.wrongPaths(b)
		if n := len(b.orders()); n != 0 {
			t.Errorf("%d orders of refused placements", n)
		}
	})
}

// wrongPaths posts what is valid to paths in another case.
func (c areaCase) wrongPaths(b *bench) {
	b.t.Helper()
	text := encode(b.t, sign(c.placement("A1", nil), testSecret))
	swap := strings.NewReplacer("payOut", "payout", "payout", "payOut", "PayOut", "Payout", "Balance", "balance")
	for _, path := range []string{c.place, c.query, c.balance} {
		if wrong := swap.Replace(path); wrong == path {
			b.t.Errorf("%s: not swapped", path)
		} else if r := b.post(wrong, text, nil); r.http != http.StatusNotFound {
			b.t.Errorf("%s: %d", wrong, r.http)
		}
	}
}

// Optional is what is not in the list of what is required: the example without it pays.
func TestEveryAreaPaysWithoutTheOptional(t *testing.T) {
	walk(t, func(t *testing.T, c areaCase) {
		b := setup(t, Options{})
		change := body{}
		for name := range c.body {
			if !slices.Contains(c.required, name) {
				change[name] = nil
			}
		}
		if r := b.placeIn(c, "A1", change); r.status() != "0000" {
			t.Errorf("%v: %s", change, r.text)
		}
	})
}

func TestEveryAreaObeysMagicWords(t *testing.T) {
	walk(t, func(t *testing.T, c areaCase) {
		b := setup(t, Options{Delay: time.Second, Hold: time.Millisecond})
		codes := append(strings.Fields(c.codes), "00029")
		for i, name := range []string{"00029", "0001", "00032", "0100019", "8000-status"} {
			no := fmt.Sprint("A", i)
			r := b.placeIn(c, no, body{"remark": "wages SANDBOX:" + name})
			if documented := slices.Contains(codes, name); !documented {
				if r.Msg != "sandbox: remark asks for an unknown outcome" {
					t.Errorf("%s is not documented: %s", name, r.text)
				}
				continue
			}
			b.clock.Add(time.Second)
			q := b.askIn(c, no)
			want, _, _ := strings.Cut(name, "-")
			if r.status() != "0015" || q.status() != want || q.Data["message"] == "sandbox: undocumented status" {
				t.Errorf("%s: %s", name, q.text)
			}
			if name == "00029" && q.Data["message"] != c.failed {
				t.Errorf("00029 is %v, want %s", q.Data["message"], c.failed)
			}
			if _, timed := q.Data["successTime"]; name == "00029" && timed != (c.slug == "kenya") {
				t.Errorf("successTime of what failed: %s", q.text)
			}
		}
		c.brokenAnswers(b)
	})
}

// brokenAnswers tries the outcomes that spoil answers: they are the same in all areas.
func (c areaCase) brokenAnswers(b *bench) {
	b.t.Helper()
	for name, made := range map[string]bool{
		"8000": false, "5000": true, "5000-lost": false, "timeout": true, "timeout-lost": false, "reset": true,
		"reset-lost": false, "http-429": false, "http-500": true, "html": true, "half-body": true,
	} {
		no := "B" + name
		if r := b.placeIn(c, no, body{"remark": "SANDBOX:" + name}); r.err == nil && r.Code == "0000" {
			b.t.Errorf("%s: %s", name, r.text)
		}
		if q := b.askIn(c, no); (q.status() == "0015") != made {
			b.t.Errorf("%s: %s", name, q.text)
		}
	}
	b.placeIn(c, "C1", body{"remark": "SANDBOX:other-amount"})
	b.clock.Add(time.Second)
	if q := b.askIn(c, "C1"); q.status() != "0000" || strings.Contains(q.text, c.amounts) {
		b.t.Errorf("other-amount: %s", q.text)
	}
	if r := b.placeIn(c, "C2", body{"remark": "SANDBOX:other-tradeno"}); r.Data["tradeNo"] != "otherC2" {
		b.t.Errorf("other-tradeno: %s", r.text)
	}
}

// The plan of faults reaches every endpoint of every area.
func TestEveryAreaFollowsThePlan(t *testing.T) {
	walk(t, func(t *testing.T, c areaCase) {
		var asked []Request
		b := setup(t, Options{Fault: func(r Request) string {
			asked = append(asked, r)
			return "http-500"
		}})
		for _, r := range []reply{b.placeIn(c, "A1", nil), b.askIn(c, "A1"), b.balanceIn(c)} {
			if r.http != 500 {
				t.Errorf("%d %s", r.http, r.text)
			}
		}
		want := []Request{
			{c.slug, EndpointPlacement, testMerchant, "A1"},
			{c.slug, EndpointQuery, testMerchant, "A1"},
			{c.slug, EndpointBalance, testMerchant, ""},
		}
		if !slices.Equal(asked, want) {
			t.Errorf("%+v", asked)
		}
		for _, a := range b.Stats().Answers {
			if a.Area != c.slug || a.Count != 1 || a.Fault != "http-500" {
				t.Errorf("%+v", a)
			}
		}
	})
}

// One journal of all areas is read back as it was, cents included.
func TestAllAreasSurviveAKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "j")
	b := setup(t, Options{Journal: path, Delay: time.Second})
	for i, c := range areaCases {
		if r := b.placeIn(c, fmt.Sprint("A", i), nil); r.Code != "0000" {
			t.Fatalf("%s: %s", c.slug, r.text)
		}
	}
	cents := []string{"0.01", "10.5", "10.50"}
	for i, amount := range cents {
		b.placeIn(caseOf("brazil"), fmt.Sprint("C", i), body{"amount": amount})
	}
	before := b.orders()
	var balances []string
	for _, c := range areaCases {
		balances = append(balances, b.balanceIn(c).text)
	}
	b.kill()

	d := setup(t, Options{Journal: path})
	if after := d.orders(); !slices.Equal(before, after) || len(after) != len(areaCases)+3 {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
	for i, want := range cents {
		if o := d.orders()[len(areaCases)+i]; o.Amount != want {
			t.Errorf("amount %s, want %s", o.Amount, want)
		}
	}
	for i, c := range areaCases {
		if r := d.balanceIn(c); r.text != balances[i] {
			t.Errorf("%s: %s, want %s", c.slug, r.text, balances[i])
		}
	}
	d.clock.Add(time.Second)
	for i, c := range areaCases {
		if q := d.askIn(c, fmt.Sprint("A", i)); q.status() != "0000" {
			t.Errorf("%s: %s", c.slug, q.text)
		}
	}
	if q := d.askIn(caseOf("brazil"), "C1"); q.Data["amount"] != "10.50" {
		t.Errorf("%s", q.text)
	}
	if r := d.balanceIn(caseOf("brazil")); r.Data["availableAmount"] != json.Number("9999999678.99") {
		t.Errorf("%s", r.text)
	}
}
