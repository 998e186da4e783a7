// Command bench measures bulkpay against the floor: a bare loop that posts
// the same payouts with the same client to the same simulated gateway, in
// the same run.
//
//	go run ./internal/bench -rows 20000 -check 200000
//
// The gateway runs in a process of its own. Rounds of each are made in turn,
// so that a machine whose speed drifts slows both; the medians are printed,
// that of the ratio round by round. Peaks of memory are the operating system's
// account of a finished process (Linux and macOS).
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
)

func main() {
	var b bench
	flag.IntVar(&b.rows, "rows", 20_000, "payouts to pay in each round")
	flag.IntVar(&b.check, "check", 200_000, "rows of the CSV to check")
	flag.IntVar(&b.rounds, "rounds", 5, "rounds of each")
	flag.IntVar(&b.workers, "workers", 32, "requests in flight, in both")
	flag.Parse()
	if err := b.run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

type bench struct {
	rows, check, rounds, workers int
	folder, binary               string
}

func (b *bench) run(ctx context.Context) error {
	var err error
	if b.folder, err = os.MkdirTemp("", "bulkpay-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.folder) //nolint:errcheck // a leftover in the temporary folder
	b.binary = filepath.Join(b.folder, "bulkpay")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", b.binary, "./cmd/bulkpay").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	if err := b.checking(ctx); err != nil {
		return err
	}
	return b.paying(ctx)
}

// checking reads a large CSV with `bulkpay check`, beside the smallest one:
// flat memory is the difference between the two peaks.
func (b *bench) checking(ctx context.Context) error {
	fmt.Printf("check: CSV, Mexico\n")
	for _, rows := range []int{1000, b.check} {
		path, err := b.sheet(rows, 1)
		if err != nil {
			return err
		}
		took, peak, out, err := b.bulkpay(ctx, "check", path)
		if err != nil {
			return fmt.Errorf("check: %w\n%s", err, out)
		}
		fmt.Printf("  %9d rows  %8.0f rows/s  %7.2f s  peak %s\n", rows, float64(rows)/took.Seconds(), took.Seconds(), peak)
	}
	return nil
}

// paying pays batches in turn with the bare loop.
func (b *bench) paying(ctx context.Context) error {
	fmt.Printf("pay: %d rows, %d in flight, gateway in its own process answering at once, ledger at synchronous=FULL\n", b.rows, b.workers)
	var bare, paid, ratios []float64
	for round := range b.rounds {
		rate, err := b.bareLoop(ctx, uint64(round+100))
		if err != nil {
			return fmt.Errorf("bare loop: %w", err)
		}
		bare = append(bare, rate)
		whole, dispatch, peak, err := b.payBatch(ctx, uint64(round+200))
		if err != nil {
			return fmt.Errorf("batch: %w", err)
		}
		paid, ratios = append(paid, dispatch), append(ratios, 100*dispatch/rate)
		fmt.Printf("  round %d: bare loop %6.0f/s   sending %6.0f/s (%3.0f %%)   whole command %6.0f rows/s   peak %s\n",
			round+1, rate, dispatch, 100*dispatch/rate, whole, peak)
	}
	fmt.Printf("  median:  bare loop %6.0f/s   sending %6.0f/s   ratio, round by round %.0f %%\n", median(bare), median(paid), median(ratios))
	return nil
}

func median(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	return values[len(values)/2]
}

func (b *bench) sheet(rows int, seed uint64) (string, error) {
	area, ok := paypro.LookupArea("mexico")
	if !ok {
		return "", errors.New("no Mexico")
	}
	path := filepath.Join(b.folder, fmt.Sprintf("payouts-%d-%d.csv", rows, seed))
	file, err := os.Create(path)
	if err != nil {
		return "", err
	}
	err = samplegen.WriteCSV(file, area, samplegen.LanguageOf(area), samplegen.Rows(area, rows, seed))
	return path, errors.Join(err, file.Close())
}

// bulkpay runs the command and accounts for it.
func (b *bench) bulkpay(ctx context.Context, args ...string) (time.Duration, string, string, error) {
	cmd := exec.CommandContext(ctx, b.binary, args...)
	cmd.Dir = b.folder
	start := time.Now()
	out, err := cmd.CombinedOutput()
	return time.Since(start), peakOf(cmd.ProcessState), string(out), err
}

// gateway starts a simulated gateway and returns its address.
func (b *bench) gateway(ctx context.Context) (address string, stop func(), err error) {
	cmd := exec.CommandContext(ctx, b.binary, "sandbox", "--listen", "127.0.0.1:0", "--delay", "0s",
		"--journal", filepath.Join(b.folder, fmt.Sprintf("orders-%d.jsonl", time.Now().UnixNano())))
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may be gone already
		_ = cmd.Wait()
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, found, ok := strings.Cut(lines.Text(), "listening on "); ok {
			go io.Copy(io.Discard, out) //nolint:errcheck // only so that the pipe never fills
			return found, stop, nil
		}
	}
	stop()
	return "", nil, errors.New("the gateway does not say where it listens")
}

