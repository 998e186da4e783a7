package lang

// What the catalogue of codes says (internal/explain, `bulkpay explain`).
var codePhrases = []phrase{
	// Whose job it is.
	{"nobody", "nadie", "无需任何人处理"},
	{"finance", "finanzas", "财务"},
	{"the payee, asked by finance", "el beneficiario, a petición de finanzas", "收款人（由财务联系）"},
	{"the gateway's support", "el soporte de la pasarela", "网关客服"},
	{"whoever looks after bulkpay", "quien administra bulkpay", "bulkpay 的管理人员"},

	// Whether to pay again.
	{"no", "no", "否"},
	{
		"not by hand: bulkpay asks, and sends again itself what was not sent",
		"no a mano: bulkpay consulta y vuelve a enviar por sí mismo lo que no se envió",
		"请勿手工处理：bulkpay 会自行查询，并自行重发未发送的付款",
	},
	{
		"only after the gateway was asked once more; `bulkpay retry` does that first",
		"solo después de consultar una vez más a la pasarela; `bulkpay retry` lo hace primero",
		"仅在再次向网关查询之后；`bulkpay retry` 会先查询",
	},
	{"yes: it was never sent", "sí: nunca se envió", "可以：从未发送"},
}
