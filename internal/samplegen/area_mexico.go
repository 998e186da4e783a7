package samplegen

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/bulkpay/bulkpay/paypro"
)

// Mexican accounts: a CLABE of the bank's with a made-up account part, or a
// card in the range for tests.
var mexico = maker{
	language: Spanish, sheet: "Nómina", row: mexican, distinct: otherMexican,
	columns: []Column{
		{"Banco", "wayCode", 16},
		{"Nombre del beneficiario", "customerName", 34},
		{"Tipo de cuenta", "customerAccountType", 16},
		{"CLABE o tarjeta", "customerAccount", 24},
		{"Importe", "amount", 12},
		{"Celular", "customerMobile", 14},
		{"Correo electrónico", "customerEmail", 38},
		{"RFC", "identity", 16},
		{"Concepto", "remark", 24},
	},
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
		account := random.Uint64N(10_000_000)
		if account%100 == 0 {
			account++ // zeros at the end look like a number cut by a spreadsheet
		}
		row["customerAccount"] = CLABE(bank.prefix, account)
	}
	if random.IntN(3) == 0 {
		row["identity"] = "XAXX010101000" // the RFC for the general public
	}
	return row
}

func otherMexican(row paypro.Values, i int, number uint64) {
	row["customerName"] += " " + coined(i)
	row["customerEmail"] = address(row["customerName"], i)
	if row["customerAccountType"] == "DebitCard" {
		row["customerAccount"] = Card(number)
		return
	}
	// The last two digits are never zeros, which would look like a number cut
	// by a spreadsheet.
	row["customerAccount"] = CLABE(row["customerAccount"][:3], number/99*100+1+number%99)
}

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
