package simulate

import (
	"slices"
	"time"

	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/internal/intake"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// scenario is all that a seed decides.
type scenario struct {
	seed uint64
	dice

	area *paypro.Area
	plan sandbox.Plan

	rows      int           // of all sheets together, about
	forgetful bool          // the gateway denies what it has shown
	offset    time.Duration // by which the gateway's clock is wrong
	balance   int64         // that it has to pay from, in whole units
	delay     time.Duration // of the gateway, from an order to its final status
	duplicate bool          // the gateway makes a second order of a second request
	callbacks bool

	storm   time.Duration // how long it lasts
	every   time.Duration // cron
	latency time.Duration // on the wire, at most

	timeout  time.Duration // of a request
	options  dispatch.Options
	suspects intake.Policy

	deaths  float64 // share of the runs that die during the storm
	stops   float64 // share of those that are told to stop
	noLocks bool    // file locks do not work here
	serve   bool    // callbacks are received
	persons bool    // somebody decides about what is held
	repair  bool    // the sheet comes back repaired
	overlap bool    // a new sheet has rows of an earlier one
	retry   bool    // what was called off is made anew without a sheet
}

// The size of a seed, when the mean is meanRows.
const (
	meanRows = 1000
	mostRows = 10_000
)

// enough is a balance that covers whatever a seed has; poor ones are drawn.
const enough = 1e15

func newScenario(seed uint64, mean int) scenario {
	d := dice(seed).of("scenario")
	s := scenario{seed: seed, dice: d}
	areas := paypro.Areas()
	s.area = areas[d.below(len(areas), "area")]
	if d.chance(0.15, "rare codes") {
		// Codes that two areas alone have would hardly be met.
		s.area, _ = paypro.LookupArea(one(d, "area with rare codes", "mexico", "vietnam"))
	}
	s.rows = rowsOf(d, mean)
	s.duplicate = d.chance(0.3, "duplicate")
	s.delay = one(d, "delay", 0, time.Second, d.span(time.Second, 10*time.Second, "delay of")).Truncate(time.Millisecond)
	if d.chance(0.3, "clock off") {
		s.offset = d.span(-10*time.Minute, 10*time.Minute, "offset").Truncate(time.Second)
	}
	s.plan = stormOf(d, seed)
	s.balance = enough
	switch {
	case s.rows > fewRows:
		s.mild()
	case d.chance(0.1, "poor"):
		s.balance = int64(d.scale(1e3, 1e7, "balance of"))
	}
	s.storm = d.span(2*time.Minute, 5*time.Minute, "storm")
	s.every = d.span(20*time.Second, 90*time.Second, "every")
	s.latency = d.span(0, 200*time.Millisecond, "latency")
	s.timeout = d.span(2*time.Second, 6*time.Second, "timeout")
	s.suspects = one(d, "suspects", intake.Hold, intake.Hold, intake.Pay, intake.Skip)
	s.deaths = one(d, "deaths", 0, 0.3, 0.6, 0.9)
	s.stops = one(d, "stops", 0, 0.1, 0.4)
	if s.noLocks = s.rows <= fewRows && d.chance(0.15, "no locks"); s.noLocks {
		s.every = d.span(15*time.Second, 40*time.Second, "every")
	}
	s.callbacks = s.rows < 1000 && d.chance(0.6, "callbacks")
	s.serve = s.callbacks && d.chance(0.9, "serve")
	s.persons = d.chance(0.8, "persons")
	s.repair = d.chance(0.3, "repair")
	s.retry = d.chance(0.5, "retry")
	s.overlap = d.chance(0.2, "overlap")
	if s.rows > fewRows && d.chance(0.8, "undisturbed") {
		s.repair, s.overlap, s.retry, s.persons = false, false, false, false
		s.deaths = min(s.deaths, 0.3)
	}
	if s.suspects == intake.Pay && (s.overlap || s.repair) {
		s.suspects = intake.Hold // or it would be a person's word to pay a debt twice
	}
	if s.rows <= fewRows && d.chance(0.09, "forgetful") {
		s.forget()
	}
	s.options = s.settings()
	return s
}

// forget makes a gateway that shows orders in a state that settles nothing,
// and then denies them until the storm is over. What it has once shown must
// never be sent again, however often it is denied.
func (s *scenario) forget() {
	s.forgetful, s.delay = true, 20*time.Second
	s.plan.Late, s.plan.Lag = 5*time.Second, 5*time.Second
	s.plan.Faults = []sandbox.PlanFault{{Outcome: "strange-passing", Endpoint: sandbox.EndpointPlacement, Share: 0.5}}
	s.plan.Outages = nil
}

// timeOuts is the share of placements that a careless gateway lets time out while
// the storm lasts: a fifth of all placements of a seed, and more.
const timeOuts = 0.33

// careless makes a gateway that does not hold numbers unique and lets a third of
// the placements time out: of those it has made the order, makes it late, or
// never does. It does not forget: an order whose answer never came and that is
// denied for longer than the quarantine is what no client can do anything about.
func (s *scenario) careless() {
	s.duplicate, s.forgetful = true, false
	var others float64
	for _, f := range s.plan.Faults {
		if f.Endpoint == sandbox.EndpointPlacement {
			others += f.Share
		}
	}
	for i := range s.plan.Faults {
		if f := &s.plan.Faults[i]; f.Endpoint == sandbox.EndpointPlacement {
			f.Share *= min(1, (0.9-timeOuts)/others)
		}
	}
	for _, outcome := range []string{"timeout", "timeout-late", "timeout-lost"} {
		s.plan.Faults = append(s.plan.Faults, sandbox.PlanFault{Outcome: outcome, Endpoint: sandbox.EndpointPlacement, Share: timeOuts / 3})
	}
}

// rowsOf draws a size: most sheets are small, and most payouts are in large
// ones.
func rowsOf(d dice, mean int) int {
	rows := int(d.scale(1, 300, "rows"))
	switch {
	case d.chance(0.15, "middling"):
		rows = int(d.span(300, 1000, "rows"))
	case d.chance(0.18, "large"):
		rows = int(d.span(2000, mostRows, "rows"))
	}
	return max(1, rows*mean/meanRows)
}

// stormOf is the gateway's plan, in quicker time: what takes minutes there
// takes seconds here, so that a storm is over before it costs anything.
func stormOf(d dice, seed uint64) sandbox.Plan {
	p := sandbox.Storm(seed)
	p.Slow /= 2
	p.Late /= 6
	p.Lag /= 10
	for i := range p.Outages {
		p.Outages[i].After /= 10
		p.Outages[i].For /= 10
	}
	worseBalances(&p)
	return p
}

// worseBalances has most questions for the balance go wrong, if any does:
// there are a few in a run, and hundreds of the others.
func worseBalances(p *sandbox.Plan) {
	var sum float64
	for _, f := range p.Faults {
		if f.Endpoint == sandbox.EndpointBalance {
			sum += f.Share
		}
	}
	for i, f := range p.Faults {
		if f.Endpoint == sandbox.EndpointBalance {
			p.Faults[i].Share *= 0.85 / sum
		}
	}
}

// fewRows is how large a seed is whose storm is as it was drawn.
const fewRows = 500

// mild makes the storm of a large sheet milder, or its questions would take
// most of a campaign's time: almost every fault is still there, in a smaller
// share of more payouts. Most of them are answered with their final status at
// once, and nothing is reversed, for which each one would have to be watched.
func (s *scenario) mild() {
	s.plan.Faults = slices.DeleteFunc(s.plan.Faults, func(f sandbox.PlanFault) bool { return f.Outcome == "reversed" })
	for i := range s.plan.Faults {
		if s.plan.Faults[i].Endpoint != sandbox.EndpointBalance {
			s.plan.Faults[i].Share *= float64(fewRows) / float64(s.rows) / 2
		}
	}
	if s.chance(0.9, "at once") {
		s.delay = 0
	}
}

// hidden is the longest time from a request to the moment from which queries
// know its order: it is on the wire, made late, and invisible for a while.
func (s *scenario) hidden() time.Duration {
	lag := max(s.plan.Lag, 3*s.delay, 3*time.Second)
	return s.latency + 2*s.plan.Late + lag
}

// staleClaim is how old a claim may be when its request leaves: where file
// locks do not work, a run that has lost its lease may still do that.
const staleClaim = 30 * time.Second

func (s *scenario) settings() dispatch.Options {
	quarantine := s.hidden() + s.timeout + time.Second
	if s.noLocks {
		quarantine += staleClaim
	}
	o := dispatch.Options{
		FailureShare: -1, BalanceEvery: -1,
		Rate:     s.scale(max(20, float64(s.rows)/20), 20_000, "rate"),
		Workers:  one(s.dice, "workers", 4, 16, 64),
		Deadline: s.span(20*time.Second, 2*time.Minute, "deadline"),
		Policy: ledger.Policy{
			Unknowns:    2 + s.below(3, "unknowns"),
			Quarantine:  quarantine,
			MaxAttempts: 1 + s.below(4, "attempts"),
			NeverResend: s.chance(0.15, "never resend"),
			StuckAfter:  s.storm + 5*time.Minute,
		},
		Schedule: []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second},
		Refusals: -1,
	}
	if s.noLocks {
		// Slow, so that a run is still sending when the next one takes over.
		o.Rate = max(1, float64(s.rows)/90)
	}
	if s.rows > fewRows {
		o.Schedule[0] = s.delay + 500*time.Millisecond // the first question finds it final
	}
	if s.reverses() || s.rows <= fewRows && s.chance(0.2, "watch") {
		o.Policy.Watch = []time.Duration{time.Minute, 2*s.plan.Late + s.delay + time.Minute}
	}
	o.QueryRate = 4 * o.Rate
	if s.chance(0.2, "breakers") {
		o.Refusals, o.FailureShare = 0, 0 // the defaults
	}
	if s.chance(0.2, "canary") {
		o.Canary = 1 + s.below(5, "canaries")
	}
	if s.chance(0.9, "balance") {
		o.BalanceEvery = s.span(100*time.Millisecond, time.Second, "balance every")
	}
	return o
}

// reverses tells whether the gateway takes back what it has paid. Nobody sees
// that who does not watch, so those seeds do.
func (s *scenario) reverses() bool {
	return slices.ContainsFunc(s.plan.Faults, func(f sandbox.PlanFault) bool { return f.Outcome == "reversed" })
}

// quiet are the settings of a run after the storm: it stops for nothing.
func (s *scenario) quiet() dispatch.Options {
	o := s.options
	o.Refusals, o.FailureShare, o.Canary, o.BalanceEvery = -1, -1, 0, -1
	o.Deadline = 2 * o.Policy.Quarantine
	return o
}
