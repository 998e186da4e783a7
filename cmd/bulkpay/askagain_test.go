package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatIsAskedAgainIsInItsView holds the view to what the command says.
func TestWhatIsAskedAgainIsInItsView(t *testing.T) {
	t.Parallel()
	tr := newTrial(t)
	if said := call(t, tr.with("run", tr.sheet(t, "salaries.csv", "mexico", 3, 7))...); said.code != exitDone {
		t.Fatal(said.err)
	}
	for range 2 {
		said := call(t, tr.with("settle", "last", "--again", "--json")...)
		var result runJSON
		if err := json.Unmarshal([]byte(said.out), &result); err != nil || said.code != exitDone {
			t.Fatal(err, said.err)
		}
		if diff := cmp.Diff(&againJSON{Payouts: 3, Asked: 3, Answered: 3, Definite: 3, Agreed: 3, Ended: true}, result.Batches[0].Again); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	db := outside(t, tr.path())
	got := asked(t, db, "SELECT ended, asked, answer, state_then, state, count(*), count(DISTINCT pass), count(DISTINCT trade_no), min(length(answered_at)) FROM v_questions GROUP BY 1, 2, 3, 4, 5")
	if diff := cmp.Diff([]string{line(1, 1, "paid", "succeeded", "succeeded", 6, 2, 3, 24)}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestTheDigestOfAPassIsThatOfItsView works out from the view, as docs/sql.md
// says, what stands in the history.
func TestTheDigestOfAPassIsThatOfItsView(t *testing.T) {
	t.Parallel()
	tr := newTrial(t)
	for _, args := range [][]string{{"run", tr.sheet(t, "salaries.csv", "mexico", 4, 8)}, {"settle", "last", "--again"}} {
		if said := call(t, tr.with(args...)...); said.code != exitDone {
			t.Fatal(said.err)
		}
	}
	db := outside(t, tr.path())
	lines := asked(t, db, `SELECT trade_no || ' ' || asked || ' ' || coalesce(answer, '') || ' ' || coalesce(state_then, '') || ' ' ||
		coalesce(CAST(round(1000 * unixepoch(answered_at, 'subsec')) AS INTEGER), 0) || ' ' || coalesce(event, 0) FROM v_questions ORDER BY row`)
	digest := sha256.Sum256([]byte(strings.Join(lines, "\n") + "\n"))
	got := asked(t, db, "SELECT json_extract(evidence, '$.digest'), json_extract(evidence, '$.answered') FROM v_events WHERE kind = 'asked_again'")
	if diff := cmp.Diff([]string{line(hex.EncodeToString(digest[:]), 4)}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
