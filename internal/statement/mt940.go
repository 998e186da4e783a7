package statement

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/textfile"
)

// mt940File is one or many SWIFT MT940 messages, with their blocks or bare.
// Consecutive messages of one account (pages of a day, days of a month) are one statement
// in many parts.
type mt940File struct {
	file    *os.File
	charset textfile.Charset
}

func (f *mt940File) describe(h *Header) { h.Format, h.Kind = MT940, KindBank }

func (f *mt940File) assumed() []string {
	if f.charset.Name == textfile.Windows1252.Name {
		return []string{"the text is in " + textfile.Windows1252.Name + ", as it is not UTF-8"}
	}
	return nil
}

func (f *mt940File) read(to *collector) error {
	if _, err := f.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	text := textfile.NewReader(f.file, f.charset, maxRecordBytes)
	r := &mt940Reader{to: to, lines: bufio.NewReaderSize(text, 64<<10), text: text}
	return r.read()
}

// mt940Reader goes through the fields of a file.
type mt940Reader struct {
	to    *collector
	text  *textfile.Reader
	lines *bufio.Reader
	row   int

	part    *part
	pending *Line
	moved   int64 // of the pending line, what left the account
	info    bool  // the pending line has had its :86:
}

// field is one tag and what follows it, continuation lines included.
type field struct {
	row    int
	tag    string
	pieces []string
}

func (r *mt940Reader) read() error {
	var current field
	for {
		line, err := r.next()
		ended := errors.Is(err, io.EOF)
		if err != nil && !ended {
			return refused(r.text, err, r.row)
		}
		if ended {
			break
		}
		tag, rest, tagged := splitTag(line)
		switch {
		case tagged:
			if err := r.take(current); err != nil {
				return err
			}
			current = field{r.row, tag, []string{rest}}
		case isMessageEnd(line):
			if err := r.take(current); err != nil {
				return err
			}
			current = field{}
		case current.tag != "":
			if len(current.pieces) > maxPieces {
				return Problem{Row: r.row, Field: ":" + current.tag + ":", What: "has too many lines", Want: "the file as the bank gave it"}
			}
			current.pieces = append(current.pieces, line)
		}
	}
	if err := r.take(current); err != nil {
		return err
	}
	return r.endPart()
}

// next reads one line without its end. Some banks end lines with CR CR LF.
func (r *mt940Reader) next() (string, error) {
	r.text.Mark()
	r.row++
	var line []byte
	for {
		piece, more, err := r.lines.ReadLine()
		line = append(line, piece...)
		if len(line) > maxRecordBytes {
			return "", textfile.ErrTooLong
		}
		if err != nil {
			return "", err
		}
		if !more {
			break
		}
	}
	return strings.TrimRight(string(line), "\r"), nil
}

// knownTags are the fields of a statement. A line of a narrative may begin with a colon, and
// must not be taken for one.
var knownTags = map[string]bool{
	"13": true, "13D": true, "20": true, "21": true, "25": true, "25P": true, "28": true, "28C": true, "34F": true,
	"60F": true, "60M": true, "61": true, "62F": true, "62M": true, "64": true, "65": true, "86": true, "90C": true, "90D": true, "NS": true,
}

func splitTag(line string) (tag, rest string, ok bool) {
	if at := strings.LastIndex(line, "{4:"); at >= 0 && strings.HasPrefix(line, "{") {
		line = line[at+len("{4:"):] // the first field may stand behind the block's beginning
	}
	if len(line) < 4 || line[0] != ':' {
		return "", "", false
	}
	end := strings.IndexByte(line[1:], ':') + 1
	if end < 2 || end > 4 || !knownTags[line[1:end]] {
		return "", "", false
	}
	return line[1:end], line[end+1:], true
}

func isMessageEnd(line string) bool {
	return line == "-" || strings.HasPrefix(line, "-}") || strings.HasPrefix(line, "{1:") || strings.HasPrefix(line, "{5:")
}

// take understands one field.
func (r *mt940Reader) take(f field) error {
	if f.tag == "" {
		return nil
	}
	if f.tag == "86" && r.pending != nil && !r.info {
		r.info = true
		narrate(r.pending, f.pieces)
		return nil
	}
	if f.tag == "NS" || f.tag == "86" {
		return nil // about the statement as a whole, or the bank's own
	}
	if err := r.flush(); err != nil {
		return err
	}
	if f.tag == "20" {
		return r.begin(f)
	}
	if r.part == nil {
		return Problem{Row: f.row, Field: ":" + f.tag + ":", What: "stands before any :20:", Want: "the file as the bank gave it"}
	}
	switch f.tag {
	case "25", "25P":
		r.part.account = clean(f.pieces[0], maxTextBytes)
	case "60F", "60M":
		r.part.opening = r.balance(f)
	case "62F", "62M":
		r.part.closing = r.balance(f)
		r.part.last = max(r.part.last, r.part.closing.day)
	case "61":
		r.entry(f)
	case "90C", "90D":
		r.stated(f)
	}
	return nil
}

