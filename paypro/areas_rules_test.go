package paypro

import (
	"maps"
	"strings"
	"testing"
)

// areaCases are values of the areas with forms of their own, as a sheet has
// them: each is brought into canonical form first. The problem that must be
// named, or "": none; of doubt, the warning.
var areaCases = []struct {
	area    *Area
	field   string
	value   string
	problem string
	doubt   string
	with    Values // what else stands in the row
}{
	{indonesia, "amount", "100000", "", "", nil},
	{indonesia, "amount", "100000.00", "decimals", "", nil},
	{indonesia, "mobile", "081234567890", "", "", nil},
	{indonesia, "mobile", "6281245907765", "", "", nil},
	{indonesia, "mobile", "0812345678", "", "", nil},
	{indonesia, "mobile", "081234567", "9 digits", "", nil},
	{indonesia, "mobile", "08123456789012", "14 digits", "", nil},
	{indonesia, "mobile", "81234567890", "lost the 0", "", nil},
	{indonesia, "mobile", "0211234567", "start with 08", "", nil},
	{indonesia, "mobile", "+6281245907765", "plus in front", "", nil},
	{indonesia, "mobile", "6.28125E+12", "rounded number", "", nil},
	{indonesia, "mobile", "0812-3456-7890", "spaces or dashes", "", nil},
	{indonesia, "bankCode", "0002", "", "", nil},
	{indonesia, "bankAccountNo", "5.46444E+12", "rounded number", "", nil},
	{indonesia, "bankAccountNo", "12345", "5 digits", "", nil},

	{pakistan, "amount", "1", "", "", nil},
	{pakistan, "amount", "0", "zero", "", nil},
	{pakistan, "customerCert", "1730123456789", "", "", nil},
	{pakistan, "customerCert", "17301-2345678-9", "", "", nil},
	{pakistan, "customerCert", "17301-234567-9", "dashes", "", nil},
	{pakistan, "customerCert", "173012345678-9", "dashes", "", nil},
	{pakistan, "customerCert", "173012345678", "12 digits", "", nil},
	{pakistan, "customerCert", "0730123456789", "no province", "", nil},
	{pakistan, "customerCert", "1.73012E+12", "rounded number", "", nil},
	{pakistan, "mobile", "3115112345", "", "", nil},
	{pakistan, "mobile", "03115112345", "leading 0", "", nil},
	{pakistan, "mobile", "923115112345", "country code 92", "", nil},
	{pakistan, "mobile", "+923115112345", "plus in front", "", nil},
	{pakistan, "mobile", "4115112345", "start with 3", "", nil},
	{pakistan, "accountType", "Mobile Wallet", "", "", nil},
	{pakistan, "accountType", "cash", "none of the known", "", nil},
	{pakistan, "bankName", "Allied Bank", "do not belong", "", nil},
	{pakistan, "bankNumber", "PK36SCBL0000001123456702", "", "", nil},
	{pakistan, "bankNumber", "PK36 SCBL 0000 0011 2345 6702", "", "", nil},
	{pakistan, "bankNumber", "PK36SCBL0000001123456703", "check digits", "", nil},
	{pakistan, "bankNumber", "PK36SCBL000000112345670", "23 characters", "", nil},
	{pakistan, "bankNumber", "PKA6SCBL0000001123456702", "do not belong", "", nil},
	{pakistan, "bankNumber", "PK36scbl0000001123456702", "do not belong", "", nil},
	{pakistan, "remark", "", "empty", "", nil},

	{vietnam, "amount", "50000", "", "", nil},
	{vietnam, "amount", "49999", "less than the gateway pays", "", nil},
	{vietnam, "amount", "50000.5", "decimals", "", nil},
	{vietnam, "accountName", "NGUYEN THE VIET", "", "", nil},
	{vietnam, "accountName", "Nguyễn Thế Việt", "do not belong", "", nil},
	{vietnam, "accountName", "NGUYEN 2", "do not belong", "", nil},
	{vietnam, "bankName", "Acb", "do not belong", "", nil},

	{philippines, "bankName", "Maya", "", "", nil},
	{philippines, "bankName", "Maya;", "do not belong", "", nil},
	{philippines, "bankNumber", "09539077075", "", "", nil},
	{philippines, "bankNumber", "639171234567", "", "", nil},
	{philippines, "bankNumber", "09009077075", "", "no phone number", nil},
	{philippines, "bankNumber", "001234567890", "", "", nil},
	{philippines, "bankNumber", "9.53908E+9", "rounded number", "", nil},

	{kenya, "amount", "50", "", "", nil},
	{kenya, "amount", "49", "", "recommends", nil},
	{kenya, "amount", "50.00", "decimals", "", nil},
	{kenya, "mobile", "254115555088", "", "", nil},
	{kenya, "mobile", "254712345678", "", "", nil},
	{kenya, "mobile", "254212345678", "start with 2541 or 2547", "", nil},
	{kenya, "mobile", "0712345678", "leading 0 instead of 254", "", nil},
	{kenya, "mobile", "712345678", "no 254", "", nil},
	{kenya, "mobile", "+254712345678", "plus in front", "", nil},
	{kenya, "mobile", "25471234567", "11 digits", "", nil},
	{kenya, "notifyUrl", "", "", "", nil},

	{egypt, "amount", "100", "", "", nil},
	{egypt, "amount", "10000", "", "", nil},
	{egypt, "amount", "99", "less than", "", nil},
	{egypt, "amount", "10001", "more than", "", nil},
	{egypt, "walletId", "01012345678", "", "", nil},
	{egypt, "walletId", "201012345678", "", "", nil},
	{egypt, "walletId", "1012345678", "", "", nil},
	{egypt, "walletId", "01912345678", "", "no phone number", nil},
	{egypt, "remark", "", "empty", "", nil},

	{bangladesh, "walletId", "01712345678", "", "", nil},
	{bangladesh, "walletId", "01123456789", "", "", nil}, // the documents' own example
	{bangladesh, "walletId", "01012345678", "", "no phone number", nil},
	{bangladesh, "walletId", "1712345678", "lost the 0", "", nil},
	{bangladesh, "walletId", "8801712345678", "country code 88", "", nil},
	{bangladesh, "walletId", "017123456789", "12 digits", "", nil},
	{bangladesh, "wayCode", "bKash", "", "", nil},
	{bangladesh, "wayCode", "EWALLET_NAGAD", "", "", nil},
	{bangladesh, "wayCode", "EWALLET_ROCKET", "none of the known", "", nil},

	{nigeria, "bankAccountNo", "123456789", "", "9 digits", nil},
	{nigeria, "bankAccountNo", "0123456789", "", "", nil},
	{nigeria, "mobile", "15875595997", "", "no phone number", nil}, // the documents' own example
	{nigeria, "mobile", "08031234567", "", "", nil},
	{nigeria, "mobile", "+2348031234567", "", "", nil},
	{nigeria, "mobile", "+8613812345678", "", "", nil}, // of another country, and a phone number
	{nigeria, "mobile", "123456", "6 digits", "", nil},
	{southKorea, "bankAccountNo", "110-123-456789", "", "", nil},
	{southKorea, "bankAccountNo", "2026-11-21", "spaces or dashes", "", nil},
	{southKorea, "bankAccountNo", "-1101234567", "spaces or dashes", "", nil},
	{southKorea, "mobile", "01012345678", "", "", nil},
	{southKorea, "mobile", "821012345678", "", "", nil},

	{brazil, "amount", "1500", "", "", nil},
	{brazil, "amount", "1500.5", "", "", nil},
	{brazil, "amount", "0.01", "", "", nil},
	{brazil, "amount", "1.500", "point between the thousands", "", nil},
	{brazil, "amount", "1500.005", "more than two decimals", "", nil},
	{brazil, "amount", "0.00", "zero", "", nil},
	{brazil, "amount", "00.50", "starts with a zero", "", nil},
	{brazil, "amount", "1.500,00", "plain number", "", nil},
	{brazil, "amount", "99999999999999", "larger", "", nil},
	{brazil, "bankNumber", "529.982.247-25", "", "", nil},
	{brazil, "bankNumber", "52998224726", "check digits", "", nil},
	{brazil, "bankNumber", "2998224725", "10 digits", "", nil},
	{brazil, "bankNumber", "529.982.24725", "unusual places", "", nil},
	{brazil, "bankNumber", "5.29982E+10", "rounded number", "", nil},
	{brazil, "bankNumber", "11111111111", "check digits", "", nil},
	{brazil, "bankNumber", "18171847084", "check digits", "", nil}, // userIdentity of the documents' example
	{brazil, "bankNumber", "18171847099", "", "another CPF", nil},
	{brazil, "bankNumber", "11.222.333/0001-81", "", "", Values{"bankType": "CNPJ"}},
	{brazil, "bankNumber", "11222333000180", "check digits", "", Values{"bankType": "CNPJ"}},
	{brazil, "bankNumber", "12ABC34501DE35", "", "", Values{"bankType": "CNPJ"}}, // the tax office's own example
	{brazil, "bankNumber", "12.ABC.345/01DE-35", "", "", Values{"bankType": "CNPJ"}},
	{brazil, "bankNumber", "12abc34501de35", "small letters", "", Values{"bankType": "CNPJ"}},
	{brazil, "bankNumber", "12ABC34501DE3X", "two check digits", "", Values{"bankType": "CNPJ"}},
	{brazil, "bankNumber", "1222333000181", "13 characters", "", Values{"bankType": "CNPJ"}},
	{brazil, "bankNumber", "00000000000000", "check digits", "", Values{"bankType": "CNPJ"}},
	{brazil, "bankNumber", "ana@example.com", "", "", Values{"bankType": "EMAIL"}},
	{brazil, "bankNumber", strings.Repeat("a", 70) + "@x.com.br", "79 characters", "", Values{"bankType": "EMAIL"}},
	{brazil, "bankNumber", "+5511961234567", "", "", Values{"bankType": "PHONE"}},
	{brazil, "bankNumber", "+55 (11) 96123-4567", "", "", Values{"bankType": "PHONE"}},
	{brazil, "bankNumber", "11961234567", "start with +55", "", Values{"bankType": "PHONE"}},
	{brazil, "bankNumber", "+55961234567", "9 digits after", "", Values{"bankType": "PHONE"}},
	{brazil, "bankNumber", "+5510961234567", "", "no phone number", Values{"bankType": "PHONE"}},
	{brazil, "bankNumber", "123e4567-e12b-12d1-a456-426655440000", "", "", Values{"bankType": "EVP"}},
	{brazil, "bankNumber", "123E4567-E12B-12D1-A456-426655440000", "", "", Values{"bankType": "EVP"}},
	{brazil, "bankNumber", "123e4567e12b12d1a456426655440000", "32 characters", "", Values{"bankType": "EVP"}},
	{brazil, "bankNumber", "123e4567-e12b-12d1-a456-42665544000g", "not a random key", "", Values{"bankType": "EVP"}},
	{brazil, "bankType", "Chave aleatória", "", "", Values{"bankNumber": "123e4567-e12b-12d1-a456-426655440000"}},
	{brazil, "bankType", "E-MAIL", "", "", Values{"bankNumber": "ana@example.com"}},
	{brazil, "userIdentity", "11.222.333/0001-81", "", "", Values{"identityType": "CNPJ"}},
	{brazil, "userIdentity", "529.982.247-25", "", "", nil},
	{brazil, "mobile", "123456789", "", "no phone number", nil}, // the documents' own example

	{mexico, "customerMobile", "18956325478", "", "no phone number", nil}, // the documents' own example
	{mexico, "customerMobile", "5512345678", "", "", nil},
}

