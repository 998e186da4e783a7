package lang

// What internal/explain says of a payout. In Spanish and Chinese, as in English,
// nothing that may have been paid may sound as if it was not.
var explainPhrases = []phrase{
	// What to do.
	{"Do not pay again.", "No vuelva a pagar.", "请勿再次付款。"},
	{
		"Nothing now. Ask again later: `bulkpay settle BATCH`.",
		"Nada por ahora. Consulte de nuevo más tarde: `bulkpay settle BATCH`.",
		"目前无需处理。稍后再查询：`bulkpay settle BATCH`。",
	},
	{
		"Ask what became of it: `bulkpay settle BATCH`.",
		"Consulte qué pasó con él: `bulkpay settle BATCH`.",
		"请查询其结果：`bulkpay settle BATCH`。",
	},
	{
		"Ask the gateway's support about this tradeNo.",
		"Pregunte por este tradeNo al soporte de la pasarela.",
		"请就此 tradeNo 联系网关客服。",
	},
	{
		"Run `bulkpay doctor` and set right the merchant's settings.",
		"Ejecute `bulkpay doctor` y corrija la configuración del comercio.",
		"请运行 `bulkpay doctor`，并更正商户配置。",
	},
	{
		"Keep what the word rests on with this report: a line of a statement, an answer of the gateway's support.",
		"Conserve junto con este informe aquello en lo que se basa lo dicho: una línea del estado de cuenta, una respuesta del soporte de la pasarela.",
		"请将该确认所依据的凭证与本报告一并保存：对账单中的一行，或网关客服的答复。",
	},
	{
		"To pay it anew: `bulkpay retry BATCH --reason \"…\"`.",
		"Para pagarlo de nuevo: `bulkpay retry BATCH --reason \"…\"`.",
		"如需重新付款：`bulkpay retry BATCH --reason \"…\"`。",
	},
	{
		"Check the payee's details with them. If they are right: `bulkpay retry BATCH --reason \"…\"`. If not: correct the row in the sheet handed back, and run that.",
		"Verifique los datos con el beneficiario. Si son correctos: `bulkpay retry BATCH --reason \"…\"`. Si no: corrija la fila en la hoja devuelta y procese esa hoja.",
		"请与收款人核对其信息。若无误：`bulkpay retry BATCH --reason \"…\"`。若有误：在退回的表格中更正该行，再运行该表格。",
	},
	{"Look at both.", "Revise los dos.", "请核对这两笔付款。"},
	{
		"If it is meant: `bulkpay release TRADENO --reason \"…\"`. If not: `bulkpay cancel TRADENO --reason \"…\"`.",
		"Si es intencional: `bulkpay release TRADENO --reason \"…\"`. Si no: `bulkpay cancel TRADENO --reason \"…\"`.",
		"若确实要付：`bulkpay release TRADENO --reason \"…\"`。若不付：`bulkpay cancel TRADENO --reason \"…\"`。",
	},
	{
		"Find out from the gateway's support why.",
		"Averigüe el motivo con el soporte de la pasarela.",
		"请向网关客服查明原因。",
	},
	{
		"Run the same command again, or `bulkpay submit BATCH`: it goes on where it stopped.",
		"Ejecute otra vez el mismo comando, o bien `bulkpay submit BATCH`: continúa donde se quedó.",
		"请再次运行同一命令，或运行 `bulkpay submit BATCH`：将从中断处继续。",
	},
	{
		"Tell whoever keeps the accounts. Do not pay again: ask the gateway's support where the money is. Both answers: `bulkpay show TRADENO`.",
		"Avise a quien lleva la contabilidad. No vuelva a pagar: pregunte al soporte de la pasarela dónde está el dinero. Ambas respuestas: `bulkpay show TRADENO`.",
		"请通知会计人员。请勿再次付款：先向网关客服查明资金去向。两次答复见：`bulkpay show TRADENO`。",
	},
	{"Look at its history: `bulkpay show TRADENO`.", "Revise su historial: `bulkpay show TRADENO`.", "请查看其历史记录：`bulkpay show TRADENO`。"},
	{"Tell whoever looks after bulkpay.", "Avise a quien administra bulkpay.", "请通知 bulkpay 的管理人员。"},
	{
		"`bulkpay settle BATCH` asks about it first; it is sent only if the gateway keeps denying it.",
		"`bulkpay settle BATCH` primero consulta; solo se envía si la pasarela sigue negando conocerlo.",
		"`bulkpay settle BATCH` 会先查询；只有网关持续否认该笔付款时才会发送。",
	},
	{
		"Once it is known for certain: %s.",
		"Cuando se sepa con certeza: %s.",
		"一旦确知结果：%s。",
	},
	{
		"Once it is known for certain: %s, or with %s.",
		"Cuando se sepa con certeza: %s, o bien con %s.",
		"一旦确知结果：%s，或改用 %s。",
	},
	{
		"Once it is known for certain: %s, or with %s, or with %s.",
		"Cuando se sepa con certeza: %s, o bien con %s o con %s.",
		"一旦确知结果：%s，或改用 %s，或 %s。",
	},

	// Why it is so: what the gateway answered.
	{"Paid.", "Pagado.", "已付款。"},
	{"Accepted by the gateway, not final yet.", "Aceptado por la pasarela; aún no es definitivo.", "网关已受理，尚无最终结果。"},
	{"Not paid: the gateway reports a failure.", "No pagado: la pasarela reporta una falla.", "未付款：网关报告付款失败。"},
	{"Refused by the gateway: no order was made.", "Rechazado por la pasarela: no se creó ninguna orden.", "被网关拒绝：未生成订单。"},
	{"The gateway says that it knows this number already.", "La pasarela dice que ya conoce este número.", "网关称该编号已存在。"},
	{
		"The gateway answered with a code that its documents do not have; the order may exist.",
		"La pasarela respondió con un código que no figura en su documentación; la orden puede existir.",
		"网关返回了其文档中没有的代码；订单可能已存在。",
	},
	{"The gateway reported a system error; the order may exist.", "La pasarela reportó un error de sistema; la orden puede existir.", "网关报告系统错误；订单可能已存在。"},
	{
		"The gateway gave a status that does not settle whether money moved.",
		"La pasarela dio un estado que no aclara si el dinero se movió.",
		"网关给出的状态无法确定资金是否已划出。",
	},
	{
		"Something between here and the gateway answered instead of it.",
		"Respondió algo intermedio, no la pasarela.",
		"作出答复的是途中的其他设备，而非网关本身。",
	},
	{"The gateway asked to slow down; the order may exist.", "La pasarela pidió ir más despacio; la orden puede existir.", "网关要求降低速度；订单可能已存在。"},
	{
		"The gateway refuses the merchant number or the secret.",
		"La pasarela rechaza el número de comercio o la clave secreta.",
		"网关拒绝了商户号或密钥。",
	},
	{"The answer could not be read.", "La respuesta no se pudo leer.", "答复无法读取。"},
	{"The answer was longer than any answer should be.", "La respuesta fue más larga de lo que cualquier respuesta debería ser.", "答复长度超出了合理范围。"},
	{"The answer contradicts itself.", "La respuesta se contradice.", "答复自相矛盾。"},
	{"The answer was about another payout.", "La respuesta se refería a otro pago.", "答复针对的是另一笔付款。"},
	{"The answer did not say which payout it is about.", "La respuesta no dice a qué pago se refiere.", "答复未说明针对哪一笔付款。"},
	{"The answer lacked the gateway's own number.", "A la respuesta le faltó el número propio de la pasarela.", "答复中缺少网关自己的编号。"},
	{
		"The gateway names another amount than was ordered.",
		"La pasarela indica un monto distinto del ordenado.",
		"网关给出的金额与指令金额不一致。",
	},
	{"The gateway names an amount that cannot be read.", "La pasarela indica un monto que no se puede leer.", "网关给出的金额无法读取。"},
	{"No answer in time; the order may exist.", "No hubo respuesta a tiempo; la orden puede existir.", "未及时收到答复；订单可能已存在。"},
	{
		"The connection broke before the answer; the order may exist.",
		"La conexión se cortó antes de la respuesta; la orden puede existir.",
		"连接在收到答复前中断；订单可能已存在。",
	},
	{"The gateway could not be reached; nothing was sent.", "No se pudo contactar a la pasarela; no se envió nada.", "无法连接网关；未发送任何内容。"},
	{
		"The run was stopped while waiting for the answer; the order may exist.",
		"La ejecución se detuvo mientras esperaba la respuesta; la orden puede existir.",
		"运行在等待答复时被停止；订单可能已存在。",
	},
	{"The gateway says that it does not know this number.", "La pasarela dice que no conoce este número.", "网关称不认识该编号。"},
	{
		"The gateway did not answer the question what became of it.",
		"La pasarela no respondió a la consulta de qué pasó con él.",
		"网关未回答关于其结果的查询。",
	},
	{
		"A callback came that is not signed: anybody may have sent it, so it proves nothing.",
		"Llegó una notificación sin firma: cualquiera pudo enviarla, así que no prueba nada.",
		"收到一条未签名的回调：任何人都可能发送它，因此不能证明任何事。",
	},
	{"The request cannot be written; it was never sent.", "La solicitud no se puede generar; nunca se envió.", "请求无法生成；从未发送。"},
	{
		"The gateway names two different numbers of its own for this payout.",
		"La pasarela indica dos números propios distintos para este pago.",
		"网关为该笔付款给出了两个不同的网关编号。",
	},
	{
		"The gateway gave this payout and another one the same number.",
		"La pasarela dio el mismo número a este pago y a otro.",
		"网关为该笔付款和另一笔付款给出了相同的编号。",
	},
	{"The gateway accepted it and now denies knowing it.", "La pasarela lo aceptó y ahora niega conocerlo.", "网关曾受理该笔付款，现在却否认。"},
	{
		"The gateway keeps denying it after as many attempts as are allowed.",
		"La pasarela sigue negando conocerlo después de todos los intentos permitidos.",
		"在达到允许的尝试次数后，网关仍否认该笔付款。",
	},
	{
		"The gateway denied knowing it often and long enough; it is sent once more with the same number.",
		"La pasarela negó conocerlo las veces y el tiempo suficientes; se envía una vez más con el mismo número.",
		"网关已在足够长的时间内多次否认该笔付款；将以同一编号再发送一次。",
	},
	{
		"Open for longer than is allowed since it was sent; the gateway's answers settle nothing.",
		"Abierto por más tiempo del permitido desde que se envió; las respuestas de la pasarela no aclaran nada.",
		"自发送以来未决时间已超过允许期限；网关的答复无法确定结果。",
	},

	// Why it is so: what a rule, a person or a run did.
	{"Held, because it looks like another payout.", "Retenido porque se parece a otro pago.", "已暂扣：与另一笔付款相似。"},
	{
		"Held, because it is more than is paid without a person's word.",
		"Retenido porque supera lo que se paga sin la autorización de una persona.",
		"已暂扣：金额超过无需人工授权的限额。",
	},
	{"A person has released it.", "Una persona lo liberó.", "已由人工放行。"},
	{"Withdrawn by a person before it was sent.", "Retirado por una persona antes de enviarse.", "发送前已由人工撤回。"},
	{"Paid on a person's word.", "Pagado por confirmación de una persona.", "已付款（据人工确认）。"},
	{"Not paid on a person's word.", "No pagado, por confirmación de una persona.", "未付款（据人工确认）。"},
	{
		"It was reported as paid, and is not on a person's word.",
		"Se reportó como pagado; ya no lo está, por confirmación de una persona.",
		"曾报告为已付款，现为未付款（据人工确认）。",
	},
	{"on a person's word", "por confirmación de una persona", "据人工确认"},
	{"on the word of %s", "por confirmación de %s", "据 %s 确认"},
	{
		"A person lets it be sent once more with the same number.",
		"Una persona permite enviarlo una vez más con el mismo número.",
		"人工允许以同一编号再发送一次。",
	},
	{
		"It stood unsent in an old copy of the ledger; it may have been sent before that copy took the ledger's place.",
		"En una copia antigua del libro figuraba sin enviar; pudo haberse enviado antes de que esa copia ocupara el lugar del libro.",
		"在账本的旧副本中它尚未发送；在该副本取代账本之前，它可能已被发送。",
	},
	{
		"It was held and unsent in an old copy of the ledger; it may have been released and sent before that copy took the ledger's place.",
		"En una copia antigua del libro estaba retenido y sin enviar; pudo haberse liberado y enviado antes de que esa copia ocupara el lugar del libro.",
		"在账本的旧副本中它被暂扣且未发送；在该副本取代账本之前，它可能已被放行并发送。",
	},
	{"The run stopped by itself.", "La ejecución se detuvo por sí sola.", "运行已自行停止。"},
	{
		"All that was sent in the batch is asked about anew, settled payouts too.",
		"Se consulta de nuevo todo lo enviado del lote, también los pagos ya resueltos.",
		"对批次中所有已发送的付款重新查询，已有结果的也包括在内。",
	},
	{"A person was given whole account numbers and names of payees.", "Se entregaron a una persona números de cuenta completos y nombres de beneficiarios.", "有人取得了完整的账号和收款人姓名。"},
	{"On its way; there is no answer yet.", "En camino; aún no hay respuesta.", "发送中，尚无答复。"},
	{
		"A run was interrupted while this was on its way; the order may exist.",
		"Una ejecución se interrumpió mientras este pago iba en camino; la orden puede existir.",
		"运行在发送该笔付款时中断；订单可能已存在。",
	},
	{"Not sent: the run was stopped before.", "No enviado: la ejecución se detuvo antes.", "未发送：运行在此之前已停止。"},
	{
		"A signed callback named a number that this ledger does not know.",
		"Una notificación firmada menciona un número que este libro no conoce.",
		"一条已签名的回调提到了本账本中没有的编号。",
	},
	{
		"There was an answer that the ledger did not take; it is asked for again.",
		"Hubo una respuesta que el libro no aceptó; se vuelve a consultar.",
		"有一个答复未被账本接受；将再次查询。",
	},
	{
		"Its latest attempt was turned down; an earlier one may have been accepted.",
		"Su último intento fue rechazado; uno anterior pudo haberse aceptado.",
		"最近一次尝试被拒绝；之前的尝试可能已被受理。",
	},
	{
		"There was a hint that says otherwise, which proves nothing.",
		"Hubo un indicio que dice lo contrario, lo cual no prueba nada.",
		"曾有相反的提示，但不能证明任何事。",
	},
	{"Answers about it contradict each other.", "Las respuestas sobre él se contradicen.", "关于它的答复相互矛盾。"},
	{"No answer of the gateway stands behind it.", "Ninguna respuesta de la pasarela lo respalda.", "没有网关的答复可以佐证。"},

	// How it stands, where no reason says more.
	{"Not sent yet.", "Aún no se envía.", "尚未发送。"},
	{"Held for a decision.", "Retenido en espera de una decisión.", "已暂扣，等待决定。"},
	{"Nobody knows yet what became of it.", "Aún no se sabe qué pasó con él.", "其结果尚不明确。"},
	{"Not paid.", "No pagado.", "未付款。"},
	{"Withdrawn before it was sent.", "Retirado antes de enviarse.", "发送前已撤回。"},
	{"It was reported as paid and is not any more.", "Se reportó como pagado y ya no lo está.", "曾报告为已付款，现已不是。"},

	// The codes of the gateway.
	{"Code %s: %s.", "Código %s: %s.", "代码 %s：%s。"},
	{"Code %s is not in the gateway's documents.", "El código %s no figura en la documentación de la pasarela.", "代码 %s 不在网关文档中。"},
	{"paid##a code of the gateway", "pagado", "已付款"},
	{"accepted, not final yet##a code of the gateway", "aceptado, aún no es definitivo", "已受理，尚无最终结果"},
	{"the payout failed##a code of the gateway", "el pago falló", "付款失败"},
	{"rejected##a code of the gateway", "rechazado", "被拒绝"},
	{"rejected by the bank##a code of the gateway", "rechazado por el banco", "被银行拒绝"},
	{
		"the payee has reached the daily limit of what they may receive##a code of the gateway",
		"el beneficiario alcanzó el límite diario de lo que puede recibir",
		"收款人已达到当日收款限额",
	},
	{"partially paid##a code of the gateway", "pagado parcialmente", "部分付款"},
	{"unknown error at the bank##a code of the gateway", "error desconocido en el banco", "银行未知错误"},
	{"system error##a code of the gateway", "error de sistema", "系统错误"},
	{
		"system error at the gateway: the payout may exist##a code of the gateway",
		"error de sistema en la pasarela: el pago puede existir",
		"网关系统错误：该笔付款可能已存在",
	},
	{"the gateway refused the order##a code of the gateway", "la pasarela rechazó la orden", "网关拒绝了订单"},
}
