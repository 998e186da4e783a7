package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the plain join

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// reconciling lays a statement beside as many payouts, beside a program that
// loads the same two files into SQLite and joins them by number.
func (b *bench) reconciling(ctx context.Context) error {
	if b.statement == 0 {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	fmt.Println("reconcile: the gateway's list of orders beside a ledger, beside a plain SQL join of two files by number")
	for _, n := range []int{b.statement / 10, b.statement} {
		if err := b.reconcileOne(ctx, self, n); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) reconcileOne(ctx context.Context, self string, n int) error {
	folder := filepath.Join(b.folder, fmt.Sprintf("reconcile-%d", n))
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // the folder above goes anyway
	if _, out, err := b.process(ctx, self, "-month", folder, "-rows", strconv.Itoa(n)); err != nil {
		return fmt.Errorf("make: %w\n%s", err, out)
	}
	join, out, err := b.process(ctx, self, "-join", folder)
	if err != nil {
		return fmt.Errorf("join: %w\n%s", err, out)
	}
	joined := strings.TrimSpace(out)
	done, out, err := b.process(ctx, b.binary, "reconcile", "--ledger", filepath.Join(folder, "book.db"), "--statement", filepath.Join(folder, "orders.csv"), "--time-zone", "UTC")
	var ended *exec.ExitError
	if err != nil && !(errors.As(err, &ended) && ended.ExitCode() == 4) {
		return fmt.Errorf("reconcile: %w\n%s", err, out)
	}
	if !strings.Contains(out, "\nTIED;") || joined != strconv.Itoa(n-n/100) {
		return fmt.Errorf("reconcile: not what was made: %s joined\n%s", joined, out)
	}
	fmt.Printf("  %9d lines × %d payouts  plain join %6.2f s, peak %-7s  reconcile %6.2f s, peak %-7s  %.1f times the join\n",
		n, n, join.took.Seconds(), join.peak, done.took.Seconds(), done.peak, done.took.Seconds()/join.took.Seconds())
	return nil
}

// makeMonth makes a ledger with payouts that were all paid, the gateway's list
// of their orders, and a plain list of the payouts. Of a hundred lines one has a
// number that nobody gave.
func makeMonth(ctx context.Context, folder string, n int) error {
	book, err := ledger.Create(ctx, filepath.Join(folder, "book.db"), ledger.Options{})
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // what matters is committed
	merchant, err := book.Merchant(ctx, ledger.Merchant{Name: "acme-mx", Area: "MX", Currency: money.MXN, MerchantNo: "0000000001", Gateway: "https://gateway.example"})
	if err != nil {
		return err
	}
	batch, err := book.Import(ctx, ledger.NewBatch{
		Merchant: merchant, Source: "month.csv", Actor: "bench", Original: ledger.Text("month"), Content: func() string { return "month" },
	}, monthRows(n))
	if err != nil {
		return err
	}
	lease, err := book.Acquire(ctx, merchant)
	if err != nil {
		return err
	}
	return errors.Join(payMonth(ctx, folder, book, lease, batch), lease.Release())
}

func monthRows(n int) iter.Seq2[ledger.NewRow, error] {
	return func(yield func(ledger.NewRow, error) bool) {
		for i := range n {
			amount := money.FromMinor(money.MXN, int64(10_000+i%1_000_000))
			if !yield(ledger.NewRow{
				Row: i + 2, Amount: amount, Readable: true, PayeeName: "Persona", PayeeAccount: fmt.Sprintf("6461801%011d", i), Bank: "646",
				Fields: map[string]string{"amount": amount.Plain()}, Fingerprint: []byte(strconv.Itoa(i)),
			}, nil) {
				return
			}
		}
	}
}

// payMonth pays all of a batch, and writes both lists as it goes.
func payMonth(ctx context.Context, folder string, book *ledger.Ledger, lease *ledger.Lease, batch ledger.Batch) (err error) {
	orders, err := os.Create(filepath.Join(folder, "orders.csv"))
	if err != nil {
		return err
	}
	payouts, err := os.Create(filepath.Join(folder, "payouts.csv"))
	if err != nil {
		return errors.Join(err, orders.Close())
	}
	there, here := bufio.NewWriter(orders), bufio.NewWriter(payouts)
	defer func() { err = errors.Join(err, there.Flush(), here.Flush(), orders.Close(), payouts.Close()) }()
	fmt.Fprintln(there, "tradeNo,platFormTradeNo,orderAmount,payAmount,fee,status,successTime")
	fmt.Fprintln(here, "tradeNo,amount")
	today := time.Now().UTC().Format("2006-01-02 15:04:05")
	for count := 0; ; {
		claimed, err := book.Claim(ctx, lease, batch.ID, 2000)
		if err != nil || len(claimed) == 0 {
			return err
		}
		outcomes := make([]ledger.Outcome, 0, len(claimed))
		for _, p := range claimed {
			number, platform := p.TradeNo, fmt.Sprintf("gw%030d", p.ID)
			outcomes = append(outcomes, ledger.Outcome{
				Payout: p, Kind: ledger.Paid, Reason: "paid", Code: "0000", PlatformTradeNo: platform, Attempt: p.Attempts, Actor: ledger.ActorSubmit, Evidence: []byte("{}"),
			})
			fmt.Fprintf(here, "%s,%s\n", number, p.Amount.Fixed())
			if count++; count%100 == 0 {
				number, platform = "ZZ"+number[2:], "zz"+platform[2:]
			}
			fmt.Fprintf(there, "%s,%s,%s,%s,0,0000,%s\n", number, platform, p.Amount.Fixed(), p.Amount.Fixed(), today)
		}
		if _, err := book.Record(ctx, ledger.Policy{}, outcomes); err != nil {
			return err
		}
	}
}

// joinPlainly loads two files into SQLite, indexes one of them and counts what
// agrees in number and amount.
func joinPlainly(ctx context.Context, folder string) (err error) {
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(folder, "join.db"))+"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	for _, one := range []struct{ table, file string }{{"orders", "orders.csv"}, {"payouts", "payouts.csv"}} {
		if err := loadPlainly(ctx, db, one.table, filepath.Join(folder, one.file)); err != nil {
			return err
		}
	}
	if _, err := db.ExecContext(ctx, "CREATE INDEX by_number ON payouts (tradeNo)"); err != nil {
		return err
	}
	var n int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM orders o JOIN payouts p ON p.tradeNo = o.tradeNo AND p.amount = o.orderAmount").Scan(&n); err != nil {
		return err
	}
	fmt.Println(n)
	return nil
}

func loadPlainly(ctx context.Context, db *sql.DB, table, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it was only read
	rows := csv.NewReader(bufio.NewReader(file))
	header, err := rows.Read()
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "CREATE TABLE "+table+" ("+strings.Join(header, ", ")+")"); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()                                                                                               //nolint:errcheck // after a commit it does nothing
	insert, err := tx.PrepareContext(ctx, "INSERT INTO "+table+" VALUES (?"+strings.Repeat(", ?", len(header)-1)+")") //nolint:gosec // a table of ours
	if err != nil {
		return err
	}
	for {
		cells, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return tx.Commit()
		}
		if err != nil {
			return err
		}
		args := make([]any, len(cells))
		for i, cell := range cells {
			args[i] = cell
		}
		if _, err := insert.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
}
