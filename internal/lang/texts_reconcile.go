package lang

// Why a line of a statement, or a payout, is in its class (internal/reconcile).
var reconcilePhrases = []phrase{
	{
		"still in progress there, and paid here; the statement ends too soon after to say more",
		"allá sigue en proceso y aquí está pagado; el estado de cuenta termina demasiado pronto para decir más",
		"对方仍在处理中，我方已付款；对账单随即结束，无法判断更多",
	},
	{
		"paid on %s, shortly before the statement ends; it should be on the next one",
		"pagado el %s, poco antes de que termine el estado de cuenta; debería aparecer en el siguiente",
		"于 %s 付款，距对账单截止很近；应出现在下一期对账单上",
	},
	{
		"the same entry stands in an overlapping statement, too; it counts there",
		"el mismo movimiento aparece también en un estado de cuenta que se traslapa; se cuenta en aquel",
		"同一笔记录也出现在另一份期间重叠的对账单中，已在那里计入",
	},
	{
		"matched; it was paid on %s, outside the days of the statement",
		"conciliado; se pagó el %s, fuera de los días del estado de cuenta",
		"已匹配；付款时间为 %s，不在本对账单的日期之内",
	},
	{
		"the lines of this payout do not add up to %s; ask who booked them",
		"las líneas de este pago no suman %s; pregunte a quien las registró",
		"该付款对应的各行合计不等于 %s；请询问记账方",
	},
	{
		"%s came back there, and all that came back is not the %s that had left; ask the gateway's support for the difference",
		"allá regresó %s, y todo lo que regresó no es lo que había salido, %s; reclame la diferencia al soporte de la pasarela",
		"对方退回 %s，而退回总额不等于已支出的 %s；请向网关客服追讨差额",
	},
	{
		"%s there, %s here: more has left than was ordered; ask the gateway's support for the difference",
		"%s allá, %s aquí: salió más de lo ordenado; reclame la diferencia al soporte de la pasarela",
		"对方为 %s，我方为 %s：支出多于指令金额；请向网关客服追讨差额",
	},
	{
		"%s there, %s here: less has left than was ordered; ask the payee what arrived, and the gateway's support why",
		"%s allá, %s aquí: salió menos de lo ordenado; pregunte al beneficiario cuánto recibió y al soporte de la pasarela por qué",
		"对方为 %s，我方为 %s：支出少于指令金额；请向收款人确认到账金额，并向网关客服询问原因",
	},
	{
		"the money came back on %s, and it is %s here; ask about it again: bulkpay settle %s",
		"el dinero regresó el %s y aquí está como %s; vuelva a consultar: bulkpay settle %s",
		"款项已于 %s 退回，而我方状态为“%s”；请再次查询：bulkpay settle %s",
	},
	{
		"failed there, %s here. Do not pay again: ask the gateway's support which of the two is so",
		"allá fallido, aquí %s. No vuelva a pagar: pregunte al soporte de la pasarela cuál de los dos es cierto",
		"对方为失败，我方为“%s”。请勿再次付款：请向网关客服确认哪一个属实",
	},
	{
		"still in progress there, %s here; ask about it again: bulkpay settle %s",
		"allá sigue en proceso, aquí %s; vuelva a consultar: bulkpay settle %s",
		"对方仍在处理中，我方为“%s”；请再次查询：bulkpay settle %s",
	},
	{
		"the line has another number of the gateway's than the payout; ask the gateway's support whether there are two orders",
		"la línea tiene otro número de la pasarela que el pago; pregunte al soporte de la pasarela si hay dos órdenes",
		"该行的网关编号与付款的不同；请向网关客服确认是否存在两笔订单",
	},
	{
		"paid there, reversed here, and the money has not come back on any statement; ask the gateway's support where it is",
		"allá pagado, aquí revertido, y el dinero no ha regresado en ningún estado de cuenta; pregunte al soporte de la pasarela dónde está",
		"对方为已付，我方为已退回，而任何对账单上都没有退款；请向网关客服询问资金去向",
	},
	{
		"paid there, %s here. Do not pay again: bulkpay settle %s asks what became of it",
		"allá pagado, aquí %s. No vuelva a pagar: bulkpay settle %s consulta qué pasó",
		"对方为已付，我方为“%s”。请勿再次付款：bulkpay settle %s 会查询其结果",
	},
	{
		"paid there, held here; do not release it: bulkpay show %s has its history",
		"allá pagado, aquí retenido; no lo libere: bulkpay show %s muestra su historia",
		"对方为已付，我方为暂扣；请勿放行：bulkpay show %s 可查看其历史",
	},
	{
		"paid there, waiting here: stop paying batch %s and ask the gateway's support about it now",
		"allá pagado, aquí en espera: detenga el pago del lote %s y pregunte ahora mismo al soporte de la pasarela",
		"对方为已付，我方为待发送：请停止支付批次 %s，并立即联系网关客服",
	},
	{
		"paid there, %s here. Do not pay again: ask the gateway's support, then bulkpay resolve %s --paid",
		"allá pagado, aquí %s. No vuelva a pagar: pregunte al soporte de la pasarela y después bulkpay resolve %s --paid",
		"对方为已付，我方为“%s”。请勿再次付款：请先询问网关客服，再运行 bulkpay resolve %s --paid",
	},
	{
		"payout %s is on another line already, under another number of the gateway's: its money left twice; ask for one of them back",
		"el pago %s ya está en otra línea, con otro número de la pasarela: el dinero salió dos veces; reclame uno de los dos",
		"付款 %s 已在另一行中，且网关编号不同：款项支出了两次；请追回其中一笔",
	},
	{
		"payout %s is on another line already: its money left twice, or the line stands there twice; ask for one of them back",
		"el pago %s ya está en otra línea: el dinero salió dos veces o la línea está repetida; reclame uno de los dos",
		"付款 %s 已在另一行中：款项支出了两次，或该行重复；请追回其中一笔",
	},
	{
		"paid here on %s, and no line has it for certain; line %s may be it: bulkpay reconcile confirm %s",
		"pagado aquí el %s, y ninguna línea lo tiene con certeza; la línea %s podría serlo: bulkpay reconcile confirm %s",
		"我方于 %s 付款，没有任何一行可以确定；第 %s 行可能是它：bulkpay reconcile confirm %s",
	},
	{
		"paid here on %s, and on no line there; ask the payee whether it arrived, then the gateway's support",
		"pagado aquí el %s y en ninguna línea de allá; pregunte al beneficiario si llegó y después al soporte de la pasarela",
		"我方于 %s 付款，对方没有任何一行；请先向收款人确认是否到账，再询问网关客服",
	},
	{
		"its number is the beginning of payout %s's, of the same amount; if it is that one: bulkpay reconcile confirm %s",
		"su número es el comienzo del número del pago %s, del mismo monto; si es ese: bulkpay reconcile confirm %s",
		"其编号是付款 %s 编号的开头，金额相同；如果就是它：bulkpay reconcile confirm %s",
	},
	{
		"the same account and amount as payout %s and perhaps others; if it is that one: bulkpay reconcile confirm %s",
		"la misma cuenta y monto que el pago %s y quizá otros; si es ese: bulkpay reconcile confirm %s",
		"账号和金额与付款 %s（也许还有其他付款）相同；如果就是它：bulkpay reconcile confirm %s",
	},
	{
		"the same amount as payout %s, a few days apart, and no account to go by; if it is that one: bulkpay reconcile confirm %s",
		"el mismo monto que el pago %s, con pocos días de diferencia y sin cuenta que lo confirme; si es ese: bulkpay reconcile confirm %s",
		"金额与付款 %s 相同，日期相近，但没有账号可以核对；如果就是它：bulkpay reconcile confirm %s",
	},
	{
		"it names several payouts that do not add up to it; if it is payout %s alone: bulkpay reconcile confirm %s",
		"menciona varios pagos que no suman su monto; si es solo el pago %s: bulkpay reconcile confirm %s",
		"它提到多笔付款，但合计金额不符；如果只是付款 %s：bulkpay reconcile confirm %s",
	},
	{
		"names %s, which is no payout of this ledger; find out who ordered it",
		"menciona %s, que no es ningún pago de este libro; averigüe quién lo ordenó",
		"提到 %s，本账簿中没有这笔付款；请查明由谁发起",
	},
	{
		"no payout of this ledger fits; no money has moved on it",
		"no corresponde a ningún pago de este libro; no se movió dinero",
		"本账簿中没有对应的付款；该行没有资金变动",
	},
	{
		"no payout of this ledger fits, by number, account or amount; find out who ordered it",
		"ningún pago de este libro corresponde, ni por número, ni por cuenta, ni por monto; averigüe quién lo ordenó",
		"按编号、账号或金额，本账簿中均无对应的付款；请查明由谁发起",
	},
	{"matched by a person", "conciliado por una persona", "由人工匹配"},
	{"one line for several payouts that add up to it", "una línea para varios pagos que suman su monto", "一行对应多笔付款，合计相符"},
	{"one of several lines that add up to the payout", "una de varias líneas que suman el monto del pago", "多行之一，合计等于该付款"},
	{"the money came back, and the payout is reversed here", "el dinero regresó y aquí el pago está revertido", "款项已退回，我方该付款也已退回"},
	{"no money moved there, and none is owed for it here", "allá no se movió dinero y aquí no se debe nada por él", "对方没有资金变动，我方也无需支付"},
	{"in progress there and here", "en proceso allá y aquí", "双方均在处理中"},
	{"the line has the payout's number", "la línea tiene el número del pago", "该行有付款编号"},
	{"the line has the gateway's number of the payout", "la línea tiene el número que la pasarela dio al pago", "该行有网关给该付款的编号"},
	{"the payout's number stands in the line's text", "el número del pago está en el texto de la línea", "付款编号出现在该行的文字中"},
	{"the same account and amount, a few days apart, and nothing else fits either", "la misma cuenta y monto, con pocos días de diferencia, y nada más corresponde", "账号和金额相同，日期相近，且双方均无其他匹配"},

	// The terms of the equations (internal/tieout, internal/reconcile).
	{"sent", "enviado", "已发送"},
	{"paid##of payouts", "pagado", "已付"},
	{"in progress", "en proceso", "处理中"},
	{"refused", "rechazado", "被拒绝"},
	{"nothing definite", "nada definitivo", "无明确答复"},
	{"not known there", "desconocido allí", "对方无记录"},
	{"does not fit", "no concuerda", "答复不符"},
	{"opening balance", "saldo inicial", "期初余额"},
	{"closing balance", "saldo final", "期末余额"},
	{"fees", "comisiones", "手续费"},
	{"paid by other batches", "pagado por otros lotes", "其他批次付款"},
	{"came back", "regresó", "退回"},
	{"moved between the runs", "movido entre las ejecuciones", "各次运行之间的变动"},
	{
		"what moved between the runs is what the balances say: put in, taken out, or paid while no run had asked",
		"lo movido entre las ejecuciones es lo que dicen los saldos: abonado, retirado, o pagado sin que una ejecución consultara el saldo",
		"各次运行之间的变动以余额为准：充值、提取，或在没有运行查询余额时支付",
	},
	{
		"%d payouts, %s, were not sent and settled between two balances that were asked: what moved for them cannot be told apart",
		"%d pagos, %s, no se enviaron y liquidaron entre dos saldos consultados: no se puede distinguir qué se movió por ellos",
		"%d 笔付款（%s）的发送和了结不在两次余额查询之间：无法区分为其变动的资金",
	},
	{"on the statement", "en el estado de cuenta", "对账单上"},
	{"paid here in its days", "pagado aquí en esos días", "我方在该期间付款"},
	{"other period", "otro periodo", "其他期间"},
	{"elsewhere", "en otro estado de cuenta", "在其他对账单"},
	{"repeated", "repetido", "重复"},
	{
		"what was charged is not known without a statement; any fee is in the difference",
		"sin un estado de cuenta no se sabe qué se cobró; cualquier comisión está en la diferencia",
		"没有对账单无法得知收取了多少费用；任何手续费都包含在差额中",
	},
	{
		"%d payouts, %s, were open when the balance was asked: whether they had left the account is not known",
		"%d pagos, %s, seguían abiertos cuando se consultó el saldo: no se sabe si ya habían salido de la cuenta",
		"查询余额时仍有 %d 笔付款（%s）未了结：尚不清楚当时是否已从账户支出",
	},
	{
		"%s less than explained, which may be fees; a statement tells: bulkpay reconcile",
		"%s menos de lo explicado, que pueden ser comisiones; un estado de cuenta lo dirá: bulkpay reconcile",
		"比可解释的少 %s，可能是手续费；对账单可以说明：bulkpay reconcile",
	},
}
