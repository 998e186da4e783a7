package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
)

// Merchant registers a merchant by its name, or finds it. It is an error if
// the ledger knows the name with another number, area or gateway: what is in
// doubt there could no longer be asked about. It is one, too, if the ledger
// knows the account by another name: each name has batches of its own, and
// one sheet could be paid under both. formerGateways are addresses
// that the merchant's gateway is known to have had before; a merchant found
// under one of them is moved to its new address.
func (l *Ledger) Merchant(ctx context.Context, m Merchant, formerGateways ...string) (Merchant, error) {
	err := l.write(ctx, "merchant", func(t *tx) error {
		var was Merchant
		var currency string
		err := t.QueryRowContext(ctx, "SELECT id, area, currency, merchant_no, gateway FROM merchants WHERE name = ?", m.Name).
			Scan(&was.ID, &was.Area, &currency, &was.MerchantNo, &was.Gateway)
		if errors.Is(err, sql.ErrNoRows) {
			return t.addMerchant(&m)
		}
		if err != nil {
			return err
		}
		m.ID = was.ID
		if was.Area != m.Area || currency != m.Currency.Code || was.MerchantNo != m.MerchantNo {
			return fmt.Errorf("merchant %s: the ledger knows it as %s in %s: give this one another name", m.Name, was.MerchantNo, was.Area)
		}
		if was.Gateway == m.Gateway {
			return nil
		}
		for _, former := range formerGateways {
			if former == was.Gateway {
				return t.moveMerchant(m, was.Gateway)
			}
		}
		return fmt.Errorf("merchant %s: the ledger knows it at %s, not at %s: if the gateway moved, list the old address under former_base_urls",
			m.Name, was.Gateway, m.Gateway)
	})
	return m, err
}

const merchantColumns = "SELECT id, name, area, currency, merchant_no, gateway FROM merchants"

// Merchants lists who has ever paid from this ledger, by name.
func (v View) Merchants(ctx context.Context) iter.Seq2[Merchant, error] {
	return query(ctx, v.q, scanMerchant, merchantColumns+" ORDER BY name")
}

// MerchantNamed finds a merchant that the ledger knows, or is ErrNotFound.
func (v View) MerchantNamed(ctx context.Context, name string) (Merchant, error) {
	return first(query(ctx, v.q, scanMerchant, merchantColumns+" WHERE name = ?", name))
}

func scanMerchant(rows *sql.Rows) (Merchant, error) {
	var m Merchant
	var code string
	if err := rows.Scan(&m.ID, &m.Name, &m.Area, &code, &m.MerchantNo, &m.Gateway); err != nil {
		return m, err
	}
	zero, err := amount(code, 0)
	m.Currency = zero.Currency()
	return m, err
}

func (t *tx) addMerchant(m *Merchant) error {
	var other string
	err := t.QueryRowContext(t.ctx, "SELECT name FROM merchants WHERE merchant_no = ? AND area = ? AND gateway = ?", m.MerchantNo, m.Area, m.Gateway).Scan(&other)
	if err == nil {
		return fmt.Errorf("merchant %s: the ledger knows the same account as %s: use that name", m.Name, other)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	result, err := t.ExecContext(t.ctx, `INSERT INTO merchants (name, area, currency, merchant_no, gateway, created_at)
		VALUES (?, ?, ?, ?, ?, ?)`, m.Name, m.Area, m.Currency.Code, m.MerchantNo, m.Gateway, millis(t.now))
	if err != nil {
		return err
	}
	m.ID, err = result.LastInsertId()
	return err
}

func (t *tx) moveMerchant(m Merchant, from string) error {
	t.append(Event{Kind: kindNote, Actor: ActorRecover, Reason: "gateway moved", Message: fmt.Sprintf("%s: %s to %s", m.Name, from, m.Gateway)})
	_, err := t.ExecContext(t.ctx, "UPDATE merchants SET gateway = ? WHERE id = ?", m.Gateway, m.ID)
	return err
}
