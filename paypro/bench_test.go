package paypro

import (
	"strconv"
	"testing"
)

// BenchmarkCheck is what a row costs, whose phone number nearly always is a
// plain mobile one. A million rows of any area are to take a few seconds.
func BenchmarkCheck(b *testing.B) {
	for _, area := range Areas() {
		row, banks := payout(area, testNo).Values, ShippedBanks(area)
		b.Run(area.Slug, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if len(area.Check(row)) > 0 || len(area.Warnings(row)) > 0 || len(banks.Check(area, row)) > 0 {
					b.Fatal("the example is not valid")
				}
			}
		})
	}
}

// BenchmarkPhone compares the quick way with what it goes about.
func BenchmarkPhone(b *testing.B) {
	rule := knownPhone("NG", "a Nigerian phone number")
	for name, number := range map[string]string{"mobile": "0803", "landline": "0120", "foreign": "+8613"} {
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				rule(number+strconv.Itoa(1_000_000+i%8_000_000), nil)
			}
		})
	}
}
