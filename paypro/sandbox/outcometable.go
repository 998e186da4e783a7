package sandbox

import "net/http"

// The outcomes, one table for each group: a payout can have one of each.

// endsTable: what becomes of an order. The first line is that of a payout that asks for nothing.
var endsTable = []*outcome{
	{Outcome: Outcome{Name: "processing", What: "0015, and 0000 after the delay: as without a magic value", Promise: "asked until final"}},
	{Outcome: Outcome{Name: "paid", What: "0000 in the placement's answer", Promise: "success is believed at once"}, life: lifeNow},
	{Outcome: Outcome{Name: "0015", What: "0015 for ever", Promise: "a deadline ends the run, the row stays in process"}, life: lifeNever},
	{Outcome: Outcome{Name: "00029", What: "00029 after the delay", Promise: "a failure is not counted as paid"}, final: "00029"},
	{
		Outcome: Outcome{Name: "00029-now", What: "00029 in the placement's answer", Promise: "a failure is final at once"},
		final:   "00029", life: lifeNow,
	},
	{Outcome: Outcome{
		Name: "strange", What: "inner status 0777, which nobody documented, in the placement's answer",
		Promise: "an unknown code is kept as text and never counted as paid",
	}, final: "0777", free: true, life: lifeNow},
	{Outcome: Outcome{
		Name: "strange-passing", What: "inner status 0777, which nobody documented, and 0000 after the delay",
		Promise: "an unknown code is asked about again",
	}, begin: "0777"},
	{Outcome: Outcome{
		Name: "8000-status", What: "inner status 8000 after the delay (documented in Indonesia, Nigeria)",
		Promise: "an inner code is told apart from the same outer one",
	}, final: "8000"},
	{Outcome: Outcome{
		Name: "reversed", What: "0000 after the delay, 00029 after a further one",
		Promise: "paid rows are watched, a contrary answer is flagged",
	}, life: lifeReversed},
}

// looksTable: what queries say of an order, or, drawn at a query, what this one says.
var looksTable = []*outcome{
	{
		Outcome: Outcome{
			Name: "other-amount", What: "queries answer another amount",
			Promise: "a person sees a wrong amount, it is no silent success",
		},
		look: lookAmount, at: atPlacement | atQuery,
	},
	{Outcome: Outcome{
		Name: "invisible", What: "queries do not know the order for three delays",
		Promise: "unknown to the gateway is not: never arrived",
	}, look: lookHidden},
	{Outcome: Outcome{
		Name: "query-other-tradeno", What: "queries answer about another tradeNo for three delays",
		Promise: "an answer about another payout says nothing about this one",
	}, look: lookOther},
	{
		Outcome: Outcome{
			Name: "amount-object", What: "queries answer an object for the amount for three delays",
			Promise: "only a well-formed answer counts",
		},
		look: lookObject, at: atPlacement | atQuery,
	},
}

