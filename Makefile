# Everything a developer runs. CI runs .ci/run, which uses the same targets.

GOBIN ?= $(CURDIR)/bin
GOLANGCI = $(GOBIN)/golangci-lint
GOVULNCHECK = $(GOBIN)/govulncheck

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.PHONY: test
test: ## the tests, as a user runs them
	go test ./...

.PHONY: race
race: ## the tests with the race detector, in another order each time
	go test -race -timeout 40m -shuffle=on ./...

.PHONY: tools
tools: ## the pinned tools, into ./bin
	GOBIN=$(GOBIN) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
	GOBIN=$(GOBIN) go install golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: lint
lint: ## formatting, vet and the linters of .golangci.yml
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	go vet ./...
	$(GOLANGCI) run ./...

.PHONY: api
api: ## write the exported API to api/v0.txt after an intended change
	go test ./internal/apilist -run TestExportedAPI -update

.PHONY: golden
golden: ## write the golden files after an intended change
	go test ./provisioning ./audit ./audit/translog ./examples/quickstart ./examples/lifecycle ./examples/policy -update

.PHONY: fuzz
fuzz: ## each fuzz target for FUZZTIME (default 20s)
	./.ci/fuzz $(or $(FUZZTIME),20s)

.PHONY: crash
crash: ## the crash test at full length: each journal write, each reply, KILLS random moments
	go test ./provisioning/internal/crashtest -run TestCrash -timeout 60m -v -kills $(or $(KILLS),100) -people 200 -every

.PHONY: simulate
simulate: ## N histories from SEED on, with calls that arrive late
	go test ./provisioning/internal/simulation -run TestSimulation -timeout 120m -seed $(or $(SEED),1) -histories $(or $(N),10) -people 200 -days 365 -late

.PHONY: bugs
bugs: ## plant errors in the engine, and see that the simulation finds each
	go test ./provisioning/internal/simulation -run TestPlanted -bugs -v -timeout 60m -parallel 4

.PHONY: npm
npm: ## SCIM servers and libraries of others, which the tests run with Node, into ./bin/npm
	mkdir -p bin/npm && cp scim/internal/peers/package.json scim/internal/peers/package-lock.json bin/npm
	cd bin/npm && npm ci --no-fund --no-audit --legacy-peer-deps --ignore-scripts --loglevel=error
	@echo "now: export JOINERY_NPM=$(CURDIR)/bin/npm/node_modules"

.PHONY: bench
bench: ## the benchmarks
	go test -run '^$$' -bench . -benchtime 2s ./provisioning/... ./scim

.PHONY: bench-policy
bench-policy: ## policy evaluation against other engines, in a module of its own
	cd internal/bench/policy && go run .

.PHONY: scale
scale: ## 10,000 people through csv-to-scim against a server in another process
	go run ./internal/scale -people 10000

.PHONY: killswitch
killswitch: ## how long a termination takes, with nothing else to do and with 100,000 operations queued
	go run ./internal/killswitch

.PHONY: examples
examples: ## the examples that need nothing
	go run ./examples/quickstart
	go run ./examples/policy
	go run ./examples/embed
	go run ./examples/lifecycle
