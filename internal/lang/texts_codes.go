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
	{"not by hand", "no a mano", "勿手工处理"},
	{"after asking", "tras consultar", "查询后可以"},
	{"yes", "sí", "可以"},
	{
		"It is paid, or may be, or somebody must decide something else first.",
		"Está pagado, o puede estarlo, o alguien debe decidir antes otra cosa.",
		"已付款或可能已付款，或须先由人作出其他决定。",
	},
	{
		"bulkpay asks about what may have been sent, and sends by itself, with the same number, what was not.",
		"bulkpay consulta por lo que pudo haberse enviado y envía por sí mismo, con el mismo número, lo que no se envió.",
		"bulkpay 会查询可能已发送的付款，并以同一编号自行发送未发送的付款。",
	},
	{
		"If the payout is failed or rejected for good. The gateway is asked once more before it is paid anew: `bulkpay retry` does both.",
		"Si el pago quedó fallido o rechazado en definitiva. Antes de pagarlo de nuevo se consulta una vez más a la pasarela: `bulkpay retry` hace ambas cosas.",
		"仅限该笔付款已最终失败或被拒绝。重新付款前须再次向网关查询：`bulkpay retry` 两者都会做。",
	},
	{
		"It was never sent. If it is flagged all the same, it is not to be paid before that is explained.",
		"Nunca se envió. Si aun así está marcado por contradicciones, no debe pagarse antes de que se aclaren.",
		"从未发送。若仍被标记为存在矛盾，在查明之前不得付款。",
	},

	// Before anything else.
	{
		"See first how the payout stands: `bulkpay show TRADENO`. The rest holds only if that says failed or rejected and nothing of answers that contradict each other.",
		"Vea primero cómo está el pago: `bulkpay show TRADENO`. Lo demás vale solo si ahí dice failed o rejected y no se mencionan respuestas que se contradigan.",
		"请先查看该笔付款的状态：`bulkpay show TRADENO`。仅当显示 failed 或 rejected 且没有相互矛盾的答复时，以下内容才适用。",
	},
	{
		"How the payout stands decides what to do: `bulkpay show TRADENO`.",
		"Lo que hay que hacer depende de cómo está el pago: `bulkpay show TRADENO`.",
		"应如何处理取决于该笔付款的状态：`bulkpay show TRADENO`。",
	},

	{
		"Wait until the payee can receive again, usually the next day. Then: `bulkpay retry BATCH --reason \"…\"`.",
		"Espere a que el beneficiario pueda recibir de nuevo, por lo general al día siguiente. Después: `bulkpay retry BATCH --reason \"…\"`.",
		"请等到收款人可以再次收款，通常为次日。然后：`bulkpay retry BATCH --reason \"…\"`。",
	},

	// The gateway's codes and HTTP.
	{
		"The gateway has understood the call. What became of the payout stands in data.status.",
		"La pasarela entendió la llamada. Qué pasó con el pago está en data.status.",
		"网关已理解该请求。付款结果见 data.status。",
	},
	{
		"An answer of the gateway, if it has the documented form: its codes decide.",
		"Es una respuesta de la pasarela si tiene la forma documentada: deciden sus códigos.",
		"若格式符合文档，则为网关的答复，以其中的代码为准。",
	},
	{
		"Another success than 200, which the documents do not know: what stands in it settles nothing but a payout's own status.",
		"Un éxito distinto de 200 que la documentación no contempla: de su contenido solo cuenta el estado del propio pago.",
		"文档中没有的、200 以外的成功状态：其内容除付款自身的状态外不能确定任何事。",
	},
	{
		"A redirect. It is never followed: something between here and the gateway answered instead of it.",
		"Una redirección. Nunca se sigue: respondió algo intermedio, no la pasarela.",
		"重定向，从不跟随：作出答复的是途中的其他设备，而非网关本身。",
	},
	{
		"The gateway refuses the merchant number, the secret, or the address that asks.",
		"La pasarela rechaza el número de comercio, la clave secreta o la dirección desde la que se consulta.",
		"网关拒绝了商户号、密钥或请求来源地址。",
	},
	{
		"The request was given up on the way; the order may exist.",
		"La solicitud se abandonó en el camino; la orden puede existir.",
		"请求在途中被放弃；订单可能已存在。",
	},
	{
		"If the answer has the documented form, its codes decide. If not, something between here and the gateway answered instead of it.",
		"Si la respuesta tiene la forma documentada, deciden sus códigos. Si no, respondió algo intermedio, no la pasarela.",
		"若答复格式符合文档，以其中的代码为准。否则，作出答复的是途中的其他设备，而非网关本身。",
	},
	{
		"Something at the gateway or before it is broken, whatever the answer says; the order may exist.",
		"Algo falla en la pasarela o antes de ella, diga lo que diga la respuesta; la orden puede existir.",
		"无论答复内容如何，网关或其前端出现故障；订单可能已存在。",
	},

	// What one answer means, and the events.
	{"A definite answer: the payee has the money.", "Respuesta inequívoca: el beneficiario tiene el dinero.", "明确答复：收款人已收到款项。"},
	{"A definite answer: accepted, not final yet.", "Respuesta inequívoca: aceptado, aún no es definitivo.", "明确答复：已受理，尚无最终结果。"},
	{
		"A definite answer: this attempt was not paid. An earlier one may have been.",
		"Respuesta inequívoca: este intento no se pagó. Uno anterior pudo haberse pagado.",
		"明确答复：本次尝试未付款。之前的尝试可能已付款。",
	},
	{
		"This attempt was refused and made no order. An earlier one may have made one.",
		"Este intento fue rechazado y no creó ninguna orden. Uno anterior pudo haberla creado.",
		"本次尝试被拒绝，未生成订单。之前的尝试可能已生成订单。",
	},
	{"No byte of the request left.", "No salió ni un byte de la solicitud.", "请求的任何字节均未发出。"},
	{
		"Whatever is no definite answer about this payout: the order may exist or not.",
		"Todo lo que no es una respuesta inequívoca sobre este pago: la orden puede existir o no.",
		"凡不是关于该笔付款的明确答复：订单可能存在，也可能不存在。",
	},
	{
		"Asked, the gateway says that it does not know the number.",
		"Al consultarla, la pasarela dice que no conoce el número.",
		"经查询，网关称不认识该编号。",
	},
	{"Asked, and learned nothing about the payout.", "Se consultó y no se supo nada del pago.", "已查询，但未获知该笔付款的任何情况。"},
	{
		"The answer contradicts what was ordered: another amount, another order.",
		"La respuesta contradice lo ordenado: otro monto, otra orden.",
		"答复与指令不符：金额不同，或订单不同。",
	},
	{
		"The row was taken in from the sheet and got its number for life.",
		"La fila se tomó de la hoja y recibió su número de por vida.",
		"该行已从表格导入，并获得终身不变的编号。",
	},
	{
		"That it is sent was written down, and then it was: a request may be on its way.",
		"Se registró que se envía y luego se envió: puede haber una solicitud en camino.",
		"已先登记再发送：请求可能已在途中。",
	},
	{"An answer, or none, that settles nothing.", "Una respuesta, o ninguna, que no aclara nada.", "答复（或没有答复）不能确定任何结果。"},
	{
		"The run ended while a request may have been on its way.",
		"La ejecución terminó cuando una solicitud podía estar en camino.",
		"运行结束时请求可能已在途中。",
	},
	{"A person or a rule wants a decision first.", "Una persona o una regla exige antes una decisión.", "人工或规则要求先作出决定。"},
	{"A person has released it: it may be sent.", "Una persona lo liberó: puede enviarse.", "已由人工放行：可以发送。"},
	{"A person has withdrawn it before it was sent.", "Una persona lo retiró antes de enviarse.", "发送前已由人工撤回。"},
	{"A person has seen that it was paid, and said so.", "Una persona comprobó que se pagó y así lo indicó.", "经人工核实并确认：已付款。"},
	{"A person has seen that it was not paid, and said so.", "Una persona comprobó que no se pagó y así lo indicó.", "经人工核实并确认：未付款。"},
	{
		"It proves nothing, but there may be news: the gateway is asked at once.",
		"No prueba nada, pero puede haber novedades: se consulta de inmediato a la pasarela.",
		"不能证明任何事，但可能有新情况：立即向网关查询。",
	},
	{
		"Of a batch: the account's balance, as the gateway told it before or after a run.",
		"De un lote: el saldo de la cuenta, según lo dijo la pasarela antes o después de una ejecución.",
		"针对批次：网关在运行之前或之后告知的账户余额。",
	},
	{"Of a balance: it was asked before the run sent anything.", "De un saldo: se consultó antes de que la ejecución enviara algo.", "针对余额：在运行发送任何付款之前查询。"},
	{"Of a balance: it was asked when the run was over.", "De un saldo: se consultó al terminar la ejecución.", "针对余额：在运行结束后查询。"},
	{"A statement of the gateway or of a bank was taken in.", "Se registró un estado de cuenta de la pasarela o de un banco.", "已导入网关或银行的对账单。"},
	{"Lines of statements and payouts were matched.", "Se conciliaron líneas de estados de cuenta con pagos.", "已将对账单各行与付款核对。"},
	{
		"A person has confirmed a match with a line of a statement, or undone it.",
		"Una persona confirmó o deshizo una conciliación con una línea de un estado de cuenta.",
		"人工确认或撤销了与对账单某一行的匹配。",
	},
	{
		"Of a batch: all that was sent is asked about anew, settled payouts too. Nothing is sent.",
		"De un lote: se consulta de nuevo todo lo enviado, también los pagos ya resueltos. No se envía nada.",
		"针对批次：对所有已发送的付款重新查询，已有结果的也包括在内。不发送任何付款。",
	},
	{
		"Of a batch: asking anew has ended; the message says what came of it.",
		"De un lote: la nueva consulta terminó; el mensaje dice qué resultó.",
		"针对批次：重新查询已结束；消息中写明结果。",
	},
	{
		"Of a batch: what a run or a person has done with all of it.",
		"De un lote: lo que una ejecución o una persona hizo con todo él.",
		"针对批次：某次运行或某人对整个批次所做的操作。",
	},

	// Why a run stops by itself.
	{
		"The gateway refuses the merchant number or the secret, three times in a row.",
		"La pasarela rechaza el número de comercio o la clave secreta tres veces seguidas.",
		"网关连续三次拒绝商户号或密钥。",
	},
	{
		"Payouts fail or are refused with one code, one after the other.",
		"Los pagos fallan o se rechazan con el mismo código, uno tras otro.",
		"付款接连以同一代码失败或被拒绝。",
	},
	{
		"Too many of the latest final answers are not \"paid\".",
		"Demasiadas de las últimas respuestas definitivas no son «pagado».",
		"最近的最终答复中，非“已付款”的过多。",
	},
	{"Not all of the payouts that were sent ahead are paid.", "No se pagaron todos los pagos enviados por adelantado.", "先行发送的付款未全部付成。"},
	{"The gateway cannot be reached.", "No se puede contactar a la pasarela.", "无法连接网关。"},
	{
		"The balance does not cover what is waiting; nothing was sent.",
		"El saldo no alcanza para lo que está en espera; no se envió nada.",
		"余额不足以支付待发送的付款；未发送任何付款。",
	},
	{
		"More has gone from the account than the payouts and their fees explain.",
		"Salió de la cuenta más de lo que explican los pagos y sus comisiones.",
		"账户流出的金额超过了付款及手续费所能解释的数额。",
	},
	{"The next payout does not fit into the day's limit.", "El siguiente pago no cabe en el límite del día.", "下一笔付款将超出当日限额。"},
	{
		"Look up what the code means: `bulkpay explain CODE`. Put that right before anything else is sent.",
		"Vea qué significa el código: `bulkpay explain CODE`. Corríjalo antes de enviar cualquier otra cosa.",
		"请查询该代码的含义：`bulkpay explain CODE`。在发送其他付款之前先予以纠正。",
	},
	{"`bulkpay report BATCH` says why, row by row.", "`bulkpay report BATCH` dice por qué, fila por fila.", "`bulkpay report BATCH` 逐行说明原因。"},
	{"`bulkpay doctor` says what is in the way.", "`bulkpay doctor` dice qué lo impide.", "`bulkpay doctor` 会指出障碍所在。"},
	{"Put money into the account: `bulkpay balance`.", "Abone fondos a la cuenta: `bulkpay balance`.", "请向账户注资：`bulkpay balance`。"},
	{
		"Find out who else pays from this account, and hold its movements against the report, before anything else is sent.",
		"Averigüe quién más paga desde esta cuenta y coteje sus movimientos con el informe antes de enviar cualquier otra cosa.",
		"在发送其他付款之前，请查明还有谁从该账户付款，并将账户流水与报告核对。",
	},
	{"Wait for the next day, or have the limit raised.", "Espere al día siguiente o pida que se eleve el límite.", "请等到次日，或申请提高限额。"},

	// Words of the reports.
	{"Both sides of the equation are the same.", "Los dos lados de la ecuación son iguales.", "等式两边一致。"},
	{
		"The two sides of the equation differ: something is missing, or counts twice.",
		"Los dos lados de la ecuación difieren: algo falta o se cuenta dos veces.",
		"等式两边不一致：有遗漏，或有重复计算。",
	},
	{"Sign nothing. `bulkpay verify` checks the books.", "No firme nada. `bulkpay verify` revisa los libros.", "请勿签字。`bulkpay verify` 会核查账本。"},
	{
		"Nobody could be asked about one side of the equation; the report says why.",
		"No hubo a quién consultar sobre un lado de la ecuación; el informe dice por qué.",
		"等式的一边无从查证；原因见报告。",
	},
	{"Do not sign it as proven.", "No lo firme como comprobado.", "请勿当作已证实的内容签字。"},
	{
		"The row has faults and was left out; nothing was sent for it.",
		"La fila tiene errores y quedó fuera; no se envió nada por ella.",
		"该行有错误，已被排除；未为其发送任何付款。",
	},
	{"Correct the row in the sheet handed back, and run that.", "Corrija la fila en la hoja devuelta y procese esa hoja.", "请在退回的表格中更正该行，再运行该表格。"},
	{
		"The row is a payout of an earlier batch; nothing is paid for it here.",
		"La fila es un pago de un lote anterior; aquí no se paga nada por ella.",
		"该行是先前批次的付款；此处不为其付款。",
	},
	{"The report of that batch says how it stands.", "El informe de ese lote dice cómo está.", "其状态见该批次的报告。"},

	// Matching with statements.
	{"The ledger and the statement say the same.", "El libro y el estado de cuenta coinciden.", "账本与对账单一致。"},
	{"The statement has another amount than the ledger.", "El estado de cuenta tiene un monto distinto del libro.", "对账单的金额与账本不同。"},
	{"See whether a fee explains it.", "Vea si una comisión lo explica.", "请查看是否为手续费所致。"},
	{
		"The ledger and the statement disagree about whether it was paid.",
		"El libro y el estado de cuenta no coinciden en si se pagó.",
		"账本与对账单对其是否已付款说法不一。",
	},
	{
		"Hold both against one another: `bulkpay show TRADENO`, and the line of the statement.",
		"Coteje ambos: `bulkpay show TRADENO` y la línea del estado de cuenta.",
		"请将两者核对：`bulkpay show TRADENO` 与对账单中的该行。",
	},
	{
		"Paid by the ledger, and not in the statement although it should be.",
		"Pagado según el libro y ausente del estado de cuenta, aunque debería figurar.",
		"账本显示已付款，对账单中应有而没有。",
	},
	{
		"A line of the statement that no payout of this ledger explains.",
		"Una línea del estado de cuenta que ningún pago de este libro explica.",
		"对账单中的一行，本账本没有任何付款与之对应。",
	},
	{
		"Find out who ordered it: another ledger, another program, a person at the gateway.",
		"Averigüe quién lo ordenó: otro libro, otro programa, una persona en la pasarela.",
		"请查明由谁发起：其他账本、其他程序，或网关方面的人员。",
	},
	{
		"The statement has the same payout twice: it may have been paid twice.",
		"El estado de cuenta tiene dos veces el mismo pago: pudo haberse pagado dos veces.",
		"对账单中同一笔付款出现两次：可能已重复付款。",
	},
	{
		"Have the gateway's support explain the second line at once, and call the money back if it left.",
		"Pida de inmediato al soporte de la pasarela que explique la segunda línea y reclame el dinero si salió.",
		"请立即要求网关客服说明第二行；若款项已划出，请追回。",
	},
	{
		"Paid by the ledger so shortly before the statement ends that its line may be in the next one.",
		"Pagado según el libro tan cerca del cierre del estado de cuenta que su línea puede estar en el siguiente.",
		"账本显示在对账单截止前不久付款，相应的行可能在下一份对账单中。",
	},
	{"Nothing now. Hold the next statement against it.", "Nada por ahora. Cotéjelo con el siguiente estado de cuenta.", "目前无需处理。请与下一份对账单核对。"},

	{
		"An entry that an earlier statement has already, where the two overlap.",
		"Un movimiento que ya figura en un estado de cuenta anterior, donde ambos se traslapan.",
		"与先前对账单重叠部分中已有的条目。",
	},
	{
		"The same money on both sides; the payout is of days that the statement does not cover.",
		"El mismo dinero en ambos lados; el pago es de días que el estado de cuenta no abarca.",
		"双方为同一笔款项；付款日期不在该对账单期间内。",
	},
	{"The same money on both sides, on another statement.", "El mismo dinero en ambos lados, en otro estado de cuenta.", "双方为同一笔款项，位于另一份对账单。"},
	{"Found by our number, which stands in its column.", "Se encontró por nuestro número, que está en su columna.", "依据对应列中的我方编号匹配。"},
	{"Found by the gateway's number, which stands in its column.", "Se encontró por el número de la pasarela, que está en su columna.", "依据对应列中的网关编号匹配。"},
	{"Found by a number that stands in the text of the line.", "Se encontró por un número que está en el texto de la línea.", "依据该行摘要中的编号匹配。"},
	{
		"Found by account and amount, a few days apart, where nothing else fits.",
		"Se encontró por cuenta e monto, con pocos días de diferencia, donde nada más coincide.",
		"依据账号和金额匹配，日期相差数日，且没有其他可匹配项。",
	},
	{"One line for several payouts: their sum is its amount.", "Una línea para varios pagos: su suma es el monto de la línea.", "一行对应多笔付款：其合计等于该行金额。"},
	{"Several lines for one payout: their sum is its amount.", "Varias líneas para un pago: su suma es el monto del pago.", "多行对应一笔付款：其合计等于该笔付款金额。"},
	{
		"On a person's word, in the history with who and why.",
		"Por confirmación de una persona; en el historial constan quién y por qué.",
		"据人工确认；确认人及理由见历史记录。",
	},
	{
		"Confirmed by a rule that leaves no other choice, or by a person.",
		"Confirmado por una regla que no deja otra opción, o por una persona.",
		"由没有其他可能的规则确认，或由人工确认。",
	},
	{"More than one match is possible: a person must choose.", "Hay más de una conciliación posible: una persona debe elegir.", "存在多种可能的匹配：须由人工选择。"},
	{
		"`bulkpay reconcile confirm MATCH --reason \"…\"`, or `bulkpay reconcile undo MATCH --reason \"…\"`.",
		"`bulkpay reconcile confirm MATCH --reason \"…\"`, o bien `bulkpay reconcile undo MATCH --reason \"…\"`.",
		"`bulkpay reconcile confirm MATCH --reason \"…\"`，或 `bulkpay reconcile undo MATCH --reason \"…\"`。",
	},
	{"Undone by a person; no rule makes this match again.", "Deshecho por una persona; ninguna regla vuelve a hacer esta conciliación.", "已由人工撤销；规则不会再次作出该匹配。"},

	// Exit codes.
	{"Done: everything is paid.", "Listo: todo está pagado.", "完成：全部已付款。"},
	{
		"An error, or books that do not tie. What stands after \"error:\" says which, what stands after \"hint:\" what to do.",
		"Un error, o libros que no cuadran. Lo que sigue a «error:» dice cuál; lo que sigue a «hint:», qué hacer.",
		"出错，或账目不平。“error:” 之后说明是什么错误，“hint:” 之后说明如何处理。",
	},
	{
		"Put that right, and run the same command again: it pays nothing twice.",
		"Corríjalo y ejecute otra vez el mismo comando: no paga nada dos veces.",
		"请纠正后再次运行同一命令：不会重复付款。",
	},
	{"The command line is wrong; nothing was done.", "La línea de comandos es incorrecta; no se hizo nada.", "命令行有误；未执行任何操作。"},
	{"`bulkpay help COMMAND` has the right one.", "`bulkpay help COMMAND` muestra la correcta.", "正确用法见 `bulkpay help COMMAND`。"},
	{
		"Finished, and some rows are not paid: invalid, failed or rejected.",
		"Terminado, y algunas filas no se pagaron: no válidas, fallidas o rechazadas.",
		"已结束，部分行未付款：无效、失败或被拒绝。",
	},
	{"Some rows are in doubt or held.", "Algunas filas están en duda o retenidas.", "部分行存疑或被暂扣。"},
	{
		"Run the same command again later: it asks. What is held waits for a decision: `bulkpay status BATCH`.",
		"Ejecute más tarde el mismo comando: consulta. Lo retenido espera una decisión: `bulkpay status BATCH`.",
		"请稍后再次运行同一命令：它会查询。被暂扣的付款等待决定：`bulkpay status BATCH`。",
	},
	{
		"Not finished: something is still in progress or not sent yet.",
		"Sin terminar: algo sigue en proceso o aún no se envía.",
		"未结束：仍有付款处理中或尚未发送。",
	},
	{"There is no ledger here.", "Aquí no hay un libro.", "此处没有账本。"},
	{
		"Look for it first: a new one knows nothing of what was paid from the old one. `--ledger FILE` names it.",
		"Búsquelo primero: uno nuevo no sabe nada de lo pagado con el anterior. `--ledger FILE` lo indica.",
		"请先查找：新账本对旧账本已付的款项一无所知。用 `--ledger FILE` 指定。",
	},
	{"`bulkpay run SHEET` makes the first one.", "`bulkpay run SHEET` crea el primero.", "`bulkpay run SHEET` 会创建第一个账本。"},
	{"Another run holds the ledger.", "Otra ejecución tiene el libro.", "账本正被另一次运行占用。"},
	{"Wait for it to end: `bulkpay status`.", "Espere a que termine: `bulkpay status`.", "请等待其结束：`bulkpay status`。"},
	{"Stopped by a signal; nothing is lost.", "Detenido por una señal; no se pierde nada.", "被信号停止；没有任何丢失。"},
}