// answersTable: what happens to the answer of a request, and whether a placement makes an order all the same.
var answersTable = []*outcome{
	{
		Outcome: Outcome{Name: "8000", What: "outer 8000, no order, every time", Promise: "a refused first attempt is a rejection"},
		wire:    wireRefuse, lost: true, always: true, at: everywhere,
	},
	{
		Outcome: Outcome{Name: "5000", What: "outer 5000, the order IS made", Promise: "5000 is not a failure: ask"},
		wire:    wireSystem, at: everywhere,
	},
	{
		Outcome: Outcome{Name: "5000-lost", What: "outer 5000, no order; the next placement is served", Promise: "sent again only after asking"},
		wire:    wireSystem, lost: true,
	},
	{
		Outcome: Outcome{
			Name: "timeout", What: "the order is made, the answer never comes",
			Promise: "a time-out leaves the row in doubt",
		},
		wire: wireSilence, at: everywhere,
	},
	{Outcome: Outcome{
		Name: "timeout-lost", What: "no order, the answer never comes; the next placement is served",
		Promise: "unknown to the gateway must be heard several times",
	}, wire: wireSilence, lost: true},
	{Outcome: Outcome{
		Name: "timeout-late", What: "the answer never comes; the order is made later, when the client has given up",
		Promise: "unknown to the gateway, heard once, proves nothing",
	}, wire: wireSilence, late: true},
	{
		Outcome: Outcome{
			Name: "reset", What: "the order is made, the connection is reset",
			Promise: "a reset after writing leaves the row in doubt",
		},
		wire: wireReset, at: everywhere,
	},
	{Outcome: Outcome{
		Name: "reset-lost", What: "no order, the connection is reset; the next placement is served",
		Promise: "sent again with the same tradeNo",
	}, wire: wireReset, lost: true},
	{Outcome: Outcome{
		Name: "reset-late", What: "the connection is reset; the order is made later",
		Promise: "asked too early, unknown proves nothing",
	}, wire: wireReset, late: true},
	{
		Outcome: Outcome{
			Name: "http-429", What: "HTTP 429 with Retry-After: 1, no order; the next placement is served",
			Promise: "the rate goes down, the row is not lost",
		},
		wire: wirePage, http: http.StatusTooManyRequests, retry: true, lost: true, at: everywhere,
	},
	{
		Outcome: Outcome{
			Name: "http-429-bare", What: "HTTP 429 without Retry-After, no order; the next placement is served",
			Promise: "the rate goes down by itself",
		},
		wire: wirePage, http: http.StatusTooManyRequests, lost: true, at: everywhere,
	},
	{
		Outcome: Outcome{Name: "http-500", What: "HTTP 500, the order is made", Promise: "5xx leaves the row in doubt"},
		wire:    wirePage, http: http.StatusInternalServerError, at: everywhere,
	},
	{
		Outcome: Outcome{
			Name: "http-502", What: "HTTP 502 with HTML, as of a proxy; the order is made",
			Promise: "5xx leaves the row in doubt",
		},
		wire: wirePage, http: http.StatusBadGateway, at: everywhere,
	},
	{
		Outcome: Outcome{Name: "http-503", What: "HTTP 503, the order is made", Promise: "5xx leaves the row in doubt"},
		wire:    wirePage, http: http.StatusServiceUnavailable, at: everywhere,
	},
	{
		Outcome: Outcome{Name: "http-504", What: "HTTP 504, the order is made", Promise: "5xx leaves the row in doubt"},
		wire:    wirePage, http: http.StatusGatewayTimeout, at: everywhere,
	},
	{
		Outcome: Outcome{Name: "http-502-lost", What: "HTTP 502, no order; the next placement is served", Promise: "sent again only after asking"},
		wire:    wirePage, http: http.StatusBadGateway, lost: true,
	},
	{
		Outcome: Outcome{Name: "http-503-lost", What: "HTTP 503, no order; the next placement is served", Promise: "sent again only after asking"},
		wire:    wirePage, http: http.StatusServiceUnavailable, lost: true,
	},
	{
		Outcome: Outcome{Name: "http-504-lost", What: "HTTP 504, no order; the next placement is served", Promise: "sent again only after asking"},
		wire:    wirePage, http: http.StatusGatewayTimeout, lost: true,
	},
	{
		Outcome: Outcome{
			Name: "http-504-late", What: "HTTP 504 of a proxy that lost patience; the order is made later",
			Promise: "asked too early, unknown proves nothing",
		},
		wire: wirePage, http: http.StatusGatewayTimeout, late: true,
	},
	{
		Outcome: Outcome{Name: "html", What: "HTTP 200 with a page of HTML, the order is made", Promise: "only a well-formed answer counts"},
		wire:    wirePage, http: http.StatusOK, at: everywhere,
	},
	{
		Outcome: Outcome{Name: "half-body", What: "the answer breaks off half-way, the order is made", Promise: "only a whole answer counts"},
		wire:    wireHalf, at: everywhere,
	},
	{
		Outcome: Outcome{
			Name: "half-json", What: "half the JSON as a whole answer, the order is made",
			Promise: "only a well-formed answer counts",
		},
		wire: wireMangle, mangle: mangleHalf, at: everywhere,
	},
	{
		Outcome: Outcome{Name: "code-number", What: "the outer code is a number, the order is made", Promise: "only a well-formed answer counts"},
		wire:    wireMangle, mangle: mangleCode, at: everywhere,
	},
	{
		Outcome: Outcome{Name: "data-array", What: "data is an array, the order is made", Promise: "only a well-formed answer counts"},
		wire:    wireMangle, mangle: mangleArray, at: everywhere,
	},
	{
		Outcome: Outcome{Name: "data-null", What: "success with data null, the order is made", Promise: "only a well-formed answer counts"},
		wire:    wireMangle, mangle: mangleNull, at: everywhere,
	},
	{
		Outcome: Outcome{Name: "status-number", What: "the inner status is a number, the order is made", Promise: "only a well-formed answer counts"},
		wire:    wireMangle, mangle: mangleStatus, at: atPlacement | atQuery,
	},
	{
		Outcome: Outcome{
			Name: "other-tradeno", What: "the placement answers about another tradeNo, the order is made",
			Promise: "an answer about another payout says nothing about this one",
		},
		wire: wireOther, at: atPlacement | atQuery,
	},
	{
		Outcome: Outcome{Name: "slow", What: "the answer takes its time, the order is made", Promise: "slow is not wrong"},
		wire:    wireSlow, at: everywhere,
	},
	{
		Outcome: Outcome{
			Name: "cut-after", What: "the answer is whole, and then the connection is cut without a word",
			Promise: "a kept connection that died sends nothing twice",
		},
		wire: wireCut, at: everywhere,
	},
}

