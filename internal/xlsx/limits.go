package xlsx

// Limits is how much of everything is read. A zero takes the default.
type Limits struct {
	Unzipped  int64 // bytes of all parts together; 2 GB
	Sheet     int64 // bytes of one worksheet's XML; 2 GB
	Part      int64 // bytes of any other part that is read, the shared texts excepted; 32 MB
	Strings   int64 // bytes of shared texts, which are held in memory; 256 MB
	Parts     int   // parts in the archive; 10,000
	Rows      int   // filled rows of a worksheet; 1,048,576, Excel's own
	Columns   int   // columns with a filled cell in them; 16,384, Excel's own
	CellChars int   // characters in a cell; 32,767, Excel's own
}

const (
	maxSheetRows    = 1 << 20
	maxSheetColumns = 1 << 14
	// maxDirectory is the most bytes of an archive's table of contents. A
	// workbook's parts take about 100 each.
	maxDirectory = 2 << 20
	// maxListed is the most entries in the lists of parts and what they refer to.
	maxListed = 20_000
	// maxSheets is the most worksheets. A person finds no tab among that many.
	maxSheets = 1_000
	// maxRanges is the most merged ranges that are told.
	maxRanges = 100_000
)

func (l Limits) withDefaults() Limits {
	set(&l.Unzipped, 2<<30)
	set(&l.Sheet, 2<<30)
	set(&l.Part, 32<<20)
	set(&l.Strings, 256<<20)
	set(&l.Parts, 10_000)
	set(&l.Rows, maxSheetRows)
	set(&l.Columns, maxSheetColumns)
	set(&l.CellChars, 32_767)
	return l
}

func set[T int | int64](limit *T, usual T) {
	if *limit <= 0 {
		*limit = usual
	}
}
