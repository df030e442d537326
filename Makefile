# `make` lists the targets. What they need: Go, git, make; `race` also a C compiler.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
export CGO_ENABLED := 0

GOFUMPT   := mvdan.cc/gofumpt@v0.12.0
LINT      := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
BENCHSTAT := golang.org/x/perf/cmd/benchstat@v0.0.0-20260709024250-82a0b07e230d
DIRS      := cmd index pkg
FUZZTIME  := 10s# of each fuzz target
SOAK      := .# regular expression of the long tests to run
GOLD      := gold# directory with labels of mail and threads, as `rustle eval` takes them
TEXT      := text# directory with sets of labelled text, SETS with the ending .tsv
SETS      := senti4sd_so github_gold ehsani_gh kernel_stance_distant rust_mail_silver# whose terms allow a model to be given away
WRITTEN   := written_stance written_tone# sets of text written for this project
INDEX     := out/index# an index of the mail that GOLD and pkg/train/data speak of: ksummit and linux-kbuild, all years
SEEDS     := 3# cross-validations behind the figures of the model card
BENCH     := .# regular expression of the benchmarks to run
COUNT     := 10# runs of each benchmark
NEW       := out/bench.txt# what `bench` writes
OLD       := out/bench-old.txt# what `bench-compare` compares it with
DEMO      := bin/rustle --index out/demo/index

.PHONY: help build test soak race check fmt vet lint tidy imports fuzz bench bench-peers bench-search bench-compare gold update model cover demo clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | expand -t 16

build: ## the program: bin/rustle, static
	go build -trimpath -ldflags "-s -w" -o bin/rustle ./cmd/rustle

test: ## all tests, in random order
	go test -shuffle=on ./...

soak: ## the long tests: 200 kills, waiting readers, hostile mail at full size; on an idle machine, MBOX=FILE for a large archive
	RUSTLE_SOAK=1 go test -p 1 -count 1 -timeout 2h -v -run '$(SOAK)' ./pkg/ingest ./pkg/archive ./pkg/mail ./pkg/thread ./cmd/rustle | grep -v '^=== '

race: ## all tests under the race detector
	CGO_ENABLED=1 go test -race -shuffle=on -timeout 30m ./...

check: fmt vet lint tidy imports ## what a change must pass besides the tests: the next five

fmt: ## differences to gofumpt's formatting
	@go run $(GOFUMPT) -d $(DIRS) | (! grep .)

vet: ## go vet
	go vet ./...

lint: ## golangci-lint by .golangci.yml (the first run builds it: some minutes)
	go run $(LINT) run ./...

tidy: ## go.mod and go.sum hold what is needed and no more
	go mod tidy -diff

imports: ## the import table of the packages
	go test -run '^TestImports$$' ./cmd/rustle

fuzz: ## every fuzz target for FUZZTIME
	@grep -ro --include='*_test.go' '^func Fuzz\w*' $(DIRS) | sed 's|/[^/]*:func | |' | sort | while read -r dir name; do go test "./$$dir" -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) $(FUZZFLAGS); done

bench: ## benchmarks BENCH, COUNT times, into NEW; MBOX=FILE adds a large archive
	@mkdir -p out && go test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) ./... | tee $(NEW)

bench-peers: ## rustle against notmuch, mu and public-inbox on MBOX=FILE, as a Markdown table
	@.ci/bench-peers $(MBOX)

bench-search: ## the first page of queries against notmuch, on MBOX=FILE
	@.ci/bench-peers --queries $(MBOX)

bench-compare: ## benchstat of OLD and NEW
	go run $(BENCHSTAT) $(OLD) $(NEW)

gold: ## quality of the tags against the labels, printed
	go test -run 'Gold|Metrics' -count 1 -v ./pkg/...

update: ## rewrite golden files; read the diff before you commit it
	go test $$(grep -rl --include='*_test.go' 'flag.Bool("update"' $(DIRS) | xargs -n1 dirname | sort -u | sed 's|^|./|') -update

model: build ## the embedded models and their card, anew from GOLD, TEXT and INDEX
	bin/rustle --index $(INDEX) train --gold $(GOLD) --judged pkg/train/data $(SETS:%=--text $(TEXT)/%.tsv) $(WRITTEN:%=--text pkg/train/data/%.tsv) --seeds $(SEEDS) --embed .
	go test ./cmd/rustle -run '^TestVersionRules$$' -update
	go build -trimpath -ldflags "-s -w" -o bin/rustle ./cmd/rustle

cover: ## coverage of the tests: out/cover.html and the total
	@mkdir -p out && go test -coverpkg=./... -coverprofile=out/cover.out ./... >out/cover.txt && go tool cover -html=out/cover.out -o out/cover.html && go tool cover -func=out/cover.out | tail -n 1

demo: build ## the whole way on the mail in testdata: index, debates, a search, a report
	@rm -rf out/demo && mkdir -p out/demo
	$(DEMO) ingest --maintainers testdata/maintainers --mailmap testdata/mailmap testdata/archives
	$(DEMO) debates
	$(DEMO) search --limit 3 'topic:dual-language-burden stance:oppose'
	$(DEMO) report 20260302-genalloc-v3-0-1c5e77d90a3b@fjordsilicon.test -o out/demo/genalloc.md
	@echo 'The report is out/demo/genalloc.md; go on with: $(DEMO) help'

clean: ## remove what make has made, but not downloaded modules
	rm -rf bin out
