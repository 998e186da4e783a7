package statement

// Profile says how to read a table (CSV, XLSX): which column is what, and how
// days, amounts and statuses are written. The names in the configuration file
// stand beside the fields; docs/statements.md explains each. What a profile
// leaves open is found as without one.
type Profile struct {
	Name string `toml:"-"`
	Kind Kind   `toml:"kind"` // "" is bank

	// Columns says which of our fields has which headers. Of several, the first that is
	// filled counts in each row; those of the narrative and the references are all taken. A letter with a
	// colon ("C:") is a column by its place, and "-" says that there is none. If all are letters
	// there is no header: what is not skipped is an entry.
	Columns map[Field]Headers `toml:"columns"`
	// Statuses says what a status word means, whatever its case.
	Statuses map[string]Status `toml:"statuses"`

	Currency  string   `toml:"currency"`   // ISO 4217; for tables without a column of it
	Account   string   `toml:"account"`    // the account that it is about
	Dates     []string `toml:"dates"`      // "DD/MM/YYYY", or in Go's form "02/01/2006"
	Decimal   string   `toml:"decimal"`    // "point" or "comma"
	Out       string   `toml:"out"`        // which sign of amount has left the account: "positive" or "negative"
	OutWords  []string `toml:"out_words"`  // of the direction column
	InWords   []string `toml:"in_words"`   // the same
	FeeInside bool     `toml:"fee_inside"` // the amount has the fee in it
	SkipRows  int      `toml:"skip_rows"`  // rows above the header
	Sheet     string   `toml:"sheet"`      // of a workbook
	Encoding  string   `toml:"encoding"`
	Delimiter string   `toml:"delimiter"`
}

// Field is what a column of a table may hold.
type Field string

// The fields. An amount is either in Amount, with a sign or with a word in
// Direction, or in Debit and Credit. PaidAmount is what was really paid of an order: it goes
// before Amount where money moved.
const (
	FieldDay             Field = "day"
	FieldValueDay        Field = "value_day"
	FieldAmount          Field = "amount"
	FieldPaidAmount      Field = "paid_amount"
	FieldDebit           Field = "debit"
	FieldCredit          Field = "credit"
	FieldDirection       Field = "direction"
	FieldFee             Field = "fee"
	FieldCurrency        Field = "currency"
	FieldStatus          Field = "status"
	FieldTradeNo         Field = "tradeNo"
	FieldPlatFormTradeNo Field = "platFormTradeNo"
	FieldReference       Field = "reference"
	FieldEntryRef        Field = "entry_ref"
	FieldNarrative       Field = "narrative"
	FieldCounterparty    Field = "counterparty"
	FieldBalance         Field = "balance"
)

// Fields lists them in the order of the documents.
func Fields() []Field {
	return []Field{
		FieldDay, FieldValueDay, FieldAmount, FieldPaidAmount, FieldDebit, FieldCredit, FieldDirection, FieldFee, FieldCurrency, FieldStatus,
		FieldTradeNo, FieldPlatFormTradeNo, FieldReference, FieldEntryRef, FieldNarrative, FieldCounterparty, FieldBalance,
	}
}

// Headers are the headers a column may have. In the configuration one may
// stand alone, without brackets.
type Headers []string
