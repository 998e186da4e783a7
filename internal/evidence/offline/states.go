package offline

import "slices"

// states of a payout. The order is of no meaning.
var states = []string{
	"ready", "held", "submitting", "in_doubt", "processing", "succeeded", "failed", "rejected", "cancelled", "reversed",
}

// leads says which states may follow on which.
var leads = map[string][]string{
	"ready":      {"submitting", "in_doubt", "held", "cancelled", "processing", "succeeded", "failed"},
	"held":       {"cancelled", "ready", "in_doubt", "processing", "succeeded", "failed"},
	"submitting": {"held", "ready", "in_doubt", "processing", "succeeded", "failed", "rejected"},
	"in_doubt":   {"held", "ready", "processing", "succeeded", "failed"},
	"processing": {"held", "in_doubt", "succeeded", "failed"},
	"succeeded":  {"reversed"},
	"failed":     {"processing", "succeeded"},
	"rejected":   {"processing", "succeeded"},
}

// kinds of event that a payout has.
var kinds = []string{
	"submitted", "paid", "accepted", "not_paid", "refused", "doubt", "not_sent", "interrupted", "unknown", "no_answer", "conflict",
	"hold", "release", "cancel", "said_paid", "said_not_paid", "resend", "hint",
}

// buckets in the order of the equation.
var buckets = []string{
	"invalid", "known", "held", "cancelled", "waiting", "in doubt", "processing", "succeeded", "failed", "rejected", "reversed",
}

// bucket is where a row counts.
func bucket(state string) string {
	switch state {
	case "ready":
		return "waiting"
	case "submitting", "in_doubt":
		return "in doubt"
	}
	return state
}

func may(from, to string) bool { return from == to || slices.Contains(leads[from], to) }
