package dispatch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// noted demands that the ledger remembers why the run stopped itself.
func (d *desk) noted(why error) {
	d.Helper()
	summary, err := d.book.Summary(context.Background(), d.batch.ID)
	d.must(err)
	if want := why != nil; want != (summary.Stopped != "") || want && !strings.Contains(summary.Stopped, why.Error()) {
		d.Errorf("the ledger says that the run stopped because of %q, want %v", summary.Stopped, why)
	}
}

func TestAFailureShareHaltsTheRunHoweverItIsLearned(t *testing.T) {
	failing := func(c call) paypro.Verdict {
		if c.total%2 == 0 {
			return paid(c)
		}
		v := notPaid(c)
		v.Code = fmt.Sprint(c.total)
		return v
	}
	for name, script := range map[string]func(d *desk){
		"placements": func(d *desk) { d.gate.place = failing },
		"queries":    func(d *desk) { d.gate.place, d.gate.query = processing, failing },
		"refusals": func(d *desk) {
			d.gate.place = func(c call) paypro.Verdict {
				if c.total%2 == 0 {
					return paid(c)
				}
				return refused(fmt.Sprint(c.total))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 400, func(d *desk) {
				d.o.Rate, d.o.FailureWindow = 20, 20
				script(d)
				result := d.halted(ErrFailures)
				// Half a second of the rate is claimed ahead; questions come seconds later.
				if result.Sent < 20 || result.Sent > 120 {
					t.Errorf("%d were sent", result.Sent)
				}
				d.noted(ErrFailures)
				if ready := d.states()[ledger.Ready]; ready != 400-result.Sent {
					t.Errorf("%d are ready, %d were sent of 400", ready, result.Sent)
				}
				d.gate.place, d.gate.query = paid, paid
				d.mustRun()
				d.once()
				d.noted(nil)
			})
		})
	}
}

func TestAFailureShareThatIsAllowedDoesNotHalt(t *testing.T) {
	for name, change := range map[string]func(o *Options){
		"below":  func(o *Options) { o.FailureShare = 0.6 },
		"never":  func(o *Options) { o.FailureShare = -1 },
		"window": func(o *Options) { o.FailureWindow = 500 },
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 400, func(d *desk) {
				d.o.Workers = 1
				change(&d.o)
				d.gate.place = func(c call) paypro.Verdict {
					if c.total%2 == 0 {
						return paid(c)
					}
					return refused("8000")
				}
				if result := d.mustRun(); result != (Result{Sent: 400}) {
					t.Errorf("result %+v", result)
				}
				d.noted(nil)
			})
		})
	}
}

func TestFailuresWithOneCodeLearnedByQueriesHaltTheRun(t *testing.T) {
	virtual(t, 400, func(d *desk) {
		d.o.Rate, d.o.FailureShare = 20, -1
		d.gate.place, d.gate.query = processing, notPaid
		result := d.halted(ErrRefusals)
		if result.Sent > 150 || !strings.Contains(result.Halted.Error(), "00029") {
			t.Errorf("result %+v", result)
		}
		d.noted(ErrRefusals)
	})
}

func TestASuccessBetweenFailuresDoesNotHaltTheRun(t *testing.T) {
	virtual(t, 300, func(d *desk) {
		d.o.Rate, d.o.FailureShare, d.o.Workers = 20, -1, 1
		d.gate.place = processing
		d.gate.query = func(c call) paypro.Verdict {
			if c.total%(DefaultRefusals-1) == 0 {
				return paid(c)
			}
			return notPaid(c)
		}
		if result := d.mustRun(); result.Halted != nil {
			t.Errorf("halted: %v", result.Halted)
		}
	})
}

// When everything has left, a halt would only keep the run from learning what
// became of it.
func TestFailuresDoNotHaltARunThatHasNothingLeftToSend(t *testing.T) {
	virtual(t, 100, func(d *desk) {
		d.gate.place, d.gate.query = processing, notPaid
		if result := d.mustRun(); result != (Result{Sent: 100, Asked: 100}) {
			t.Errorf("result %+v", result)
		}
		d.stand(map[ledger.State]int{ledger.Failed: 100})
	})
}

