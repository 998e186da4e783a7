package template

import "github.com/bulkpay/bulkpay/paypro"

// English is a language that every area's template can be had in.
const English = "en"

// Languages lists the languages an area's headers can be written in, the one
// its people would choose first. The notes and the instructions are in
// English, like all that bulkpay says.
func Languages(area *paypro.Area) []string {
	own, ok := local[area.Code]
	switch {
	case !ok:
		return []string{English}
	case own.second:
		return []string{English, own.language}
	}
	return []string{own.language, English}
}

// headerOf is what a field's column is called. Every header is a name or an
// alias of its field, so that the sheet is understood when it comes back.
func headerOf(area *paypro.Area, field *paypro.Field, language string) string {
	if own := local[area.Code]; own.language == language && own.headers[field.Name] != "" {
		return own.headers[field.Name]
	}
	return field.Label
}

// words are the headers of an area in another language than English.
type words struct {
	language string
	second   bool              // people write their sheets in English more often
	headers  map[string]string // by paypro.Field.Name
}

// rightToLeft has the languages whose sheets start on the right.
var rightToLeft = map[string]bool{"ar": true}

var local = map[string]words{
	"BD": {"bn", true, map[string]string{
		"wayCode":  "ওয়ালেট",
		"walletId": "ওয়ালেট নম্বর",
		"amount":   "টাকার পরিমাণ",
		"remark":   "মন্তব্য",
	}},
	"BR": {"pt", false, map[string]string{
		"name":         "Nome do favorecido",
		"bankType":     "Tipo de chave PIX",
		"bankNumber":   "Chave PIX",
		"amount":       "Valor",
		"email":        "E-mail",
		"mobile":       "Celular",
		"identityType": "Tipo de documento",
		"userIdentity": "CPF ou CNPJ",
		"remark":       "Observação",
	}},
	"EG": {"ar", false, map[string]string{
		"customerName": "اسم المستفيد",
		"walletId":     "رقم المحفظة",
		"amount":       "المبلغ",
		"remark":       "ملاحظات",
	}},
	"ID": {"id", false, map[string]string{
		"customerName":  "Nama penerima",
		"bankCode":      "Kode bank",
		"bankAccountNo": "Nomor rekening",
		"amount":        "Jumlah",
		"mobile":        "No. HP",
		"email":         "Alamat email",
		"remark":        "Keterangan",
	}},
	"KR": {"ko", false, map[string]string{
		"customerName":  "예금주명",
		"bankCode":      "은행코드",
		"bankAccountNo": "계좌번호",
		"amount":        "금액",
		"mobile":        "휴대폰번호",
		"email":         "이메일",
		"remark":        "적요",
	}},
	"MX": {"es", false, map[string]string{
		"wayCode":             "Banco",
		"amount":              "Importe",
		"customerName":        "Nombre del beneficiario",
		"customerMobile":      "Celular",
		"customerEmail":       "Correo electrónico",
		"customerAccountType": "Tipo de cuenta",
		"customerAccount":     "CLABE o tarjeta",
		"identity":            "Identificación",
		"remark":              "Concepto",
	}},
	"VN": {"vi", false, map[string]string{
		"accountName": "Tên chủ tài khoản",
		"bankName":    "Ngân hàng",
		"bankNumber":  "Số tài khoản",
		"amount":      "Số tiền",
		"remark":      "Nội dung chuyển khoản",
	}},
}
