package paypro

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// bench is the real client before the simulated gateway, on one clock that
// stands still unless it is moved.
type bench struct {
	*sandbox.Gateway
	base string
	mu   sync.Mutex
	at   time.Time
}

const delay = 2 * time.Second

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

func openSandbox(t *testing.T, change func(*sandbox.Options)) *bench {
	t.Helper()
	b := &bench{at: time.UnixMilli(1_795_000_000_000)}
	options := sandbox.Options{Merchants: map[string]string{testMerchant: testSecret}, Delay: delay, Now: b.now}
	if change != nil {
		change(&options)
	}
	gateway, err := sandbox.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gateway)
	b.Gateway, b.base = gateway, server.URL
	t.Cleanup(func() {
		if err := gateway.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return b
}

func (b *bench) client(t *testing.T, area *Area, change func(*Config)) *Client {
	t.Helper()
	return newClient(t, area, b.base+"/"+area.Slug, func(c *Config) {
		c.Now = b.now
		if change != nil {
			change(c)
		}
	})
}

func remarking(area *Area, tradeNo, remark string) Request {
	r := payout(area, tradeNo)
	r.Values["remark"] = remark
	return r
}

func TestSandboxLifeOfAPayout(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		for _, position := range []string{"suffix", "prefix"} {
			t.Run(area.Name+" "+position, func(t *testing.T) {
				t.Parallel()
				b := openSandbox(t, func(o *sandbox.Options) { o.SecretPosition = position })
				c := b.client(t, area, func(c *Config) { c.SecretPosition = SecretPosition(position) })
				r := payout(area, "20261121-1")
				want(t, c.Query(t.Context(), r), Unknown, ReasonUnknownNumber)
				placed := c.Place(t.Context(), r)
				want(t, placed, Processing, ReasonProcessing)
				asked := c.Query(t.Context(), r)
				want(t, asked, Processing, ReasonProcessing)
				b.pass(delay)
				paid := c.Query(t.Context(), r)
				want(t, paid, Succeeded, ReasonPaid)
				if placed.PlatformTradeNo == "" || asked.PlatformTradeNo != placed.PlatformTradeNo || paid.PlatformTradeNo != placed.PlatformTradeNo {
					t.Errorf("platform numbers %q, %q, %q", placed.PlatformTradeNo, asked.PlatformTradeNo, paid.PlatformTradeNo)
				}
				if !paid.Amount.Equal(r.Amount) || paid.Code != "0000" {
					t.Errorf("paid %s, code %s", paid.Amount, paid.Code)
				}
				want(t, c.Place(t.Context(), r), InDoubt, ReasonDuplicateNumber)
				if n := len(slices.Collect(b.Orders())); n != 1 {
					t.Errorf("%d orders", n)
				}
				left := "9999999700"
				if area == vietnam {
					left = "9999700000"
				}
				balance, err := c.Balance(t.Context())
				if err != nil || balance.Available.Plain() != left || !balance.Frozen.IsZero() {
					t.Errorf("balance %+v, %v", balance, err)
				}
			})
		}
	}
}

