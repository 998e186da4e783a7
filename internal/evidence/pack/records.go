package pack

// The members that every pack has besides README.txt, the source and the
// reports. JSON Lines are one [Row], [Event] or [Decision] a line.
const (
	ReadmeName    = "README.txt"
	BatchName     = "batch.json"
	RowsName      = "rows.jsonl"
	EventsName    = "events.jsonl"
	DecisionsName = "decisions.jsonl"
	NumbersName   = "trade-numbers.csv"
	MappingName   = "mapping.txt"
	LeftOutName   = "left-out.csv"
	MatchesName   = "matches.jsonl" // if a statement was compared
	StatusName    = "pain002.xml"   // what became of the rows in the words of banks
	JournalName   = "journal.csv"   // the bookings, if the accounts are configured
	SourceFolder  = "source/"
	ReportsFolder = "reports/"
)

// MaxLine bounds a line of a member in JSON Lines; an answer is at most 16 KiB
// in the ledger.
const MaxLine = 16 << 20

// Batch is batch.json: the sheet, whose it is, and how it adds up. Amounts
// are strings with all decimals of the currency, times RFC 3339 in UTC.
type Batch struct {
	Code       string `json:"code"`
	ID         int64  `json:"id"` // in the ledger; events have it in their hash
	Merchant   string `json:"merchant"`
	MerchantNo string `json:"merchantNo"`
	Area       string `json:"area"`
	Currency   string `json:"currency"`
	Decimals   int    `json:"decimals"`
	Gateway    string `json:"gateway"`
	Simulated  bool   `json:"simulated"` // no money moved

	Source       string   `json:"source"`       // the file's name
	SourceMember string   `json:"sourceMember"` // "": the file is not kept, an older bulkpay imported it
	SourceSHA256 string   `json:"sourceSHA256"`
	SourceSize   int64    `json:"sourceSize"`
	Worksheet    string   `json:"worksheet"`
	Content      string   `json:"content"` // digest of the rows, whatever their order and the file's form
	Assumed      []string `json:"assumed"` // what each column was taken for, and all else that was not told
	CreatedAt    string   `json:"createdAt"`
	Repeats      string   `json:"repeats"`
	Reason       string   `json:"reason"`

	Rows       int    `json:"rows"`
	Sum        string `json:"sum"`
	Unreadable int    `json:"unreadable"` // rows left out whose amount cannot be read
	Overridden int    `json:"overridden"` // payouts that looked like earlier ones and were made on a person's word

	Matches int      `json:"matches"` // with lines of statements
	Buckets []Bucket `json:"buckets"`
	Tied    bool     `json:"tied"`
	Head    Head     `json:"head"` // the batch's last event
	AsOf    string   `json:"asOf"` // its time: what the pack speaks of
}

// Bucket is one part of the tie-out.
type Bucket struct {
	Name string `json:"name"`
	Rows int    `json:"rows"`
	Sum  string `json:"sum"`
}

// Row is a row of the sheet as it stands. Of a row that is no payout State is
// "invalid" or "known".
type Row struct {
	Row             int      `json:"row"`
	State           string   `json:"state"`
	Amount          string   `json:"amount,omitempty"` // absent: it cannot be read
	PayoutID        int64    `json:"payoutId,omitempty"`
	TradeNo         string   `json:"tradeNo,omitempty"` // of a known row: of the payout of an earlier batch that it is
	PlatFormTradeNo string   `json:"platFormTradeNo,omitempty"`
	Payee           string   `json:"payee,omitempty"`
	Account         string   `json:"account,omitempty"`
	Bank            string   `json:"bank,omitempty"`
	Reason          string   `json:"reason,omitempty"`
	Code            string   `json:"code,omitempty"`
	Message         string   `json:"message,omitempty"`
	Flagged         bool     `json:"flagged,omitempty"`
	Attempts        int      `json:"attempts,omitempty"`
	Unsent          int      `json:"unsent,omitempty"`
	SubmittedAt     string   `json:"submittedAt,omitempty"`
	FinalAt         string   `json:"finalAt,omitempty"`
	Replaces        string   `json:"replaces,omitempty"`
	ReplacedBy      string   `json:"replacedBy,omitempty"`
	ShownPaid       string   `json:"shownPaid,omitempty"` // of a row that was called off: the statement's line that has it as paid
	Notes           []string `json:"notes,omitempty"`     // of a row that is no payout: why

	Instructed *Instructed `json:"instructed,omitempty"` // in unmasked packs
}

