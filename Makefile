# Each target does its own set-up on a machine that has npm and any Node from 20 on.
SHELL := /bin/sh
BIN := node_modules/.bin
NODE := $(BIN)/node
export PATH := $(CURDIR)/$(BIN):$(PATH)
RETAIL ?= $(CURDIR)/../shared/data/churn/online_retail.csv.gz

.PHONY: help demo test check lint types floors format unused build web docs-check example-online-retail test-interop \
        test-postgres bench-belt bench-weekly clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 26

node_modules/.package-lock.json: package-lock.json
	ONNXRUNTIME_NODE_INSTALL=skip npm ci --no-audit --no-fund --loglevel=error
	@touch $@

demo: node_modules/.package-lock.json ## raw invoices to a registered churn model, on generated data
	@$(NODE) examples/churn/scripts/generate-marketing-db.ts examples/churn/data/raw/marketing.db
	@bin/baton --project examples/churn run churn

test: node_modules/.package-lock.json ## every test that this machine can run
	npm run --silent test

test-postgres: node_modules/.package-lock.json ## the tests of modules on a PostgreSQL server instead of SQLite files
	BATON_TEST_DATABASE=postgres npm run --silent test -- src/modules

check: lint types floors unused build ## lint, types, floors, dead code, package
lint types floors unused build: node_modules/.package-lock.json
	npm run --silent $@

web: node_modules/.package-lock.json ## the page in dist/web, which baton up serves
	npm run --silent build:web

format: node_modules/.package-lock.json ## rewrite the sources in the house style
	npm run --silent format

example-online-retail: node_modules/.package-lock.json ## the churn example on the UCI Online Retail file
	@$(NODE) bench/online-retail/run.ts "$(RETAIL)"

test-interop: node_modules/.package-lock.json ## golden values against the real Python packages, in a virtual environment
	@sh scripts/python-venv.sh .venv-interop tests/interop/requirements.txt
	npm run --silent test:interop

bench-belt: node_modules/.package-lock.json ## no-op run time, gradient boosting beside scikit-learn, ingest throughput
	@$(NODE) bench/belt/run.ts
bench-weekly: node_modules/.package-lock.json ## 5 GB of invoices ingested, turned into features and scored within 1 GiB
	@$(NODE) bench/weekly/run.ts

clean: ## remove what the other targets made
	rm -rf dist examples/churn/.baton* examples/churn/data/raw/*.db bench/.work
