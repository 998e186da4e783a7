package offline

import (
	"slices"
	"testing"

	"github.com/bulkpay/bulkpay/ledger"
)

// TestBothReadingsNeverDisagree holds what is written here by heart against
// the ledger's own.
func TestBothReadingsNeverDisagree(t *testing.T) {
	t.Parallel()
	var ours, theirs []string
	for from, all := range leads {
		for _, to := range all {
			ours = append(ours, from+">"+to)
		}
	}
	for _, step := range ledger.Transitions() {
		theirs = append(theirs, string(step.From)+">"+string(step.To))
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	if !slices.Equal(ours, theirs) {
		t.Errorf("transitions: %v\nof the ledger: %v", ours, theirs)
	}
	if !slices.Equal(buckets, ledger.Buckets()) {
		t.Errorf("buckets: %v", buckets)
	}
	for _, state := range ledger.States() {
		if !slices.Contains(states, string(state)) || bucket(string(state)) != state.Bucket() {
			t.Errorf("state %s", state)
		}
	}
	for _, kind := range ledger.Kinds() {
		if !slices.Contains(kinds, string(kind)) {
			t.Errorf("kind %s", kind)
		}
	}
	if len(states) != len(ledger.States()) || len(kinds) != len(ledger.Kinds())+1 { // and "submitted"
		t.Error("there are states or kinds that the ledger does not have")
	}
}
