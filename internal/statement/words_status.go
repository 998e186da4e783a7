package statement

// partlyPaid is the gateway's code for an order of which a part was paid. Without an
// amount of that part it says nothing: the order counts as open.
const partlyPaid = "0001"

// statusWords are words whose meaning is the same everywhere, by headerKey, besides the
// gateway's codes. Spreadsheets take the zeros from codes, so these are known without
// them too.
var statusWords = func() map[string]Status {
	table := map[string]Status{}
	for status, words := range map[Status][]string{
		StatusPaid: {
			"0000", "0", "success", "succeeded", "successful", "paid", "completed", "complete", "done", "finished",
			"exitoso", "exitosa", "exito", "pagado", "pagada", "completado", "completada", "aplicado", "aplicada", "liquidado", "liquidada",
			"成功", "支付成功", "代付成功", "已支付", "已完成", "交易成功", "付款成功",
		},
		StatusOpen: {
			"0015", "15", "00032", "32", partlyPaid, "1", "processing", "pending", "in progress", "in process", "submitted", "waiting",
			"en proceso", "procesando", "pendiente", "en transito", "处理中", "支付中", "代付中", "待处理", "待支付", "进行中",
		},
		StatusFailed: {
			"00029", "29", "0029", "0100019", "100019", "failed", "failure", "fail", "rejected", "declined", "cancelled", "canceled", "closed",
			"fallido", "fallida", "fallo", "rechazado", "rechazada", "cancelado", "cancelada", "失败", "支付失败", "代付失败", "交易失败", "已关闭", "已取消", "已拒绝",
		},
		StatusReturned: {
			"refunded", "refund", "returned", "return", "reversed", "reversal", "chargeback",
			"devuelto", "devuelta", "reembolsado", "reembolsada", "reversado", "reversada", "已退款", "退款", "已退回", "退回", "已冲正", "冲正", "退票",
		},
		StatusBooked: {"booked", "posted", "settled", "cleared", "contabilizado", "contabilizada", "registrado", "gebucht", "已入账", "已记账"},
	} {
		for _, word := range words {
			table[headerKey(word)] = status
		}
	}
	return table
}()

// directionWords are words for the two sides, by headerKey: true is what leaves the account.
var directionWords = func() map[string]bool {
	table := map[string]bool{}
	for _, word := range []string{"d", "db", "dr", "dbit", "debit", "withdrawal", "out", "cargo", "retiro", "egreso", "debito", "debe", "salida", "s", "soll", "借", "支出", "支", "付"} {
		table[headerKey(word)] = true
	}
	for _, word := range []string{"c", "cr", "crdt", "credit", "deposit", "in", "abono", "deposito", "ingreso", "credito", "haber", "entrada", "h", "haben", "贷", "收入", "收"} {
		table[headerKey(word)] = false
	}
	return table
}()
