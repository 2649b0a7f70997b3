# One command for each thing one does here. The work is in scripts/; each says at its top what it does.

.DEFAULT_GOAL := help
.PHONY: help run dev edge test lint fmt fuzz bench bench-counts setup sqlx generated

help: ## List these commands
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## Install what is missing, build, and start Tokenkeep on 127.0.0.1:3000
	@scripts/run

dev: ## Start it for development: rebuilds and reloads the browser on every change
	@scripts/dev

edge: ## Build the Cloudflare Worker into target/edge
	@scripts/edge

test: ## Install what the tests need and run every ring of tests
	@scripts/test

lint: ## Check format, clippy for the server and for the browser, types of the browser tests
	@scripts/lint

fmt: ## Format the code
	@scripts/fmt

fuzz: ## Look for bytes that break what must hold of tokens, scopes, networks and header fields; a minute for each
	@scripts/fuzz

bench: ## Measure: sizes, first byte, creates and verifies per second, beside others (PEERS=no: without them)
	@scripts/bench

bench-counts: ## Count the instructions of a request, and compare with the committed counts
	@scripts/bench counts

setup: ## Install everything that run, dev and test need, and stop there
	@scripts/setup test

sqlx: ## Write .sqlx anew, after a change to a query or a migration
	@scripts/sqlx-prepare

generated: ## Write the documents made from code anew: docs/openapi.json, docs/configuration.md, docs/tokenkeep.toml
	@scripts/generated
