package report

import (
	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/ledger"
)

// equationTitles are what the equations are called in headings.
var equationTitles = map[string]lang.Key{
	SheetEquation:     "The sheet is the sum of the statuses",
	GatewayEquation:   "The ledger is what the gateway said last",
	BalanceEquation:   "The balance moved by what was paid",
	StatementEquation: "What was paid is what the statement has",
}

// heads are the heads of columns of the tables, by their English.
var heads = map[string]lang.Key{
	"": "", "Status": "Status", "Rows": "Rows", "From": "From", "To": "To", "Rows here": "Rows here", "Rows there": "Rows there",
	"Sum here": "Sum here", "Sum there": "Sum there", "Batch": "Batch", "Source": "Source", "Paid": "Paid", "Not paid": "Not paid", "Open": "Open",
	"Sheet": "Sheet", "Gateway": "Gateway", "Balance": "Balance", "Cause": "Cause", "Code": "Code", "Whose job": "Whose job",
	"What to do": "What to do", "First row": "First row", "Age": "Age", "Median": "Median", "95 in 100": "95 in 100", "In doubt": "In doubt",
	"Failures": "Failures", "Month": "Month", "Class": "Class", "Lines": "Lines", "Statement": "Statement", "Line": "Line", "Day": "Day",
	"Rule": "Rule", "Score": "Score", "Trade no.": "Trade no.", "Amount here": "Amount here", "Amount there": "Amount there",
	"Difference": "Difference", "Reason": "Reason", "Since": "Since", "Payee": "Payee", "Row": "Row", "Amount": "Amount", "Fees": "Fees",
	"Standing": "Standing", "Match": "Match", "Account": "Account", "Days": "Days", "Out": "Out", "In": "In", "Group": "Group",
	"Currency": "Currency", "Sum": "Sum", "Merchant": "Merchant", "Imported": "Imported", "Batches": "Batches",
	"Equation": "Equation", "Verdict": "Verdict", "Why": "Why",
}

// trendWords are the outcomes of a trend, by the bucket whose colour they have.
var trendWords = map[string]lang.Key{
	ledger.BucketSucceeded: "paid", ledger.BucketFailed: "failed, rejected or reversed", ledger.BucketInDoubt: "in doubt",
	ledger.BucketWaiting: "held, waiting or processing",
}
