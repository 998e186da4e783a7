package ledger

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// begin begins a pass over a batch, or goes on with one.
func (d *desk) begin(b Batch) (Pass, bool) {
	d.t.Helper()
	p, goesOn, err := d.AskAgain(d.t.Context(), b.ID, "maria", "closing of November")
	must(d.t, err)
	return p, goesOn
}

// hears answers the question of a pass about a payout.
func (d *desk) hears(p Pass, payout Payout, kind Kind) Applied {
	d.t.Helper()
	o := asked(d.reload(payout), kind)
	o.Pass = p.ID
	return d.recordUnder(looked, o)
}

// found is how a pass stands, in few words.
func (d *desk) found(b Batch) string {
	d.t.Helper()
	p, err := d.LatestPass(d.t.Context(), b.ID)
	must(d.t, err)
	return fmt.Sprintf("%d: asked %d, answered %d, definite %d, agreed %d, ended %v", p.Payouts, p.Asked, p.Answered, p.Definite, p.Agreed, p.Ended)
}

func (d *desk) finish(p Pass) Pass {
	d.t.Helper()
	found, err := d.FinishPass(d.t.Context(), p, ActorSettle)
	must(d.t, err)
	return found
}

func (d *desk) unanswered(p Pass) []int {
	d.t.Helper()
	return rowNumbers(all(d.t, d.Unanswered(d.t.Context(), p, 0, 100)))
}

// ofEachKind is a batch with a payout that is paid, one that failed, one that
// was rejected, one in doubt and one that was never sent.
func (d *desk) ofEachKind() (Batch, []Payout) {
	d.t.Helper()
	b := d.batch(5)
	claimed := d.claim(b, 4)
	for i, kind := range []Kind{Paid, NotPaid, Refused, Doubt} {
		d.recordUnder(looked, answer(claimed[i], kind))
	}
	return b, claimed
}

func (d *desk) batchKinds(b Batch) string {
	d.t.Helper()
	var kinds []string
	for _, e := range all(d.t, d.BatchEvents(d.t.Context(), b.ID)) {
		kinds = append(kinds, e.Kind+" by "+e.Actor)
	}
	return strings.Join(kinds, ", ")
}

func TestAPassCountsWhatTheGatewayRepeats(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b, sent := d.ofEachKind()
	d.later(30 * 24 * time.Hour)
	events := len(d.history(sent[0]))
	p, goesOn := d.begin(b)
	equal(t, "goes on", goesOn, false)
	equal(t, "what was never sent is not asked about", d.unanswered(p), []int{2, 3, 4, 5})
	d.clock.advance(time.Minute)
	equal(t, "a repeat", d.hears(p, sent[0], Paid).Ignored, true)
	equal(t, "no event", len(d.history(sent[0])), events)
	d.hears(p, sent[1], NotPaid)
	d.hears(p, sent[2], Unknown)
	d.clock.advance(time.Minute)
	d.hears(p, sent[3], NoAnswer)
	equal(t, "begun", d.found(b), "4: asked 4, answered 3, definite 2, agreed 3, ended false")
	equal(t, "not ended while one is open", d.finish(p).Ended, false)
	equal(t, "left", d.unanswered(p), []int{5})
	d.hears(p, sent[3], Paid)
	found := d.finish(p)
	equal(t, "found", d.found(b), "4: asked 4, answered 4, definite 3, agreed 3, ended true")
	equal(t, "span", found.Last.Sub(found.First), time.Minute)
	equal(t, "twice", d.finish(p), found)
	d.stands(sent[3], Succeeded)
	equal(t, "history", d.batchKinds(b), "imported by maria, asking_again by maria, asked_again by settle")
}

func TestAPassIsGoneOnWithAndNotBegunTwice(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b, sent := d.ofEachKind()
	first, _ := d.begin(b)
	d.hears(first, sent[0], Paid)
	d.later(23 * time.Hour)
	again, goesOn := d.begin(b)
	equal(t, "the same", []any{again.ID, goesOn, d.unanswered(again)}, []any{first.ID, true, []int{3, 4, 5}})
	d.hears(again, sent[1], NotPaid)
	d.later(25 * time.Hour)
	anew, goesOn := d.begin(b)
	equal(t, "anew", []any{anew.ID > first.ID, goesOn, d.unanswered(anew)}, []any{true, false, []int{2, 3, 4, 5}})
	d.hears(first, sent[2], Unknown) // too late for the first
	equal(t, "left to it", d.unanswered(first), []int{4, 5})
	equal(t, "history", d.batchKinds(b), "imported by maria, asking_again by maria, asked_again by maria, asking_again by maria")
}

func TestAPassNeverChangesHowAnswersAreBelieved(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		one, two := setup(t), setup(t)
		var p Pass
		var at [2][]Payout
		for i, d := range []*desk{one, two} {
			b, sent := d.ofEachKind()
			if at[i] = sent; i == 0 {
				p, _ = d.begin(b)
			} else {
				must(t, d.Note(t.Context(), b.ID, "maria", "asked", "", nil))
			}
		}
		for range rapid.IntRange(1, 6).Draw(r, "answers") {
			i := rapid.IntRange(0, 3).Draw(r, "payout")
			kind := rapid.SampledFrom([]Kind{Paid, Accepted, NotPaid, Doubt, Unknown, NoAnswer, Conflict}).Draw(r, "kind")
			a, b := one.hears(p, at[0][i], kind), two.recordUnder(looked, asked(two.reload(at[1][i]), kind))
			a.Payout.ID, a.heard = b.Payout.ID, b.heard
			if fmt.Sprintf("%+v", a) != fmt.Sprintf("%+v", b) {
				r.Fatalf("%s: %+v in a pass, %+v without", kind, a, b)
			}
			wait := rapid.SampledFrom([]time.Duration{0, time.Minute, 2 * time.Hour}).Draw(r, "wait")
			one.later(wait)
			two.later(wait)
		}
	})
}

