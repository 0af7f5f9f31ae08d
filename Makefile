# What a person types. `make setup` is quick when nothing has changed, so the others begin with it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench lock clean

help: ## say what there is
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' Makefile

setup: ## install everything below .venv and the user's cache; again: done at once
	@./setup/bootstrap.sh

demo: setup ## callers, agents and a carrier on this machine  [FOR=60] [JSON=FILE] [ROBOTS=no]
	@.venv/bin/switchroom demo $(if $(FOR),--for $(FOR)) $(if $(JSON),--json "$(JSON)") $(if $(filter no,$(ROBOTS)),--no-robots)

test: ## everything: style, types, borders, and all tests with real calls in them
	@./setup/bootstrap.sh --test
	@./setup/verify.sh all

check: setup ## the quick part of test: style, types, borders, unit tests
	@./setup/verify.sh quick

bench: ## measure; each benchmark prints its table and writes it below var/benchmarks
	@./setup/bootstrap.sh --test
	@./setup/bench.sh

lock: ## write the versions in .venv to requirements.lock
	@./setup/lock.sh

clean: ## forget the virtual environment and every cache of the tools (not var/)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info
