package paypro

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestHostileAnswersNeverClose draws answers from everything that a confused
// or hostile machine could put together: none closes a payout without the
// outer code, our number, the status and the right amount, by a second reading.
func TestHostileAnswersNeverClose(t *testing.T) {
	t.Parallel()
	closed := map[Kind]int{}
	for _, area := range Areas() {
		c := newClient(t, area, "https://gateway.invalid", nil)
		r := payout(area, testNo)
		right := testAmount(area)
		draw := func(t *rapid.T) {
			one := func(what string, values ...string) string { return rapid.SampledFrom(values).Draw(t, what) }
			members := []string{
				one("tradeNo", `"tradeNo":"T1"`, `"tradeNo":"T1"`, `"tradeNo":"T1"`, `"tradeNo":"T1"`, `"tradeNo":"T2"`, `"tradeNo":"t1"`, `"tradeNo":null`, `"TradeNo":"T1"`, ""),
				one("number", `"platFormTradeNo":"P1"`, `"platFormTradeNo":"P1"`, `"platFormTradeNo":""`, `"serialNumber":"P1"`, ""),
				one("status", `"status":"0000"`, `"status":"0000"`, `"status":"0000"`, `"status":"00029"`, `"status":"00029"`, `"status":"0015"`, `"status":"0000 "`, `"status":0`, `"status":"0777"`, ""),
				one("ordered", `"orderAmount":"`+right+`"`, `"orderAmount":"`+right+`"`, `"orderAmount":"`+right+`"`, `"orderAmount":`+right+`.00`, `"orderAmount":"1"`, `"orderAmount":"0"`, `"orderAmount":"-`+right+`"`, `"orderAmount":"x"`, ""),
				one("amount", `"amount":"`+right+`"`, `"amount":"`+right+`0"`, `"amount":{}`, "", "", "", ""),
				one("paid", "", "", `"payAmount":"`+right+`"`, `"payAmount":"0"`, `"payAmount":"?"`, "", ""),
			}
			members = slices.DeleteFunc(members, func(member string) bool { return member == "" })
			data := one("data", `{%s}`, `{%s}`, `{%s}`, `[{%s}]`, `{"data":{%s}}`)
			body := fmt.Sprintf(`{%s"msg":"%s","success":%s,"data":%s}`,
				one("code", `"code":"0000",`, `"code":"0000",`, `"code":"0000",`, `"code":"8000",`, `"code":0,`, `"Code":"0000",`),
				one("msg", "ok", "ok", "ok", "order not found", "duplicate", ""), one("success", "true", "true", "true", "true", "false"),
				strings.Replace(data, "%s", strings.Join(members, ","), 1))
			status := rapid.SampledFrom([]int{200, 200, 200, 200, 200, 200, 201, 404, 500}).Draw(t, "http")
			e := exchange{status: status, body: []byte(body), left: true}
			for asked, v := range []Verdict{c.judgePlacement(e, r), c.judgeQuery(e, r)} {
				if v.Kind != Succeeded && v.Kind != Failed {
					continue
				}
				closed[v.Kind]++
				d, ok := decodeAgain([]byte(body))
				ours := d.number == testNo || asked == 1 && !area.QueryTradeNo && d.number == "" && d.platform && len(d.amounts) > 0
				if !ok || status != 200 || d.code != "0000" || !ours || !d.right(right) || (d.status == "0000") != (v.Kind == Succeeded) {
					t.Fatalf("%v of %d %s", v.Kind, status, body)
				}
			}
		}
		rapid.Check(t, func(t *rapid.T) {
			for range 20 { // or a short run may draw none that closes
				draw(t)
			}
		})
	}
	if closed[Succeeded] == 0 || closed[Failed] == 0 {
		t.Errorf("nothing was closed at all, which proves nothing: %v", closed)
	}
}

// TestDialReplacesTheNetwork: whatever answers is the seam's, and what left is
// counted as it is on the network.
func TestDialReplacesTheNetwork(t *testing.T) {
	t.Parallel()
	g := answering(t, 200, nil, accepted(`"status":"0000"`))
	var dialed []string
	c := newClient(t, mexico, "http://127.0.0.1:9", func(c *Config) {
		c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			dialed = append(dialed, network+" "+address)
			return (&net.Dialer{}).DialContext(ctx, network, g.Listener.Addr().String())
		}
	})
	want(t, c.Place(t.Context(), payout(mexico, testNo)), Succeeded, ReasonPaid)
	g.once(t, 1)
	if !slices.Equal(dialed, []string{"tcp 127.0.0.1:9"}) {
		t.Errorf("dialed %v", dialed)
	}
	for name, test := range map[string]struct {
		dial func(context.Context, string, string) (net.Conn, error)
		kind Kind
	}{
		"refused": {func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("refused") }, NotSent},
		"cut after writing": {func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			go func() {
				_, _ = there.Read(make([]byte, 1))
				_ = there.Close()
			}()
			return here, nil
		}, InDoubt},
	} {
		v := newClient(t, mexico, "http://127.0.0.1:9", func(c *Config) { c.Dial = test.dial }).Place(t.Context(), payout(mexico, testNo))
		if v.Kind != test.kind {
			t.Errorf("%s: %v (%s)", name, v.Kind, v.Reason)
		}
	}
}

func TestImpersonal(t *testing.T) {
	t.Parallel()
	row := Values{
		"customerName": "Ana Peña", "customerAccount": "646180000000000000", "identity": "646180", "remark": "pay",
		"customerEmail": "ana@example.com", "customerMobile": "551", "wayCode": "BANXICO", "amount": "1500",
	}
	for message, expected := range map[string]string{
		"":                              "",
		"no such bank":                  "no such bank",
		"account 646180000000000000":    "account […]",
		"ANA PEÑA, 646180: not allowed": "[…], […]: not allowed",
		"pay later":                     "pay later",
		"mail Ana@Example.com":          "mail […]",
		"551 is too short to look for":  "551 is too short to look for",
		"BANXICO refuses 1500":          "BANXICO refuses 1500",
	} {
		if got := mexico.Impersonal(message, row); got != expected {
			t.Errorf("%q became %q, want %q", message, got, expected)
		}
	}
}
