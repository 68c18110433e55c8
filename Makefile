# Python 3.11 or newer and make are all that a machine needs; see README.md.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test bench lint types build lock clean

RUN := .venv/.made-run
DEV := .venv/.made-dev
NODE := pwa/node_modules/.made
PEERS := tests/peers/node_modules/.made
APP := pwa/dist/index.html
APP_SOURCES := $(shell find pwa/src pwa/public pwa/scripts pwa/index.html pwa/vite.config.ts pwa/tsconfig.json -type f)

help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 16

run: $(RUN) $(APP)  ## start a demonstration server with fictional schools (PORT, DATA)
	@exec .venv/bin/tidemark demo

test: $(DEV) $(NODE) $(PEERS)  ## run every check: format, types, tests, coverage, build, browser
	@.ci/test

bench: $(DEV) $(APP)  ## measure and print every published figure
	@python -m loadtests

lint: $(DEV) $(NODE)  ## format, lint and type-check, without running tests
	@.ci/lint

types: $(DEV) $(NODE)  ## generate the tablet's types and tables, and docs/policy.md, from schemas/
	@python -m schemas.export pwa/src/generated && node pwa/scripts/types.mjs pwa/src/generated
	@python -m schemas.policy_page docs/policy.md

build: $(RUN) $(APP)  ## build the tablet app into pwa/dist

lock: $(DEV)  ## write the lock files anew from pyproject.toml and pwa/package.json
	@.ci/lock

clean:  ## remove everything that was made, but no data
	rm -rf .venv build dist pwa/dist pwa/node_modules tests/peers/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(RUN): requirements.lock requirements-build.lock pyproject.toml
	@.ci/environment run

$(DEV): requirements-dev.lock requirements-build.lock pyproject.toml
	@.ci/environment dev

$(NODE): pwa/package-lock.json | $(RUN)
	@.ci/environment app

$(PEERS): tests/peers/package-lock.json | $(RUN)
	@.ci/environment peers

$(APP): $(NODE) $(APP_SOURCES)
	@echo "Building the tablet app (pwa/dist) …"; cd pwa && npm run --silent build
