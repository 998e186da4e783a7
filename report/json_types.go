package report

// Document is the report for programs, in English whatever the language of the
// others. Fields are only ever added. Amounts are strings with all decimals
// of the currency, times are RFC 3339 in UTC, and what is not known is absent,
// except in equations.
type Document struct {
	Bulkpay  string         `json:"bulkpay,omitempty"` // version of the program
	Scope    ScopeJSON      `json:"scope"`
	AsOf     string         `json:"asOf"`    // the moment the report speaks of
	Head     string         `json:"head"`    // hash of the last event of the ledger then
	Tied     bool           `json:"tied"`    // every sheet is the sum of its buckets
	Verdict  string         `json:"verdict"` // "NOT TIED" if any equation does not hold, else "TIED"
	Unmasked bool           `json:"unmasked,omitempty"`
	Parts    []PartJSON     `json:"merchants"` // what the batches of one merchant add up to
	Batches  []BatchJSON    `json:"batches"`
	Matching *MatchingJSON  `json:"matching,omitempty"`
	Rows     []Row          `json:"rows"` // every row of every sheet, in their order
	Found    []FindingsJSON `json:"found"`
}

// ScopeJSON is what the report was asked to be about.
type ScopeJSON struct {
	Batch    string `json:"batch,omitempty"` // of a report about a single one
	From     string `json:"from,omitempty"`  // first day
	To       string `json:"to,omitempty"`    // last day
	Merchant string `json:"merchant,omitempty"`
	All      bool   `json:"all,omitempty"`
}

// PartJSON is what the batches of one merchant add up to.
type PartJSON struct {
	Merchant  MerchantJSON   `json:"merchant"`
	Batches   int            `json:"batches"`
	Tied      bool           `json:"tied"`
	TieOut    TieOutJSON     `json:"tieOut"`
	Equations []EquationJSON `json:"equations"`
	Flagged   int            `json:"flagged"`           // payouts about which the gateway contradicted itself
	Changes   *Changes       `json:"changes,omitempty"` // since the last report of each batch; absent: not known
}

// BatchJSON is one sheet.
type BatchJSON struct {
	Code      string   `json:"code"`
	Merchant  string   `json:"merchant"`
	Source    string   `json:"source"` // file name
	SHA256    string   `json:"sha256"` // of the file
	Worksheet string   `json:"worksheet,omitempty"`
	Assumed   []string `json:"assumed,omitempty"` // what was assumed when it was read
	Repeats   string   `json:"repeats,omitempty"` // code of the batch it repeats
	Reason    string   `json:"reason,omitempty"`  // why it repeats it, or pays what looks like earlier payouts
	CreatedAt string   `json:"createdAt"`

	Overridden int `json:"overridden,omitempty"` // payouts that look like earlier ones and are made on a person's word

	AsOf      string         `json:"asOf"`
	Head      string         `json:"head"`
	Tied      bool           `json:"tied"`
	Equations []EquationJSON `json:"equations"`
	Flagged   int            `json:"flagged"`
	Stopped   string         `json:"stopped,omitempty"` // why the run stopped by itself, if nothing was sent since
	Changes   *Changes       `json:"changes,omitempty"` // since the last report; absent: not known
}

// MerchantJSON is who pays.
type MerchantJSON struct {
	Name       string `json:"name"`
	MerchantNo string `json:"merchantNo"`
	Area       string `json:"area"`
	Currency   string `json:"currency"`
	Gateway    string `json:"gateway"`
	Simulated  bool   `json:"simulated"` // the gateway was the simulated one: no money moved
}

// TieOutJSON is the equation of the sheets: sheet = the sum of the buckets.
type TieOutJSON struct {
	Count      string   `json:"count"` // in words and numbers, as people read it
	Sum        string   `json:"sum"`
	Sheet      SideJSON `json:"sheet"`
	Buckets    []Part   `json:"buckets"` // all of them, in the order of the equation
	Total      SideJSON `json:"total"`   // of the buckets
	Unreadable int      `json:"unreadable"`
	Difference string   `json:"difference,omitempty"` // in words; absent when tied
}

