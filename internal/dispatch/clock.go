package dispatch

import (
	"log/slog"
	"sync"
	"time"

	"github.com/bulkpay/bulkpay/paypro"
)

// jumpMost is by how much the clock that the ledger goes by may run ahead of
// the process's own before it has jumped. Clocks are slewed by less in hours.
const jumpMost = 10 * time.Second

// clock notices when somebody sets the clock, or when the machine slept.
//
// The quarantine is measured by the ledger's clock. Set forward by hours, it
// would make a payout look denied for hours, and be sent again, after a few
// seconds. So for as long as the quarantine is after such a jump, denials say
// nothing. The first one after that comes, whatever the clocks say, a whole
// quarantine after any from before the jump.
type clock struct {
	now        func() time.Time
	quarantine time.Duration
	log        *slog.Logger

	mu           sync.Mutex
	wall, steady time.Time // one moment, by both clocks
	until        time.Time // by the process's own: denials say nothing before
}

func (o Options) newClock() *clock {
	return &clock{now: o.Now, quarantine: o.Policy.Quarantine, log: o.Log, wall: o.Now().Round(0), steady: time.Now()}
}

// believe takes a denial for no answer while the clock cannot be trusted.
func (c *clock) believe(v paypro.Verdict) paypro.Verdict {
	if !c.trusted() && v.Kind == paypro.Unknown {
		v.Kind = paypro.NoAnswer
	}
	return v
}

func (c *clock) trusted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall, steady := c.now().Round(0), time.Now() // rounded it is what the clock shows, and nothing else
	ahead := wall.Sub(c.wall) - steady.Sub(c.steady)
	if ahead.Abs() > jumpMost {
		c.wall, c.steady = wall, steady
		c.log.Warn("the clock has jumped, or the machine slept", "ahead", ahead)
	}
	if ahead > jumpMost {
		c.until = steady.Add(c.quarantine)
	}
	return !steady.Before(c.until)
}
