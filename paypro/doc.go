// Package paypro speaks to the Paypro payout gateway and knows nothing else
// of bulkpay.
//
// # Areas
//
// The gateway has one dialect a country. An [Area] holds a dialect as data:
// its paths, its fields with their rules and the words people use for them,
// its currency, where the signature goes and what its codes mean. [Areas]
// lists them, [LookupArea] finds one. Adding an area is adding one file like
// area_mexico.go; docs/areas.md says how.
//
// A row is brought into the gateway's form field by field ([Field.Canonical]),
// and then asked three things, none of whose answers ever repeats a value:
//
//	faults := area.Check(row)          // it must not be sent
//	warnings := area.Warnings(row)     // somebody should look
//	more := banks.Check(area, row)     // the bank is not in a list, or the account another bank's
//
// [ShippedBanks] is the list that comes with an area, [ReadBanks] reads more.
//
// # Asking
//
// A [Client] asks three things of one merchant in one area:
//
//	client, err := paypro.NewClient(paypro.Config{Area: area, BaseURL: …, MerchantNo: …, Secret: secret})
//	verdict := client.Place(ctx, paypro.Request{TradeNo: …, Amount: …, Values: …})
//	verdict = client.Query(ctx, request)
//	balance, err := client.Balance(ctx)
//
// Place and Query never return an error: whatever happens on the way, from a
// refused connection to half an answer, is a [Verdict] with a [Reason],
// because the caller has to decide about money in every one of those cases.
// Each call makes one attempt and never repeats itself: one call is at most
// one request on the wire.
//
// # What an answer means
//
// The gateway's outer code only says whether the call was understood; the
// inner status says what became of the payout. Anything that is not a
// complete, well-formed and documented answer about the very payout asked
// about is [InDoubt] for a placement and [NoAnswer] for a query. Only a
// definite answer counts as paid or as failed.
//
// # Secrets
//
// A [Secret] prints as "[secret]" whichever way it is formatted. Requests
// and answers are never logged here; the raw answer is handed to the caller
// as evidence, with the secret cut out should the gateway ever echo it.
package paypro
