package month

import (
	"fmt"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// planted is a finding whose line has no number yet.
type planted struct {
	line    *ledger.NewLine
	tradeNo string
	class   ledger.MatchClass
}

// Defects names the kinds of defect that are planted.
func Defects() []string {
	var names []string
	for _, d := range defects {
		names = append(names, d.name)
	}
	return names
}

var defects = []struct {
	name  string
	plant func(m *Month) []planted
}{
	{"a lower amount", func(m *Month) []planted {
		return m.spoil(succeeded, ledger.ClassAmount, func(_ *payout, l *ledger.NewLine) { l.Amount = plus(l.Amount, -700-int64(m.random.IntN(5000))) })
	}},
	{"a higher amount", func(m *Month) []planted {
		return m.spoil(succeeded, ledger.ClassAmount, func(_ *payout, l *ledger.NewLine) { l.Amount = plus(l.Amount, 700+int64(m.random.IntN(500_000))) })
	}},
	{"a charge beyond what is tolerated", func(m *Month) []planted {
		return m.spoil(succeeded, ledger.ClassAmount, func(_ *payout, l *ledger.NewLine) { l.Amount, l.Fee = plus(l.Amount, Fee+1), money.Amount{} })
	}},
	{"failed there, paid here", func(m *Month) []planted {
		return m.spoil(succeeded, ledger.ClassStatus, func(_ *payout, l *ledger.NewLine) { l.Status, l.Fee = ledger.LineFailed, money.Amount{} })
	}},
	{"paid there, failed here", func(m *Month) []planted {
		return m.spoil(ended("failed"), ledger.ClassStatus, func(_ *payout, l *ledger.NewLine) { l.Status = ledger.LinePaid })
	}},
	{"paid there, in doubt here", func(m *Month) []planted {
		return m.spoil(ended("in doubt"), ledger.ClassStatus, func(_ *payout, l *ledger.NewLine) {
			l.Status, l.PlatformTradeNo = ledger.LinePaid, platformNo(m.random)
		})
	}},
	{"paid there, cancelled here", func(m *Month) []planted {
		picked := m.pick(1, ended("cancelled"))
		if picked == nil {
			return nil
		}
		return []planted{{m.say(picked[0], ledger.LinePaid), picked[0].TradeNo, ledger.ClassStatus}}
	}},
	{"came back there, paid here", func(m *Month) []planted {
		picked := m.pick(1, succeeded)
		if picked == nil {
			return nil
		}
		m.comeBack(picked[0])
		return []planted{{picked[0].lines[1], picked[0].TradeNo, ledger.ClassStatus}}
	}},
	{"never came back there, reversed here", func(m *Month) []planted {
		picked := m.pick(1, ended("reversed"))
		if picked == nil {
			return nil
		}
		picked[0].lines = picked[0].lines[:1]
		return []planted{{picked[0].lines[0], picked[0].TradeNo, ledger.ClassStatus}}
	}},
	{"another number of the gateway's", func(m *Month) []planted {
		return m.spoil(succeeded, ledger.ClassStatus, func(_ *payout, l *ledger.NewLine) { l.PlatformTradeNo = platformNo(m.random) })
	}},
	{"in progress there for weeks, paid here", func(m *Month) []planted {
		return m.spoil(early, ledger.ClassStatus, func(_ *payout, l *ledger.NewLine) { l.Status, l.Fee = ledger.LineOpen, money.Amount{} })
	}},
	{"a line that is missing", func(m *Month) []planted { return m.drop(early, ledger.ClassMissing) }},
	{"a line that may still come", func(m *Month) []planted { return m.drop(late, ledger.ClassTiming) }},
	{"a number that nobody gave", func(m *Month) []planted {
		return m.stranger(func(l *ledger.NewLine) { l.TradeNo = fmt.Sprintf("ZZ20261115%010d", m.extra) })
	}},
	{"a line without any number", func(m *Month) []planted {
		return m.stranger(func(l *ledger.NewLine) { l.Narrative = "AJUSTE" })
	}},
	{"the same line twice", func(m *Month) []planted { return m.double(func(*ledger.NewLine) {}) }},
	{"paid twice under two numbers of the gateway's", func(m *Month) []planted {
		return m.double(func(l *ledger.NewLine) { l.PlatformTradeNo, l.Day = platformNo(m.random), l.Day.AddDate(0, 0, 1) })
	}},
	{"a number cut off", func(m *Month) []planted {
		picked := m.pick(1, early)
		if picked == nil {
			return nil
		}
		line := picked[0].lines[0]
		line.TradeNo, line.PlatformTradeNo = line.TradeNo[:22], ""
		return []planted{{line, picked[0].TradeNo, ledger.ClassUnknown}, {nil, picked[0].TradeNo, ledger.ClassMissing}}
	}},
	{"two numbers mixed up", func(m *Month) []planted {
		picked := m.pick(2, succeeded)
		if picked == nil || minor(picked[0].Amount)-minor(picked[1].Amount) <= Fee && minor(picked[1].Amount)-minor(picked[0].Amount) <= Fee {
			return nil
		}
		a, b := picked[0].lines[0], picked[1].lines[0]
		a.Amount, b.Amount = b.Amount, a.Amount
		return []planted{{a, picked[0].TradeNo, ledger.ClassAmount}, {b, picked[1].TradeNo, ledger.ClassAmount}}
	}},
}

func early(p *payout) bool { return succeeded(p) && p.day.Before(Last.AddDate(0, 0, -5)) }
func late(p *payout) bool  { return succeeded(p) && p.day.After(Last.AddDate(0, 0, -2)) }

// spoil changes the line of a payout.
func (m *Month) spoil(fits func(*payout) bool, class ledger.MatchClass, do func(*payout, *ledger.NewLine)) []planted {
	picked := m.pick(1, fits)
	if picked == nil {
		return nil
	}
	p := picked[0]
	do(p, p.lines[0])
	return []planted{{p.lines[0], p.TradeNo, class}}
}

func (m *Month) drop(fits func(*payout) bool, class ledger.MatchClass) []planted {
	picked := m.pick(1, fits)
	if picked == nil {
		return nil
	}
	picked[0].lines = nil
	return []planted{{nil, picked[0].TradeNo, class}}
}

// stranger adds a line that is no payout's, with an amount that none has.
func (m *Month) stranger(do func(*ledger.NewLine)) []planted {
	m.extra++
	line := &ledger.NewLine{Day: First.AddDate(0, 0, m.random.IntN(28)), Amount: money.FromMinor(money.MXN, 3_000_000+int64(m.extra)), Status: ledger.LinePaid}
	do(line)
	m.payouts = append(m.payouts, &payout{taken: true, lines: []*ledger.NewLine{line}})
	return []planted{{line, "", ledger.ClassUnknown}}
}

func (m *Month) double(do func(*ledger.NewLine)) []planted {
	picked := m.pick(1, succeeded)
	if picked == nil {
		return nil
	}
	p := picked[0]
	again := *p.lines[0]
	do(&again)
	p.lines = append(p.lines, &again)
	return []planted{{&again, p.TradeNo, ledger.ClassDoubled}}
}

// plant plants so many defects, of all kinds in turn.
func (m *Month) plant(n int) {
	planted, fruitless := 0, 0
	for i := 0; planted < n && fruitless < 10*len(defects); i++ {
		kind := defects[i%len(defects)]
		found := kind.plant(m)
		if found == nil {
			fruitless++
			continue
		}
		planted++
		answer := Answer{Kind: kind.name}
		for _, f := range found {
			answer.Findings = append(answer.Findings, Finding{TradeNo: f.tradeNo, Class: f.class})
		}
		m.Key = append(m.Key, answer)
		m.roots = append(m.roots, found)
	}
}

// later gives the answers the numbers of their lines, once these have some.
func (m *Month) later() []func(map[*ledger.NewLine]int) {
	var settle []func(map[*ledger.NewLine]int)
	for i, found := range m.roots {
		settle = append(settle, func(number map[*ledger.NewLine]int) {
			for j, f := range found {
				m.Key[i].Findings[j].Line = number[f.line]
			}
		})
	}
	return settle
}
