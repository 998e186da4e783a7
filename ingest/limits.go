package ingest

// The limits on a sheet. A file beyond one is refused with its coordinates;
// none is near anything a finance team has been seen to save.
const (
	// maxRows is above what a gateway allowing 50 payouts a second takes in a
	// day (4.3 million).
	maxRows = 5_000_000
	// maxColumns is the width of an old Excel sheet; payouts need a dozen.
	maxColumns = 256
	// maxCellChars is the most characters Excel itself keeps in a cell.
	maxCellChars = 32_767
	// maxRowBytes stops a quote that nobody closed from drawing the rest of
	// the file into memory as one cell.
	maxRowBytes = 1 << 20
	// maxCSVBytes is maxRows rows of about 400 bytes.
	maxCSVBytes = 2 << 30
	// maxWorkbookBytes is for the file as stored: a full sheet of 1,048,576
	// payouts has about 100 MB.
	maxWorkbookBytes = 256 << 20
	// maxUnzippedBytes is for the same workbook unzipped.
	maxUnzippedBytes = 2 << 30
	// maxTextBytes is for the texts that the cells of a workbook share, which
	// are held in memory.
	maxTextBytes = 256 << 20
	// headerDepth is how many rows may stand above the header or be it: a
	// logo, a title, a date, and then some.
	headerDepth = 20
	// headerCells is how many known names make a row the header. One could
	// be a title.
	headerCells = 2
	// windowRows is how many rows are held at once.
	windowRows = 256
	// listedRanges is how many runs of rows a message names.
	listedRanges = 12
	// mergedRanges is how many merged cells among the rows are remembered.
	mergedRanges = 10_000
	// sniffBytes is how much of a file is looked at to recognise it.
	sniffBytes = 64 << 10
)