func TestRulesOfEveryArea(t *testing.T) {
	t.Parallel()
	for _, test := range areaCases {
		row := payout(test.area, testNo).Values
		maps.Copy(row, test.with)
		row[test.field] = test.area.Field(test.field).Canonical(test.value)
		if row[test.field] == "" {
			delete(row, test.field)
		}
		problems := problemsOf(test.area.Check(row), test.field)
		if (problems == "") != (test.problem == "") || !strings.Contains(problems, test.problem) {
			t.Errorf("%s, %s %q: %q, want %q", test.area.Name, test.field, test.value, problems, test.problem)
		}
		if problems != "" {
			continue // a row with faults is not asked for doubts
		}
		if doubts := problemsOf(test.area.Warnings(row), test.field); (doubts == "") != (test.doubt == "") || !strings.Contains(doubts, test.doubt) {
			t.Errorf("%s, %s %q: warning %q, want %q", test.area.Name, test.field, test.value, doubts, test.doubt)
		}
	}
}

// problemsOf joins the problems of one field.
func problemsOf(faults []Fault, field string) string {
	var problems []string
	for _, fault := range faults {
		if fault.Field == field {
			problems = append(problems, fault.Problem)
		}
	}
	return strings.Join(problems, "; ")
}

// TestOneCanonicalForm: what is written in two ways is sent in one, so that the
// same payout is recognised in another sheet.
func TestOneCanonicalForm(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		area             *Area
		field, from, too string
	}{
		{brazil, "amount", "1500.5", "1500.50"},
		{brazil, "amount", "1500.00", "1500"},
		{brazil, "amount", "1500.0", "1500"},
		{brazil, "amount", "1.500", "1.500"}, // which of two amounts this is, is for a person to say
		{brazil, "amount", ".5", ".5"},
		{brazil, "amount", "5.", "5."},
		{brazil, "bankNumber", "529.982.247-25", "52998224725"},
		{brazil, "bankNumber", "+55 11 96123-4567", "+5511961234567"},
		{brazil, "bankNumber", "123E4567-E12B-12D1-A456-426655440000", "123e4567-e12b-12d1-a456-426655440000"},
		{brazil, "bankNumber", "Ana@Example.com", "Ana@Example.com"},
		{brazil, "userIdentity", "11.222.333/0001-81", "11222333000181"},
		{pakistan, "customerCert", "17301-2345678-9", "1730123456789"},
		{pakistan, "bankNumber", "PK36 SCBL 0000 0011 2345 6702", "PK36SCBL0000001123456702"},
		{southKorea, "bankAccountNo", "110-123-456789", "110123456789"},
		{southKorea, "bankAccountNo", "110--123456789", "110--123456789"},
		{bangladesh, "wayCode", "ewallet_bkash", "BKASH"},
		{mexico, "customerAccount", "6461-8000-0000-0000-09", "6461-8000-0000-0000-09"},
	} {
		if got := test.area.Field(test.field).Canonical(test.from); got != test.too {
			t.Errorf("%s, %s: %q becomes %q, want %q", test.area.Name, test.field, test.from, got, test.too)
		}
	}
}
