package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkPlacement places payouts over loopback with keep-alive, with a client that does
// little else than sign: what is measured is both ends on the same cores.
func BenchmarkPlacement(b *testing.B) {
	b.Run("memory", func(b *testing.B) { benchmarkPlacement(b, "") })
	b.Run("journal", func(b *testing.B) { benchmarkPlacement(b, filepath.Join(b.TempDir(), "j")) })
}

func benchmarkPlacement(b *testing.B, journal string) {
	g, err := Open(Options{Merchants: merchants(), Journal: journal, Delay: time.Second})
	if err != nil {
		b.Fatal(err)
	}
	defer g.Close()
	server := httptest.NewServer(g)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	var n atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req := benchmarkRequest(b, server.URL, n.Add(1))
			resp, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
				b.Error(resp.Status, err)
			}
			resp.Body.Close()
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "placements/s")
	if orders := g.Stats().Orders; orders != b.N {
		b.Errorf("%d orders of %d placements", orders, b.N)
	}
}

// BenchmarkServe is the sandbox alone, without a network.
func BenchmarkServe(b *testing.B) {
	g, err := Open(Options{Merchants: merchants(), Journal: filepath.Join(b.TempDir(), "j"), Delay: time.Second})
	if err != nil {
		b.Fatal(err)
	}
	defer g.Close()
	requests := make([]*http.Request, b.N)
	for i := range requests {
		requests[i] = benchmarkRequest(b, "http://sandbox", int64(i))
	}
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	b.ResetTimer()
	for _, r := range requests {
		g.ServeHTTP(w, r)
	}
}

type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

func benchmarkRequest(b *testing.B, base string, n int64) *http.Request {
	p := params{
		{key: "amount", value: "200"},
		{key: "customerAccount", value: "032180000118359719"},
		{key: "customerAccountType", value: "CLABE"},
		{key: "customerName", value: "Nobody Known"},
		{key: "notifyUrl", value: "https://merchant.example/notify"},
		{key: "remark", value: "wages of November"},
		{key: "timestamp", value: "1795000000000"},
		{key: "tradeNo", value: fmt.Sprintf("20261121%012d", n)},
		{key: "wayCode", value: "BANXICO"},
	}
	text := []byte("{")
	for _, one := range p {
		text = append(appendJSON(append(appendJSON(text, one.key), ':'), one.value), ',')
	}
	s := p.signature(testSecret, false)
	text = append(append(append(text, `"sign":"`...), s[:]...), `"}`...)
	req, err := http.NewRequest(http.MethodPost, base+"/mexico/v1/paypro/payOut", bytes.NewReader(text))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header["Merchantno"] = []string{testMerchant}
	return req
}

// BenchmarkServeUnderPlan is the sandbox alone with a plan of faults that break no connection, and with
// queries between the placements.
func BenchmarkServeUnderPlan(b *testing.B) {
	plan := Plan{Seed: 1, Lag: time.Second}
	for _, o := range PlanOutcomes() {
		if w := findOutcome(o.Name).wire; w != wireSilence && w != wireReset && w != wireHalf && w != wireCut && w != wireSlow {
			plan.Faults = append(plan.Faults, PlanFault{o.Name, "", 1. / 50})
		}
	}
	g, err := Open(Options{Merchants: merchants(), Delay: time.Second, Plan: &plan})
	if err != nil {
		b.Fatal(err)
	}
	defer g.Close()
	requests := make([]*http.Request, b.N)
	for i := range requests {
		requests[i] = benchmarkRequest(b, "http://sandbox", int64(i))
	}
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	b.ResetTimer()
	for _, r := range requests {
		g.ServeHTTP(w, r)
	}
	b.StopTimer()
	if b.N > 1000 && len(g.Stats().Faults) < 20 {
		b.Errorf("%v", g.Stats().Faults)
	}
}
