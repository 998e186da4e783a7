package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// alarm is what stands at the top of every report, before all figures: a loud
// word and the sentence that belongs to it.
type alarm struct{ loud, says string }

func (a alarm) String() string { return a.loud + ": " + a.says }

// alarms are what nobody may miss, most urgent first.
func (h *head) alarms() []alarm {
	var all []alarm
	for _, s := range h.sections {
		if s.Summary.Stopped != "" {
			all = append(all, h.stopAlarm(s))
		}
	}
	for _, move := range h.moved {
		if loud, says := contrary(move); loud != "" {
			all = append(all, alarm{h.t(loud), h.t("%s, %s: %s", h.n(move.Count, "%d payout", "%d payouts"), move.Sum.String(), h.saysOf(says, move))})
		}
	}
	return all
}

func (h *head) stopAlarm(s *section) alarm {
	says := strings.TrimSuffix(s.Summary.Stopped, ".")
	if !h.one() {
		says = s.Summary.Batch.Code + ": " + says
	}
	if waiting := s.Summary.Bucket(ledger.BucketWaiting).Count; waiting > 0 {
		says += h.n(waiting, "; %d payout not sent yet", "; %d payouts not sent yet")
	}
	return alarm{h.t("STOPPED BY ITSELF"), h.t("%s. Find the cause, then run the same command again: it goes on where it stopped.", says)}
}

func (h *head) saysOf(says lang.Key, move ledger.Change) string {
	switch strings.Count(string(says), "%s") {
	case 0:
		return h.t(says)
	case 1:
		return h.t(says, h.word(move.From))
	}
	return h.t(says, h.word(move.From), h.word(move.To))
}

// contrary says what is alarming about a move out of what was final: somebody
// may have acted on the old status. loud is "" for every other move. What it
// says has places for the two statuses.
func contrary(move ledger.Change) (loud, says lang.Key) {
	switch {
	case move.To == ledger.BucketReversed:
		return "REVERSED", "paid before and not paid any more. Tell whoever keeps the accounts, and do not pay again before the gateway has said where the money is."
	case !slices.Contains(final, move.From):
		return "", ""
	case move.To == ledger.BucketSucceeded:
		return "PAID AFTER ALL", "reported as %s before. Whoever has paid this by another way meanwhile has paid twice."
	}
	return "NOT FINAL AFTER ALL", "reported as %s before, now %s. Do not pay this by another way."
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
func (h *head) movedCount() int {
	n := 0
	for _, move := range h.moved {
		n += move.Count
	}
	return n
}

// sinceLast says in one line what moved since the last report; "" if nobody
// has said what there was.
func (h *head) sinceLast() string {
	n := h.movedCount()
	switch {
	case h.changes.First && h.one():
		return h.t("first report of this batch")
	case h.changes.First:
		return h.t("first report of these batches")
	case h.changes.Since.IsZero():
		return ""
	case !h.one() && n == 0:
		return h.t("nothing since the last report of each batch")
	case !h.one():
		return h.n(n, "%d payout since the last report of its batch", "%d payouts since the last report of each batch")
	case n == 0:
		return h.t("nothing since the report of %s", h.Lang.Moment(h.changes.Since))
	}
	return h.n(n, "%d payout since the report of %s", "%d payouts since the report of %s", h.Lang.Moment(h.changes.Since))
}

// changeLines are the moves as plain lines, for the forms without tables.
func (h *head) changeLines() []string {
	var lines []string
	for _, move := range h.moved {
		line := h.word(move.From) + " → " + h.word(move.To) + " | " + h.n(move.Count, "%d row", "%d rows") + " | " + h.number(move.Sum) + " " + h.currency.Code
		if loud, _ := contrary(move); loud != "" {
			line += " | " + h.t(loud)
		}
		lines = append(lines, line)
	}
	return lines
}
