package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// scene is a stage on which things go wrong: a gateway that can be killed and
// comes back under the same address, the sheets to be paid, and everything
// that was said.
type scene struct {
	*stage
	relay  *relay
	sheets []string // paths, as they stand on the command line
	given  []given
	people []person
	spoken []*process

	faulty   bool                    // the gateway draws faults of its own
	killed   bool                    // runs were killed with placements on their way
	resent   int                     // payouts sent once more on a person's word
	carryOut func(*testing.T) string // copies the books to where they can be seen from here; nil: they can
}

// given is one row of a sheet, as the test itself knows it.
type given struct {
	sheet, area     string
	row             int
	amount, account string
	word            string // asks the simulated gateway for an outcome; "" for none
}

func newScene(t *testing.T, flags ...string) *scene {
	t.Helper()
	s := &scene{stage: newStage(t, flags...)}
	s.relay = newRelay(t, s.address)
	s.address = s.relay.address()
	return s
}

// add writes one more sheet to be paid. word names the outcome that a row asks
// for, by its number from 0; nil: none does.
func (s *scene) add(t *testing.T, name, slug string, rows int, seed uint64, word func(int) string) {
	t.Helper()
	area, ok := paypro.LookupArea(slug)
	if !ok {
		t.Fatal(slug)
	}
	amount, account := area.FieldFor(paypro.RoleAmount).Name, area.FieldFor(paypro.RoleAccount).Name
	written := func(yield func(paypro.Values) bool) {
		i := 0
		for row := range samplegen.Rows(area, rows, seed) {
			g := given{sheet: name, area: slug, row: i + 2, amount: row[amount], account: row[account]}
			if word != nil {
				g.word = word(i)
			}
			if g.word != "" {
				row["remark"] = "SANDBOX:" + g.word
			}
			s.given = append(s.given, g)
			if i++; !yield(row) {
				return
			}
		}
	}
	var text bytes.Buffer
	if err := samplegen.WriteCSV(&text, area, samplegen.LanguageOf(area), written); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.folder, name), text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	s.sheets = append(s.sheets, name)
	s.people = append(s.people, peopleOf(t, area, rows, seed)...)
}

// pay starts `bulkpay run` of all sheets.
func (s *scene) pay(t *testing.T, flags ...string) *process {
	t.Helper()
	return s.command(t, slices.Concat([]string{"run", "--sandbox=" + s.address}, s.sheets, flags)...)
}

// command starts any command line.
func (s *scene) command(t *testing.T, args ...string) *process {
	t.Helper()
	p := s.start(t, args...)
	s.spoken = append(s.spoken, p)
	return p
}

// loseGateway kills the gateway at once and starts it again on its journal.
func (s *scene) loseGateway(t *testing.T, meanwhile func()) {
	t.Helper()
	_ = s.gateway.Process.Kill() // if it has ended, so much the better
	_ = s.gateway.Wait()         // killed is an error to some
	meanwhile()
	s.relay.point(s.startGateway(t))
}

// finish runs the same command until nothing is left to do, which must come
// to pass within a few runs.
func (s *scene) finish(t *testing.T, flags ...string) *process {
	t.Helper()
	want := exitDone
	if slices.ContainsFunc(s.given, func(g given) bool { return fates[g.word].state != fates[""].state }) {
		want = exitNotPaid
	}
	for range 6 {
		p := s.pay(t, flags...)
		code := p.code(t)
		if code == want {
			return p
		}
		if code != exitInDoubt && code != exitUnfinished {
			t.Fatalf("exit code %d, want %d\n%s%s", code, want, &p.out, &p.err)
		}
		if s.faulty || s.killed {
			s.letResend(t)
		}
	}
	last := s.spoken[len(s.spoken)-1]
	t.Fatalf("never finished\n%s%s", &last.out, &last.err)
	return nil
}

// letResend says a person's word for what is held because as many placements of
// one payout as may be sent were lost: by the gateway, or by a run that was
// killed.
func (s *scene) letResend(t *testing.T) {
	t.Helper()
	book, err := ledger.Open(t.Context(), s.ledgerFile(), ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var held []string
	for _, p := range s.payouts(t, book) {
		if p.State == ledger.Held && p.Reason == ledger.ReasonSpent {
			held = append(held, p.TradeNo)
		}
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	for _, number := range held {
		s.command(t, "resolve", number, "--sandbox", "--resend", "--reason", "a test").exit(t, exitDone)
	}
	s.resent += len(held)
}
