package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// scoped is a scope with what its statements say of their days.
type scoped struct {
	MatchScope
	timing  int64
	periods []period // of its statements, those that meet made one
	open    []period // days before them, of which what is on no statement yet is expected on these
}

// period is days from the first to the last.
type period struct{ first, last int64 }

func (v View) scope(ctx context.Context, s MatchScope) (scoped, error) {
	c := scoped{MatchScope: s, timing: int64(s.TimingDays)}
	if c.timing <= 0 {
		c.timing = 3
	}
	if c.Location == nil {
		c.Location = time.UTC
	}
	for _, id := range s.Statements {
		one, err := v.Statement(ctx, id)
		if err != nil {
			return c, fmt.Errorf("statement %d: %w", id, err)
		}
		c.periods = append(c.periods, period{daysOf(one.FirstDay), daysOf(one.LastDay)})
	}
	if len(c.periods) == 0 {
		return c, fmt.Errorf("no statement: %w", ErrNotFound)
	}
	c.periods = joined(c.periods)
	var all []period
	scan := func(rows *sql.Rows) (p period, err error) { return p, rows.Scan(&p.first, &p.last) }
	for p, err := range query(ctx, v.q, scan, "SELECT first_day, last_day FROM statements WHERE merchant_id = ? AND origin = ?", s.Merchant.ID, string(s.Origin)) {
		if err != nil {
			return c, err
		}
		all = append(all, p)
	}
	c.open = openBefore(c.periods, all, c.timing)
	return c, nil
}

// joined are periods in their order, those that overlap or meet made one.
func joined(periods []period) (whole []period) {
	slices.SortFunc(periods, func(a, b period) int { return int(a.first - b.first) })
	for _, p := range periods {
		if n := len(whole); n > 0 && p.first <= whole[n-1].last+1 {
			whole[n-1].last = max(whole[n-1].last, p.last)
		} else {
			whole = append(whole, p)
		}
	}
	return whole
}

// longestGap is how many days may lie between a statement and the one before
// it; what lies farther back was before statements were taken in, or not taken
// in at all.
const longestGap = 92

// openBefore are the days from which something may be left for each period:
// the last days of the statement before it, on which what was missing was said to
// come on the next one, and the days between the two, which neither has. Without
// a statement before there are none: nobody was to look.
func openBefore(periods, all []period, timing int64) (open []period) {
	for _, p := range periods {
		before := int64(0)
		for _, other := range all {
			if other.first < p.first && other.last >= p.first-longestGap {
				before = max(before, other.last)
			}
		}
		if first := before - timing + 1; before > 0 && first < p.first {
			open = append(open, period{first, p.first - 1})
		}
	}
	return open
}

// midnight is when a civil day begins there, in milliseconds.
func midnight(day int64, there *time.Location) int64 {
	year, month, date := fromDays(day).Date()
	return time.Date(year, month, date, 0, 0, 0, 0, there).UnixMilli()
}

// paidIn is the condition that a payout's end lies in some days.
func (c scoped) paidIn(periods []period) string {
	terms := []string{"0"}
	for _, p := range periods {
		terms = append(terms, fmt.Sprintf("p.final_at >= %d AND p.final_at < %d", midnight(p.first, c.Location), midnight(p.last+1, c.Location)))
	}
	return "(" + strings.Join(terms, " OR ") + ")"
}

// elsewhereSQL is the line of another statement that a payout stands on.
const elsewhereSQL = `SELECT 1 FROM matches o CROSS JOIN statement_lines b ON b.id = o.line_id WHERE o.payout_id = p.id AND o.origin = ORIGIN AND o.standing = 'confirmed'
	AND o.form IN ('main', 'lump', 'split') AND b.statement_id NOT IN (STATEMENTS)`

// fill puts a scope into a statement: SQLite plans for constants, and none of
// them comes from a stranger.
func (c scoped) fill(text string) string {
	const slack = 2 // days, for all time zones
	first, last := c.periods[0].first, c.periods[len(c.periods)-1].last
	if len(c.open) > 0 {
		first = min(first, c.open[0].first)
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "LINESFROM", c.linesFrom()), "BATCH", c.batch())
	text = strings.ReplaceAll(text, "EXPECTED", "p.state = 'succeeded' AND ("+c.paidIn(c.periods)+" OR "+c.paidIn(c.open)+" AND NOT EXISTS ("+elsewhereSQL+"))")
	return strings.NewReplacer(
		"COVERED", "(p.state = 'succeeded' AND "+c.paidIn(c.periods)+")",
		"STATEMENTS", ids(c.Statements),
		"MERCHANT", fmt.Sprint(c.Merchant.ID),
		"ORIGIN", "'"+string(c.Origin)+"'",
		"SINCE", fmt.Sprint((first-lateDays-slack)*86400000),
		"UNTIL", fmt.Sprint((last+slack)*86400000),
		"LATEST", fmt.Sprint(midnight(last-c.timing+1, c.Location)),
		"LATE", fmt.Sprint(last-c.timing),
	).Replace(text)
}

// lateDays is after how many days a payout that is paid is in the index
// payouts_late.
const lateDays = 30

// linesFrom is where lines come from: the statements, or a batch's matches.
func (c scoped) linesFrom() string {
	if c.BatchID > 0 {
		return linesOfBatch
	}
	return linesFrom
}

func (c scoped) batch() string {
	if c.BatchID > 0 {
		return fmt.Sprintf(" AND p.batch_id = %d", c.BatchID)
	}
	return ""
}

var dayOfMark = regexp.MustCompile(`DAYOF\(([^)]*)\)`)

// inDays writes DAYOF(column), of milliseconds, as the civil day there. Clocks
// may change between two moments.
func inDays(text string, from, to time.Time, there *time.Location) string {
	return dayOfMark.ReplaceAllStringFunc(text, func(mark string) string {
		column := dayOfMark.FindStringSubmatch(mark)[1]
		var cases strings.Builder
		for at := from.In(there); ; {
			_, seconds := at.Zone()
			_, until := at.ZoneBounds()
			if until.IsZero() || until.After(to) {
				if cases.Len() == 0 {
					return fmt.Sprintf("((%s + %d) / 86400000)", column, seconds*1000)
				}
				return fmt.Sprintf("((%s + CASE%s ELSE %d END) / 86400000)", column, cases.String(), seconds*1000)
			}
			fmt.Fprintf(&cases, " WHEN %s < %d THEN %d", column, until.UnixMilli(), seconds*1000)
			at = until
		}
	})
}
