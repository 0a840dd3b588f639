# The two commands of the README are `make run` and `make test`; the rest is for people who change the code.
.PHONY: run test lint lock clean
.DELETE_ON_ERROR:
export UV_PYTHON_DOWNLOADS := never
export ORT_DISABLE_TELEMETRY := 1
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

# Each lock installs once; a stamp remembers which.
.venv/bin/uv: requirements-uv.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	touch $@
.venv/.work: requirements.txt .venv/bin/uv
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.txt
	touch $@
.venv/.dev: requirements-dev.txt .venv/bin/uv
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.txt
	touch $@ .venv/.work

run: .venv/.work
	@PORT=$(PORT) PYTHON=$(BIN)/python bash bin/run

test: .venv/.dev
	HTTPS=false $(BIN)/pytest -n 2 $(ARGS)

lint: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	HTTPS=false $(BIN)/mypy .
	$(BIN)/lint-imports

# Exact pins for every platform, from requirements/*.in.
lock: .venv/.dev
	for group in web:requirements-web work:requirements dev:requirements-dev uv:requirements-uv; do \
	  $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet \
	    --custom-compile-command "make lock" requirements/$${group%%:*}.in -o $${group##*:}.txt || exit 1; \
	done

clean:
	rm -rf .venv var media/models media/datasets media/quarantine
