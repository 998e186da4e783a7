package dispatch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// halted is a run that stops itself for the reason.
func (d *desk) halted(why error) Result {
	d.Helper()
	result := d.mustRun()
	if !errors.Is(result.Halted, why) {
		d.Errorf("halted: %v, want %v", result.Halted, why)
	}
	d.tied()
	return result
}

func TestRefusedCredentialsStopTheRun(t *testing.T) {
	for name, answer := range map[string]func(call) paypro.Verdict{
		"refused":  refusedCredentials,
		"in doubt": func(call) paypro.Verdict { return paypro.Verdict{Reason: paypro.ReasonCredentials, HTTPStatus: 401} },
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 100, func(d *desk) {
				d.gate.place, d.gate.query = answer, func(c call) paypro.Verdict { v := answer(c); v.Kind = paypro.NoAnswer; return v }
				result := d.halted(ErrCredentials)
				if most := credentialRefusals + d.o.Workers - 1; result.Sent > most {
					t.Errorf("%d sent, want at most %d", result.Sent, most)
				}
				if ready := d.states()[ledger.Ready]; ready != 100-result.Sent {
					t.Errorf("%d ready, %d sent: what is unsent stays ready", ready, result.Sent)
				}
			})
		})
	}
}

func TestCredentialsRefusedNowAndThenDoNotStopTheRun(t *testing.T) {
	virtual(t, 90, func(d *desk) {
		d.o.Workers = 1
		d.gate.place = func(c call) paypro.Verdict {
			if c.total%3 == 0 {
				return refusedCredentials(c)
			}
			return processing(c)
		}
		d.gate.query = func(c call) paypro.Verdict {
			if c.total%3 > 0 {
				return paypro.Verdict{Kind: paypro.NoAnswer, Reason: paypro.ReasonCredentials}
			}
			return paid(c)
		}
		if result := d.mustRun(); result.Halted != nil {
			t.Errorf("halted: %v", result.Halted)
		}
		d.stand(map[ledger.State]int{ledger.Succeeded: 60, ledger.Rejected: 30})
	})
}

func TestCredentialsRefusedToQueriesStopTheRun(t *testing.T) {
	virtual(t, 10, func(d *desk) {
		d.gate.place = processing
		d.gate.query = func(call) paypro.Verdict {
			return paypro.Verdict{Kind: paypro.NoAnswer, Reason: paypro.ReasonCredentials}
		}
		d.halted(ErrCredentials)
		d.stand(map[ledger.State]int{ledger.Processing: 10})
	})
}

func TestTheSameRefusalOverAndOverStopsTheRun(t *testing.T) {
	virtual(t, 200, func(d *desk) {
		d.gate.place = func(call) paypro.Verdict { return refused("8000") }
		result := d.halted(ErrRefusals)
		if result.Sent < DefaultRefusals || result.Sent >= DefaultRefusals+d.o.Workers {
			t.Errorf("%d sent, want %d and those in flight", result.Sent, DefaultRefusals)
		}
		d.stand(map[ledger.State]int{ledger.Rejected: result.Sent, ledger.Ready: 200 - result.Sent})
	})
}

func TestMixedRefusalsDoNotStopTheRun(t *testing.T) {
	for name, answer := range map[string]func(call) paypro.Verdict{
		"codes": func(c call) paypro.Verdict { return refused(fmt.Sprint(8000 + c.total%2)) },
		"answers": func(c call) paypro.Verdict {
			if c.total%DefaultRefusals == 0 {
				return paid(c)
			}
			return refused("8000")
		},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 100, func(d *desk) {
				d.gate.place, d.o.Workers, d.o.FailureShare = answer, 1, -1
				if result := d.mustRun(); result != (Result{Sent: 100}) {
					t.Errorf("result %+v", result)
				}
			})
		})
	}
}

func TestRefusalsCanBeAllowed(t *testing.T) {
	virtual(t, 100, func(d *desk) {
		d.o.Refusals, d.o.FailureShare = -1, -1
		d.gate.place = func(call) paypro.Verdict { return refused("8000") }
		if result := d.mustRun(); result != (Result{Sent: 100}) {
			t.Errorf("result %+v", result)
		}
	})
}

