package sandbox

import (
	"math/bits"
	"time"
)

// dice are numbers that follow from a seed and nothing else, on every machine and
// with every version of Go.
type dice struct{ state uint64 }

// roll makes dice of a seed and of what is drawn for.
func roll(seed, kind uint64, text string, n uint64) dice {
	h := uint64(0xcbf29ce484222325) // FNV-1a, and then mixed
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 0x100000001b3
	}
	return dice{seed}.fork(kind).fork(h).fork(n)
}

// fork gives dice of their own to a purpose.
func (d dice) fork(purpose uint64) dice {
	d.state ^= bits.RotateLeft64(purpose*0x9e3779b97f4a7c15+0x632be59bd9b4e019, 29)
	return dice{d.next()}
}

// next is the next number: the generator is splitmix64.
func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// float is from 0 to below 1.
func (d *dice) float() float64 { return float64(d.next()>>11) / (1 << 53) }

// below is from 0 to below n.
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) } //nolint:gosec // n is small and above 0

// span is a time from lo to below hi.
func (d *dice) span(lo, hi time.Duration) time.Duration {
	return lo + time.Duration(d.float()*float64(hi-lo))
}

// Storm draws a whole plan. Some seeds are calm, some have one fault in most requests, some have everything
// at once. It has no Start and no Until: the caller knows the time. Its late orders come 45 seconds to
// six minutes after their requests.
func Storm(seed uint64) Plan {
	d := dice{seed}.fork(uint64(groups))
	p := Plan{
		Seed: seed,
		Slow: d.span(10*time.Millisecond, 5*time.Second),
		Late: d.span(45*time.Second, 3*time.Minute),
		Lag:  d.span(time.Second, 10*time.Minute),
		Thaw: d.below(2) == 0,
	}
	all := kinds()
	switch d.below(10) {
	case 0: // calm
	case 1, 2: // one thing goes wrong most of the time
		one := all[d.below(len(all))]
		p.Faults = []PlanFault{{one.outcome.Name, one.endpoint, 0.6}}
	case 3, 4, 5: // a little of this and that
		p.Faults = d.faults(all, 0.3, 0.06)
	case 6, 7, 8: // a lot
		p.Faults = d.faults(all, 0.5, 0.3)
	default: // everything
		p.Faults = d.faults(all, 1, 1)
	}
	if len(p.Faults) > 0 {
		for after := time.Duration(0); d.below(3) == 0; {
			after += d.span(time.Second, 10*time.Minute)
			p.Outages = append(p.Outages, Outage{after, d.span(time.Second, 3*time.Minute)})
		}
	}
	p.scale(0.9)
	return p
}

// faults takes each kind with a chance, with a share of at most most.
func (d *dice) faults(all []kind, chance, most float64) []PlanFault {
	var faults []PlanFault
	for _, k := range all {
		if d.float() < chance {
			faults = append(faults, PlanFault{k.outcome.Name, k.endpoint, most * d.float()})
		}
	}
	return faults
}

// scale takes the shares of what excludes one another down to a sum of at most most: something
// has to come through. Shares are rounded, so that a plan can be written down.
func (p *Plan) scale(most float64) {
	type place struct {
		endpoint string
		group    group
	}
	sums := map[place]float64{}
	at := func(f PlanFault) place { return place{f.Endpoint, findOutcome(f.Outcome).group} }
	for _, f := range p.Faults {
		sums[at(f)] += f.Share
	}
	for i, f := range p.Faults {
		share := f.Share * min(1, most/sums[at(f)])
		p.Faults[i].Share = max(0.0001, float64(int(share*10000))/10000)
	}
}
