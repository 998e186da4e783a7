package month

import (
	"fmt"
	"strings"

	"github.com/bulkpay/bulkpay/ledger"
)

// Score is how well a reconciliation did.
type Score struct {
	Planted  int               // findings that there are to be found
	Found    int               // of them
	Invented int               // findings beside them
	Kinds    map[string][2]int // of each kind of defect: planted, wholly found
	Faults   []string          // what was missed or invented
}

// Precision is which share of what was found is so, Recall which share of
// what is so was found.
func (s Score) Precision() float64 { return float64(s.Found) / max(1, float64(s.Found+s.Invented)) }

// Recall is which share of the planted findings was found.
func (s Score) Recall() float64 { return float64(s.Found) / max(1, float64(s.Planted)) }

// String is a table of the kinds.
func (s Score) String() string {
	var b strings.Builder
	for _, name := range Defects() {
		fmt.Fprintf(&b, "%4d of %4d  %s\n", s.Kinds[name][1], s.Kinds[name][0], name)
	}
	fmt.Fprintf(&b, "%d findings planted, %d found, %d invented: precision %.4f, recall %.4f", s.Planted, s.Found, s.Invented, s.Precision(), s.Recall())
	return b.String()
}

// asFinding is what of a line or payout is held against the answers. What
// stands on no confirmed line is about its payout.
func asFinding(l ledger.MatchLine) Finding {
	if l.Class == ledger.ClassMissing || l.Class == ledger.ClassTiming && l.Form != ledger.AttemptLine {
		return Finding{0, l.TradeNo, l.Class}
	}
	return Finding{l.Number, "", l.Class}
}

// Score holds what a reconciliation has found against what was planted.
func (m *Month) Score(lines []ledger.MatchLine) Score {
	s := Score{Kinds: map[string][2]int{}}
	found := map[Finding]int{}
	for _, l := range lines {
		found[asFinding(l)]++
	}
	for _, answer := range m.Key {
		count := s.Kinds[answer.Kind]
		count[0]++
		whole := true
		for _, want := range answer.Findings {
			s.Planted++
			if want.Line > 0 {
				want.TradeNo = ""
			}
			if found[want] == 0 {
				whole = false
				s.Faults = append(s.Faults, fmt.Sprintf("missed: %s: %+v", answer.Kind, want))
				continue
			}
			s.Found++
			found[want]--
		}
		if whole {
			count[1]++
		}
		s.Kinds[answer.Kind] = count
	}
	for finding, n := range found {
		if s.Invented += n; n > 0 {
			s.Faults = append(s.Faults, fmt.Sprintf("invented %d times: %+v", n, finding))
		}
	}
	return s
}
