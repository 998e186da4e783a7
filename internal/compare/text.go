package compare

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/visible"
)

// The narrowest page, and the widest that helps.
const (
	minWidth = 72
	maxWidth = 120
)

// maxName is the most columns of a name that are shown.
const maxName = 22

// WriteText writes the comparison for a person, on one page of that many
// columns.
func (c *Comparison) WriteText(w io.Writer, columns int) error {
	p := &page{Writer: bufio.NewWriter(w), columns: min(max(columns, minWidth), maxWidth)}
	p.totals(c)
	p.list("new payees", c.New)
	p.list("changed account", c.Changed)
	p.list("account paid under another name", c.OtherName)
	p.list("unusual amount", c.Unusual)
	if c.Before != nil {
		p.list("not in this sheet any more", c.Vanished)
	}
	if c.Invalid > 0 {
		fmt.Fprintf(p, "\n%s faulty rows are not compared\n", group(c.Invalid))
	}
	if c.Known > 0 {
		fmt.Fprintf(p, "\n%s rows are payouts already: nothing is paid for them\n", group(c.Known))
	}
	return p.Flush()
}

type page struct {
	*bufio.Writer
	columns int
}

func (p *page) totals(c *Comparison) {
	if c.Before == nil {
		fmt.Fprintf(p, "%s: no batch before to compare with\n\n", visible.Line(c.File))
	} else {
		fmt.Fprintf(p, "%s beside batch %s (%s, %s)\n\n", visible.Line(c.File), c.Before.Batch, visible.Line(c.Before.Source), c.Before.At.Format("2 Jan 2006"))
	}
	const line = "  %-12s %10s %22s"
	fmt.Fprintf(p, line+"\n", "", "rows", c.Currency)
	if c.Before != nil {
		fmt.Fprintf(p, line+"\n", "before", group(c.Before.Rows), number(c.Before.sum))
	}
	fmt.Fprintf(p, line+"\n", "this sheet", group(c.Sheet.Rows), number(c.Sheet.sum))
	if d := c.Drift; d != nil {
		fmt.Fprintf(p, line, "difference", signed(group(d.Rows)), signed(number(d.sum)))
		if d.PerMille != nil {
			fmt.Fprintf(p, "  %s %%", signed(tenths(*d.PerMille)))
		}
		fmt.Fprintln(p)
	}
}

// list writes the rows of one kind. A kind of which there are none takes one
// line, so that it is seen to have been looked at.
func (p *page) list(title string, l List) {
	if l.Count == 0 {
		fmt.Fprintf(p, "\n%s: none\n", title)
		return
	}
	fmt.Fprintf(p, "\n%s: %s, %s\n", title, group(l.Count), l.sum)
	for _, r := range l.Rows {
		text := fmt.Sprintf("  row %s %s  %-8s %14s", pad(strconv.Itoa(r.Row), 7), pad(r.Name, maxName), r.Account, number(r.amount))
		p.row(text, r.remarks()...)
	}
	if more := l.Count - len(l.Rows); more > 0 {
		fmt.Fprintf(p, "  … and %s more with smaller amounts\n", group(more))
	}
}

// remarks are what is said of a row, the most important first.
func (r Row) remarks() []string {
	switch {
	case r.Was != "":
		return []string{"was " + r.Was}
	case r.Usual == "":
		return []string{r.Why}
	case strings.HasSuffix(r.Why, newAndLarge):
		return []string{"others " + number(r.usual), strings.TrimSuffix(r.Why, newAndLarge)}
	}
	return []string{"usually " + number(r.usual), r.Why}
}

// row writes a row with the remarks that fit beside it. The first is never
// left out, but goes below.
func (p *page) row(text string, remarks ...string) {
	for i, remark := range remarks {
		switch with := text + "  " + remark; {
		case remark == "":
		case columnsOf(with) <= p.columns:
			text = with
		case i == 0:
			text += "\n              " + remark
		}
	}
	fmt.Fprintln(p, text)
}

// number is an amount without its currency.
func number(a money.Amount) string {
	return strings.TrimSuffix(a.String(), " "+a.Currency().Code)
}

func signed(number string) string {
	if strings.HasPrefix(number, "-") || strings.Trim(number, "0.,") == "" {
		return number
	}
	return "+" + number
}

// tenths writes thousandths as per cent.
func tenths(perMille int64) string {
	minus := ""
	if perMille < 0 {
		minus, perMille = "-", -perMille
	}
	return fmt.Sprintf("%s%d.%d", minus, perMille/10, perMille%10)
}

// group writes 1234567 as 1,234,567.
func group(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// shown is a name fit for one line of a terminal: no control characters, none
// that turn the direction of text, and not too long.
func shown(name string) string {
	var b strings.Builder
	used := 0
	for _, r := range strings.Join(strings.Fields(name), " ") {
		if !unicode.IsGraphic(r) {
			continue
		}
		if used += columnsOf(string(r)); used > maxName-1 {
			return b.String() + "…"
		}
		b.WriteRune(r)
	}
	return b.String()
}

func pad(text string, columns int) string {
	return text + strings.Repeat(" ", max(0, columns-columnsOf(text)))
}

// columnsOf is how many columns of a terminal a text takes.
func columnsOf(text string) int {
	n := 0
	for _, r := range text {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