// magic says, of every outcome of the sandbox, what the placement and later
// queries must say: at once, after the delay, and after two more of them.
var magic = map[string]struct {
	placed  verdictWant
	queries [3]verdictWant
}{
	"processing":    {isProcessing, [3]verdictWant{isProcessing, isPaid, isPaid}},
	"paid":          {isPaid, [3]verdictWant{isPaid, isPaid, isPaid}},
	"0015":          {isProcessing, [3]verdictWant{isProcessing, isProcessing, isProcessing}},
	"00029":         {isProcessing, [3]verdictWant{isProcessing, isFailed, isFailed}},
	"00029-now":     {isFailed, [3]verdictWant{isFailed, isFailed, isFailed}},
	"strange":       {doubt(ReasonUnclearStatus), [3]verdictWant{doubt(ReasonUnclearStatus), doubt(ReasonUnclearStatus), doubt(ReasonUnclearStatus)}},
	"reversed":      {isProcessing, [3]verdictWant{isProcessing, isPaid, isFailed}},
	"8000":          {isRefused, [3]verdictWant{isUnknown, isUnknown, isUnknown}},
	"5000":          {doubt(ReasonSystemError), [3]verdictWant{isProcessing, isPaid, isPaid}},
	"5000-lost":     {doubt(ReasonSystemError), [3]verdictWant{isUnknown, isUnknown, isUnknown}},
	"timeout":       {doubt(ReasonTimeout), [3]verdictWant{isProcessing, isPaid, isPaid}},
	"timeout-lost":  {doubt(ReasonTimeout), [3]verdictWant{isUnknown, isUnknown, isUnknown}},
	"reset":         {doubt(ReasonConnectionLost), [3]verdictWant{isProcessing, isPaid, isPaid}},
	"reset-lost":    {doubt(ReasonConnectionLost), [3]verdictWant{isUnknown, isUnknown, isUnknown}},
	"http-429":      {doubt(ReasonThrottled), [3]verdictWant{isUnknown, isUnknown, isUnknown}},
	"http-500":      {doubt(ReasonHTTPStatus), [3]verdictWant{isProcessing, isPaid, isPaid}},
	"http-502":      {doubt(ReasonHTTPStatus), [3]verdictWant{isProcessing, isPaid, isPaid}},
	"html":          {doubt(ReasonUnreadable), [3]verdictWant{isProcessing, isPaid, isPaid}},
	"half-body":     {doubt(ReasonConnectionLost), [3]verdictWant{isProcessing, isPaid, isPaid}},
	"other-tradeno": {doubt(ReasonOtherNumber), [3]verdictWant{isProcessing, isPaid, isPaid}},
	"other-amount":  {isProcessing, [3]verdictWant{differs, differs, differs}},
	"invisible":     {isProcessing, [3]verdictWant{isUnknown, isUnknown, isPaid}},
	"0001":          {isProcessing, [3]verdictWant{isProcessing, doubt(ReasonUnclearStatus), doubt(ReasonUnclearStatus)}},
	"00032":         {isProcessing, [3]verdictWant{isProcessing, doubt(ReasonUnclearStatus), doubt(ReasonUnclearStatus)}},
	"8000-status":   {isProcessing, [3]verdictWant{isProcessing, doubt(ReasonUnclearStatus), doubt(ReasonUnclearStatus)}},
	"0100019":       {isProcessing, [3]verdictWant{isProcessing, isFailed, isFailed}},

	"strange-passing":     {doubt(ReasonUnclearStatus), [3]verdictWant{doubt(ReasonUnclearStatus), isPaid, isPaid}},
	"query-other-tradeno": {isProcessing, [3]verdictWant{{NoAnswer, ReasonOtherNumber}, {NoAnswer, ReasonOtherNumber}, isPaid}},
	"amount-object":       {isProcessing, [3]verdictWant{{NoAnswer, ReasonUnreadable}, {NoAnswer, ReasonUnreadable}, isPaid}},
	"timeout-late":        {doubt(ReasonTimeout), madeLate},
	"reset-late":          {doubt(ReasonConnectionLost), madeLate},
	"http-429-bare":       {doubt(ReasonThrottled), [3]verdictWant{isUnknown, isUnknown, isUnknown}},
	"http-503":            {doubt(ReasonHTTPStatus), paidLater},
	"http-504":            {doubt(ReasonHTTPStatus), paidLater},
	"http-502-lost":       {doubt(ReasonHTTPStatus), [3]verdictWant{isUnknown, isUnknown, isUnknown}},
	"http-503-lost":       {doubt(ReasonHTTPStatus), [3]verdictWant{isUnknown, isUnknown, isUnknown}},
	"http-504-lost":       {doubt(ReasonHTTPStatus), [3]verdictWant{isUnknown, isUnknown, isUnknown}},
	"http-504-late":       {doubt(ReasonHTTPStatus), madeLate},
	"half-json":           {doubt(ReasonUnreadable), paidLater},
	"code-number":         {doubt(ReasonUnreadable), paidLater},
	"data-array":          {doubt(ReasonUnreadable), paidLater},
	"data-null":           {doubt(ReasonUnreadable), paidLater},
	"status-number":       {doubt(ReasonUnreadable), paidLater},
	"slow":                {isProcessing, paidLater},
	"cut-after":           {isProcessing, paidLater},

	"callback-lost":         {isProcessing, paidLater},
	"callback-late":         {isProcessing, paidLater},
	"callback-doubled":      {isProcessing, paidLater},
	"callback-disordered":   {isProcessing, paidLater},
	"callback-forged":       {isProcessing, paidLater},
	"callback-unsigned":     {isProcessing, paidLater},
	"callback-replayed":     {isProcessing, paidLater},
	"callback-other-amount": {isProcessing, paidLater},
}

