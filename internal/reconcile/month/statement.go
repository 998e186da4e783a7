package month

import (
	"slices"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// write writes the statement as it should be: a line for every payout that the
// gateway knows, and one more for what came back.
func (m *Month) write() {
	accounts := map[string]int{}
	for _, p := range m.payouts {
		accounts[p.PayeeAccount]++
	}
	for _, p := range m.payouts {
		p.alone = accounts[p.PayeeAccount] == 1
		switch p.end {
		case "succeeded", "said paid":
			m.say(p, ledger.LinePaid)
		case "failed":
			m.say(p, ledger.LineFailed)
		case "processing", "in doubt":
			m.say(p, ledger.LineOpen)
		case "reversed":
			m.say(p, ledger.LinePaid)
			m.comeBack(p)
		}
	}
}

// say adds a line about a payout, on the day on which it came to its end.
func (m *Month) say(p *payout, status ledger.LineStatus) *ledger.NewLine {
	line := &ledger.NewLine{
		Day: midnight(p.day), Amount: p.Amount, Status: status, TradeNo: p.TradeNo, PlatformTradeNo: p.PlatformTradeNo,
		Account: p.PayeeAccount, Narrative: "SPEI enviado",
	}
	if status == ledger.LinePaid {
		line.Fee = money.FromMinor(money.MXN, Fee)
	}
	p.lines = append(p.lines, line)
	return line
}

func (m *Month) comeBack(p *payout) {
	line := m.say(p, ledger.LineReturned)
	line.Day, line.Amount = line.Day.AddDate(0, 0, 1), less(line.Amount)
}

func midnight(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
}

func minor(a money.Amount) int64 {
	n, _ := a.Minor()
	return n
}

func less(a money.Amount) money.Amount { return money.FromMinor(a.Currency(), -minor(a)) }

func plus(a money.Amount, n int64) money.Amount { return money.FromMinor(a.Currency(), minor(a)+n) }

// pick draws payouts of an end that nothing is done to yet. There may be too
// few of them: then it is nil.
func (m *Month) pick(n int, fits func(*payout) bool) []*payout {
	var picked []*payout
	for range 200 * n {
		p := m.payouts[m.random.IntN(len(m.payouts))]
		if p.taken || !fits(p) || slices.Contains(picked, p) {
			continue
		}
		if picked = append(picked, p); len(picked) == n {
			for _, p := range picked {
				p.taken = true
			}
			return picked
		}
	}
	return nil
}

func ended(end string) func(*payout) bool { return func(p *payout) bool { return p.end == end } }

func succeeded(p *payout) bool { return p.end == "succeeded" }

// Disguises are the ways in which a statement may say the right thing.
func Disguises() []string {
	var names []string
	for _, d := range disguises {
		names = append(names, d.name)
	}
	return names
}

const byAccount = "no number at all, and an account that is paid once"

var disguises = []struct {
	name string
	put  func(m *Month) bool
}{
	{"only the gateway's number", func(m *Month) bool {
		return m.onOne(succeeded, func(_ *payout, l *ledger.NewLine) { l.TradeNo = "" })
	}},
	{"our number in lower case, the gateway's missing", func(m *Month) bool {
		return m.onOne(succeeded, func(_ *payout, l *ledger.NewLine) { l.TradeNo, l.PlatformTradeNo = strings.ToLower(l.TradeNo), "" })
	}},
	{"the number in a narrative, broken in two", func(m *Month) bool {
		return m.onOne(succeeded, func(p *payout, l *ledger.NewLine) {
			at := 5 + m.random.IntN(20)
			l.TradeNo, l.PlatformTradeNo, l.Account = "", "", ""
			l.Narrative = "TRANSF SPEI REF " + p.TradeNo[:at] + " " + p.TradeNo[at:] + " NOMINA NOV"
		})
	}},
	{"the gateway's number in a narrative", func(m *Month) bool {
		return m.onOne(succeeded, func(p *payout, l *ledger.NewLine) {
			l.TradeNo, l.PlatformTradeNo, l.Account, l.Narrative = "", "", "", "PAYPRO/"+p.PlatformTradeNo+"/NOV"
		})
	}},
	{byAccount, func(m *Month) bool {
		return m.onOne(func(p *payout) bool { return p.end == "succeeded" && p.alone }, func(_ *payout, l *ledger.NewLine) {
			l.TradeNo, l.PlatformTradeNo, l.Day = "", "", l.Day.AddDate(0, 0, m.random.IntN(3))
		})
	}},
	{"two to five payouts in one line", func(m *Month) bool {
		picked := m.pick(2+m.random.IntN(4), succeeded)
		if picked == nil {
			return false
		}
		line := picked[0].lines[0]
		line.TradeNo, line.PlatformTradeNo, line.Account, line.Narrative = "", "", "", "LOTE "+picked[0].TradeNo
		for _, p := range picked[1:] {
			line.Amount, line.Narrative, p.lines = plus(line.Amount, minor(p.Amount)), line.Narrative+"/"+p.TradeNo, nil
		}
		return true
	}},
	{"one payout in two or three lines", func(m *Month) bool {
		picked := m.pick(1, succeeded)
		if picked == nil {
			return false
		}
		p := picked[0]
		line := p.lines[0]
		for range 1 + m.random.IntN(2) {
			part := *line
			part.Amount = money.FromMinor(money.MXN, 1000+int64(m.random.IntN(1000)))
			line.Amount = plus(line.Amount, -minor(part.Amount))
			p.lines = append(p.lines, &part)
		}
		return true
	}},
	{"the charge inside the amount", func(m *Month) bool {
		return m.onOne(succeeded, func(_ *payout, l *ledger.NewLine) { l.Amount, l.Fee = plus(l.Amount, Fee), money.Amount{} })
	}},
	{"an attempt that failed before the one that paid", func(m *Month) bool {
		return m.onOne(succeeded, func(p *payout, l *ledger.NewLine) {
			failed := *l
			failed.Status, failed.Fee, failed.PlatformTradeNo = ledger.LineFailed, money.Amount{}, platformNo(m.random)
			p.lines = []*ledger.NewLine{&failed, l}
		})
	}},
	{"booked two days later", func(m *Month) bool {
		return m.onOne(func(p *payout) bool { return succeeded(p) && p.day.Before(Last.AddDate(0, 0, -4)) }, func(_ *payout, l *ledger.NewLine) { l.Day = l.Day.AddDate(0, 0, 2) })
	}},
}

// onOne does something to the line of a payout.
func (m *Month) onOne(fits func(*payout) bool, do func(*payout, *ledger.NewLine)) bool {
	picked := m.pick(1, fits)
	if picked == nil {
		return false
	}
	do(picked[0], picked[0].lines[0])
	return true
}

// disguise puts a disguise on one payout in twenty.
func (m *Month) disguise(plan Plan) {
	for i := range plan.Payouts / 20 {
		if d := disguises[i%len(disguises)]; d.name != byAccount || !plan.NoAccounts {
			d.put(m)
		}
	}
}

// finish shuffles the lines of payouts, keeps those of one payout in their
// order, and numbers them as the rows of a file.
func (m *Month) finish() {
	var groups [][]*ledger.NewLine
	for _, p := range m.payouts {
		if len(p.lines) > 0 {
			groups = append(groups, p.lines)
		}
	}
	m.random.Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
	number := map[*ledger.NewLine]int{}
	for _, group := range groups {
		for _, line := range group {
			line.Number = len(m.Lines) + 2
			number[line] = line.Number
			m.Lines = append(m.Lines, *line)
		}
	}
	for _, settle := range m.later() {
		settle(number)
	}
}
