package explain

import "github.com/bulkpay/bulkpay/internal/lang"

// Whose is whose job it is.
type Whose string

// Those whose job something can be.
const (
	Nobody    Whose = "nobody"
	Finance   Whose = "finance"
	Payee     Whose = "payee"
	Support   Whose = "gateway_support"
	Caretaker Whose = "caretaker" // whoever looks after bulkpay
)

// Again is whether a payout may be paid anew.
type Again string

// The answers, from the strictest.
const (
	// No: it is paid, or may be, or a person must decide something else first.
	No Again = "no"
	// Automatic: not by hand. bulkpay asks about what may have been sent, and
	// sends by itself, with the same number, what was not.
	Automatic Again = "automatic"
	// AfterAsking: if the payout is failed or rejected for good. The gateway is
	// asked once more before it is paid anew: `bulkpay retry` does both.
	AfterAsking Again = "after_asking"
	// Yes: it was never sent.
	Yes Again = "yes"
)

var whoseWords = map[Whose]lang.Key{
	Nobody:    "nobody",
	Finance:   "finance",
	Payee:     "the payee, asked by finance",
	Support:   "the gateway's support",
	Caretaker: "whoever looks after bulkpay",
}

// againWords are the answers in short and in a sentence.
var againWords = map[Again]struct{ short, long lang.Key }{
	No:          {"no", "It is paid, or may be, or somebody must decide something else first."},
	Automatic:   {"not by hand", "bulkpay asks about what may have been sent, and sends by itself, with the same number, what was not."},
	AfterAsking: {"after asking", "If the payout is failed or rejected for good. The gateway is asked once more before it is paid anew: `bulkpay retry` does both."},
	Yes:         {"yes", "It was never sent. If it is flagged all the same, it is not to be paid before that is explained."},
}

// answers lists them, from the strictest.
func answers() []Again { return []Again{No, Automatic, AfterAsking, Yes} }

// In says whose job it is in a language.
func (w Whose) In(l lang.Lang) string { return l.Text(whoseWords[w]) }

// In answers whether to pay again in a language, in a word or two.
func (a Again) In(l lang.Lang) string { return l.Text(againWords[a].short) }

// Because says why, in a sentence.
func (a Again) Because(l lang.Lang) string { return l.Text(againWords[a].long) }
