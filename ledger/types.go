package ledger

import (
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Merchant is who pays: one account at the gateway in one area. Its name is
// its identity in the ledger; the rest must never change under that name,
// because payouts in doubt can only be asked about where they were sent.
type Merchant struct {
	ID         int64
	Name       string
	Area       string // area code, "MX"
	Currency   money.Currency
	MerchantNo string
	Gateway    string // base URL, or "sandbox"
}

// SimulatedGateway is the gateway of merchants that only the simulation pays
// as; the address of one that runs by itself follows after a space.
const SimulatedGateway = "sandbox"

// Simulated tells whether the command itself chose the simulated gateway. An
// address on this machine is no sign of that: a real gateway may be reached
// through a proxy here, and its reports must never say that no money moved.
func (m Merchant) Simulated() bool {
	return m.Gateway == SimulatedGateway || strings.HasPrefix(m.Gateway, SimulatedGateway+" ")
}

// Batch is one imported sheet.
type Batch struct {
	ID           int64
	Code         string // what people type: "MX-20261121-7K3QF"
	Merchant     Merchant
	Source       string // the file's name, without its folder
	SourceSHA256 string // of the file's bytes, hex
	SourceSize   int64  // of the file, bytes; 0: an older bulkpay made the batch, and the file is not kept
	Worksheet    string // "" for CSV
	Content      string // digest of the rows' content in any order or format, hex
	Assumed      []string
	Rows         int          // data rows of the sheet, invalid ones included
	Sum          money.Amount // of all amounts that could be read
	Unreadable   int          // rows left out whose amount could not be read, counted as nothing in Sum
	Overridden   int          // payouts that looked like earlier ones and are made on a person's word
	Repeats      string       // code of the batch with the same content that this one repeats on a person's word
	Reason       string       // that person's reason
	CreatedAt    time.Time
}

// Payout is one valid row of a batch with its number for life.
type Payout struct {
	ID              int64
	BatchID         int64
	Row             int // the row of the sheet, as a spreadsheet program counts
	TradeNo         string
	PlatformTradeNo string // the gateway's number, once known
	Amount          money.Amount
	Fields          map[string]string // exact parameters, by the area's field names
	PayeeName       string
	PayeeAccount    string // unmasked: mask it wherever it is shown
	Bank            string
	Replaces        string // number of the payout that was called off and that this one stands in for; "": none
	ReplacedBy      string // number of the payout that stands in for this one; "": none

	State    State
	Reason   string // why it is in this state: a token such as "timeout"; see the error catalogue
	Code     string // the gateway's code behind it, if any
	Message  string // the gateway's words, if any
	Flagged  bool   // an answer contradicted another; a person should look
	Attempts int    // times it was claimed to be sent; the number of the latest attempt
	Unsent   int    // of these, how many provably never reached the wire
	Asks     int    // answers heard that were not a placement's own

	DueAt       time.Time // not sent or asked about before
	SubmittedAt time.Time // last attempt; zero: never
	FinalAt     time.Time // zero: not final
	UpdatedAt   time.Time

	resendsTo    int // sends in all that a person allows, whatever policy says; 0: no word was given
	unknowns     int
	firstUnknown time.Time // the first of these denials
	firstDate    time.Time // its time by the gateway's clock; zero: unknown
	known        bool
	conflict     bool
	version      int64
}

// Sends is how many requests may have reached the gateway.
func (p Payout) Sends() int { return p.Attempts - p.Unsent }

// OwnWords tells whether Message says what a rule or a person said; otherwise
// it is the gateway's.
func (p Payout) OwnWords() bool {
	switch p.Reason {
	case ReasonSuspect, ReasonAboveLimit, ReasonReleased, ReasonWithdrawn, ReasonSaidPaid, ReasonSaidNotPaid, ReasonResend:
		return true
	}
	return false
}

// InvalidRow is a row of the sheet that was left out because of its faults.
type InvalidRow struct {
	Row      int
	Amount   money.Amount
	Readable bool     // Amount could be read
	Problems []string // coordinates and remedies, no contents
}

// KnownRow is a row of the sheet that was left out because it is a payout of
// an earlier batch: a sheet was handed back and is given again. Nothing is
// paid for it here, whatever was edited around its number.
type KnownRow struct {
	Row      int
	Amount   money.Amount // as this sheet has it
	Readable bool         // Amount could be read
	TradeNo  string       // of the payout that the row is
	Batch    string       // code of the batch of that payout
	BatchRow int          // its row there
	State    State        // as the payout stands now
	Notes    []string     // "was edited since: the edit has no effect"; no contents

	PayeeName    string // of the payout; what this sheet says may have been edited
	PayeeAccount string // unmasked: mask it wherever it is shown
	Bank         string
}

// Line is one row of a sheet; one of its pointers is not nil.
type Line struct {
	Row     int
	Payout  *Payout
	Invalid *InvalidRow
	Known   *KnownRow
}

// Event is one entry of the history. Events are only ever appended, and each
// carries a hash over itself and the one before.
type Event struct {
	Seq      int64
	At       time.Time
	BatchID  int64 // 0: of the ledger itself
	PayoutID int64 // 0: of the batch
	Kind     string
	From, To State
	Attempt  int
	Actor    string // "submit", "settle", "callback", a person's name
	Reason   string
	Code     string
	Message  string
	Evidence []byte // the raw answer it rests on

	PlatformTradeNo string // the gateway's number, if the answer named it
	Flagged         bool   // it contradicted what was known

	Hash []byte
}

// Bucket is one part of the tie-out.
type Bucket struct {
	Name  string // "invalid", "held", … : see [Buckets]
	Count int
	Sum   money.Amount
}

// The buckets of the tie-out, in the order of the equation.
const (
	BucketInvalid    = "invalid"
	BucketKnown      = "known" // payouts of an earlier batch: nothing is paid for them in this one
	BucketHeld       = "held"
	BucketCancelled  = "cancelled"
	BucketWaiting    = "waiting"
	BucketInDoubt    = "in doubt"
	BucketProcessing = "processing"
	BucketSucceeded  = "succeeded"
	BucketFailed     = "failed"
	BucketRejected   = "rejected"
	BucketReversed   = "reversed"
)

// Buckets lists the buckets in the order of the equation.
func Buckets() []string {
	return []string{
		BucketInvalid, BucketKnown, BucketHeld, BucketCancelled, BucketWaiting, BucketInDoubt,
		BucketProcessing, BucketSucceeded, BucketFailed, BucketRejected, BucketReversed,
	}
}

// Bucket is the tie-out bucket a state counts in.
func (s State) Bucket() string {
	switch s {
	case Ready:
		return BucketWaiting
	case Submitting, InDoubt:
		return BucketInDoubt
	}
	return string(s)
}

// Summary is where a batch stands, tied out (P5).
type Summary struct {
	Batch   Batch
	Buckets []Bucket // all of [Buckets], in that order
	Flagged int      // payouts with contrary answers
	Stopped string   // why the last run stopped itself, until something is sent again
	Seq     int64    // of the batch's last event
	Head    string   // its hash, hex: the anchor of everything before
	At      time.Time
}

// Bucket finds a bucket by its name.
func (s Summary) Bucket(name string) Bucket {
	for _, bucket := range s.Buckets {
		if bucket.Name == name {
			return bucket
		}
	}
	return Bucket{Name: name}
}

// Tied tells whether the buckets add up to the sheet, by count and by sum.
// Both sides are found independently: the sheet's while it was read, the
// buckets' from the payouts as they stand.
func (s Summary) Tied() bool {
	count, sum := s.Total()
	return count == s.Batch.Rows && sum.Equal(s.Batch.Sum)
}

// Total adds up the buckets.
func (s Summary) Total() (count int, sum money.Amount) {
	sum = money.FromMinor(s.Batch.Merchant.Currency, 0)
	for _, bucket := range s.Buckets {
		count += bucket.Count
		var err error
		if sum, err = sum.Add(bucket.Sum); err != nil {
			// A sum that overflows cannot equal the sheet's.
			return count, money.Amount{}
		}
	}
	return count, sum
}
