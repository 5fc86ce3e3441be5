# The handful of things one does here. Plain go commands do as well.

.PHONY: build test check bench fuzz generate cu ptxas

build: ## the program, one file, in ./ssmc
	CGO_ENABLED=0 go build -o ssmc ./cmd/ssmc

test: ## what the README says
	go test ./...

check: ## all that must be silent before a commit
	bash .ci/run

# What make bench runs, how often, and for how long each; OLD is the file of an
# earlier run to compare with, as in: make bench BENCH=Step; mv bench.txt old.txt;
# make bench BENCH=Step OLD=old.txt
BENCH ?= .
COUNT ?= 6
TIME ?= 0.3s
OLD ?=

bench: ## what updates and kernels cost, into bench.txt and through benchstat
	go test -run '^$$' -bench '$(BENCH)' -count $(COUNT) -benchtime $(TIME) \
		./compiler ./runtime/kernel ./runtime/cpu >bench.txt || { cat bench.txt; exit 1; }
	go tool benchstat $(OLD) bench.txt

# How long make fuzz stays with each target, and which it runs: a package and a name.
FUZZTIME ?= 30s
FUZZ ?= ./lang:FuzzParse ./lang:FuzzFormat ./compiler:FuzzCompile ./inference:FuzzLoad ./inference:FuzzCheckpoint \
	./inference/data:FuzzCSV ./inference/data:FuzzJSONLines ./inference/data:FuzzNPZ \
	./inference/data:FuzzArchive ./inference/data:FuzzParquet

fuzz: ## programs, data and run folders of all kinds, as in: make fuzz FUZZTIME=10m
	for t in $(FUZZ); do \
		go test $${t%%:*} -run '^$$' -fuzz "^$${t##*:}$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s || exit 1; \
	done

generate: ## the assembly, anew
	go generate ./...

cu: ## the other way to NVIDIA's driver, tag cu: fetches its header, builds, tests
	bash .ci/cuda header
	bash .ci/cuda test

ptxas: ## whether NVIDIA's assembler takes the kernels: fetches it, runs it
	bash .ci/cuda ptxas
	bash .ci/cuda assemble
