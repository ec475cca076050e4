# Everything on a fresh machine: `make demo` and `make test` (Python >= 3.10).
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip

# A torch wheel offered locally through PIP_FIND_LINKS is preferred to the
# newest build of the registry, which brings several GB of CUDA packages.
LOCAL_TORCH := $(notdir $(firstword $(wildcard $(addsuffix /torch-*.whl,$(PIP_FIND_LINKS)))))
TORCH ?= $(if $(LOCAL_TORCH),torch==$(word 2,$(subst -, ,$(subst +, ,$(LOCAL_TORCH)))),torch>=2.3)

# All that the tests test; test-oldest leaves out match, which asks for NumPy 2.
EXTRAS ?= test,dask,tensorboard,target,match
OLDEST ?= python3.10
# `make test JOBS=2`: two processes with a numerical thread each, every file of tests in one of them
JOBS ?= 1
ifneq ($(JOBS),1)
PARALLEL = -n $(JOBS) --dist loadfile
test: export OMP_NUM_THREADS = 1
endif

.PHONY: demo test test-oldest slow lint bench bench-cuda docs clean
.DELETE_ON_ERROR:

$(VENV)/installed: setup.py pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python >= 3.10 is needed" if sys.version_info < (3, 10) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade pip
	$(PIP) install --quiet "$(TORCH)"
	$(PIP) install --quiet --editable .
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(PIP) install --quiet --editable ".[$(EXTRAS)]"
	touch $@

$(VENV)/installed-docs: $(VENV)/installed
	$(PIP) install --quiet --editable ".[docs]"
	touch $@

demo: $(VENV)/installed  ## collect, enroll, generate, evaluate, draw: a simulated network
	$(BIN)/obspy-tng demo --output demo_output

test: $(VENV)/installed-test  ## the test suite
	$(BIN)/python -m pytest -q -m "not slow" $(PARALLEL)

test-oldest:  ## the test suite with the lowest versions that setup.py allows, once a release
	PIP_CONSTRAINT=$(CURDIR)/recipe/lowest.txt $(MAKE) test VENV=$(VENV)-oldest PYTHON=$(OLDEST) \
		TORCH="torch==2.3.*" EXTRAS=test,dask,tensorboard,target \
		PYTEST_ADDOPTS="--ignore=tests/suites/test_matching.py \
			--deselect=tests/test_packaging.py::test_extras_are_here[match-reqpy_M]"

slow: $(VENV)/installed-test  ## the long tests as well
	$(BIN)/python -m pytest -q

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/installed-test  ## speed ratios, each with its equality check
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -o addopts= -q -s --benchmark-columns=min,median \
		tests/benchmarks

bench-cuda: $(VENV)/installed-test  ## encoding, training and generation on a CUDA device
	$(BIN)/python -m pytest -o addopts= -q -s -ra tests/benchmarks/test_bench_cuda.py

docs: $(VENV)/installed-docs  ## these pages; warnings are errors
	$(BIN)/sphinx-build -W -b html docs docs/_build/html

clean:
	rm -rf $(VENV) $(VENV)-oldest demo_output build dist *.egg-info docs/_build .pytest_cache .ruff_cache
