package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/export"
	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/internal/money"
)

// What the queries of docs/sql.md must find, put together from exports.

// today is the day of the statement.
func today() string { return "2026-11-20" }

func tiedOut(t *testing.T, tr trial) (want []string) {
	for _, b := range exported[export.BatchRow](t, tr, "batches") {
		tied := 0
		if b.Tied {
			tied = 1
		}
		want = append(want, line(b.Batch, b.Merchant, b.Rows, b.Succeeded, b.Failed+b.Rejected+b.Reversed+b.Cancelled+b.Invalid,
			b.Waiting+b.Held+b.InDoubt+b.Processing, tied))
	}
	slices.Sort(want)
	return want
}

func openPayouts(payouts []export.PayoutRow) []string {
	type open struct {
		since time.Time
		p     export.PayoutRow
	}
	var all []open
	for _, p := range payouts {
		if !slices.Contains([]string{"held", "in doubt", "processing"}, p.Bucket) {
			continue
		}
		since := p.SubmittedAt
		if since == nil {
			since = p.UpdatedAt
		}
		all = append(all, open{*since, p})
	}
	slices.SortFunc(all, func(a, b open) int {
		if c := a.since.Compare(b.since); c != 0 {
			return c
		}
		return strings.Compare(a.p.TradeNo, b.p.TradeNo)
	})
	var want []string
	for _, o := range all {
		want = append(want, line(o.p.Batch, o.p.Row, o.p.TradeNo, o.p.Bucket, o.p.Amount, o.p.Currency, o.since.Format("2006-01-02T15:04:05.000Z"), o.p.Reason))
	}
	return want
}

func paidByDay(t *testing.T, payouts []export.PayoutRow) []string {
	t.Helper()
	count, sum := map[string]int{}, map[string]money.Amount{}
	for _, p := range payouts {
		if p.State != "succeeded" {
			continue
		}
		key := line(p.FinalAt.UTC().Format(time.DateOnly), p.Merchant)
		count[key]++
		amount, err := money.Parse(money.MXN, p.Amount)
		if err != nil {
			t.Fatal(err)
		}
		if sum[key], err = sum[key].Add(amount); err != nil {
			t.Fatal(err)
		}
	}
	var want []string
	for key, n := range count {
		want = append(want, line(key, n, sum[key].Fixed(), "MXN"))
	}
	slices.Sort(want)
	return want
}

func notPaidByCode(payouts []export.PayoutRow) []string {
	count, sum := map[string]int{}, map[string]int64{}
	for _, p := range payouts {
		if slices.Contains([]string{"failed", "rejected", "reversed"}, p.State) {
			count[p.Code]++
			minor, _ := strconv.ParseInt(strings.Replace(p.Amount, ".", "", 1), 10, 64)
			sum[p.Code] += minor
		}
	}
	var want []string
	for code, n := range count {
		want = append(want, line(code, n, sum[code]))
	}
	slices.Sort(want)
	return want
}

func happened(events []export.EventRow, tradeNo string) (want []string) {
	for _, e := range events {
		if e.TradeNo == tradeNo {
			want = append(want, line(e.Seq, e.At.Format("2006-01-02T15:04:05.000Z"), e.Kind, e.From, e.To, e.Actor, e.Reason, e.Code))
		}
	}
	return want
}

func decided(events []export.EventRow) (want []string) {
	for _, e := range events {
		if strings.HasPrefix(e.Actor, "person:") {
			want = append(want, line(e.Seq, e.Actor, e.Kind, e.TradeNo, e.Reason, e.Message))
		}
	}
	return want
}

func paidTwice(payouts []export.PayoutRow) (want []string) {
	for i, p := range payouts {
		for _, q := range payouts[i+1:] {
			if p.State == "succeeded" && q.State == "succeeded" && p.Account == q.Account && p.Amount == q.Amount {
				want = append(want, line(p.TradeNo, q.TradeNo, p.Amount, p.Currency, mask.Account(p.Account)))
			}
		}
	}
	slices.Sort(want)
	return want
}

// near compares with what the query about speed says; seconds may be rounded
// otherwise there.
func near(got string, payouts []export.PayoutRow) bool {
	cells := strings.Split(got, "|")
	var n int
	var total, longest float64
	for _, p := range payouts {
		if p.State == "succeeded" && p.Sends > 0 {
			took := p.FinalAt.Sub(*p.SubmittedAt).Seconds()
			n, total, longest = n+1, total+took, max(longest, took)
		}
	}
	average, err := strconv.ParseFloat(cells[2], 64)
	most, err2 := strconv.ParseFloat(cells[3], 64)
	return err == nil && err2 == nil && cells[1] == fmt.Sprint(n) && math.Abs(average-total/float64(n)) < 0.06 && math.Abs(most-longest) < 0.06
}