// bareLoop posts the payouts with nothing around: no ledger, no pace.
func (b *bench) bareLoop(ctx context.Context, seed uint64) (float64, error) {
	address, stop, err := b.gateway(ctx)
	if err != nil {
		return 0, err
	}
	defer stop()
	area, _ := paypro.LookupArea("mexico")
	secret, err := paypro.NewSecret("sandbox-secret-that-opens-nothing")
	if err != nil {
		return 0, err
	}
	client, err := paypro.NewClient(paypro.Config{Area: area, BaseURL: address + "/mexico", MerchantNo: "0000000001", Secret: secret})
	if err != nil {
		return 0, err
	}
	defer client.Close()
	requests := make([]paypro.Request, 0, b.rows)
	for values := range samplegen.Rows(area, b.rows, seed) {
		values["notifyUrl"] = "https://example.com/callback"
		amount, err := money.Parse(area.Currency, values["amount"])
		if err != nil {
			return 0, err
		}
		requests = append(requests, paypro.Request{TradeNo: fmt.Sprintf("BARE%010d", len(requests)), Amount: amount, Values: values})
	}
	workers, ctx := errgroup.WithContext(ctx)
	jobs := make(chan paypro.Request)
	start := time.Now()
	for range b.workers {
		workers.Go(func() error {
			for request := range jobs {
				verdict := client.Place(ctx, request)
				if verdict.HTTPStatus != 200 {
					return fmt.Errorf("%s: %s", verdict.Reason, verdict.Raw)
				}
			}
			return nil
		})
	}
	for _, request := range requests {
		select {
		case jobs <- request:
		case <-ctx.Done(): // a worker has failed, and says why below
		}
	}
	close(jobs)
	err = workers.Wait()
	return float64(b.rows) / time.Since(start).Seconds(), err
}

// payBatch pays a batch of its own ledger with the real command. Sending is
// timed by the command's own history, from the first intent to the last
// answer; the whole command includes reading the sheet twice, importing and
// writing four reports.
func (b *bench) payBatch(ctx context.Context, seed uint64) (whole, sending float64, peak string, _ error) {
	address, stop, err := b.gateway(ctx)
	if err != nil {
		return 0, 0, "", err
	}
	defer stop()
	path, err := b.sheet(b.rows, seed)
	if err != nil {
		return 0, 0, "", err
	}
	book := filepath.Join(b.folder, fmt.Sprintf("ledger-%d.db", seed))
	took, peak, out, err := b.bulkpay(ctx, "run", "--sandbox="+address, "--ledger", book, "--rate", "100000",
		"--workers", strconv.Itoa(b.workers), path)
	if err != nil {
		return 0, 0, "", fmt.Errorf("%w\n%s", err, out)
	}
	seconds, err := sendingTime(ctx, book)
	if err != nil {
		return 0, 0, "", err
	}
	return float64(b.rows) / took.Seconds(), float64(b.rows) / seconds, peak, nil
}
