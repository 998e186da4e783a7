package sandbox

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func exportable() []Order {
	at := time.Date(2026, 11, 22, 5, 30, 0, 0, time.UTC) // 21 November, 23:30 in Mexico
	return []Order{
		{TradeNo: "A1", PlatFormTradeNo: "sbx1", MerchantNo: "M", Area: "mexico", Amount: "300.50", Paid: "300.50", Status: "0000", CreatedAt: at, FinalAt: at.Add(time.Hour)},
		{TradeNo: "A2", PlatFormTradeNo: "sbx2", MerchantNo: "M", Area: "mexico", Amount: "200", Paid: "0", Status: "0015", CreatedAt: at.Add(2 * time.Hour)},
		{TradeNo: "B1", PlatFormTradeNo: "sbx3", MerchantNo: "M", Area: "india", Amount: "100", Paid: "0", Status: "00029", CreatedAt: at, FinalAt: at},
	}
}

func TestExportHasTimesAndAmountsAsTheAreaHasThem(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	done, err := WriteExport(&b, exportable(), Export{Area: "mexico"})
	want := `tradeNo,platFormTradeNo,merchantNo,orderAmount,payAmount,fee,status,message,createTime,successTime
A1,sbx1,M,300.50,300.50,0,0000,` + mexico.text("0000") + `,2026-11-21 23:30:00,2026-11-22 00:30:00
A2,sbx2,M,200,0,0,0015,` + mexico.text("0015") + `,2026-11-22 01:30:00,
`
	if err != nil || b.String() != want || done != (Exported{"mexico", 2, 1}) {
		t.Errorf("%+v, %v:\n%s", done, err, b.String())
	}
}

func TestExportOfDays(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		export Export
		orders int
	}{
		{Export{Area: "mexico", From: "2026-11-22"}, 1},
		{Export{Area: "mexico", To: "2026-11-21"}, 1},
		{Export{Area: "india", From: "2026-11-22", To: "2026-11-22"}, 1},
		{Export{Area: "india", From: "2026-11-23"}, 0},
	} {
		var b strings.Builder
		if done, err := WriteExport(&b, exportable(), one.export); err != nil || done.Orders != one.orders {
			t.Errorf("%+v: %+v, %v", one.export, done, err)
		}
	}
}

func TestExportRefusesWhatIsNotClear(t *testing.T) {
	t.Parallel()
	for want, one := range map[string]struct {
		orders []Order
		export Export
	}{
		"orders of india, mexico: choose one": {exportable(), Export{}},
		"there are no orders yet":             {nil, Export{}},
		"there is no area atlantis":           {nil, Export{Area: "atlantis"}},
		`"22/11/2026" is not a day`:           {exportable(), Export{Area: "mexico", From: "22/11/2026"}},
		"2026-11-23 is after 2026-11-22":      {exportable(), Export{Area: "mexico", From: "2026-11-23", To: "2026-11-22"}},
	} {
		var b strings.Builder
		if _, err := WriteExport(&b, one.orders, one.export); err == nil || !strings.Contains(err.Error(), want) || b.Len() > 0 {
			t.Errorf("%v, want %s; wrote %q", err, want, b.String())
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestExportTellsOfAFullDisk(t *testing.T) {
	t.Parallel()
	if _, err := WriteExport(fullDisk{}, exportable(), Export{Area: "mexico"}); err == nil {
		t.Error("nothing was said")
	}
}
