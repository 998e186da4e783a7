package report

import (
	"slices"
	"time"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/internal/money"
)

// The three equations that every report shows for each batch and for each
// merchant. What holds is TIED, what does not is NOT TIED, and what nobody
// could be asked about is NOT KNOWN: never silently left out.
const (
	// SheetEquation: the rows of the sheet are the sum of the buckets. The
	// report makes it of the summary.
	SheetEquation = "sheet"
	// GatewayEquation: what the ledger says of the payouts is what the gateway
	// said last, status by status. [Term].Ours is the ledger's side of a term.
	GatewayEquation = "gateway"
	// BalanceEquation: opening balance - paid - fees ± other = closing balance.
	BalanceEquation = "balance"
	// StatementEquation: paid here ± each class of the matching = paid there.
	StatementEquation = "statement"
)

// Verdict is what can be said of an equation.
type Verdict string

// The verdicts, from the one that needs a person least to the one that needs
// one most.
const (
	Tied     Verdict = "TIED"
	NotKnown Verdict = "NOT KNOWN"
	NotTied  Verdict = "NOT TIED"
)

// Equation says that one figure is the sum of others. Whether it holds is
// never claimed by who makes it: [Equation.Verdict] adds the terms up.
type Equation struct {
	Name  string // SheetEquation and the like
	Of    string // the code of a batch or the name of a merchant
	Left  Term
	Terms []Term

	Counts bool // counts are compared too: a balance has none

	// Unknown says why it cannot be known whether the equation holds; nil: it
	// can. What is known of its terms is shown all the same.
	Unknown *Phrase

	Notes []Phrase // sentences that belong under it

	// Asked is how fresh the gateway's equation is; nil: nobody says.
	Asked *Asked
}

// Asked is what came of asking the gateway anew about what was sent, settled
// payouts too: the latest pass of questions over a batch, or several added up.
type Asked struct {
	First, Last time.Time // the first answer and the last; zero: there is none
	Payouts     int       // that were to be asked about; 0: there was no pass
	Asked       int       // about which at least one question was asked
	Answered    int
	Definite    int // answered with a status: paid, in progress, failed
	Agreed      int // answered as the ledger had it by then
	Rest        int // payouts of the equation that rest on what was known otherwise
	RestSince   time.Time
}

// Term is one figure of an equation.
type Term struct {
	Name  string // in English: "succeeded", "opening balance"; translated where people read it
	Minus bool   // it is subtracted
	Count int
	Sum   money.Amount // the zero value is nothing

	// Ours is what the ledger says where the term is what somebody else says;
	// an equation is not tied unless the two are the same. Nil: only the sum
	// of the terms is compared.
	Ours *Figure

	// Since and Until span the times when it was heard; zero: it is our own.
	Since, Until time.Time
}

// Figure is a number of payouts, or lines, and their sum.
type Figure struct {
	Count int
	Sum   money.Amount
}

// Figure is the term's without its sign.
func (t Term) Figure() Figure { return Figure{t.Count, t.Sum} }

// Right adds up the terms. ok is false if their sum cannot be found: too
// large, or of two currencies.
func (e Equation) Right() (sum Figure, ok bool) {
	ok = true
	for _, term := range e.Terms {
		var err error
		if term.Minus {
			sum.Count -= term.Count
			sum.Sum, err = sum.Sum.Sub(term.Sum)
		} else {
			sum.Count += term.Count
			sum.Sum, err = sum.Sum.Add(term.Sum)
		}
		ok = ok && err == nil
	}
	return sum, ok
}

// Difference is by how much the terms pass the left side, below zero where
// they fall short of it. ok is false if the sums cannot be compared.
func (e Equation) Difference() (d Figure, ok bool) {
	right, ok := e.Right()
	if !ok {
		return Figure{Count: right.Count - e.Left.Count}, false
	}
	sum, err := right.Sum.Sub(e.Left.Sum)
	return Figure{right.Count - e.Left.Count, sum}, err == nil
}

// Verdict adds up the terms and compares them with the left side, and each
// with what the ledger says of it.
func (e Equation) Verdict() Verdict {
	if e.Unknown != nil {
		return NotKnown
	}
	d, ok := e.Difference()
	if !ok || !d.Sum.IsZero() || e.Counts && d.Count != 0 {
		return NotTied
	}
	for _, term := range e.Terms {
		if e.differs(term) {
			return NotTied
		}
	}
	return Tied
}

// differs tells whether a term is not what the ledger says of it.
func (e Equation) differs(term Term) bool {
	if term.Ours == nil {
		return false
	}
	d, err := term.Sum.Sub(term.Ours.Sum)
	return err != nil || !d.IsZero() || e.Counts && term.Ours.Count != term.Count
}

// Worst is the verdict of several equations: that of the one that needs a
// person most. Nothing is NOT KNOWN.
func Worst(equations ...Equation) Verdict {
	if len(equations) == 0 {
		return NotKnown
	}
	worst := Tied
	for _, e := range equations {
		switch v := e.Verdict(); {
		case v == NotTied:
			return NotTied
		case v == NotKnown:
			worst = NotKnown
		}
	}
	return worst
}

// Phrase is a sentence that is put into the reader's language when it is
// shown: an English format, which is the key of its translations, and what
// stands in it. An argument may be a [money.Amount], a [time.Time], a number,
// a [Word] or a text; texts are never translated.
type Phrase struct {
	Format lang.Key
	Args   []any
}

// Say makes a phrase. The format must be a constant.
func Say(format lang.Key, args ...any) Phrase { return Phrase{format, args} }

// Word is an argument of a [Phrase] that is a bucket or a class, and is
// translated.
type Word string

// In is the phrase in a language.
func (p Phrase) In(l lang.Lang) string {
	args := slices.Clone(p.Args)
	for i, arg := range args {
		switch arg := arg.(type) {
		case money.Amount:
			args[i] = arg.String()
		case time.Time:
			args[i] = l.Moment(arg)
		case Word:
			args[i] = wordIn(l, string(arg))
		}
	}
	return l.Text(p.Format, args...)
}
