// Package statement reads what others say became of the money: the gateway's
// export of its orders, or a bank's statement of an account.
//
//	s, err := statement.Open("november.xml", statement.Options{Currency: money.MXN})
//	if err != nil { … }                   // often Problems: all that is wrong with the file at once
//	defer s.Close()
//	header := s.Header()                  // days, balances, sums: all of it is known before the first line
//	for _, text := range s.Assumed() { … } // what was taken to be so: say it
//	for line, err := range s.Lines() {
//		if err != nil { … }           // the file has changed since Open
//	}
//
// # What is read
//
// CSV and XLSX by a [Profile], camt.053 and MT940 by what they are; the format
// is recognised by content, never by name. [Open] reads the whole file once
// and finds every fault of it: a statement with a fault gives no lines at
// all, because a line that is missing would be read as money that never moved.
//
// Without a profile for a table the given ones, the built-in ones and then the
// names that people use for columns are tried. What is not clear (which column
// is the amount, which of two is the day and which the month) is asked, with
// a profile to paste as the answer, never guessed.
//
// # Which way money went
//
// An amount above zero has left our account, one below zero has come back:
// statements write this in a dozen ways, and the books of payouts are about
// what leaves. [Line.Fee] comes on top. Balances keep the bank's own view: what
// is in the account is above zero. So, over the lines that moved money,
//
//	opening − Σ (amount + fee) = closing
//
// which is checked wherever a statement has balances. It is also checked that
// its counts and sums are those it states, that all lines are of the
// account's currency, and that one day's closing is the next day's opening.
//
// # Memory
//
// Lines stream: the file is read twice, and a million lines cost the memory of
// a few. Every dimension has a limit, see limits.go.
//
// A Statement is for one goroutine. [Statement.Lines] may be ranged over more
// than once, one range after the other.
package statement
