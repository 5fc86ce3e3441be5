# The handful of things one does here. Plain go commands do as well.

.PHONY: build test check bench generate

build: ## the program, static, in ./ssmc
	CGO_ENABLED=0 go build -o ssmc ./cmd/ssmc

test: ## what the README says
	go test ./...

check: ## all that must be silent before a commit
	bash .ci/run

bench: ## what an update costs
	go test -run '^$$' -bench . ./compiler ./runtime/kernel ./runtime/cpu

generate: ## the assembly, anew
	go generate ./...
