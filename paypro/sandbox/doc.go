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
// what is in doubt can be resolved.
//
// There are four groups of them, and a remark can ask for one of each with a plus between them,
// SANDBOX:00029+invisible+timeout: what becomes of the order (00029, 0015, reversed), what queries say of it (invisible,
// other-amount), what happens to the placement's answer (timeout, reset-late), and to the callback
// (callback-lost). [Outcome.Order] says of each whether the order is made: made, not made, or made late, which is
// [Options.Late] after the request. Until then a late order is nowhere but in the frozen amount; if another request of
// its tradeNo has made an order meanwhile, it is a duplicate and dropped.
//
// # Plans
//
// [Options.Plan] has everything go wrong by chance, at every endpoint and without remarks, the same for the same
// seed: what a request suffers follows from the seed, its endpoint, its tradeNo and how often that was asked
// there before. [Storm] draws a whole plan, [ParsePlan] reads one that a person has written,
// [PlanOutcomes] lists what there is and where it can happen:
//
//   - Of the connection: refused or reset before anything is read, and outages, in which connections are
//     refused and open ones are reset. [Gateway.Listen] has a network's listener do that; without a network the
//     dialer asks [Gateway.Refuses], and a connection with a SetLinger method is told of a reset.
//   - Of the answer: none, a reset connection, half a body or half the JSON, HTML with 200, 429, 5xx, outer 5000
//     and 8000, code, data or status of a wrong type, another tradeNo, slowness, and a connection that dies behind
//     the answer. Each of those that hide what happened is there with the order and without, and some with the order
//     coming later, when the client has given up and perhaps asked.
//   - Of the order: 0015 for ever, failures, an unknown status that stays or passes, 0000 that becomes 00029.
//   - Of queries: an order that they do not know for a while, or know under another tradeNo or with a
//     broken amount; another amount for as long as the plan lasts.
//   - Of callbacks: lost, late, doubled, out of order, replayed, and before the true one a lie with a wrong
//     signature or none, or a signed one with another amount.
//
// What a plan draws for an order is part of its life and of the journal, so a restart changes nothing of that
// either, and [Gateway.Orders] tells the truth about it at any time. Queries are counted anew after a restart. A plan
// keeps a counter for each tradeNo that was asked about while it lasts.
//
// [Plan.Until] ends it: late orders, reversals and what was hidden come out at that time at the latest, and from then
// on the gateway is a good one. [Stats.Faults] counts what really happened, by the names of [FaultKinds].
//
// [Options.Fault] is for tests that choose the fault of each request themselves. A remark's word comes first, then
// Fault, then the plan. [Options.ClockOffset] sets the gateway's clock wrong, and
// [Options.AllowDuplicateTradeNo] lets it pay twice.
//
// [Gateway.Notices], [Gateway.Notice] and [Gateway.ForgedNotice] make the bodies of callbacks, true and not, for
// whoever puts a receiver of them under load.
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
//     Only loopback addresses are ever called, unless [Options.CallbackTransport] carries them.
//   - A request that comes to nothing at first and makes its order later is one that waits behind a proxy: it has its
//     amount reserved, and is checked for its tradeNo again when its time comes.
//   - Retry-After, where a 429 has one, is a second. A connection that dies is closed without "Connection: close".
//   - A status that nobody documented, if it passes, is one of work in progress: the amount stays frozen. If it
//     stays, the order has ended and nothing was paid.
package sandbox
