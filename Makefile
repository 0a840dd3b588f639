# The two commands of the README are `make run` and `make test`; the rest is for people who change the code.
.PHONY: run test test-postgres test-browser test-compose test-shop test-matrix wheel chaos fuzz sentences reference pictures docs lint lock bench bench-smoke bench-gate bench-coverage clean
.DELETE_ON_ERROR:
export UV_PYTHON_DOWNLOADS := never
export ORT_DISABLE_TELEMETRY := 1
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

# A sync removes whatever its lock does not name: uv has an environment of its own, and a sync to
# requirements.txt takes the tools of requirements-dev.txt away, so its stamp goes with them.
.venv/uv/bin/uv: requirements-uv.txt
	$(PYTHON) -m venv .venv
	$(PYTHON) -m venv .venv/uv
	.venv/uv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	touch $@
SYNC := .venv/uv/bin/uv pip sync --quiet --require-hashes
.venv/.work: requirements.txt .venv/uv/bin/uv
	$(SYNC) --python $(BIN)/python requirements.txt
	rm -f .venv/.dev
	touch $@
.venv/.dev: requirements-dev.txt .venv/uv/bin/uv
	$(SYNC) --python $(BIN)/python requirements-dev.txt
	touch $@ .venv/.work
.venv/web/.done: requirements-web.txt .venv/uv/bin/uv
	$(PYTHON) -m venv .venv/web
	$(SYNC) --python .venv/web/bin/python requirements-web.txt
	touch $@
.venv/docs/.done: requirements-docs.txt .venv/uv/bin/uv
	$(PYTHON) -m venv .venv/docs
	$(SYNC) --python .venv/docs/bin/python requirements-docs.txt
	touch $@
.venv/bench-%/.done: benchmarks/requirements/%.txt .venv/uv/bin/uv
	$(PYTHON) -m venv .venv/bench-$*
	$(SYNC) --python .venv/bench-$*/bin/python $<
	touch $@

run: .venv/.work
	@PORT=$(PORT) PYTHON=$(BIN)/python bash bin/run

test: .venv/.dev
	HTTPS=false $(BIN)/pytest -n 2 --dist worksteal -m "not browser" $(ARGS)
test-postgres: .venv/.dev
	HTTPS=false bin/with-postgres $(BIN)/pytest -n 2 --dist worksteal -m "database and not browser" $(ARGS)
test-browser: .venv/.dev
	HTTPS=false $(BIN)/pytest -m browser $(ARGS)

# `docker compose up --build` for real; root on Debian, where no engine is there. Minutes, and about 5 GB for a while.
test-compose:
	bin/test-compose || [ $$? = 77 ]

# The example project and docs/adopt.md, from the built wheel and not from the tree, on both databases.
test-shop: .venv/.dev
	bin/test-shop $(ARGS)

# The package in var/dist, checked, and tried in environments that have nothing else.
wheel: .venv/.dev
	bin/wheel

# The Pythons that are here x Django x scikit-learn, on both databases: an hour. `ARGS="--cells django6.0"` runs some.
test-matrix: .venv/.dev
	nice $(BIN)/python -m mlsite.tests.matrix $(ARGS)

# Two schedulers under random kills, freezes and restarts of the database; `EVENTS=200` takes longer.
chaos: .venv/.dev
	HTTPS=false $(BIN)/python -m scheduling.tests.chaos --events $(or $(EVENTS),40)
	HTTPS=false bin/with-postgres $(BIN)/python -m scheduling.tests.chaos --events $(or $(EVENTS),40)

# Every operation of the API, so often with what the schema allows and so often with what it forbids.
fuzz: .venv/.dev
	HTTPS=false FUZZ_EXAMPLES=$(or $(EXAMPLES),200) $(BIN)/pytest -n 2 --timeout=3600 mlsite/tests/every_path/test_fuzz.py

# Every sentence of the program in one file, to be read in one go: mlsite/tests/sentences.txt.
sentences: .venv/.dev
	HTTPS=false $(BIN)/python -m mlsite.tests.sentences

# docs/commands.md, from the commands themselves.
reference: .venv/.dev
	HTTPS=false $(BIN)/python -m mlsite.tests.command_reference

# The pictures of the docs, from the pages themselves, when those have changed.
pictures: .venv/.dev
	HTTPS=false PICTURES=docs/site $(BIN)/pytest -m browser mlsite/tests/browser/test_docs.py -k picture

# The docs as a site: var/site/docs/index.html. A link that leads nowhere is an error.
docs: .venv/docs/.done
	.venv/docs/bin/sphinx-build -q -E -W --keep-going -d var/site/.doctrees -c docs . var/site

lint: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	cd client/src && $(CURDIR)/$(BIN)/lint-imports --config ../pyproject.toml
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/shellcheck bin/* .ci/run mlsite/tests/compose/*.sh mlsite/tests/compose/base/postgres/*.sh

RIVALS := $(patsubst benchmarks/requirements/%.in,%,$(wildcard benchmarks/requirements/*.in))
bench: .venv/.work .venv/web/.done $(RIVALS:%=.venv/bench-%/.done)
	$(BIN)/python -m benchmarks $(ARGS)
bench-smoke: .venv/.work .venv/web/.done
	$(BIN)/python -m benchmarks --smoke $(ARGS)

# Which estimators have a served form: the table of benchmarks/COVERAGE.md. It takes five minutes.
bench-coverage: .venv/.dev
	HTTPS=false OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.coverage $(ARGS)

# The error rates of the gate and what judging costs: the tables of benchmarks/GATE.md. It takes an hour.
bench-gate: .venv/.dev
	OMP_NUM_THREADS=1 nice -n 19 $(BIN)/python -m benchmarks.gate.cost
	OMP_NUM_THREADS=1 nice -n 19 $(BIN)/python -m benchmarks.gate.judging 300000
	OMP_NUM_THREADS=1 nice -n 19 $(BIN)/python -m benchmarks.gate.error_rates
	OMP_NUM_THREADS=1 nice -n 19 $(BIN)/python -m benchmarks.gate.slices
	OMP_NUM_THREADS=1 nice -n 19 $(BIN)/python -m benchmarks.gate.drift
	OMP_NUM_THREADS=1 nice -n 19 $(BIN)/python -m benchmarks.gate.drift_repeats
	OMP_NUM_THREADS=1 nice -n 19 $(BIN)/python -m benchmarks.gate.watch
	OMP_NUM_THREADS=1 nice -n 19 $(BIN)/python -m benchmarks.gate.policies

# Exact pins for every platform, from requirements/*.in and benchmarks/requirements/*.in.
COMPILE := .venv/uv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet \
  --custom-compile-command "make lock"
lock: .venv/.dev
	for group in web:requirements-web work:requirements boosters:requirements-boosters dask:requirements-dask optuna:requirements-optuna dev:requirements-dev uv:requirements-uv docs:requirements-docs; do \
	  $(COMPILE) requirements/$${group%%:*}.in -o $${group##*:}.txt || exit 1; \
	done
	for rival in $(RIVALS); do \
	  $(COMPILE) benchmarks/requirements/$$rival.in -o benchmarks/requirements/$$rival.txt || exit 1; \
	done

clean:
	rm -rf .venv var media/models media/datasets media/evidence media/quarantine
