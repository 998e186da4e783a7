package simulate

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bulkpay/bulkpay/internal/audit"
	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// counts are what happened, by name: "group: what".
type counts struct {
	mu      sync.Mutex
	of      map[string]int
	largest map[string]int
	virtual time.Duration
}

func newCounts() *counts { return &counts{of: map[string]int{}, largest: map[string]int{}} }

func (c *counts) add(what string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of[what] += n
}

// most keeps the largest number.
func (c *counts) most(what string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.largest[what] = max(c.largest[what], n)
}

func (c *counts) get(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of[what]
}

// merge adds what another seed has counted.
func (c *counts) merge(other *counts) {
	for what, n := range other.of {
		c.add(what, n)
	}
	for what, n := range other.largest {
		c.most(what, n)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.virtual += other.virtual
}

// print lists everything, group by group.
func (c *counts) print(to io.Writer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := maps.Clone(c.of)
	maps.Copy(all, c.largest)
	last := ""
	for _, key := range slices.Sorted(maps.Keys(all)) {
		group, what, _ := strings.Cut(key, ": ")
		if group != last {
			fmt.Fprintln(to, group)
			last = group
		}
		fmt.Fprintf(to, "  %12d  %s\n", all[key], what)
	}
}

// never lists what could have happened and did not: faults of the gateway,
// and deaths before and after each kind of commit.
func (c *counts) never() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var missing []string
	for _, fault := range sandbox.FaultKinds() {
		if c.of["faults: "+fault] == 0 {
			missing = append(missing, fault)
		}
	}
	for what := range c.of {
		write, ok := strings.CutPrefix(what, "commits: ")
		for _, when := range []string{"before ", "after "} {
			if ok && c.of["deaths: "+when+write] == 0 {
				missing = append(missing, "death "+when+write)
			}
		}
	}
	slices.Sort(missing)
	return missing
}

// count takes over what the auditor and the gateway have counted.
func (w *world) count(r audit.Report) {
	c := w.counts
	c.add("payouts: all", r.Payouts)
	c.add("sheets: batches", r.Batches)
	c.add("payouts: events", r.Events)
	c.add("gateway: orders", r.Orders)
	c.add("gateway: orders paid", r.Paid)
	c.add("payouts: sent more than once", r.Resent)
	c.add("payouts: standing in for another", r.Replaced)
	c.add("payouts: flagged", r.Flagged)
	c.add("payouts: taken back by the gateway, flagged and not reversed", r.TakenBack)
	for state, n := range r.States {
		c.add("ends: "+state, n)
	}
	for reason, n := range r.Held {
		c.add("held: "+reason, n)
	}
	for reason, n := range r.HeldPaid {
		c.add("held and paid: "+reason, n)
	}
}