// EquationJSON is one equation: left = the terms, added up or subtracted.
type EquationJSON struct {
	Name    string     `json:"name"` // "sheet", "gateway", "balance" or "statement"
	Of      string     `json:"of"`   // the code of a batch, the name of a merchant or of a file
	Verdict string     `json:"verdict"`
	Why     string     `json:"why,omitempty"` // by how much it is off, or why it is not known
	Left    TermJSON   `json:"left"`
	Terms   []TermJSON `json:"terms"`
	Notes   []string   `json:"notes,omitempty"`
	Asked   *AskedJSON `json:"asked,omitempty"` // the gateway's, if it was asked anew
}

// AskedJSON is what came of asking the gateway anew about what was sent.
type AskedJSON struct {
	From      string `json:"from,omitempty"` // the first answer
	To        string `json:"to,omitempty"`   // the last
	Payouts   int    `json:"payouts"`        // that were to be asked about
	Asked     int    `json:"asked"`
	Answered  int    `json:"answered"`
	Definite  int    `json:"definite"`            // answered with a status: paid, in progress, failed
	Agreed    int    `json:"agreed"`              // answered as the ledger had it by then
	Rest      int    `json:"rest"`                // payouts that rest on what was known otherwise
	RestSince string `json:"restSince,omitempty"` // since when, at the longest
}

// TermJSON is one figure of an equation. Count is absent where only sums are
// compared.
type TermJSON struct {
	Name  string    `json:"name"`
	Minus bool      `json:"minus,omitempty"`
	Count *int      `json:"count,omitempty"`
	Sum   string    `json:"sum"`
	Ours  *SideJSON `json:"ours,omitempty"` // what the ledger says of it, where somebody else was asked
	Since string    `json:"since,omitempty"`
	Until string    `json:"until,omitempty"`
}

// SideJSON is one side of an equation. Sum is "" if it is too large to be added.
type SideJSON struct {
	Count int    `json:"count"`
	Sum   string `json:"sum"`
}

// Part is one bucket.
type Part struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
	Sum   string `json:"sum"`
}

// Changes are what has moved since the last report. Either First is true or
// Since is there.
type Changes struct {
	First bool   `json:"first"`
	Since string `json:"since,omitempty"`
	Moved []Move `json:"moved"`
}

// Move is how many payouts went from one status to another.
type Move struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Count int    `json:"count"`
	Sum   string `json:"sum"`
	Alarm string `json:"alarm,omitempty"` // "REVERSED" and the like: it was final and is something else
}

// FindingsJSON is what the rows of one merchant show when all have been seen.
type FindingsJSON struct {
	Merchant string      `json:"merchant"`
	OnWords  SideJSON    `json:"onWords"` // what rests on a person's word alone
	Causes   []CauseJSON `json:"causes"`  // why rows are to be looked at, the most urgent first
	Open     []Part      `json:"open"`    // what is in doubt or held, by age
	Trend    []PointJSON `json:"trend"`   // by batch, or by month if there are many
}

// CauseJSON is why rows are to be looked at.
type CauseJSON struct {
	Status string `json:"status"`
	Cause  string `json:"cause,omitempty"` // the ledger's token, or what is wrong with a row; absent: all other causes
	Code   string `json:"code,omitempty"`
	Count  int    `json:"count"`
	Sum    string `json:"sum"`
	Reason string `json:"reason,omitempty"`
	Action string `json:"action,omitempty"`
	Who    string `json:"who,omitempty"` // whose job it is
	Batch  string `json:"firstBatch"`    // where the first such row is
	Row    int    `json:"firstRow"`
}

// PointJSON is one batch or month of a trend.
type PointJSON struct {
	Name    string   `json:"name"`
	Batches int      `json:"batches"`
	All     SideJSON `json:"all"`
	Paid    SideJSON `json:"paid"`
	NotPaid SideJSON `json:"notPaid"` // failed, rejected, reversed
	InDoubt SideJSON `json:"inDoubt"`
	Open    SideJSON `json:"open"` // held, waiting, processing
	Fees    string   `json:"fees"`
	Median  *int     `json:"medianSeconds,omitempty"` // from the last submission to the final answer
	P95     *int     `json:"p95Seconds,omitempty"`
}
