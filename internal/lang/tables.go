package lang

// The tables of all parts. A part adds a file texts_PART.go with its own, in
// the order in which people meet the texts, and a line here.
var (
	phrases = [][]phrase{
		timePhrases,
		explainPhrases,
		codePhrases,
		pagePhrases,
		reconcilePhrases,
		reportPhrases,
		commandPhrases,
	}
	counts = [][]count{
		timeCounts,
		reportCounts,
		commandCounts,
	}
)

var timePhrases = []phrase{
	{"until %s", "hasta el %s", "截至%s"},
	{"from %s on", "desde el %s", "自%s起"},
	{"under a minute", "menos de un minuto", "不到一分钟"},
}

var timeCounts = []count{
	{"%d day", "%d days", "%d día", "%d días", "%d天"},
	{"%d hour", "%d hours", "%d hora", "%d horas", "%d小时"},
	{"%d minute", "%d minutes", "%d minuto", "%d minutos", "%d分钟"},
}
