package samplegen

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode"

	"github.com/bulkpay/bulkpay/paypro"
	"golang.org/x/text/unicode/norm"
)

// Rows gives n valid rows of an area, without the callback address and the
// payer's IP address, which a sheet does not have ([Constants]). It panics
// for an area it knows no rows of.
func Rows(area *paypro.Area, n int, seed uint64) iter.Seq[paypro.Values] {
	maker, ok := makers[area.Code]
	if !ok {
		panic("no sample rows for " + area.Name)
	}
	return func(yield func(paypro.Values) bool) {
		random := rand.New(rand.NewPCG(seed, uint64(area.Code[0])<<8|uint64(area.Code[1])))
		for i := range n {
			if !yield(maker(random, i)) {
				return
			}
		}
	}
}

// Constants are the values that come from the configuration and not from a
// sheet.
func Constants() map[string]string {
	return map[string]string{
		"notifyUrl": "https://pay.example.com/callback",
		"ipAddress": "203.0.113.10",
	}
}

var makers = map[string]func(*rand.Rand, int) paypro.Values{
	"MX": mexican,
	"IN": indian,
}

func mexican(random *rand.Rand, i int) paypro.Values {
	bank := pick(random, mexicanBanks)
	name := pick(random, mexicanFirst) + " " + pick(random, mexicanLast) + " " + pick(random, mexicanLast)
	row := paypro.Values{
		"wayCode":             bank.name,
		"customerName":        name,
		"customerAccountType": "CLABE",
		"amount":              strconv.Itoa(1200 + 50*random.IntN(700)),
		"customerMobile":      fmt.Sprintf("55000%05d", random.IntN(100_000)),
		"customerEmail":       address(name, i),
		"remark":              "Nómina noviembre",
	}
	if random.IntN(4) == 0 {
		row["customerAccountType"] = "DebitCard"
		row["customerAccount"] = Card(random.Uint64N(1_000_000_000))
	} else {
		row["customerAccount"] = CLABE(bank.prefix, random.Uint64N(10_000_000))
	}
	if random.IntN(3) == 0 {
		row["identity"] = "XAXX010101000" // the RFC for the general public
	}
	return row
}

func indian(random *rand.Rand, i int) paypro.Values {
	name := pick(random, indianFirst) + " " + pick(random, indianLast)
	return paypro.Values{
		"name":       name,
		"mobile":     fmt.Sprintf("60000%05d", random.IntN(100_000)),
		"email":      address(name, i),
		"bankNumber": fmt.Sprintf("0000%08d", random.IntN(100_000_000)),
		"bankNCode":  fmt.Sprintf("%s0999%03d", pick(random, indianBanks), random.IntN(1000)),
		"amount":     strconv.Itoa(2500 + 25*random.IntN(2400)),
		"remark":     "Salary November",
	}
}

// CLABE makes an account of a bank, by its three digits, with the right check
// digit.
func CLABE(prefix string, account uint64) string {
	digits := fmt.Sprintf("%s1800000%07d", prefix, account)
	sum := 0
	for i := range len(digits) {
		sum += int(digits[i]-'0') * [3]int{3, 7, 1}[i%3] % 10
	}
	return digits + strconv.Itoa((10-sum%10)%10)
}

// Card makes a card number with the right check digit.
func Card(number uint64) string {
	digits := fmt.Sprintf("400000%09d", number)
	sum := 0
	for i := range len(digits) {
		digit := int(digits[i] - '0')
		if i%2 == 0 { // the check digit makes sixteen, so these are doubled
			if digit *= 2; digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	return digits + strconv.Itoa((10-sum%10)%10)
}

func address(name string, i int) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '.'
		case unicode.Is(unicode.Mn, r):
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(name))
	return fmt.Sprintf("%s.%d@example.com", plain, i+1)
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

// mexicanBanks are banks with the first three digits of their CLABEs, as
// Banco de México lists them.
var mexicanBanks = []struct{ name, prefix string }{
	{"BANAMEX", "002"},
	{"BBVA MEXICO", "012"},
	{"SANTANDER", "014"},
	{"HSBC", "021"},
	{"SCOTIABANK", "044"},
	{"BANREGIO", "058"},
	{"BANORTE", "072"},
	{"AZTECA", "127"},
}

var mexicanFirst = []string{
	"María", "José", "Guadalupe", "Juan Carlos", "Sofía", "Andrés", "Lucía", "Raúl", "Verónica", "Miguel Ángel",
	"Ximena", "Joaquín", "Beatriz", "Tomás", "Inés", "Óscar", "Alejandra", "Germán", "Belén", "Íñigo",
}

var mexicanLast = []string{
	"Hernández", "García", "Martínez", "López", "González", "Pérez", "Sánchez", "Ramírez", "Núñez", "Ibáñez",
	"Muñoz", "Peña", "Cárdenas", "Ávila", "Villaseñor", "Domínguez", "Ortiz", "Zúñiga", "Quiñones", "Rojas",
}

var indianFirst = []string{
	"Asha", "Ravi", "Priya", "Arjun", "Lakshmi", "Sanjay", "Meera", "Vikram", "Kavita", "Imran",
	"Deepa", "Rahul", "Fatima", "Suresh", "Anjali", "Harpreet", "Nisha", "Ganesh", "Pooja", "Joseph",
}

var indianLast = []string{
	"Verma", "Sharma", "Iyer", "Nair", "Patel", "Singh", "Reddy", "Khan", "Das", "Gupta",
	"Menon", "Joshi", "Rao", "Mehta", "Fernandes", "Bose", "Kulkarni", "Chauhan", "Pillai", "Mishra",
}

var indianBanks = []string{"SBIN", "HDFC", "ICIC", "UTIB", "KKBK", "PUNB", "IDFB", "YESB"}
