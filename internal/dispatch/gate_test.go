package dispatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// rows lists the rows that stand in one of the states.
func (d *desk) rows(states ...ledger.State) []int {
	var rows []int
	for _, p := range d.payouts() {
		if slices.Contains(states, p.State) {
			rows = append(rows, p.Row)
		}
	}
	return rows
}

func TestCanariesAreSentAloneAndTheRestFollowsWhenTheyArePaid(t *testing.T) {
	virtual(t, 40, func(d *desk) {
		d.o.Canary = 3
		numbers := d.numbers()
		proven := map[string]bool{}
		d.gate.place = func(c call) paypro.Verdict {
			if !slices.Contains(numbers[:3], c.tradeNo) {
				d.gate.mu.Lock()
				defer d.gate.mu.Unlock()
				if len(proven) != 3 {
					d.Errorf("%s was sent when %d of the first 3 were paid", c.tradeNo, len(proven))
				}
			}
			return processing(c)
		}
		d.gate.query = func(c call) paypro.Verdict {
			if slices.Contains(numbers[:3], c.tradeNo) && c.nth < 4 {
				return processing(c)
			}
			d.gate.mu.Lock()
			defer d.gate.mu.Unlock()
			if slices.Contains(numbers[:3], c.tradeNo) {
				proven[c.tradeNo] = true
			}
			return paid(c)
		}
		if result := d.mustRun(); result.Sent != 40 || result.Halted != nil {
			t.Errorf("result %+v", result)
		}
		d.once()
		d.stand(map[ledger.State]int{ledger.Succeeded: 40})
	})
}

func TestACanaryThatIsNotPaidStopsTheRun(t *testing.T) {
	answers := map[string]func(d *desk){
		"failed":   func(d *desk) { d.gate.query = notPaid },
		"rejected": func(d *desk) { d.gate.place = func(call) paypro.Verdict { return refused("8000") } },
		"held": func(d *desk) {
			d.gate.query = func(c call) paypro.Verdict {
				v := paid(c)
				v.Kind, v.Reason = paypro.Conflict, paypro.ReasonAmountDiffers
				return v
			}
		},
		"processing": func(d *desk) { d.gate.query = processing },
		"denied":     func(d *desk) { d.gate.place, d.gate.query = timedOut, unknown },
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			virtual(t, 40, func(d *desk) {
				d.o.Canary = 3
				d.gate.place = processing
				answer(d)
				began := time.Now()
				result := d.halted(ErrCanary)
				if took := time.Since(began); result.Sent != 3 || took > d.o.Deadline+10*time.Second {
					t.Errorf("result %+v after %v", result, took)
				}
				if d.states()[ledger.Ready] < 37 {
					t.Errorf("%v", d.states())
				}
				d.once()
				d.noted(ErrCanary)
			})
		})
	}
}

// The halt comes when one has failed, not when the others are final.
func TestOneFailedCanaryIsEnough(t *testing.T) {
	virtual(t, 9, func(d *desk) {
		d.o.Canary = 3
		number := d.numbers()[1]
		d.gate.place = processing
		d.gate.query = func(c call) paypro.Verdict {
			if c.tradeNo == number {
				return notPaid(c)
			}
			return processing(c)
		}
		began := time.Now()
		result := d.halted(ErrCanary)
		if time.Since(began) > 10*time.Second || !strings.Contains(result.Halted.Error(), number) {
			t.Errorf("%v after %v", result.Halted, time.Since(began))
		}
	})
}

func TestABatchOfFewerThanTheCanariesIsJudgedToo(t *testing.T) {
	for _, answer := range []func(call) paypro.Verdict{paid, notPaid} {
		t.Run(fmt.Sprint(answer(call{}).Kind), func(t *testing.T) {
			virtual(t, 2, func(d *desk) {
				d.o.Canary = 5
				d.gate.place, d.gate.query = processing, answer
				result := d.mustRun()
				if want := answer(call{}).Kind == paypro.Succeeded; want != (result.Halted == nil) || result.Sent != 2 {
					t.Errorf("result %+v", result)
				}
			})
		})
	}
}

