# Every target is a shorthand; what it does stands in .ci/ or in one go command.

FUZZTIME ?= 30s
KILLS    ?= 500
ROWS     ?= 20000
LINES    ?= 1000000
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.DEFAULT_GOAL := help
.PHONY: help build test race lint fuzz simulate mutations callbacks kill rate reconcile bench samples ci
export SEED SEEDS PAYOUTS MINUTES

help: ## this list
	@echo 'usage: make TARGET [VARIABLE=value]'
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## ./bulkpay, stamped with the version (about 1 min the first time)
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bulkpay ./cmd/bulkpay

test: ## all tests (4 min on two cores)
	go test ./...

race: ## all tests but the long ones with the race detector (5 min; needs a C compiler)
	@.ci/run race

lint: ## tidy modules, formatting, vet, staticcheck, golangci-lint (30 s; 2 min the first time)
	@.ci/run tidy format lint

fuzz: ## every fuzz target (34) for FUZZTIME=30s each, one after the other (20 min)
	@.ci/long fuzz $(FUZZTIME)

simulate: ## the storm: SEEDS=10000 of PAYOUTS=1000 each, or MINUTES=…, or SEED=… again (an hour and a half on two cores)
	@.ci/long simulate

mutations: ## wrong variants of the code, each of which the simulation must catch (about 10 min)
	@.ci/long mutations

callbacks: ## 100,000 callbacks, one in ten forged and one in ten twice, during a run (about 5 min)
	@.ci/long callbacks

kill: ## the real command killed KILLS=500 times, its disk full, its clock jumping, two at once (15 min)
	@.ci/long kill $(KILLS)

rate: ## the rate held against the clock (1 min)
	@.ci/long rate

reconcile: ## LINES=1000000 of a statement beside as many payouts and a plain join, and 500 planted defects found (6 min)
	@.ci/long reconcile $(LINES)

bench: ## ROWS=20000 payouts beside a bare loop; 1,000,000 rows of CSV and 200,000 of XLSX checked beside a floor (5 min)
	@.ci/long bench $(ROWS)

samples: ## writes the sheets in samples/ anew (1 s)
	go run ./internal/samplegen/cmd/samplegen

ci: ## the whole gate (under 15 min on two cores)
	@.ci/run
