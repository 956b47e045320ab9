# What can be done in this checkout. `make help` lists it.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
TESTS ?= tests
ARGS ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup setup-bucket setup-dev demo test fuzz test-sqlite test-postgresql check format serve migrate docs translations pictures bench faults lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.stamp: locks/run.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement locks/run.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: locks/dev.txt .venv/run.stamp
	$(BIN)/python -m pip install --quiet --require-hashes --requirement locks/dev.txt
	@touch $@

setup: .venv/run.stamp ## install what running needs into .venv

setup-bucket: .venv/run.stamp ## install what S3-compatible storage of files needs as well
	$(BIN)/python -m pip install --quiet --require-hashes --requirement locks/s3.txt

setup-dev: .venv/dev.stamp ## install what testing and checking need as well

demo: .venv/run.stamp ## build the sample call, take it through its life, and serve it (ARGS=--no-serve stops before)
	$(BIN)/grantflow demo $(ARGS)

test: .venv/dev.stamp ## run every test on SQLite, then on PostgreSQL
	$(BIN)/python tools/run_tests.py $(TESTS) $(ARGS)

test-sqlite: .venv/dev.stamp ## run the tests on SQLite only
	$(BIN)/python -m pytest --numprocesses=auto --database=sqlite $(TESTS) $(ARGS)

test-postgresql: .venv/dev.stamp ## run the tests on PostgreSQL only
	$(BIN)/python -m pytest --numprocesses=auto --database=postgresql $(TESTS) $(ARGS)

fuzz: .venv/dev.stamp ## send 10,000 invented inputs to every form and every load (GRANTFLOW_FUZZ=N for another number)
	GRANTFLOW_FUZZ=$${GRANTFLOW_FUZZ:-10000} $(BIN)/python -m pytest --numprocesses=auto --timeout=0 tests/fuzz $(ARGS)

check: .venv/dev.stamp ## what a machine can check without running the program
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tools.write_docs --check
	$(BIN)/python -m tools.translations --check

format: .venv/dev.stamp ## put every file into its usual form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

serve: .venv/run.stamp ## start the server on the database of GRANTFLOW_DATA_DIR
	$(BIN)/grantflow serve $(ARGS)

migrate: .venv/run.stamp ## bring the database up to date
	$(BIN)/grantflow init

docs: .venv/dev.stamp ## write the generated documents again
	$(BIN)/python -m tools.write_docs

translations: .venv/dev.stamp ## collect the sentences, merge them into the catalog, compile it
	$(BIN)/python -m tools.translations

pictures: .venv/dev.stamp ## take the pictures of the guides again
	$(BIN)/python -m tools.take_pictures

bench: .venv/dev.stamp ## measure on both databases; the figures go to var/bench/results.json
	$(BIN)/python -m benchmarks $(ARGS)

faults: .venv/dev.stamp ## submit 3,000 proposals while workers are killed, on both databases, and look for each of them
	$(BIN)/python -m benchmarks.faults $(ARGS)

lock: .venv/dev.stamp ## choose versions again and write them down with their hashes
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --upgrade pyproject.toml --extra build --output-file locks/run.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --upgrade pyproject.toml --extra build --extra dev --constraint locks/run.txt --output-file locks/dev.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --upgrade pyproject.toml --extra build --extra s3 --constraint locks/run.txt --output-file locks/s3.txt

clean: ## remove what was built and the demo's data
	rm -rf var/demo var/bench build *.egg-info
