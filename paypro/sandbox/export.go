package sandbox

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// exportHeader are the columns of an export of orders. The real one has not been seen: these are the
// names that the documents use for the same in answers and callbacks.
var exportHeader = []string{
	"tradeNo", "platFormTradeNo", "merchantNo", "orderAmount", "payAmount", "fee", "status", "message", "createTime", "successTime",
}

// Export is a list of orders as the gateway's pages would give it out.
type Export struct {
	// Area is the slug of the area whose orders are listed. An export is of one
	// currency, so it may be "" only if all orders are of one area.
	Area string
	// From and To are the first and the last day, "2026-11-22" in the area's
	// time, on which an order was made. "" is no limit.
	From, To string
}

// Exported is what an export holds.
type Exported struct {
	Area   string
	Orders int
	Paid   int // orders of which something was paid
}

// WriteExport writes orders as CSV, the oldest first: one line for each, with
// what became of it. There are no fees here. Times are the area's own, without a zone.
func WriteExport(w io.Writer, orders []Order, e Export) (Exported, error) {
	area, err := e.area(orders)
	if err != nil {
		return Exported{}, err
	}
	if err := e.check(); err != nil {
		return Exported{}, err
	}
	done := Exported{Area: area.slug}
	table := csv.NewWriter(w)
	if err := table.Write(exportHeader); err != nil {
		return done, err
	}
	for _, o := range orders {
		day := o.CreatedAt.In(area.zone).Format(time.DateOnly)
		if o.Area != area.slug || e.From != "" && day < e.From || e.To != "" && day > e.To {
			continue
		}
		done.Orders++
		if o.Paid != "0" {
			done.Paid++
		}
		if err := table.Write(o.exported(area)); err != nil {
			return done, err
		}
	}
	table.Flush()
	return done, table.Error()
}

// area is the one that is meant.
func (e Export) area(orders []Order) (*area, error) {
	if e.Area != "" {
		if found := areaBySlug(e.Area); found != nil {
			return found, nil
		}
		return nil, fmt.Errorf("there is no area %s", e.Area)
	}
	var slugs []string
	for _, o := range orders {
		if !slices.Contains(slugs, o.Area) {
			slugs = append(slugs, o.Area)
		}
	}
	switch len(slugs) {
	case 0:
		return nil, errors.New("there are no orders yet")
	case 1:
		return areaBySlug(slugs[0]), nil
	}
	slices.Sort(slugs)
	return nil, fmt.Errorf("there are orders of %s: choose one area", strings.Join(slugs, ", "))
}

func (e Export) check() error {
	for _, day := range [...]string{e.From, e.To} {
		if _, err := time.Parse(time.DateOnly, day); err != nil && day != "" {
			return fmt.Errorf("%q is not a day such as 2026-11-22", day)
		}
	}
	if e.From != "" && e.To != "" && e.From > e.To {
		return fmt.Errorf("%s is after %s", e.From, e.To)
	}
	return nil
}

func (o *Order) exported(area *area) []string {
	finished := ""
	if !o.FinalAt.IsZero() {
		finished = localTime(o.FinalAt.UnixMilli(), area.zone)
	}
	return []string{
		o.TradeNo, o.PlatFormTradeNo, o.MerchantNo, o.Amount, o.Paid, "0", o.Status, area.text(o.Status),
		localTime(o.CreatedAt.UnixMilli(), area.zone), finished,
	}
}
