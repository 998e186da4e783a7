package receive

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bulkpay/bulkpay/ledger"
)

// BenchmarkNotices posts one genuine callback for each of b.N payouts over
// loopback connections, and counts what was committed and confirmed:
//
//	go test -run '^$' -bench Notices -benchtime 100000x ./internal/receive
func BenchmarkNotices(b *testing.B) {
	ctx := context.Background()
	book, err := ledger.Create(ctx, filepath.Join(b.TempDir(), "book.db"), ledger.Options{})
	check(b, err)
	defer book.Close()
	merchant, err := book.Merchant(ctx, accountOf("mexico"))
	check(b, err)
	batch, err := book.Import(ctx, ledger.NewBatch{Merchant: merchant, Source: "s", Original: ledger.Text("1"), Actor: "maria", Content: func() string { return "1" }}, stormRows(b.N, ""))
	check(b, err)
	lease, err := book.Acquire(ctx, merchant)
	check(b, err)
	bodies := make([][]byte, 0, b.N)
	for {
		claimed, err := book.Claim(ctx, lease, batch.ID, 5000)
		check(b, err)
		if len(claimed) == 0 {
			break
		}
		for _, p := range claimed {
			bodies = append(bodies, signed(notice(p, "0000"), testSecret))
		}
	}
	check(b, lease.Release())
	client := clientOf(b, "http://127.0.0.1:1")
	receiver := New(Options{Book: book, Accounts: map[string]Account{"acme": {Merchant: merchant, Client: client, Policy: patient}}, Rate: 1e6})
	stop := background(receiver)
	server := httptest.NewServer(receiver.Handler())
	defer server.Close()

	const senders = 64
	load := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
	defer load.CloseIdleConnections()
	b.ResetTimer()
	var sending sync.WaitGroup
	var next, confirmed atomic.Int64
	for range senders {
		sending.Go(func() {
			for i := next.Add(1); int(i) <= b.N; i = next.Add(1) {
				response, err := load.Post(server.URL+"/callback/acme", "application/json", bytes.NewReader(bodies[i-1]))
				if err != nil {
					b.Error(err)
					return
				}
				if text, err := io.ReadAll(response.Body); err == nil && string(text) == "OK" {
					confirmed.Add(1)
				}
				_ = response.Body.Close()
			}
		})
	}
	sending.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "notices/s")
	b.StopTimer()
	check(b, stop())
	summary, err := book.Summary(ctx, batch.ID)
	check(b, err)
	if paid := summary.Bucket(ledger.BucketSucceeded).Count; paid != b.N || int(confirmed.Load()) != b.N {
		b.Fatalf("%d confirmed, %d paid, of %d", confirmed.Load(), paid, b.N)
	}
}
