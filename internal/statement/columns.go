package statement

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// aliases are what banks call their columns, in the languages of the areas
// that are paid in. They are compared by headerKey.
var aliases = map[Field][]string{
	FieldDay: {
		"date", "day", "booking date", "posting date", "post date", "transaction date", "txn date", "tran date", "trans date", "entry date", "posted",
		"fecha", "fecha operacion", "fecha de operacion", "fecha oper", "fecha movimiento", "fecha contable", "dia",
		"data", "data lancamento", "buchungstag", "buchungsdatum", "datum", "date operation", "date de comptabilisation",
		"交易日期", "记账日期", "入账日期", "日期", "交易时间",
	},
	FieldValueDay: {"value date", "value dt", "fecha valor", "fecha de valor", "data valor", "valuta", "wertstellung", "date valeur", "date de valeur", "起息日"},
	FieldAmount: {
		"amount", "transaction amount", "txn amount", "net amount", "importe", "monto", "cantidad", "valor", "betrag", "umsatz", "montant", "金额", "交易金额", "发生额",
	},
	FieldDebit: {
		"debit", "debits", "debit amount", "dr", "dr amount", "withdrawal", "withdrawals", "withdrawal amt", "withdrawal amount", "paid out", "money out",
		"cargo", "cargos", "retiro", "retiros", "debito", "debitos", "debe", "egreso", "egresos", "salida", "soll", "debit eur", "借方", "借方金额", "支出", "支出金额",
	},
	FieldCredit: {
		"credit", "credits", "credit amount", "cr", "cr amount", "deposit", "deposits", "deposit amt", "deposit amount", "paid in", "money in",
		"abono", "abonos", "deposito", "depositos", "credito", "creditos", "haber", "ingreso", "ingresos", "entrada", "haben", "贷方", "贷方金额", "收入", "收入金额",
	},
	FieldDirection: {
		"dr cr", "cr dr", "debit credit", "type dr cr", "d c", "c d", "direction", "sign", "transaction type", "txn type",
		"naturaleza", "tipo de movimiento", "signo", "cargo abono", "soll haben", "借贷", "借贷标志", "收支",
	},
	FieldFee:          {"fee", "fees", "charge", "charges", "service charge", "commission", "comision", "comisiones", "gebuehr", "手续费"},
	FieldCurrency:     {"currency", "ccy", "curr", "moneda", "divisa", "moeda", "waehrung", "wahrung", "devise", "币种", "货币"},
	FieldStatus:       {"status", "state", "estado", "estatus", "situacion", "状态", "交易状态"},
	FieldTradeNo:      {"trade no", "tradeNo", "merchant order no", "merchant order number", "order no"},
	FieldReference:    {"reference", "ref", "ref no", "reference no", "reference number", "chq ref no", "cheque no", "customer reference", "end to end id", "referencia", "clave de rastreo", "numero de referencia", "folio", "utr", "utr no", "参考号", "业务编号"},
	FieldEntryRef:     {"transaction id", "txn id", "tran id", "bank reference", "id", "entry reference", "movimiento", "numero de movimiento", "autorizacion", "交易流水号", "流水号"},
	FieldNarrative:    {"narrative", "narration", "description", "details", "particulars", "transaction details", "remarks", "transaction remarks", "concepto", "descripcion", "detalle", "concepto referencia", "historico", "verwendungszweck", "buchungstext", "libelle", "摘要", "附言", "备注", "用途"},
	FieldCounterparty: {"counterparty account", "beneficiary account", "account of beneficiary", "cuenta beneficiario", "cuenta destino", "cuenta clabe", "iban", "对方账号", "收款账号"},
	FieldBalance:      {"balance", "running balance", "closing balance", "available balance", "saldo", "saldo final", "kontostand", "solde", "余额", "账户余额"},
}