// A request that never left proves nothing: another one takes its place.
func TestACanaryThatNeverLeftIsNone(t *testing.T) {
	virtual(t, 12, func(d *desk) {
		d.o.Canary, d.o.Workers = 2, 1
		d.gate.place = func(c call) paypro.Verdict {
			if c.total == 1 {
				return notConnected(c)
			}
			return paid(c)
		}
		if result := d.mustRun(); result != (Result{Sent: 12}) {
			t.Errorf("result %+v", result)
		}
		d.atMost(2) // with the attempt that never left
	})
}

func TestAResumedRunTakesTheNextCanaries(t *testing.T) {
	virtual(t, 10, func(d *desk) {
		d.o.Canary = 2
		d.gate.place = notPaid
		d.halted(ErrCanary)
		if rows := d.rows(ledger.Failed); len(rows) == 0 || rows[len(rows)-1] > 3 {
			t.Errorf("rows %v failed", rows)
		}
		d.halted(ErrCanary)
		d.gate.place = paid
		if result := d.mustRun(); result.Halted != nil {
			t.Errorf("halted: %v", result.Halted)
		}
		d.once()
	})
}

// Another process may hear of it first.
func TestACanaryMayBePaidByACallback(t *testing.T) {
	virtual(t, 8, func(d *desk) {
		d.o.Canary = 1
		number := d.numbers()[0]
		d.gate.place = func(c call) paypro.Verdict {
			if c.tradeNo == number {
				return processing(c)
			}
			return paid(c)
		}
		d.gate.query = processing
		wait := d.start()
		time.Sleep(30 * time.Second)
		d.callback(number)
		result, err := wait()
		d.must(err)
		if result.Halted != nil || result.Sent != 8 {
			t.Errorf("result %+v", result)
		}
	})
}

// callback records what a gateway's callback says, through a ledger of its
// own.
func (d *desk) callback(tradeNo string) {
	d.Helper()
	book, err := ledger.Open(context.Background(), d.path, ledger.Options{})
	d.must(err)
	payout, err := book.Payout(context.Background(), tradeNo)
	d.must(err)
	_, err = book.Record(context.Background(), d.o.Policy, []ledger.Outcome{{
		Payout: payout, Kind: ledger.Paid, Reason: "paid", Code: "0000", Actor: ledger.ActorCallback, Callback: true,
		PlatformTradeNo: "PF" + payout.TradeNo, Evidence: []byte("callback"),
	}})
	d.must(errors.Join(err, book.Close()))
}

func TestSettingsThatContradictOneAnotherAreRefused(t *testing.T) {
	for name, change := range map[string]func(o *Options){
		"canaries without answers": func(o *Options) { o.Canary, o.NoSettle = 1, true },
		"another currency":         func(o *Options) { o.DayLimit = money.FromMinor(money.INR, 100) },
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 3, func(d *desk) {
				change(&d.o)
				if _, err := d.run(); err == nil {
					t.Error("no error")
				}
				if len(d.gate.placedAt) > 0 {
					t.Error("something was sent")
				}
			})
		})
	}
}

// mxn is so many pesos.
func mxn(units int64) money.Amount { return money.FromMinor(money.MXN, 100*units) }

// The rows are of 1, 2, 3, … pesos.
func TestNoMoreIsSentThanTheLimitOfTheDay(t *testing.T) {
	for _, c := range []struct{ limit, rows int64 }{{1, 1}, {2, 1}, {3, 2}, {10, 4}, {54, 9}, {56, 10}, {5049, 99}} {
		t.Run(fmt.Sprint(c.limit), func(t *testing.T) {
			virtual(t, 100, func(d *desk) {
				d.o.DayLimit = mxn(c.limit)
				d.gate.place = processing
				result := d.halted(ErrDayLimit)
				if result.Sent != int(c.rows) {
					t.Errorf("%d were sent, want %d", result.Sent, c.rows)
				}
				// The others are asked about all the same.
				d.stand(map[ledger.State]int{ledger.Succeeded: int(c.rows), ledger.Ready: 100 - int(c.rows)})
				for _, p := range d.payouts() {
					if p.State == ledger.Ready && p.Attempts > 0 {
						t.Errorf("%s was claimed and did not fit", p.TradeNo)
					}
				}
				d.noted(ErrDayLimit)
				d.atMost(1)

				// On the same day nothing more; on the next one it goes on.
				if result := d.halted(ErrDayLimit); result.Sent != 0 {
					t.Errorf("again on the same day: %+v", result)
				}
				d.later(24 * time.Hour)
				result = d.mustRun()
				if next := c.rows + 1; result.Halted != nil && !errors.Is(result.Halted, ErrDayLimit) || (next <= c.limit) != (result.Sent > 0) {
					t.Errorf("on the next day: %+v", result)
				}
				d.once()
			})
		})
	}
}

