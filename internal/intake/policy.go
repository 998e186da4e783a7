package intake

import (
	"errors"
	"fmt"
	"slices"

	"github.com/bulkpay/bulkpay/ledger"
)

// Policy is what becomes of rows that look like a payout already made. There
// are two classes of them:
//
//   - a duplicate is the same payout ([ledger.SamePayout]), or the same amount
//     to the same account ([ledger.SamePayee]), also as one that was called off
//     if another is paid in its place;
//   - a near match is an account that was paid under another name
//     ([ledger.OtherName]), a name and amount that went to another account
//     ([ledger.OtherAccount]), and a repaired row of which it is not certain
//     that nothing was paid for it ([PaidSince], [Contradicted], [CalledOff]).
//
// The policy is for the duplicates. A near match is held, whatever the policy,
// unless a person has said to pay:
//
//	           duplicate                     near match
//	refuse     nothing of it is imported     held
//	hold       held                          held
//	skip       left out, with the reason     held
//	pay        paid                          paid       (needs a reason, which is kept)
//
// So a sheet is never refused for a near match, and a near match is never
// paid unseen. An employee who has changed banks looks exactly like a swindle
// with a changed account: neither should stop the pay of a thousand others, and
// each is worth a person's look. Held payouts are in the batch, in every report
// and in the sum; a person releases or cancels them one by one.
//
// A name and an account of which the ledger shows that the one was paid to the
// other before, however long ago, and to no other account, are no near match:
// two people with one joint account are looked at once and not every month.
// The same payee paid twice with different amounts is no suspicion at all.
//
// Inside one sheet the first row stands and each later one is the suspect, for
// its strongest reason and with the row it resembles; a row that is known to
// be a payout already counts as the first. A row that resembles an earlier
// batch is a suspect wherever it stands.
type Policy string

// The policies. The zero value is [Refuse].
const (
	Refuse Policy = "refuse"
	Hold   Policy = "hold"
	Skip   Policy = "skip"
	Pay    Policy = "pay"
)

// Policies lists the policies, the default first.
func Policies() []Policy { return []Policy{Refuse, Hold, Skip, Pay} }

// ErrNoReason is to pay suspects without saying why.
var ErrNoReason = errors.New("to pay what looks like a duplicate needs a reason")

// check is the policy with its default, if it is one.
func (p Policy) check(reason string) (Policy, error) {
	if p == "" {
		p = Refuse
	}
	if !slices.Contains(Policies(), p) {
		return p, fmt.Errorf("intake: there is no policy %q", string(p))
	}
	if p == Pay && reason == "" {
		return p, ErrNoReason
	}
	return p, nil
}

// fate is what becomes of one suspect row.
type fate int

const (
	paid fate = iota
	held
	leftOut
	refused
)

// fate applies the policy to a suspicion.
func (p Policy) fate(kind ledger.Suspicion) fate {
	switch {
	case p == Pay:
		return paid
	case p == Hold || !IsDuplicate(kind):
		return held
	case p == Skip:
		return leftOut
	}
	return refused
}
