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
//   - A signature stands in the body. Brazil's may stand in the HTTP header "sign" instead,
//     as in older copies of its pages; [Options.RequestLog] and [Stats] say where it stood.
//     In both, twice, or in the header elsewhere, it is refused.
//   - A timestamp has 13 digits; Pakistan's placement takes the 10 of its example too. No
//     window is documented, so none is enforced.
//   - A timestamp may be a string or a JSON number, where the table has an integer and examples
//     have strings. India's, Pakistan's and Brazil's placement wants a string; Indonesia's
//     a number, and a number for the amount: there table and example agree. What
//     is signed is the text of the number as it was sent.
//   - An amount is a whole number without leading zeros, also where decimals are only "not
//     recommended". Brazil's may have two decimals: no rule is stated there. It is a
//     string but in Indonesia.
//   - Limits of amounts that are stated are held (Vietnam from 50000, Egypt 100 to 10000),
//     recommended ones (Kenya, above 50) are not.
//   - A DebitCard is 15 to 19 digits with a Luhn check digit and a CLABE 18 digits with
//     its own, although the documents' example account is neither. A CPF and a CNPJ have their
//     check digits, although the example's CPF has not; a PIX key is of its type, a telephone
//     number with or without 55.
//   - Accounts elsewhere are 4 to 34 letters and digits; wallets in Egypt and Bangladesh
//     11 digits from 01, as in Bangladesh's example; bank codes 4 digits in Indonesia, 3 to 6
//     in Nigeria and South Korea, and anything where they are names. A CNIC has no dashes.
//   - Bangladesh's wallets are BKASH and NAGAD, with or without the older EWALLET_
//     of the example; ROCKET is gone.
//   - India: the placement answers kiliTradeNo (the example), the query
//     platFormTradeNo (the table); bankNCode and bankCode are both taken
//     ([Options.IndiaBankField]); the balance is where the other areas have it
//     and wants timestamp and sign, with amounts as strings.
//   - Only India's placement does not repeat the tradeNo, and every query does: most
//     tables are cut off, Kenya's query has it in its example alone.
//   - Kenya's query has no timestamp, and one is refused as unknown. Its order number is
//     serialNumber in the placement's answer and platFormTradeNo elsewhere.
//   - What could not be read of a query or a balance is as India's has it. The pages of
//     queries could not be read for the Philippines and Bangladesh, those of balances for these
//     two, Vietnam, Kenya and Egypt; Nigeria's and South Korea's queries write amounts as
//     their balances do.
//   - 00029 is a failure everywhere; no error page of Pakistan, the Philippines, Egypt
//     and Bangladesh could be read. Its text there is "failed".
//   - Indonesia and Nigeria list 8000 as an inner status too: SANDBOX:8000-status.
//   - successTime is local, without a zone and, in Egypt, without summer time. What is paid
//     has one, in Kenya what failed too. Indonesia's and South Korea's newest query
//     pages do not know it.
//   - Mexico's balance needs no body, as documented; a body with a sign is verified.
//   - payAmount is what was really paid: nothing before 0000, half on 0001, rounded
//     down to what the area can write.
//   - An order over the available balance is refused with 8000. Orders in progress
//     are frozen; what failed or was reversed comes back.
//   - A callback is posted when an order becomes final, and again after each
//     of the eight documented pauses until the answer is OK. A reversal is
//     called back too, once the callback before it is done with. Callbacks are signed
//     as requests are, but for Kenya's, which have neither signature nor timestamp.
//     Only loopback addresses are ever called.
package sandbox
