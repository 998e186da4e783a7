package simulate

// mutations are the mistakes that cost money, and a few that would hide them.
var mutations = []mutation{
	{"sent although the claim was not committed", []edit{{
		"ledger/claim.go",
		"		seq, hash = t.seq, bytes.Clone(t.hash)\n		return nil\n	})\n",
		"		seq, hash = t.seq, bytes.Clone(t.hash)\n		if millis(t.now)%4 == 0 {\n			return errors.ErrUnsupported\n		}\n		return nil\n	})\n	if errors.Is(err, errors.ErrUnsupported) {\n		return claimed, nil\n	}\n",
	}}},
	{"another number for the second attempt", []edit{{
		"internal/dispatch/outcome.go", "paypro.Request{TradeNo: p.TradeNo,", "paypro.Request{TradeNo: p.TradeNo[:27] + string(rune('A'+p.Sends())),",
	}}},
	{"sent again after a doubt without asking", []edit{{
		"ledger/state.go", "	case kind == NotSent && s.sends == 1 && !s.known:", "	case kind == Doubt && !s.spent, kind == NotSent && s.sends == 1 && !s.known:",
	}}},
	{"a refusal of a later attempt is believed", []edit{
		{"ledger/state.go", "	case kind == Refused && s.sends == 1 && !s.known:", "	case kind == Refused:"},
		{"ledger/migrations/0001_book.sql", "CHECK (state <> 'rejected' OR attempts = unsent + 1)", "CHECK (state <> 'rejected' OR attempts > 0)"},
	}},
	{"the code 5000 counts as failed", []edit{{
		"paypro/judge.go", "		return InDoubt, ReasonSystemError", "		return Failed, ReasonSystemError",
	}}},
	{"HTTP 5xx counts as not sent", []edit{{
		"paypro/judge.go", "	case e.status < 200 || e.status >= 500 || e.status >= 300 && e.status < 400:\n		return answer{}, Verdict{",
		"	case e.status < 200 || e.status >= 500 || e.status >= 300 && e.status < 400:\n		return answer{}, Verdict{Kind: NotSent, ",
	}}},
	{"a time-out counts as not sent", []edit{{
		"paypro/judge.go", "		return Verdict{Reason: ReasonTimeout}", "		return Verdict{Kind: NotSent, Reason: ReasonTimeout}",
	}}},
	{"a lost connection counts as not sent", []edit{{
		"paypro/judge.go", "	return Verdict{Reason: ReasonConnectionLost}", "	return Verdict{Kind: NotSent, Reason: ReasonConnectionLost}",
	}}},
	{"denied once is denied", []edit{{
		"ledger/advance.go", "p.unknowns >= policy.Unknowns && p.deniedFor(t.now, o.Date) >= policy.Quarantine", "p.unknowns >= 1",
	}}},
	{"no quarantine", []edit{{
		"ledger/advance.go", " && p.deniedFor(t.now, o.Date) >= policy.Quarantine", "",
	}}},
	{"one resend more than allowed", []edit{{
		"ledger/advance.go", "p.Sends() >= policy.MaxAttempts", "p.Sends() > policy.MaxAttempts",
	}}},
	{"sent again although the gateway has known it", []edit{{
		"ledger/state.go", "	case s.known:\n		return because(contrary(Held), ReasonDenied) // never send again", "	case s.known && s.spent:\n		return because(contrary(Held), ReasonDenied) // never send again",
	}}},
	{"another amount is ignored", []edit{{
		"paypro/judge.go", "		if !amount.Equal(r.Amount) {\n			v.Kind", "		if amount.IsZero() {\n			v.Kind",
	}}},
	{"an answer about another payout is believed", []edit{{
		"paypro/judge.go", "	verdict = Verdict{Kind: NoAnswer, Code: a.code, Message: a.msg}\n	switch {\n	case a.tradeNo() != \"\" && a.tradeNo() != r.TradeNo:",
		"	verdict = Verdict{Kind: NoAnswer, Code: a.code, Message: a.msg}\n	switch {\n	case a.tradeNo() != \"\" && a.tradeNo() != r.TradeNo && a.code != codeAccepted:",
	}}},
	{"forged callbacks are believed", []edit{{
		"paypro/callback.go", "	if signed && !c.authentic(header, params) {", "	if signed && len(body) == 0 {",
	}}},
	{"unsigned callbacks are believed", []edit{
		{"internal/receive/callback.go", "	case !n.Signed:\n		return r.takeUnsigned(ctx, a, n, p)\n", ""},
		{"paypro/callback.go", "	case !n.Signed:\n		v.Reason = ReasonUnsigned\n		return v\n", ""},
	}},
	{"a callback overrides what is known", []edit{{
		"ledger/advance.go", "	case o.Callback:\n		return fromCallback\n", "",
	}}},
	{"the lease is not checked", []edit{{
		"ledger/claim.go", "		if err := t.holds(lease); err != nil {\n			return err\n		}\n		var err error\n		if claimed", "		var err error\n		if claimed",
	}}},
	{"what was on the wire is forgotten", []edit{{
		"ledger/claim.go", "range []string{submittingSQL, againSQL}", "range []string{againSQL}",
	}}},
	{"one content is two batches", []edit{
		{"ledger/import.go", "	case same > 0:", "	case same > 1:"},
		{"ledger/migrations/0001_book.sql", "UNIQUE (merchant_id, content, repeats)", "UNIQUE (id, merchant_id, content, repeats)"},
	}},
	{"answers are recorded for the wrong payouts", []edit{{
		"internal/recorder/recorder.go", "		outcomes[i] = group[i].outcome\n	}\n	applied, err := r.book.Record(context.Background(), r.o.Policy, outcomes)",
		"		outcomes[i] = group[i].outcome\n		if i%2 == 1 {\n			outcomes[i].Payout, outcomes[i-1].Payout = outcomes[i-1].Payout, outcomes[i].Payout\n		}\n	}\n	applied, err := r.book.Record(context.Background(), r.o.Policy, outcomes)",
	}}},
	{"in progress counts as paid", []edit{{
		"paypro/judge.go", "		v.Kind, v.Reason = Processing, ReasonProcessing", "		v.Kind, v.Reason = Succeeded, ReasonProcessing",
	}}},
	{"an unknown status counts as failed", []edit{{
		"paypro/judge.go", "		v.Kind, v.Reason = Failed, ReasonFailed\n	default:\n		v.Kind", "		v.Kind, v.Reason = Failed, ReasonFailed\n	default:\n		v.Kind, v.Reason = Failed, ReasonFailed\n	case MeansUnclear + 100:\n		v.Kind",
	}}},
	{"evidence is not in the hash", []edit{{
		"ledger/events.go", "	buffer = append(buffer, e.Evidence...)\n	sum", "	sum",
	}}},
	{"an event is not chained to the one before", []edit{{
		"ledger/events.go", "	t.hash = e.Hash\n", "",
	}}},
	{"what was replaced is not looked at", []edit{
		{"ledger/standin.go", "	if err != nil || !asked.linked {", "	if err != nil || asked.linked || !asked.linked {"},
		{"ledger/standin.go", "		case l.id > id:", "		case l.id > id && l.id < 0:"},
		{"ledger/standin.go", "		case !l.state.CalledOff():\n			return nil, &ReplaceError{TradeNo: tradeNo, Live", "		case l.id == id && !l.state.CalledOff():\n			return nil, &ReplaceError{TradeNo: tradeNo, Live"},
		{"ledger/migrations/0001_book.sql", "CREATE UNIQUE INDEX payouts_by_replaced", "CREATE INDEX payouts_by_replaced"},
	}},
	{"what is paid is not watched", []edit{{
		"ledger/watch.go", "	if p.State == Cancelled || p.State == Reversed || p.Sends() == 0 {", "	if p.State != Held || p.Sends() == 0 {",
	}}},
	{"the secret is kept with the evidence", []edit{{
		"paypro/client.go", "	return []byte(c.redact(raw.String()))", "	return append(raw.Bytes(), c.secret.reveal()...)",
	}}},
}
