package main

import (
	"slices"
	"testing"

	"github.com/bulkpay/bulkpay/internal/config"
)

func TestAFlagGoesBeforeAConfiguredTolerance(t *testing.T) {
	t.Parallel()
	share, two, five := 0.01, 2, 5
	configured := config.Reconcile{Fee: "5.80", FeeShare: &share, Days: &two, Timing: &five}
	for _, c := range []struct {
		told       []string
		c          config.Reconcile
		fee        string
		share      float64
		days, late int
	}{
		{nil, config.Reconcile{}, "1", 0.5, 3, 3},
		{nil, configured, "5.80", 0.01, 2, 5},
		{[]string{"fee", "days"}, configured, "1", 0.01, 3, 5},
		{[]string{"fee-share", "timing"}, configured, "5.80", 0.5, 2, 3},
	} {
		o := &reconcileOptions{fee: "1", feeShare: 0.5, days: 3, timing: 3, told: func(flag string) bool { return slices.Contains(c.told, flag) }}
		o.fill(c.c)
		if o.fee != c.fee || o.feeShare != c.share || o.days != c.days || o.timing != c.late {
			t.Errorf("told %v: fee %s, share %v, days %d, timing %d", c.told, o.fee, o.feeShare, o.days, o.timing)
		}
	}
}
