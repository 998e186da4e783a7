// Package sandbox is the Paypro payout gateway, simulated. No money moves.
//
// It is a second, independent reading of the gateway's documents: it shares no
// code with the client of this project (not the signer, not the wire types, not
// the tables of fields), so that a mistake has to be made twice to go unseen.
// What both readings share is one file of signature vectors.
//
// # Use
//
//	g, err := sandbox.Open(sandbox.Options{
//		Merchants: map[string]string{"0000000001": secret},
//		Delay:     2 * time.Second,
//		Journal:   "sandbox.journal",
//	})
//	if err != nil { … }
//	defer g.Close()
//	http.ListenAndServe("127.0.0.1:8480", g)
//
// The base URL of an area is http://HOST/<slug>, see [Areas]: a payout in Mexico
// is posted to http://HOST/mexico/v1/paypro/payOut, in exactly this case. Every
// answer carries the header "X-Paypro-Sandbox: no money moves".
//
// # The life of an order
//
// An order is 0015 from its placement until [Options.Delay] has passed, then
// 0000. With a Delay of zero the placement itself answers the final status. The
// status is worked out from the clock whenever somebody asks: there are no
// timers to lose, and a restart changes nothing.
//
// With [Options.Journal] the orders outlive the process. Each event is one
// write(2) before its answer leaves, so kill -9 forgets nothing that was
// answered; a power cut may, there is no fsync. [ReadOrders] reads the books of
// a sandbox that is not running.
//
// # Magic values
//
// The word SANDBOX:<outcome> in a payout's remark, in either case, provokes an
// outcome: SANDBOX:00029 fails, SANDBOX:timeout makes the order and never
// answers. [Outcomes] lists them. A misspelt outcome is refused, it never pays.
// What goes wrong with the answer (a reset, a page of HTML) goes wrong with the
// first placement of a tradeNo; a later one is answered properly, so that
// what is in doubt can be resolved. [Options.Fault] does the same without remarks, on
// every endpoint, for a plan of faults.
//
// # Assumed
//
// Where the documents are silent or contradict themselves, this is decided here,
// and could be decided otherwise by the real gateway:
//
//   - The secret stands behind the signed text; [Options.SecretPosition].
//   - A request that is refused (merchant, signature, field, rule, balance) gets
//     HTTP 200, outer code 8000, "data": null and an English msg. A wrong path,
//     method, media type or size gets an HTTP error with a page of HTML.
//   - A second placement of a tradeNo is refused with 8000, across the areas of
//     a merchant; [Options.AllowDuplicateTradeNo] makes it a second order.
//   - A query for an unknown tradeNo gets 8000 "order does not exist".
//   - A tradeNo has 1 to 32 letters, digits, "_" or "-"; 32 is a sister brand's limit.
//   - A parameter that the documents do not know, one given twice, a null and a
//     nested value are refused: a misspelt optional field should be found here.
//   - A timestamp has 13 digits. No window is documented, so none is enforced.
//   - An amount is a whole number without leading zeros, also in India, where
//     decimals are only "not recommended".
//   - A DebitCard is 15 to 19 digits with a Luhn check digit and a CLABE 18 digits with
//     its own, although the documents' example account is neither.
//   - India: the placement answers kiliTradeNo (the example), the query
//     platFormTradeNo (the table); bankNCode and bankCode are both taken
//     ([Options.IndiaBankField]); the balance is where the other areas have it
//     and wants timestamp and sign, with amounts as strings.
//   - Mexico's balance needs no body, as documented; a body with a sign is verified.
//   - payAmount is what was really paid: nothing before 0000, half on 0001.
//   - An order over the available balance is refused with 8000. Orders in progress
//     are frozen; what failed or was reversed comes back.
//   - A callback is posted when an order becomes final, and again after each
//     of the eight documented pauses until the answer is OK. A reversal is
//     called back too, once the callback before it is done with. Callbacks are signed
//     as requests are. Only loopback addresses are ever called.
package sandbox
