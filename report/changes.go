package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/ledger"
)

// alarm is what stands at the top of every report, before all figures: a loud
// word and the sentence that belongs to it.
type alarm struct{ loud, says string }

func (a alarm) String() string { return a.loud + ": " + a.says }

// alarms are what nobody may miss, most urgent first.
func (h head) alarms() []alarm {
	var all []alarm
	if h.Stopped != "" {
		says := strings.TrimSuffix(h.Stopped, ".")
		if waiting := h.Bucket(ledger.BucketWaiting).Count; waiting > 0 {
			says += "; " + plural(waiting, "payout") + " not sent yet"
		}
		all = append(all, alarm{"STOPPED BY ITSELF", says + ". Find the cause, then run the same command again: it goes on where it stopped."})
	}
	for _, move := range h.moved {
		if loud, says := contrary(move); loud != "" {
			all = append(all, alarm{loud, plural(move.Count, "payout") + ", " + move.Sum.String() + ": " + says})
		}
	}
	return all
}

// contrary says what is alarming about a move out of what was final: somebody
// may have acted on the old status. loud is "" for every other move.
func contrary(move ledger.Change) (loud, says string) {
	switch {
	case move.To == ledger.BucketReversed:
		return "REVERSED", "paid before and not paid any more. Tell whoever keeps the accounts, and do not pay again before the gateway has said where the money is."
	case !slices.Contains(final, move.From):
		return "", ""
	case move.To == ledger.BucketSucceeded:
		return "PAID AFTER ALL", "reported as " + move.From + " before. Whoever has paid this by another way meanwhile has paid twice."
	}
	return "NOT FINAL AFTER ALL", "reported as " + move.From + " before, now " + move.To + ". Do not pay this by another way."
}

// final are the buckets that nobody expects anything to leave.
var final = []string{
	ledger.BucketCancelled, ledger.BucketSucceeded, ledger.BucketFailed, ledger.BucketRejected, ledger.BucketReversed,
}

// sorted puts the moves into the one order they are shown in, whatever order
// they came in: reversals first, then the other alarming ones, then as the
// equation has the buckets.
func sorted(moved []ledger.Change) []ledger.Change {
	rank := func(move ledger.Change) int {
		loud, _ := contrary(move)
		switch {
		case move.To == ledger.BucketReversed:
			return 0
		case loud != "":
			return 1
		}
		return 2
	}
	buckets := ledger.Buckets()
	moved = slices.Clone(moved)
	slices.SortStableFunc(moved, func(a, b ledger.Change) int {
		return cmp.Or(
			cmp.Compare(rank(a), rank(b)),
			cmp.Compare(slices.Index(buckets, a.From), slices.Index(buckets, b.From)),
			cmp.Compare(slices.Index(buckets, a.To), slices.Index(buckets, b.To)),
		)
	})
	return moved
}

// movedCount is how many payouts stand elsewhere than in the last report.
func (h head) movedCount() int {
	n := 0
	for _, move := range h.moved {
		n += move.Count
	}
	return n
}

// sinceLast says in one line what moved since the last report; "" if nobody
// has said what there was.
func (h head) sinceLast() string {
	since := "the report of " + moment(h.changes.Since) + " UTC"
	switch n := h.movedCount(); {
	case h.changes.First:
		return "first report of this batch"
	case h.changes.Since.IsZero():
		return ""
	case n == 0:
		return "nothing since " + since
	default:
		return plural(n, "payout") + " since " + since
	}
}

// changeLines are the moves as plain lines, for the forms without tables.
func (h head) changeLines() []string {
	var lines []string
	for _, move := range h.moved {
		line := move.From + " → " + move.To + " | " + plural(move.Count, "row") + " | " + h.number(move.Sum) + " " + h.currency.Code
		if loud, _ := contrary(move); loud != "" {
			line += " | " + loud
		}
		lines = append(lines, line)
	}
	return lines
}

// age is a length of time as people say it, in its largest unit and never
// rounded up: nothing is called older than it is.
func age(d time.Duration) string {
	switch hours := int(d / time.Hour); {
	case hours >= 48:
		return plural(hours/24, "day")
	case hours >= 1:
		return plural(hours, "hour")
	case d >= time.Minute:
		return plural(int(d/time.Minute), "minute")
	}
	return "under a minute"
}