// debit makes the gateway's balance follow its orders: each is debited by its
// amount, and by a fee of so many percent.
func (d *desk) debit(start, percent int64, more func() int64) {
	amounts := map[string]int64{}
	for _, p := range d.payouts() {
		amounts[p.TradeNo] = minor(p.Amount)
	}
	var debited int64
	place := d.gate.place
	d.gate.place = func(c call) paypro.Verdict {
		v := place(c)
		d.gate.mu.Lock()
		defer d.gate.mu.Unlock()
		if v.Kind == paypro.Succeeded || v.Kind == paypro.Processing {
			debited += amounts[c.tradeNo] * (100 + percent) / 100
		}
		return v
	}
	d.gate.balance = func(int) (paypro.Balance, error) {
		d.gate.mu.Lock()
		defer d.gate.mu.Unlock()
		return holding(start - debited + more()), nil
	}
}

// slowly sends for about five minutes.
func slowly(t *testing.T, do func(d *desk)) {
	virtual(t, 300, func(d *desk) {
		d.o.Rate, d.o.Workers = 1, 2
		do(d)
	})
}

const plenty = 10_000_000_00

func TestTheBalanceMayFallByWhatIsPaidAndFees(t *testing.T) {
	slowly(t, func(d *desk) {
		d.debit(plenty, 4, func() int64 { return 0 })
		if result := d.mustRun(); result != (Result{Sent: 300}) {
			t.Errorf("result %+v", result)
		}
		// Once before, once a minute, and once at the end.
		if n := len(d.gate.balanceAt); n < 6 || n > 8 {
			t.Errorf("the balance was asked %d times", n)
		}
		if first := d.gate.balanceAt[0]; first.After(d.gate.placedAt[0]) {
			t.Error("the balance was asked after the first send")
		}
		d.noted(nil)
	})
}

func TestAnUnexplainedDropOfTheBalanceHalts(t *testing.T) {
	for name, c := range map[string]struct {
		percent int64
		gone    int64
		o       func(o *Options)
	}{
		"gone at once":          {0, 30_000_00, func(*Options) {}},
		"fees beyond allowance": {8, 0, func(*Options) {}},
		"no fees are allowed":   {4, 0, func(o *Options) { o.FeeAllowance = -1 }},
	} {
		t.Run(name, func(t *testing.T) {
			slowly(t, func(d *desk) {
				c.o(&d.o)
				began := time.Now()
				d.debit(plenty, c.percent, func() int64 {
					if time.Since(began) < 90*time.Second {
						return 0
					}
					return -c.gone
				})
				result := d.halted(ErrBalanceDrop)
				if result.Sent >= 300 || d.states()[ledger.Ready] != 300-result.Sent {
					t.Errorf("%d sent, %v", result.Sent, d.states())
				}
				for _, number := range []string{"10000000.00", "explain no more than"} {
					if !strings.Contains(strings.ReplaceAll(result.Halted.Error(), ",", ""), number) {
						t.Errorf("%q is not in %q", number, result.Halted)
					}
				}
				d.noted(ErrBalanceDrop)
			})
		})
	}
}

func TestADropAtTheEndOfAShortRunIsNoticed(t *testing.T) {
	virtual(t, 3, func(d *desk) {
		d.debit(plenty, 0, func() int64 {
			if sent, _ := d.gate.sentSoFar(); sent == 0 {
				return 0
			}
			return -1_00
		})
		d.halted(ErrBalanceDrop)
		d.stand(map[ledger.State]int{ledger.Succeeded: 3})
	})
}

// sentSoFar is for use while the gateway's lock is held.
func (g *gateway) sentSoFar() (int, int) { return len(g.placedAt), len(g.placed) }

