package dispatch

import (
	"strings"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// once holds the gateway's own count: no payout was placed more than once.
func (d *desk) once() {
	d.Helper()
	d.atMost(1)
}

func (d *desk) atMost(n int) {
	d.Helper()
	for number, times := range d.gate.placed {
		if times > n {
			d.Errorf("%s was placed %d times, want at most %d", number, times, n)
		}
	}
}

func TestInDoubtIsNotSentAgainButAsked(t *testing.T) {
	virtual(t, 25, func(d *desk) {
		d.gate.place = timedOut
		d.gate.query = func(c call) paypro.Verdict {
			switch c.nth {
			case 1:
				return noAnswer(c)
			case 2:
				return unknown(c) // once is not enough
			}
			return paid(c)
		}
		d.mustRun()
		d.stand(map[ledger.State]int{ledger.Succeeded: 25})
		d.once()
		d.tied()
	})
}

func TestQueriesThatSayNothingNeverLeadToASecondSend(t *testing.T) {
	for name, answer := range map[string]func(call) paypro.Verdict{
		"no answer": noAnswer, "not connected": func(call) paypro.Verdict {
			return paypro.Verdict{Kind: paypro.NoAnswer, Reason: paypro.ReasonNotConnected}
		},
		"unclear": func(call) paypro.Verdict { return paypro.Verdict{Reason: paypro.ReasonUnclearStatus, Code: "00032"} },
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 5, func(d *desk) {
				d.gate.place, d.gate.query = timedOut, answer
				result := d.mustRun()
				d.once()
				if !result.TimedOut {
					t.Errorf("result %+v", result)
				}
				d.stand(map[ledger.State]int{ledger.InDoubt: 5})
			})
		})
	}
}

func TestDeniedOverTheQuarantineIsSentAgainWithTheSameNumberAndThenHeld(t *testing.T) {
	virtual(t, 7, func(d *desk) {
		d.gate.place, d.gate.query = timedOut, unknown
		var sent []time.Time
		first := d.numbers()[0]
		d.gate.place = func(c call) paypro.Verdict {
			if c.tradeNo == first {
				sent = append(sent, time.Now())
			}
			return timedOut(c)
		}
		numbers := d.numbers()
		result := d.mustRun()
		d.stand(map[ledger.State]int{ledger.Held: 7})
		for _, number := range numbers {
			if d.gate.placed[number] != d.o.Policy.MaxAttempts {
				t.Errorf("%s placed %d times, want %d", number, d.gate.placed[number], d.o.Policy.MaxAttempts)
			}
		}
		if len(d.gate.placed) != 7 || result.Sent != 21 || result.TimedOut {
			t.Errorf("%d numbers, result %+v", len(d.gate.placed), result)
		}
		for i := 1; i < len(sent); i++ {
			if gap := sent[i].Sub(sent[i-1]); gap < d.o.Policy.Quarantine {
				t.Errorf("sent again after %v, the quarantine is %v", gap, d.o.Policy.Quarantine)
			}
		}
		d.tied()
	})
}

func TestNeverResendHolds(t *testing.T) {
	virtual(t, 7, func(d *desk) {
		d.o.Policy.NeverResend = true
		d.gate.place, d.gate.query = timedOut, unknown
		d.mustRun()
		d.once()
		d.stand(map[ledger.State]int{ledger.Held: 7})
	})
}

func TestRefusalOfASecondAttemptSettlesNothing(t *testing.T) {
	for name, second := range map[string]func(call) paypro.Verdict{
		"refused": func(call) paypro.Verdict { return refused("8000") },
		"failed":  notPaid,
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, 4, func(d *desk) {
				sent := map[string]bool{}
				d.gate.place = func(c call) paypro.Verdict {
					if c.nth == 1 {
						return timedOut(c)
					}
					d.gate.mu.Lock()
					sent[c.tradeNo] = true
					d.gate.mu.Unlock()
					return second(c)
				}
				d.gate.query = func(c call) paypro.Verdict {
					d.gate.mu.Lock()
					defer d.gate.mu.Unlock()
					if sent[c.tradeNo] {
						return paid(c) // it was the first attempt that got through
					}
					return unknown(c)
				}
				d.mustRun()
				d.stand(map[ledger.State]int{ledger.Succeeded: 4})
				d.atMost(2)
				d.tied()
			})
		})
	}
}