var (
	paidLater = [3]verdictWant{isProcessing, isPaid, isPaid}
	madeLate  = [3]verdictWant{isUnknown, isUnknown, isPaid} // made a moment after the second question
)

// documents tells whether an area documents the inner code that an outcome
// is named for. What it does not, the sandbox refuses to play there.
func documents(area *Area, outcome string) bool {
	documenting, ofSome := map[string][]*Area{
		"0001":        {mexico, india, indonesia, southKorea},
		"00032":       {mexico, vietnam},
		"0100019":     {mexico, vietnam},
		"8000-status": {indonesia, nigeria},
	}[outcome]
	return !ofSome || slices.Contains(documenting, area)
}

// merged are the areas that print one table for both codes, so that an outer
// 8000, "system error", settles nothing.
var merged = []*Area{indonesia, nigeria}

// refusedBy is what an outer 8000 means in an area.
func refusedBy(area *Area) verdictWant {
	if slices.Contains(merged, area) {
		return doubt(ReasonUnclearStatus)
	}
	return isRefused
}

func TestSandboxOutcomes(t *testing.T) {
	t.Parallel()
	for _, outcome := range sandbox.Outcomes() {
		expected, known := magic[outcome.Name]
		if !known {
			t.Errorf("outcome %s is not in the table", outcome.Name)
			continue
		}
		for _, area := range Areas() {
			t.Run(outcome.Name+" "+area.Name, func(t *testing.T) {
				t.Parallel()
				b := openSandbox(t, func(o *sandbox.Options) { o.Late = delay + time.Millisecond })
				c := b.client(t, area, func(c *Config) {
					if expected.placed.reason == ReasonTimeout {
						short(c)
					}
				})
				r := remarking(area, "T-1", "SANDBOX:"+outcome.Name)
				v := c.Place(t.Context(), r)
				if !documents(area, outcome.Name) {
					want(t, v, refusedBy(area).kind, refusedBy(area).reason)
					return
				}
				placed := expected.placed
				switch {
				case area == india && (placed == isPaid || placed == isFailed):
					// Final, but the answer does not say about which payout.
					placed = doubt(ReasonNoNumber)
				case placed == isRefused:
					placed = refusedBy(area)
				case outcome.Name == "data-null" && area.AnswersTradeNo:
					placed = doubt(ReasonNoNumber)
				}
				want(t, v, placed.kind, placed.reason)
				b.looks(t, c, r, outcome.Name, expected.queries)
			})
		}
	}
}

func (b *bench) looks(t *testing.T, c *Client, r Request, name string, queries [3]verdictWant) {
	t.Helper()
	// Asking may take longer than the short time-out of the placement on a
	// busy machine; a query of its own client has the full one.
	c = b.client(t, c.area, nil)
	for i, pause := range []time.Duration{0, delay, 2 * delay} {
		b.pass(pause)
		v := c.Query(t.Context(), r)
		if v.Kind != queries[i].kind || v.Reason != queries[i].reason {
			t.Errorf("%s, query %d: got %v (%s), want %v (%s)", name, i, v.Kind, v.Reason, queries[i].kind, queries[i].reason)
		}
	}
	for order := range b.Orders() {
		if order.Nth != 1 || order.Placements != 1 {
			t.Errorf("%s: %d orders of %d placements", name, order.Nth, order.Placements)
		}
	}
}

// TestSandboxSecondPlacement: what was lost is served the second time, what
// was made is refused as a duplicate and so stays in doubt.
func TestSandboxSecondPlacement(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		b := openSandbox(t, nil)
		c := b.client(t, area, nil)
		for i, name := range []string{"reset-lost", "5000-lost", "http-429", "reset", "5000", "html", "8000"} {
			r := remarking(area, fmt.Sprintf("T-%d", i), "SANDBOX:"+name)
			c.Place(t.Context(), r)
			v := c.Place(t.Context(), r)
			switch {
			case name == "8000":
				want(t, v, refusedBy(area).kind, refusedBy(area).reason)
			case strings.HasSuffix(name, "-lost"), name == "http-429":
				want(t, v, Processing, ReasonProcessing)
			default:
				want(t, v, InDoubt, ReasonDuplicateNumber)
			}
		}
	}
}

