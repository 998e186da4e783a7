package statement

// The limits on a statement. A file beyond one is refused with its
// coordinates; none is near anything a bank has been seen to write.
const (
	// maxLines is more than a month of the gateway's whole pace for several merchants.
	maxLines = 5_000_000
	// maxBytes is for the file as stored; a camt.053 entry has about 1 KB.
	maxBytes = 8 << 30
	// maxRecordBytes is for one row of a CSV, one token of XML, one field of
	// MT940: it stops a quote that nobody closed from drawing the file into memory.
	maxRecordBytes = 1 << 20
	// maxTextBytes is for one text of a line: a reference, an account, a cell.
	maxTextBytes = 1024
	// maxNarrativeBytes and maxPieces are for the text of one line.
	maxNarrativeBytes = 16 << 10
	maxPieces         = 100
	// maxReferences is how many references one line may have: a batch that is not broken up
	// names those of its payments.
	maxReferences = 10_000
	// maxStatements is how many statements one file may hold.
	maxStatements = 10_000
	// maxProblems is how many problems are told one by one.
	maxProblems = 1000
	// maxDepth and maxNodes are for XML: how deep it nests, and how many elements one entry's
	// head or one payment has.
	maxDepth = 64
	maxNodes = 10_000
	// maxColumns is the width of a table.
	maxColumns = 256
	// headerDepth is how many rows may stand above a table's header or be it, besides
	// those that a profile skips.
	headerDepth = 40
	// sniffBytes is how much of a file is looked at to recognise it.
	sniffBytes = 64 << 10
)