// The gateway says that the number is taken: it is never sent again, however
// often queries deny it.
func TestNumberTheGatewayKnowsIsNotSentAgain(t *testing.T) {
	virtual(t, 3, func(d *desk) {
		d.gate.place = func(call) paypro.Verdict {
			return paypro.Verdict{Reason: paypro.ReasonDuplicateNumber, Code: "8000", Message: "duplicate tradeNo"}
		}
		d.gate.query = unknown
		d.mustRun()
		d.once()
		d.stand(map[ledger.State]int{ledger.Held: 3})
	})
}

func TestNotConnectedIsNotCountedAsSent(t *testing.T) {
	virtual(t, 30, func(d *desk) {
		d.gate.place = func(c call) paypro.Verdict {
			if time.Since(d.batch.CreatedAt) < 3*time.Minute {
				return notConnected(c)
			}
			return paid(c)
		}
		result := d.mustRun()
		d.stand(map[ledger.State]int{ledger.Succeeded: 30})
		if result != (Result{Sent: 30}) {
			t.Errorf("result %+v", result)
		}
		for _, p := range d.payouts() {
			if p.Sends() != 1 {
				t.Errorf("%s: %d sends, want 1", p.TradeNo, p.Sends())
			}
		}
		// Four workers find out together; then pauses of 0.5, 1, 2, … seconds.
		if tries := len(d.gate.placedAt) - 30; tries > 4*10 {
			t.Errorf("%d attempts to connect in three minutes", tries)
		}
		d.pausesGrow()
		d.tied()
	})
}

// pausesGrow looks at the gaps between placements while nothing answers.
func (d *desk) pausesGrow() {
	d.Helper()
	var pauses []time.Duration
	for i := 1; i < len(d.gate.placedAt); i++ {
		if gap := d.gate.placedAt[i].Sub(d.gate.placedAt[i-1]); gap > 100*time.Millisecond {
			pauses = append(pauses, gap)
		}
	}
	if len(pauses) < 5 {
		d.Fatalf("pauses %v", pauses)
	}
	for i := 1; i < len(pauses); i++ {
		if pauses[i] < pauses[i-1] || pauses[i] > maxPause+time.Second {
			d.Errorf("pauses do not grow up to %v: %v", maxPause, pauses)
			return
		}
	}
}

// One moment without the gateway costs a moment, not a minute, however many
// workers notice it.
func TestOneFailureToConnectSeenByManyWorkersCountsOnce(t *testing.T) {
	virtual(t, 64, func(d *desk) {
		d.o.Workers = 32
		began := time.Now()
		d.gate.place = func(c call) paypro.Verdict {
			if time.Since(began) < time.Second/10 {
				return notConnected(c)
			}
			return paid(c)
		}
		d.mustRun()
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestPersonalDataReachesNeitherLedgerNorResult(t *testing.T) {
	virtual(t, 5, func(d *desk) {
		p := d.payouts()[0]
		d.gate.place = func(call) paypro.Verdict {
			v := refusedCredentials(call{})
			v.Message = "merchant unknown for " + p.Fields["customerAccount"] + " of payee number 0"
			return v
		}
		d.o.Workers = 1
		first := d.gate.place
		d.gate.place = func(c call) paypro.Verdict {
			if c.tradeNo == p.TradeNo {
				return first(c)
			}
			return refusedCredentials(c)
		}
		result := d.mustRun()
		texts := []string{result.Halted.Error()}
		for _, p := range d.payouts() {
			texts = append(texts, p.Message)
		}
		for _, text := range texts {
			if strings.Contains(text, p.Fields["customerAccount"]) || strings.Contains(strings.ToLower(text), "payee number 0") {
				t.Errorf("holds a person's data: %q", text)
			}
		}
	})
}

func TestEveryVerdictMeansSomethingToTheLedger(t *testing.T) {
	for kind := paypro.InDoubt; kind <= paypro.Conflict; kind++ {
		if kinds[kind] == "" {
			t.Errorf("%v means nothing", kind)
		}
	}
}