func TestWhatContradictsIsInThePassAndInTheHistory(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b, sent := d.ofEachKind()
	p, _ := d.begin(b)
	d.clock.advance(time.Second)
	equal(t, "flagged", d.hears(p, sent[0], NotPaid).Flagged, true)
	d.hears(p, sent[0], Paid) // a second answer to a question that is answered
	d.stands(sent[0], Reversed)
	other := numbered(asked(d.reload(sent[1]), NotPaid), "P-1")
	d.recordUnder(looked, other)
	other.Payout, other.PlatformTradeNo, other.Pass = d.reload(sent[1]), "P-2", p.ID
	d.recordUnder(looked, other)
	equal(t, "found", d.found(b), "4: asked 2, answered 2, definite 1, agreed 0, ended false")
	var heard []string
	for h, err := range d.Heard(t.Context(), b) {
		must(t, err)
		heard = append(heard, fmt.Sprintf("%s/%s anew %v %d", h.Kind, h.State, h.Anew, h.Count))
	}
	equal(t, "heard", heard, []string{"/in_doubt anew false 1", "conflict/failed anew true 1", "paid/reversed anew false 1", "refused/rejected anew false 1"})
}

func TestNothingIsAskedAboutWhereNothingWasSent(t *testing.T) {
	t.Parallel()
	d := setup(t)
	b := d.batch(2)
	if _, _, err := d.AskAgain(t.Context(), b.ID, "maria", ""); !errors.Is(err, ErrNothingSent) {
		t.Errorf("error %v", err)
	}
	if _, err := d.LatestPass(t.Context(), b.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("a pass: %v", err)
	}
	if _, _, err := d.AskAgain(t.Context(), b.ID, "", ""); err == nil {
		t.Error("by nobody")
	}
}

// passed is a book with a pass that ended and one that has not.
func passed(t *testing.T) *desk {
	t.Helper()
	d := setup(t)
	b, sent := d.ofEachKind()
	p, _ := d.begin(b)
	for i, kind := range []Kind{Paid, NotPaid, Unknown, Doubt} {
		d.hears(p, sent[i], kind)
	}
	equal(t, "ended", d.finish(p).Ended, true)
	open, _ := d.begin(b)
	d.hears(open, sent[0], Paid)
	return d
}

func TestNoPassIsChangedUnnoticed(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"an answer":          "UPDATE questions SET heard = 'paid' WHERE heard = 'not_paid'",
		"how it stood":       "UPDATE questions SET stood = 'succeeded' WHERE heard = 'not_paid'",
		"when":               "UPDATE questions SET at = at + 1 WHERE heard = 'not_paid'",
		"how often":          "UPDATE questions SET tries = 9 WHERE heard = 'not_paid'",
		"a question less":    "DELETE FROM questions WHERE heard = 'unknown'",
		"one less, open":     "DELETE FROM questions WHERE heard = ''",
		"a pass less":        "DELETE FROM passes WHERE ended = 0",
		"ended in words":     "UPDATE passes SET ended = 999 WHERE ended = 0",
		"ended and undone":   "UPDATE passes SET ended = 0 WHERE ended > 0",
		"begun at":           "UPDATE passes SET begun_at = 1",
		"of another batch":   "UPDATE passes SET batch_id = 99",
		"a pass of nobody's": "INSERT INTO passes (id, batch_id, begun_at, ended) VALUES (1, 1, 1, 2)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := passed(t)
			d.tampered = true
			db := raw(t, d.ledger().Path())
			if !strings.HasPrefix(statement, "INSERT") {
				if _, err := db.Exec(statement); err == nil && name != "ended in words" {
					t.Error("the triggers let it pass")
				}
			}
			for _, drop := range []string{"passes_are_kept", "passes_end_once", "questions_are_kept", "questions_are_answered_once"} {
				_, err := db.Exec("DROP TRIGGER " + drop)
				must(t, err)
			}
			_, _ = db.Exec("DROP INDEX passes_unfinished")
			_, err := db.Exec(statement)
			must(t, err)
			v, err := d.Verify(t.Context())
			must(t, err)
			if len(v.Findings) == 0 || !strings.Contains(fmt.Sprint(v.Findings), "pass ") {
				t.Errorf("found %v", v.Findings)
			}
		})
	}
}

func TestNoQuestionOfAPassReadsTheWholeTable(t *testing.T) {
	t.Parallel()
	d := passed(t)
	for text, index := range map[string]string{
		unansweredSQL:   "questions_unanswered (pass_id=? AND payout_id>?)",
		latestAskingSQL: "passes_by_batch (batch_id=?)",
		answerAskingSQL: "(pass_id=? AND payout_id=?)",
		lastHeardSQL:    "SEARCH q USING PRIMARY KEY (pass_id=? AND payout_id=?)",
	} {
		plan := explain(t, d.ledger(), text)
		if !strings.Contains(plan, index) || strings.Contains(plan, "SCAN q") || strings.Contains(plan, "SCAN p\n") {
			t.Errorf("wants %s:\n%s", index, plan)
		}
		if text == unansweredSQL && strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("reads all to give a few:\n%s", plan)
		}
	}
}