// Money that comes in is no drop, and leaves no room for a later one to hide.
func TestARiseOfTheBalanceDoesNotHideADropForEver(t *testing.T) {
	slowly(t, func(d *desk) {
		began := time.Now()
		d.debit(plenty, 0, func() int64 {
			switch since := time.Since(began); {
			case since < 70*time.Second:
				return 0
			case since < 190*time.Second:
				return 2_000_000_00
			}
			return 1_900_000_00 // still far above what it was without the rise
		})
		d.halted(ErrBalanceDrop)
	})
}

func TestPayoutsOpenFromBeforeExplainADrop(t *testing.T) {
	for name, explained := range map[string]bool{"open": true, "settled": false} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 2, func(d *desk) {
				earlier, first := d.batch, d.gate.place
				d.gate.place, d.o.NoSettle = processing, true
				d.mustRun()
				if !explained {
					d.o.NoSettle, d.o.NoSubmit = false, true
					d.mustRun()
				}
				d.gate.place, d.o.NoSettle, d.o.NoSubmit = first, false, false
				d.batch = d.importRows(5, "another")
				if earlier.ID == d.batch.ID {
					t.Fatal("the same batch")
				}
				d.debit(plenty, 0, func() int64 {
					if sent, _ := d.gate.sentSoFar(); sent <= 2 {
						return 0
					}
					return -3_00 // the two earlier payouts
				})
				d.o.FeeAllowance = -1
				result := d.mustRun()
				if explained != (result.Halted == nil) {
					t.Errorf("halted: %v", result.Halted)
				}
			})
		})
	}
}

// A payout that is sent again is explained once: a gateway that debits it
// twice is exactly what is looked for.
func TestADoubleDebitOfAPayoutSentAgainIsUnexplained(t *testing.T) {
	virtual(t, 2, func(d *desk) {
		d.o.FeeAllowance = -1
		d.gate.place = func(c call) paypro.Verdict {
			if c.nth == 1 {
				return timedOut(c)
			}
			return paid(c)
		}
		d.gate.query = unknown
		d.gate.balance = func(int) (paypro.Balance, error) {
			sent, _ := d.gate.placements()
			return holding(plenty - int64(sent)*1_50), nil // 3.00 for both, each time
		}
		d.halted(ErrBalanceDrop)
		d.stand(map[ledger.State]int{ledger.Succeeded: 2})
	})
}

func TestABalanceThatCannotBeAskedSaysNothing(t *testing.T) {
	for name, answer := range map[string]func(nth int) (paypro.Balance, error){
		"error":   func(int) (paypro.Balance, error) { return paypro.Balance{}, errors.New("no") },
		"unnamed": func(int) (paypro.Balance, error) { return paypro.Balance{}, nil },
		"currency": func(n int) (paypro.Balance, error) {
			return paypro.Balance{Available: money.FromMinor(money.INR, -int64(n))}, nil
		},
		"now and then": func(n int) (paypro.Balance, error) {
			if n%2 == 0 {
				return holding(plenty), nil
			}
			return paypro.Balance{}, paypro.ErrCredentials
		},
	} {
		t.Run(name, func(t *testing.T) {
			slowly(t, func(d *desk) {
				d.gate.balance = answer
				log := &logged{}
				d.o.Log = log.logger()
				if result := d.mustRun(); result != (Result{Sent: 300}) {
					t.Errorf("result %+v", result)
				}
				if n := log.count("the balance cannot be asked"); n != 1 {
					t.Errorf("logged %d times", n)
				}
			})
		})
	}
}

func TestTheBalanceNeedNotBeWatched(t *testing.T) {
	virtual(t, 5, func(d *desk) {
		d.o.BalanceEvery = -1
		d.mustRun()
		if n := len(d.gate.balanceAt); n != 0 {
			t.Errorf("asked %d times", n)
		}
	})
}

func TestASettledBatchDoesNotAskForTheBalance(t *testing.T) {
	virtual(t, 5, func(d *desk) {
		d.mustRun()
		n := len(d.gate.balanceAt)
		d.mustRun()
		d.o.NoSubmit = true
		d.mustRun()
		if more := len(d.gate.balanceAt) - n; n != 2 || more != 0 {
			t.Errorf("asked %d times, and %d times after that", n, more)
		}
	})
}