func TestUnreachableForTheWholeDeadlineStopsTheRun(t *testing.T) {
	virtual(t, 20, func(d *desk) {
		d.gate.place = notConnected
		began := time.Now()
		result := d.halted(ErrUnreachable)
		if took := time.Since(began); took < d.o.Deadline || took > d.o.Deadline+2*maxPause {
			t.Errorf("gave up after %v, the deadline is %v", took, d.o.Deadline)
		}
		if result.Sent != 0 {
			t.Errorf("%d sent", result.Sent)
		}
		d.stand(map[ledger.State]int{ledger.Ready: 20})
	})
}

// The gateway answers: too much was asked of it, but it is there.
func TestThrottledIsNotUnreachable(t *testing.T) {
	for _, deadline := range []time.Duration{-1, time.Second} {
		t.Run(deadline.String(), func(t *testing.T) {
			virtual(t, 20, func(d *desk) {
				d.o.Deadline = deadline
				d.gate.place = func(c call) paypro.Verdict {
					if c.total == 1 {
						return throttled(time.Minute)
					}
					return paid(c)
				}
				result := d.mustRun()
				if result.Halted != nil || result.Sent != 20 {
					t.Errorf("result %+v", result)
				}
			})
		})
	}
}

// Long after the last payout was sent, one failure to connect is one failure
// to connect.
func TestGatewayIsNotUnreachableBecauseNothingWasSentForLong(t *testing.T) {
	virtual(t, 1, func(d *desk) {
		d.o.Policy.Quarantine, d.o.Deadline = 2*time.Minute, 3*time.Minute
		again := 0
		d.gate.place = func(c call) paypro.Verdict {
			if c.nth == 1 {
				return timedOut(c)
			}
			if again++; again == 1 {
				time.Sleep(time.Minute)
				return notConnected(c)
			}
			return paid(c)
		}
		d.gate.query = unknown
		if result := d.mustRun(); result.Halted != nil {
			t.Errorf("halted: %v", result.Halted)
		}
		// The denials before the failed second attempt are old: it is asked
		// about anew, and the deadline comes first.
		d.stand(map[ledger.State]int{ledger.InDoubt: 1})
	})
}

// raw writes to the file as another program would.
func (d *desk) raw(statement string) {
	d.Helper()
	db, err := sql.Open("sqlite", "file:"+d.path+"?_pragma=busy_timeout(5000)")
	d.must(err)
	_, err = db.ExecContext(context.Background(), statement)
	d.must(errors.Join(err, db.Close()))
}

func TestLedgerThatCannotBeWrittenStopsTheRun(t *testing.T) {
	for name, breakIt := range map[string]func(d *desk){
		"trigger": func(d *desk) {
			d.raw("CREATE TRIGGER broken BEFORE UPDATE OF state ON payouts WHEN OLD.state = 'submitting' BEGIN SELECT raise(ABORT, 'disk full'); END")
		},
		"everything": func(d *desk) {
			d.raw("CREATE TRIGGER broken BEFORE INSERT ON events BEGIN SELECT raise(ABORT, 'disk full'); END")
		},
		"closed": func(d *desk) { d.must(d.book.Close()) },
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 300, func(d *desk) {
				d.o.Rate = 20
				wait := d.start()
				time.Sleep(3 * time.Second)
				sent, _ := d.gate.placements()
				breakIt(d)
				_, err := wait()
				if err == nil || errors.Is(err, context.Canceled) {
					t.Errorf("error %v", err)
				}
				// What was claimed when it broke may still be on its way.
				if more := len(d.gate.placedAt) - sent; more > d.o.Workers+1 {
					t.Errorf("%d placements after the ledger broke", more)
				}
				if name == "closed" {
					d.closeBook()
					d.open()
				} else {
					d.raw("DROP TRIGGER broken")
				}
				d.mustRun()
				d.once()
				d.stand(map[ledger.State]int{ledger.Succeeded: 300})
				d.tied()
			})
		})
	}
}

// Without the ledger being read nothing is settled: then nothing may be sent
// that would have to be.
func TestLedgerThatCannotBeReadStopsTheRun(t *testing.T) {
	virtual(t, 200, func(d *desk) {
		d.o.Rate = 10
		wait := d.start()
		time.Sleep(2 * time.Second)
		d.raw("ALTER TABLE merchants RENAME COLUMN currency TO gone")
		_, err := wait()
		if err == nil {
			t.Error("no error")
		}
		if len(d.gate.placedAt) > 60 {
			t.Errorf("%d placements", len(d.gate.placedAt))
		}
		d.raw("ALTER TABLE merchants RENAME COLUMN gone TO currency")
	})
}