// gatewayAliases are what the gateway's export may call its columns: the names of its
// interface, and what these are called in English, Spanish and Chinese.
var gatewayAliases = map[Field][]string{
	FieldTradeNo: {
		"tradeNo", "merchant tradeNo", "merchant order no", "merchant order number", "merchant order id", "merchant order", "order no", "order number", "out trade no",
		"numero de orden del comercio", "orden del comercio", "numero de pedido", "商户订单号", "商户单号", "订单号", "商家订单号",
	},
	FieldPlatFormTradeNo: {
		"platFormTradeNo", "platform tradeNo", "platform order no", "platform order number", "platform order id", "kiliTradeNo", "serialNumber", "system order no",
		"numero de orden de la plataforma", "orden de la plataforma", "平台订单号", "平台单号", "系统订单号", "平台流水号",
	},
	FieldAmount:     {"orderAmount", "order amount", "amount", "importe", "importe del pedido", "monto", "monto de la orden", "订单金额", "金额", "代付金额", "交易金额"},
	FieldPaidAmount: {"payAmount", "pay amount", "paid amount", "actual amount", "importe pagado", "monto pagado", "实付金额", "实际金额", "到账金额"},
	FieldFee:        {"fee", "fees", "service fee", "handling fee", "charge", "comision", "tarifa", "手续费", "服务费"},
	FieldStatus:     {"status", "order status", "trade status", "state", "estado", "estado de la orden", "estatus", "状态", "订单状态", "交易状态", "支付状态"},
	FieldDay: {
		"successTime", "success time", "finish time", "completed at", "pay time", "paid at", "hora de exito", "fecha de pago", "成功时间", "完成时间", "支付时间",
		"createTime", "create time", "created at", "order time", "fecha de creacion", "fecha", "创建时间", "下单时间", "提交时间",
	},
	FieldCurrency:     {"currency", "moneda", "币种"},
	FieldCounterparty: {"customerAccount", "account", "account no", "cuenta", "收款账号", "银行卡号", "账号"},
	FieldNarrative:    {"remark", "message", "observacion", "备注", "失败原因"},
}

// narrativePrefixes begin the headers of columns in which a bank may have put the number of a
// payout. Whatever else they are called, their words are looked through.
var narrativePrefixes = []string{
	"referencia", "reference", "concepto", "descripcion", "description", "narra", "detalle", "detail", "remark", "particular", "leyenda", "observacion", "verwendungszweck", "摘要", "备注",
}

// fieldOf finds the field of a header by its name.
func fieldOf(table map[string]Field, header string, kind Kind) (Field, bool) {
	key := headerKey(header)
	field, ok := table[key]
	if ok || kind != KindBank || key == "" {
		return field, ok
	}
	for _, prefix := range narrativePrefixes {
		if strings.HasPrefix(key, prefix) {
			return FieldNarrative, true
		}
	}
	return "", false
}

// headerKey brings a header into the form in which it is compared: letters and
// digits in lower case, without accents and what stands in brackets.
func headerKey(header string) string {
	const mostBytes = 256 // no header is longer; a title may be
	if len(header) > mostBytes {
		return ""
	}
	var b strings.Builder
	brackets := 0
	for _, r := range norm.NFD.String(strings.ToValidUTF8(header, " ")) {
		switch {
		case r == '(' || r == '[' || r == '（':
			brackets++
		case r == ')' || r == ']' || r == '）':
			brackets = max(brackets-1, 0)
		case brackets == 0 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// aliasTable finds the field of a header.
func aliasTable(of map[Field][]string) map[string]Field {
	table := map[string]Field{}
	for _, field := range Fields() {
		for _, name := range of[field] {
			if key := headerKey(name); table[key] == "" {
				table[key] = field
			}
		}
	}
	return table
}

// headerCurrency is the currency that stands in a header: "Cargo (MXN)".
func headerCurrency(header string) string {
	for _, word := range strings.FieldsFunc(header, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if _, ok := knownCurrencies[word]; ok {
			return word
		}
	}
	return ""
}

// knownCurrencies are those that are looked for in headers: three capitals alone could
// be anything.
var knownCurrencies = map[string]bool{
	"BDT": true, "BRL": true, "EGP": true, "IDR": true, "INR": true, "KES": true, "KRW": true, "MXN": true, "NGN": true, "PHP": true, "PKR": true, "VND": true,
	"EUR": true, "USD": true, "GBP": true, "CNY": true, "HKD": true, "SGD": true,
}

// letter names a column as spreadsheets do: 0 is A, 26 is AA.
func letter(index int) string {
	name := ""
	for n := index + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// shown is a header fit for one line of a message. One with many digits could be somebody's
// account in a row that is no header: it is not shown.
func shown(text string) string {
	const most, mostDigits = 40, 4
	digits := 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	if digits > mostDigits {
		return "…"
	}
	text = clean(text, maxTextBytes)
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