// callsTable: what happens to the callback of a final status.
var callsTable = []*outcome{
	{
		Outcome: Outcome{Name: "callback-lost", What: "the callback is never posted", Promise: "asked for all the same"},
		call:    callLost, at: atCallback,
	},
	{
		Outcome: Outcome{Name: "callback-late", What: "the callback comes late", Promise: "old news is no news"},
		call:    callLate, at: atCallback,
	},
	{
		Outcome: Outcome{Name: "callback-doubled", What: "the callback comes twice, OK or not", Promise: "heard twice is counted once"},
		call:    callDoubled, at: atCallback,
	},
	{
		Outcome: Outcome{
			Name: "callback-disordered", What: "a signed callback about the status before follows the last one",
			Promise: "what was true earlier does not undo what is true",
		},
		call: callDisordered, at: atCallback,
	},
	{
		Outcome: Outcome{
			Name: "callback-forged", What: "before the callback comes one that lies, with a wrong signature",
			Promise: "only the gateway is believed",
		},
		call: callForged, at: atCallback,
	},
	{
		Outcome: Outcome{
			Name: "callback-unsigned", What: "before the callback comes one that lies, without a signature",
			Promise: "only the gateway is believed",
		},
		call: callUnsigned, at: atCallback,
	},
	{
		Outcome: Outcome{
			Name: "callback-replayed", What: "the same callback comes again much later, byte for byte",
			Promise: "old news is no news",
		},
		call: callReplayed, at: atCallback,
	},
	{
		Outcome: Outcome{
			Name: "callback-other-amount", What: "before the callback comes a signed one with another amount",
			Promise: "a contradiction is asked about",
		},
		call: callOtherAmount, at: atCallback,
	},
}

// linesTable: what happens to connections. No remark has been read by then: a plan alone can draw them.
var linesTable = []*outcome{
	{
		Outcome: Outcome{Name: "refused", What: "the connection is refused", Promise: "what never left is sent later"},
		at:      atConnection,
	},
	{
		Outcome: Outcome{
			Name: "reset-unread", What: "the connection is reset before anything is read",
			Promise: "a reset leaves the row in doubt",
		},
		at: atConnection,
	},
}