// Instructed is what else was fixed at the import, so that the digest of the
// import can be made anew.
type Instructed struct {
	Fields      string `json:"fields"` // JSON, byte for byte
	AccountKey  int64  `json:"accountKey"`
	NameKey     int64  `json:"nameKey"`
	Fingerprint string `json:"fingerprint"` // hex
}

// Event is an event of the batch with all that its hash covers, but what is
// masked. Texts that are not valid UTF-8 stand in Base64, by the name of their
// field, and are "" themselves.
type Event struct {
	Seq             int64             `json:"seq"`
	At              string            `json:"at"` // RFC 3339 with milliseconds, UTC
	BatchID         int64             `json:"batchId"`
	PayoutID        int64             `json:"payoutId,omitempty"` // absent: of the batch
	TradeNo         string            `json:"tradeNo,omitempty"`  // of the payout, to find it; not in the hash
	Kind            string            `json:"kind"`
	From            string            `json:"from,omitempty"`
	To              string            `json:"to,omitempty"`
	Attempt         int               `json:"attempt,omitempty"`
	Actor           string            `json:"actor"`
	Reason          string            `json:"reason,omitempty"`
	Code            string            `json:"code,omitempty"`
	Message         string            `json:"message,omitempty"`
	PlatFormTradeNo string            `json:"platFormTradeNo,omitempty"`
	Flagged         bool              `json:"flagged,omitempty"`
	Evidence        string            `json:"evidence,omitempty"` // the raw answer, or a person's words
	Base64          map[string]string `json:"base64,omitempty"`
	Masked          bool              `json:"masked,omitempty"` // something in it is masked: its hash cannot be made anew from this line
	Before          string            `json:"before"`           // hash of the event before, hex
	Hash            string            `json:"hash"`             // hex
}

// Decision is what somebody decided: the events that are no answers, in few
// words.
type Decision struct {
	Seq     int64  `json:"seq"`
	At      string `json:"at"`
	Who     string `json:"who"`
	What    string `json:"what"` // the event's kind
	TradeNo string `json:"tradeNo,omitempty"`
	Words   string `json:"words,omitempty"`
}

// Match is a line of a statement and a row that were said to be the same
// money, also if that was only proposed, or was undone.
type Match struct {
	Match      int64  `json:"match"`    // its number in the ledger
	Standing   string `json:"standing"` // confirmed, proposed, undone: as the ledger has it
	Form       string `json:"form"`
	Rule       string `json:"rule"`
	Score      int    `json:"score"` // 0 to 100
	Note       string `json:"note,omitempty"`
	Origin     string `json:"origin"` // of the statement: gateway or bank
	Statement  string `json:"statement"`
	SHA256     string `json:"sha256"` // of the statement's file, hex
	Line       int    `json:"line"`
	Day        string `json:"day"` // 2026-11-21
	Status     string `json:"status"`
	LineAmount string `json:"lineAmount"` // more than zero: it left the account
	Fee        string `json:"fee"`
	Row        int    `json:"row"`
	TradeNo    string `json:"tradeNo"`
	Event      int64  `json:"event"` // of the ledger: the reconciliation, or the person, that made it
}

// decided are the kinds of event that are decisions.
var decided = map[string]bool{
	"imported": true, "note": true, "release": true, "cancel": true, "hold": true,
	"said_paid": true, "said_not_paid": true, "resend": true,
}

// DecisionOf is the decision that an event is.
func DecisionOf(e Event) (Decision, bool) {
	words := e.Message
	if e.PayoutID == 0 {
		words = e.Reason
		if e.Message != "" {
			words += ": " + e.Message
		}
	}
	return Decision{Seq: e.Seq, At: e.At, Who: e.Actor, What: e.Kind, TradeNo: e.TradeNo, Words: words}, decided[e.Kind] || e.PayoutID == 0 || e.Reason == "ledger_adopted"
}
