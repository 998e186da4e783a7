// Command bench measures bulkpay against the floor: a bare loop that posts
// the same payouts with the same client to the same simulated gateway, in
// the same run.
//
//	go run ./internal/bench -rows 20000 -csv 1000000 -xlsx 200000
//
// Reading is measured as well: `bulkpay check` of a CSV and of a workbook,
// beside a program that does nothing but read them. -rows 0 leaves out paying.
// With -statement 1000000 a statement of so many lines is reconciled with as
// many payouts, beside a plain join of the two lists in SQLite.
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
	flag.IntVar(&b.csv, "csv", 1_000_000, "rows of the CSV to check")
	flag.IntVar(&b.xlsx, "xlsx", 200_000, "rows of the workbook to check")
	flag.IntVar(&b.rounds, "rounds", 5, "rounds of each")
	flag.IntVar(&b.workers, "workers", 32, "requests in flight, in both")
	floor := flag.String("floor", "", "be the floor: read this file as plainly as can be, and end")
	flag.IntVar(&b.statement, "statement", 0, "lines of a statement to reconcile with as many payouts")
	month := flag.String("month", "", "make a ledger of -rows payouts and a statement of them in this folder, and end")
	join := flag.String("join", "", "join the two files of this folder in SQLite, and end")
	write := flag.String("write", "", "write a sheet of -rows rows to this file, and end")
	flag.Parse()
	var err error
	switch {
	case *floor != "":
		err = readPlainly(*floor)
	case *month != "":
		err = makeMonth(context.Background(), *month, b.rows)
	case *join != "":
		err = joinPlainly(context.Background(), *join)
	case *write != "":
		err = writeSheet(*write, b.rows, 1)
	default:
		err = b.run(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

type bench struct {
	rows, csv, xlsx, statement, rounds, workers int
	folder, binary                              string
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
	if err := b.reconciling(ctx); err != nil {
		return err
	}
	if b.rows == 0 {
		return nil
	}
	return b.paying(ctx)
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
	path := b.path(".csv", b.rows, seed)
	if err := writeSheet(path, b.rows, seed); err != nil {
		return 0, 0, "", err
	}
	book := filepath.Join(b.folder, fmt.Sprintf("ledger-%d.db", seed))
	ran, out, err := b.process(ctx, b.binary, "run", "--sandbox="+address, "--ledger", book, "--rate", "100000",
		"--workers", strconv.Itoa(b.workers), path)
	if err != nil {
		return 0, 0, "", fmt.Errorf("%w\n%s", err, out)
	}
	seconds, err := sendingTime(ctx, book)
	if err != nil {
		return 0, 0, "", err
	}
	return float64(b.rows) / ran.took.Seconds(), float64(b.rows) / seconds, ran.peak, nil
}