func TestALimitThatSufficesStopsNothing(t *testing.T) {
	virtual(t, 100, func(d *desk) {
		d.o.DayLimit = mxn(5050)
		if result := d.mustRun(); result != (Result{Sent: 100}) {
			t.Errorf("result %+v", result)
		}
	})
}

func TestTheLimitOfTheDayIsOfAllBatchesOfTheMerchant(t *testing.T) {
	virtual(t, 4, func(d *desk) {
		d.mustRun() // 10
		d.batch = d.importRows(10, "another")
		d.o.DayLimit = mxn(16)
		if result := d.halted(ErrDayLimit); result.Sent != 3 {
			t.Errorf("%d were sent, want 1 + 2 + 3", result.Sent)
		}
	})
}

// What never left is not used up, however often it was tried.
func TestWhatNeverLeftDoesNotUseUpTheLimit(t *testing.T) {
	virtual(t, 4, func(d *desk) {
		d.o.DayLimit = mxn(10)
		d.gate.place = func(c call) paypro.Verdict {
			if c.total <= 12 {
				return notConnected(c)
			}
			return paid(c)
		}
		if result := d.mustRun(); result != (Result{Sent: 4}) {
			t.Errorf("result %+v", result)
		}
	})
}

// Before the limit counts as reached, what is in flight is waited for: it may
// turn out that it never left.
func TestTheLimitIsReachedOnlyWhenNothingIsInFlight(t *testing.T) {
	virtual(t, 4, func(d *desk) {
		d.o.DayLimit = mxn(9) // 1 + 2 + 3, and 4 no more
		third := d.numbers()[2]
		d.gate.place = func(c call) paypro.Verdict {
			if c.tradeNo == third && c.nth == 1 {
				time.Sleep(3 * time.Second)
				return notConnected(c)
			}
			return paid(c)
		}
		if result := d.halted(ErrDayLimit); result.Sent != 3 {
			t.Errorf("%+v, want 1 + 2 + 4", result)
		}
		if rows := d.rows(ledger.Ready); fmt.Sprint(rows) != "[4]" {
			t.Errorf("rows %v are ready", rows)
		}
	})
}

// A payout that is sent again has to fit once more: it may be paid twice, as
// far as anybody can tell before it is.
func TestSendingAgainMustFitIntoTheDayToo(t *testing.T) {
	for limit, sends := range map[int64]int{1: 1, 2: 2} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			virtual(t, 1, func(d *desk) {
				d.o.DayLimit = mxn(limit)
				d.gate.place = func(c call) paypro.Verdict {
					if c.nth == 1 {
						return timedOut(c)
					}
					return paid(c)
				}
				d.gate.query = unknown
				result := d.mustRun()
				if result.Sent != sends || (sends == 1) != errors.Is(result.Halted, ErrDayLimit) {
					t.Errorf("result %+v", result)
				}
			})
		})
	}
}

// Somebody holds a payout between the look ahead and the claim: another one is
// claimed in its place, and given back unless it fits.
func TestWhatIsClaimedBeyondTheLimitIsGivenBack(t *testing.T) {
	virtual(t, 10, func(d *desk) {
		d.o.DayLimit = mxn(6)
		b := New(d.book, d.lease, d.gate, d.o).begin(d.now, d.batch)
		b.day.used = minor(mxn(4))
		within, over := b.beyond(d.payouts()[:3])
		if len(within) != 1 || len(over) != 2 {
			t.Errorf("%d within, %d over", len(within), len(over))
		}
		b.stopNow()
		d.must(b.records.Close())
	})
}

// The day begins when the caller says so.
func TestTheDayBeginsWhereTheCallerIs(t *testing.T) {
	virtual(t, 2, func(d *desk) {
		d.o.DayLimit = mxn(2)
		d.o.DayStart = func(at time.Time) time.Time { return at.Truncate(time.Hour) }
		if result := d.halted(ErrDayLimit); result.Sent != 1 {
			t.Errorf("result %+v", result)
		}
		d.later(time.Hour)
		if result := d.mustRun(); result != (Result{Sent: 1}) {
			t.Errorf("an hour later: %+v", result)
		}
	})
}