func (r *mt940Reader) begin(f field) error {
	if err := r.endPart(); err != nil {
		return err
	}
	r.part = &part{row: f.row, field: ":20:"}
	return r.to.begin(r.part)
}

// endPart ends a statement. One without balances has lost its beginning or its end.
func (r *mt940Reader) endPart() error {
	if err := r.flush(); err != nil {
		return err
	}
	p := r.part
	if p == nil {
		return nil
	}
	r.part = nil
	for _, one := range [...]struct {
		tag string
		of  balance
	}{{":60F:", p.opening}, {":62F:", p.closing}} {
		if !one.of.known && !p.faulty {
			p.faulty = true
			r.to.faults.add(Problem{Row: p.row, Field: one.tag, What: "is missing from the statement that begins here", Want: "the file as the bank gave it"})
		}
	}
	r.to.end()
	return nil
}

// flush hands on the line that may still have had a narrative to come.
func (r *mt940Reader) flush() error {
	l := r.pending
	if l == nil {
		return nil
	}
	r.pending = nil
	r.part.entry(r.moved, l.Moved())
	return r.to.line(l)
}

// balance reads "C261101MXN1234,56".
func (r *mt940Reader) balance(f field) balance {
	bad := func(what string) balance {
		r.part.faulty = true
		r.to.faults.add(Problem{Row: f.row, Field: ":" + f.tag + ":", What: what, Want: "a balance such as C261130MXN1234,56"})
		return balance{}
	}
	text := strings.TrimSpace(f.pieces[0])
	if len(text) < 11 || text[0] != 'C' && text[0] != 'D' {
		return bad("is not a balance")
	}
	day, ok := swiftDay(text[1:7])
	if !ok {
		return bad("has no date")
	}
	currency, ok := LookupCurrency(text[7:10])
	if !ok {
		return bad("has no currency")
	}
	if r.part.currency == (money.Currency{}) {
		r.part.currency = currency
		r.part.account = withoutCurrency(r.part.account, currency.Code)
	}
	if currency != r.part.currency {
		return bad("is in another currency than the statement's other balance")
	}
	minor, err := swiftAmount(currency, text[10:])
	if err != nil {
		return bad("is not an amount: " + err.Error())
	}
	if text[0] == 'D' {
		minor = -minor
	}
	return balance{minor, true, day}
}

// withoutCurrency takes off the currency that some banks put behind the account.
func withoutCurrency(account, code string) string {
	rest, found := strings.CutSuffix(account, code)
	rest = strings.TrimRight(rest, " /")
	if found && rest != "" && rest[len(rest)-1] >= '0' && rest[len(rest)-1] <= '9' {
		return rest
	}
	return account
}

// stated reads "12MXN1234,56", the number of entries and their sum.
func (r *mt940Reader) stated(f field) {
	text := strings.TrimSpace(f.pieces[0])
	digits := strings.IndexFunc(text, func(c rune) bool { return c < '0' || c > '9' })
	if digits < 1 || len(text) < digits+4 {
		return // nobody needs it
	}
	count, err := strconv.Atoi(text[:digits])
	sum, amountErr := swiftAmount(r.part.currency, text[digits+3:])
	if err != nil || amountErr != nil || r.part.currency.Code != text[digits:digits+3] {
		return
	}
	t := tally{count, sum, true, true}
	if f.tag == "90D" {
		r.part.stated.out = t
	} else {
		r.part.stated.in = t
	}
}

// swiftDay reads YYMMDD.
func swiftDay(text string) (Day, bool) {
	if len(text) < 6 || !allDigits(text[:6]) {
		return 0, false
	}
	n, _ := strconv.Atoi(text[:6]) // digits, as was just seen
	return civil(2000+n/10000, n/100%100, n%100)
}

// swiftAmount reads "1234,56", "1234," and, as some banks have it, "1234.56".
func swiftAmount(of money.Currency, text string) (int64, error) {
	if strings.Count(text, ",")+strings.Count(text, ".") > 1 {
		return 0, money.ErrSyntax
	}
	text = strings.TrimSuffix(strings.Replace(text, ",", ".", 1), ".")
	return minorOf(of, text)
}
