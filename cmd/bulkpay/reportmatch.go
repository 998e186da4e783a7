package main

import (
	"context"
	"slices"
	"time"

	"github.com/bulkpay/bulkpay/internal/reconcile"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

// addMatching adds what statements say about the batches of a report, if any
// was taken in that reaches into their time. The report of one batch has the
// lines about its payouts; that of several has all of those statements, and
// their equations. How late a line may come, and whose days count, is as
// bulkpay reconcile has it without flags.
func (a *app) addMatching(ctx context.Context, v ledger.View, source *report.Source) error {
	scopes, err := a.matchScopes(ctx, v, *source)
	if err != nil || len(scopes) == 0 {
		return err
	}
	source.Matching, err = reconcile.Matching(ctx, v, scopes)
	return err
}

// matchScopes are the statements of the report's merchants that do not end
// before the first of its batches was imported, by merchant and origin.
func (a *app) matchScopes(ctx context.Context, v ledger.View, source report.Source) ([]ledger.MatchScope, error) {
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
				scope := ledger.MatchScope{Merchant: merchant, Origin: origin, Statements: ids[origin], Location: a.settings.ZoneOf(merchant.Name)}
				if timing := a.settings.ReconcileOf(merchant.Name).Timing; timing != nil {
					scope.TimingDays = *timing
				}
				if source.Scope.One() {
					scope.BatchID = source.Batches[0].Summary.Batch.ID
				}
				scopes = append(scopes, scope)
			}
		}
	}
	return scopes, nil
}
