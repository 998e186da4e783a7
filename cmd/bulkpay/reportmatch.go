package main

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/bulkpay/bulkpay/internal/reconcile"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

// addMatching adds what statements say about the batches of a report, if any
// was taken in that reaches into their time. The report of one batch has the
// lines about its payouts; that of several has all of those statements, and
// their equations.
func addMatching(ctx context.Context, v ledger.View, source *report.Source) error {
	scopes, err := matchScopes(ctx, v, *source)
	if err != nil || len(scopes) == 0 {
		return err
	}
	matching, err := reconcile.Matching(ctx, v, scopes)
	if err != nil {
		return err
	}
	source.Matching = matching
	if source.Scope.One() {
		return ofBatch(ctx, matching, source.Batches[0].Summary.Batch.Code)
	}
	return nil
}

// matchScopes are the statements of the report's merchants that do not end
// before the first of its batches was imported, by merchant and origin.
func matchScopes(ctx context.Context, v ledger.View, source report.Source) ([]ledger.MatchScope, error) {
	first := map[int64]time.Time{}
	var merchants []ledger.Merchant
	for _, batch := range source.Batches {
		b := batch.Summary.Batch
		if at, ok := first[b.Merchant.ID]; !ok {
			merchants = append(merchants, b.Merchant)
			first[b.Merchant.ID] = b.CreatedAt
		} else if b.CreatedAt.Before(at) {
			first[b.Merchant.ID] = b.CreatedAt
		}
	}
	var scopes []ledger.MatchScope
	for _, merchant := range merchants {
		ids := map[ledger.Origin][]int64{}
		for s, err := range v.Statements(ctx, merchant.ID) {
			if err != nil {
				return nil, err
			}
			// Days of another zone may begin earlier than ours.
			if s.LastDay.AddDate(0, 0, 2).After(first[merchant.ID]) {
				ids[s.Origin] = append(ids[s.Origin], s.ID)
			}
		}
		for _, origin := range []ledger.Origin{ledger.OfGateway, ledger.OfBank} {
			if len(ids[origin]) > 0 {
				slices.Sort(ids[origin])
				scopes = append(scopes, ledger.MatchScope{Merchant: merchant, Origin: origin, Statements: ids[origin]})
			}
		}
	}
	return scopes, nil
}

// ofBatch leaves of a matching what is about one batch. The equations are
// about whole statements, and are not the batch's.
func ofBatch(ctx context.Context, m *report.Matching, code string) error {
	all := m.Lines
	m.Equations, m.Classes = nil, nil
	m.Lines = func(ctx context.Context) iter.Seq2[report.MatchLine, error] {
		return func(yield func(report.MatchLine, error) bool) {
			for line, err := range all(ctx) {
				if err == nil && (line.Ours == nil || line.Ours.Batch != code) {
					continue
				}
				if !yield(line, err) || err != nil {
					return
				}
			}
		}
	}
	for line, err := range m.Lines(ctx) {
		if err != nil {
			return err
		}
		i := slices.IndexFunc(m.Classes, func(c report.Class) bool { return c.Name == line.Class })
		if i < 0 {
			i = len(m.Classes)
			m.Classes = append(m.Classes, report.Class{Name: line.Class})
		}
		m.Classes[i].Count++
		if m.Classes[i].Sum, err = m.Classes[i].Sum.Add(line.Ours.Amount); err != nil {
			return err
		}
	}
	return nil
}
