package lang

// What commands print around the standing of a batch, and about one payout.
var commandPhrases = []phrase{
	{"this run: %s, %s", "esta ejecución: %s, %s", "本次运行：%s，%s"},
	{
		"the deadline passed before everything was final: run the same command again later",
		"venció el plazo antes de que todo fuera definitivo: ejecute el mismo comando más tarde",
		"在全部得出最终结果之前已到截止时间：请稍后再次运行同一命令",
	},
	{"%s, row %s of %s", "%s, fila %s de %s", "%s，%[3]s 第 %[2]s 行"},
	{"amount", "monto", "金额"},
	{"account", "cuenta", "账号"},
	{"state", "estado", "状态"},
	{"because", "según", "说明"},
	{"gateway says", "la pasarela dice", "网关答复"},
	{"attempts", "intentos", "尝试"},
	{"%d sent, %d asked", "%d enviados, %d consultas", "发送 %d 次，查询 %d 次"},
	{"STOPPED: %s; what is unsent stays ready", "DETENIDO: %s; lo no enviado queda listo", "已停止：%s；未发送的付款保持待发"},
}

var commandCounts = []count{
	{"%d payout sent", "%d payouts sent", "%d pago enviado", "%d pagos enviados", "已发送 %d 笔付款"},
	{"%d question asked", "%d questions asked", "%d consulta hecha", "%d consultas hechas", "已查询 %d 次"},
}
