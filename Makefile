# The two commands of the README are `make run` and `make test`; the rest is for people who change the code.
.PHONY: run test lint lock clean bench-gate
.DELETE_ON_ERROR:
export UV_PYTHON_DOWNLOADS := never
export ORT_DISABLE_TELEMETRY := 1
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

# uv has an environment of its own: a sync removes whatever its lock does not name.
.venv/uv/bin/uv: requirements-uv.txt
	$(PYTHON) -m venv .venv
	$(PYTHON) -m venv .venv/uv
	.venv/uv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	touch $@
SYNC := .venv/uv/bin/uv pip sync --quiet --python $(BIN)/python --require-hashes
.venv/.work: requirements.txt .venv/uv/bin/uv
	$(SYNC) requirements.txt
	touch $@
.venv/.dev: requirements-dev.txt .venv/uv/bin/uv
	$(SYNC) requirements-dev.txt
	touch $@ .venv/.work

run: .venv/.work
	@PORT=$(PORT) PYTHON=$(BIN)/python bash bin/run

test: .venv/.dev
	HTTPS=false $(BIN)/pytest -n 2 -m "not browser" $(ARGS)

lint: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/shellcheck bin/* .ci/run

# The error rates of the gate and what judging costs: the tables of docs/checks.md. It takes an hour.
bench-gate: .venv/.dev
	PYTHONPATH=. OMP_NUM_THREADS=1 nice -n 19 $(BIN)/python benchmarks/gate_cost.py
	PYTHONPATH=. OMP_NUM_THREADS=1 nice -n 19 $(BIN)/python benchmarks/gate_error_rates.py

# Exact pins for every platform, from requirements/*.in.
lock: .venv/.dev
	for group in web:requirements-web work:requirements dev:requirements-dev uv:requirements-uv; do \
	  .venv/uv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet \
	    --custom-compile-command "make lock" requirements/$${group%%:*}.in -o $${group##*:}.txt || exit 1; \
	done

clean:
	rm -rf .venv var media/models media/datasets media/quarantine