func TestSandboxRefusesCredentials(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		b := openSandbox(t, nil)
		for name, change := range map[string]func(*Config){
			"merchant": func(c *Config) { c.MerchantNo = "0000000002" },
			"secret":   func(c *Config) { c.Secret = secret(t, "another") },
			"position": func(c *Config) { c.SecretPosition = SecretFirst },
		} {
			c := b.client(t, area, change)
			r := payout(area, "T-1")
			want(t, c.Place(t.Context(), r), InDoubt, ReasonCredentials)
			want(t, c.Query(t.Context(), r), NoAnswer, ReasonCredentials)
			// Mexico's balance has no signature that could be wrong.
			if _, err := c.Balance(t.Context()); errors.Is(err, ErrCredentials) != (area != mexico || name == "merchant") {
				t.Errorf("%s, %s: %v", area.Name, name, err)
			}
		}
		if n := len(slices.Collect(b.Orders())); n != 0 {
			t.Errorf("%d orders", n)
		}
	}
}

func TestSandboxBankFieldOfIndia(t *testing.T) {
	t.Parallel()
	for _, field := range []string{sandbox.IndiaBankNCode, sandbox.IndiaBankCode} {
		b := openSandbox(t, func(o *sandbox.Options) { o.IndiaBankField = field })
		for _, wire := range []string{"bankNCode", "bankCode"} {
			c := b.client(t, india, func(c *Config) { c.Wire = map[string]string{"bankNCode": wire} })
			v := c.Place(t.Context(), payout(india, "T-"+wire))
			if wire == field {
				want(t, v, Processing, ReasonProcessing)
			} else {
				want(t, v, Refused, ReasonRefused)
			}
		}
	}
}

func TestSandboxBalanceTooLow(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		b := openSandbox(t, func(o *sandbox.Options) { o.Balance = 299 })
		want(t, b.client(t, area, nil).Place(t.Context(), payout(area, "T-1")), refusedBy(area).kind, refusedBy(area).reason)
	}
}

// TestSandboxHostileText: names of any script and signs survive the way
// through both readings of the signature.
func TestSandboxHostileText(t *testing.T) {
	t.Parallel()
	for _, area := range Areas() {
		b := openSandbox(t, nil)
		c := b.client(t, area, nil)
		for i, text := range []string{"José Ñandú", "工资 🙂", `"quoted" \ </script>`, "a=b&c d+e%20", "\u2028", "'; DROP TABLE"} {
			want(t, c.Place(t.Context(), remarking(area, fmt.Sprintf("T-%d", i), text)), Processing, ReasonProcessing)
		}
	}
}

// TestSandboxSpellings: what a merchant's settings turn round, the simulated
// gateway takes both ways.
func TestSandboxSpellings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		area   *Area
		change func(*Config)
	}{
		"signature in the header": {brazil, func(c *Config) { c.SignPlace = SignInHeader }},
		"signature in the body":   {brazil, func(c *Config) { c.SignPlace = SignInBody }},
		"older wallet":            {bangladesh, func(c *Config) { c.Wire = map[string]string{"wayCode=BKASH": "EWALLET_BKASH"} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openSandbox(t, nil)
			c := b.client(t, test.area, test.change)
			want(t, c.Place(t.Context(), payout(test.area, "T-1")), Processing, ReasonProcessing)
			b.pass(delay)
			want(t, c.Query(t.Context(), payout(test.area, "T-1")), Succeeded, ReasonPaid)
			if _, err := c.Balance(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestSandboxCents: centavos arrive, are paid, and come back the same.
func TestSandboxCents(t *testing.T) {
	t.Parallel()
	b := openSandbox(t, nil)
	c := b.client(t, brazil, nil)
	r := amounting(brazil, payout(brazil, "T-1"), "1500.50")
	want(t, c.Place(t.Context(), r), Processing, ReasonProcessing)
	b.pass(delay)
	paid := c.Query(t.Context(), r)
	want(t, paid, Succeeded, ReasonPaid)
	if paid.Amount.Fixed() != "1500.50" {
		t.Errorf("paid %s", paid.Amount)
	}
}
