package sandbox

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The words of a plan's text that are no faults.
const (
	wordStorm  = "storm"
	wordOutage = "outage"
	wordThaw   = "thaw"
)

// spans are the settings of a plan that are times, by their words.
func (p *Plan) spans() []struct {
	word string
	span *time.Duration
} {
	return []struct {
		word string
		span *time.Duration
	}{{"slowness", &p.Slow}, {"lateness", &p.Late}, {"lag", &p.Lag}}
}

// ParsePlan reads a plan as people write it: items that are separated by commas or ends of lines, "storm" for
// [Storm] of the seed, or nothing but
//
//	[endpoint:]outcome=share    a fault: 0.2 or 20% of the requests there, of all endpoints where there is none
//	slowness=2s  lateness=90s  lag=30s    [Plan.Slow], [Plan.Late] and [Plan.Lag]
//	outage=1m+30s    connections are refused for 30 seconds, a minute after the start
//	thaw             [Plan.Thaw]
//
// What follows a # to the end of its line is a comment. [Plan.Start] and [Plan.Until] are not written
// down. Errors say what there is.
func ParsePlan(text string, seed uint64) (Plan, error) {
	p, err := parsePlan(text, seed)
	if err != nil {
		return Plan{}, fmt.Errorf("fault plan: %w", err)
	}
	if _, err := p.compile(); err != nil {
		return Plan{}, err
	}
	return p, nil
}

func parsePlan(text string, seed uint64) (Plan, error) {
	p := Plan{Seed: seed}
	items, storm := 0, false
	for line := range strings.SplitSeq(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		for item := range strings.SplitSeq(line, ",") {
			if item = strings.TrimSpace(item); item == "" {
				continue
			}
			if items++; strings.EqualFold(item, wordStorm) {
				storm = true
			} else if err := p.item(item); err != nil {
				return p, err
			}
		}
	}
	switch {
	case storm && items > 1:
		return p, errors.New("storm stands alone: it draws the whole plan")
	case storm:
		return Storm(seed), nil
	case items == 0:
		return p, errors.New(`it is empty: want "storm" or [endpoint:]outcome=share, such as timeout=0.2`)
	}
	return p, nil
}

// item reads one item into the plan.
func (p *Plan) item(item string) error {
	if strings.EqualFold(item, wordThaw) {
		p.Thaw = true
		return nil
	}
	name, value, ok := strings.Cut(item, "=")
	if !ok {
		return fmt.Errorf("%q is not [endpoint:]outcome=share: there are %s", item, planNames())
	}
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if strings.EqualFold(name, wordOutage) {
		return p.outageItem(value)
	}
	for _, s := range p.spans() {
		if strings.EqualFold(name, s.word) {
			d, err := time.ParseDuration(value)
			if err != nil || d <= 0 {
				return fmt.Errorf("%s=%s: want a time such as 30s", s.word, value)
			}
			*s.span = d
			return nil
		}
	}
	endpoint, outcome, ok := strings.Cut(name, ":")
	if !ok {
		endpoint, outcome = "", name
	}
	share, err := parseShare(value)
	if err != nil {
		return fmt.Errorf("%s: %w", item, err)
	}
	f := PlanFault{strings.TrimSpace(outcome), strings.ToLower(strings.TrimSpace(endpoint)), share}
	if ok && f.Endpoint == "" {
		return fmt.Errorf("%s: no endpoint before the colon: there are %s", item, endpointNames())
	}
	if o := findOutcome(f.Outcome); o != nil {
		f.Outcome = o.Name // as it is written in the table
	}
	p.Faults = append(p.Faults, f)
	return nil
}

func (p *Plan) outageItem(value string) error {
	after, long, ok := strings.Cut(value, "+")
	a, err := time.ParseDuration(after)
	l, err2 := time.ParseDuration(long)
	if !ok || err != nil || err2 != nil || a < 0 || l <= 0 {
		return fmt.Errorf("outage=%s: want AFTER+FOR, such as 1m+30s", value)
	}
	p.Outages = append(p.Outages, Outage{a, l})
	return nil
}

// parseShare reads 0.2 or 20%.
func parseShare(text string) (float64, error) {
	number, percent := strings.CutSuffix(text, "%")
	share, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		share /= 100
	}
	if err != nil || !(share >= 0 && share <= 1) {
		return 0, fmt.Errorf("share %q: want 0 to 1, or 0%% to 100%%", text)
	}
	return share, nil
}

// String is the plan in the form that ParsePlan reads, without its Seed, Start and Until.
func (p Plan) String() string {
	var items []string
	for _, f := range p.Faults {
		item := f.Outcome + "=" + strconv.FormatFloat(f.Share, 'g', -1, 64)
		if f.Endpoint != "" {
			item = f.Endpoint + ":" + item
		}
		items = append(items, item)
	}
	for _, s := range p.spans() {
		if *s.span != 0 {
			items = append(items, s.word+"="+s.span.String())
		}
	}
	for _, o := range p.Outages {
		items = append(items, fmt.Sprintf("%s=%s+%s", wordOutage, o.After, o.For))
	}
	if p.Thaw {
		items = append(items, wordThaw)
	}
	return strings.Join(items, ",")
}
