# make run         build and install denim into .venv, find or get Fashion-MNIST, run the study
# make test        the same set-up, then the tests in Python and in C++, but for the slow ones
# make test-neon   the tests in C++ built for 64-bit ARM and run under QEMU; needs a cross-compiler and qemu-user
# make test-oldest the tests with the oldest versions of all libraries (and of Python: PYTHON=python3.10)
# make test-slow   the tests of the study in full, its baseline included
# make lint        linter, formatter and type checker
# make bench       denim beside Keras on JAX, JAX, ONNX Runtime and others; makes docs/benchmarks.md
# make bench-all   the same with PyTorch and TensorFlow, which are large
# make bench-tabular   denim's estimators beside scikit-learn's on small tables; makes docs/tabular.md
# make bench-smoke the instructions of a training step, counted by valgrind, against a stored budget
# make parity      drawn models trained by denim and by real Keras, files both ways; Keras goes into .venv-parity
# make clean       remove all that was built; the results in runs/ stay
#
# PYTHON=python3.12 chooses the interpreter, ARGS=--quick is passed on to the study, to pytest or to the benchmarks.

PYTHON ?= python3
ARGS ?=
# All paths are relative, so that a space in the folder's name does no harm.
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --quiet
# Keras has a place of its own: denim is built and passes its tests without it.
PARITY := .venv-parity
# So have the oldest libraries.
OLDEST := .venv-oldest
# Folders are listed too: where a file was removed, only its folder is newer.
SOURCES := pyproject.toml $(shell find src native -name __pycache__ -prune -o -print)

# What is imported is what was installed.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# A copied or renamed folder begins anew: its programs and CMake's cache name the old one.
# So does one whose interpreter is not the one asked for.
ifneq ($(wildcard $(VENV)/.made),)
ifneq ($(shell cat $(VENV)/.made),$(shell pwd -P))
.PHONY: $(VENV)/.made
else ifneq ($(origin PYTHON),file)
ifneq ($(shell $(PYTHON) -V),$(shell $(PY) -V))
.PHONY: $(VENV)/.made
endif
endif
endif

.PHONY: help run test test-python test-native test-neon test-oldest test-slow lint bench bench-all bench-tabular bench-smoke parity clean
.DEFAULT_GOAL := help
# Two pips at once in one .venv spoil it; the compiler jobs are parallel all the same.
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

run: $(VENV)/.installed
	$(PY) -m denim.cli study fashion_mnist $(ARGS)

test: test-native test-python

test-python: $(VENV)/.installed $(VENV)/.test-tools
	$(PY) -m pytest -n auto --maxprocesses=8 $(ARGS)

test-slow: $(VENV)/.installed $(VENV)/.test-tools
	$(PY) -m pytest -m slow --slow $(ARGS)

# Old libraries are warned of by those that are newer.
test-oldest: $(OLDEST)/.installed
	$(OLDEST)/bin/python -m pytest -W default -n auto --maxprocesses=8 $(ARGS)

test-native: $(VENV)/.test-tools
	$(PY) -m cmake -S native -B build/native -DDENIM_BUILD_TESTS=ON -DDENIM_BUILD_PYTHON=OFF
	$(PY) -m cmake --build build/native --parallel $$(getconf _NPROCESSORS_ONLN)
	CTEST_OUTPUT_ON_FAILURE=1 $(PY) -m cmake --build build/native --target test

test-neon: $(VENV)/.test-tools
	@if ! command -v aarch64-linux-gnu-g++ >/dev/null || \
		! { command -v qemu-aarch64-static || command -v qemu-aarch64; } >/dev/null; then \
		echo "The tests for ARM need a cross-compiler and an emulator. On Debian or Ubuntu, type:" >&2; \
		echo "    sudo apt install g++-aarch64-linux-gnu qemu-user-static" >&2; \
		exit 1; \
	fi
	$(PY) -m cmake -S native -B build/neon -DCMAKE_TOOLCHAIN_FILE=cmake/aarch64.cmake -DDENIM_BUILD_TESTS=ON
	$(PY) -m cmake --build build/neon --parallel $$(getconf _NPROCESSORS_ONLN)
	$(VENV)/bin/ctest --test-dir build/neon --output-on-failure --parallel $$(getconf _NPROCESSORS_ONLN)

lint: $(VENV)/.installed $(VENV)/.test-tools
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy src/denim

bench: $(VENV)/.installed $(VENV)/.bench-tools build/native/step
	$(PY) -m benchmarks $(ARGS)

bench-all: $(VENV)/.installed $(VENV)/.bench-all-tools build/native/step
	$(PY) -m benchmarks $(ARGS)

bench-tabular: $(VENV)/.installed
	$(PY) -m benchmarks.tabular $(ARGS)

parity: $(PARITY)/.installed
	JAX_PLATFORMS=cpu $(PARITY)/bin/python -m pytest tests/parity $(ARGS)

clean:
	rm -rf $(VENV) $(PARITY) $(OLDEST) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

bench-smoke: build/native/step
	$(PY) -m benchmarks.instructions build/native/step $(ARGS)

# Always asked for: CMake knows whether there is something to do.
.PHONY: build/native/step
build/native/step: $(VENV)/.test-tools
	$(PY) -m cmake -S native -B build/native -DDENIM_BUILD_BENCHMARKS=ON -DDENIM_BUILD_PYTHON=OFF
	$(PY) -m cmake --build build/native --parallel $$(getconf _NPROCESSORS_ONLN) --target step

$(VENV)/.made:
	@missing=$$(sh .ci/missing-packages '$(PYTHON)') || exit 1; \
	if [ -n "$$missing" ]; then \
		echo "Building denim needs system packages that are not here. On Debian or Ubuntu, type:" >&2; \
		echo "    sudo apt install $$missing" >&2; \
		exit 1; \
	fi
	@echo "Making $(VENV)"
	@rm -rf $(VENV) build
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade 'pip>=25.1'
	@pwd -P > $@

$(VENV)/.installed: $(VENV)/.made $(SOURCES)
	@echo "Building and installing denim (a minute or two)"
	@$(PIP) install '.[sklearn,plot]'
	@touch $@

$(VENV)/.test-tools: $(VENV)/.made pyproject.toml
	@echo "Installing what the tests need"
	@$(PIP) install --group test --group dev cmake
	@touch $@

$(VENV)/.bench-tools: $(VENV)/.made pyproject.toml
	@echo "Installing what the benchmarks need"
	@$(PIP) install --group bench
	@touch $@

$(VENV)/.bench-all-tools: $(VENV)/.made pyproject.toml
	@echo "Installing what the benchmarks need, PyTorch and TensorFlow too (some GB)"
	@$(PIP) install --group bench-all
	@touch $@

$(PARITY)/.keras: $(VENV)/.made pyproject.toml
	@echo "Making $(PARITY) with Keras (some minutes)"
	@rm -rf $(PARITY)
	@$(PYTHON) -m venv $(PARITY)
	@$(PARITY)/bin/python -m pip --quiet install --upgrade 'pip>=25.1'
	@$(PARITY)/bin/python -m pip --quiet install --group bench --group test
	@touch $@

$(PARITY)/.installed: $(PARITY)/.keras $(SOURCES)
	@echo "Building and installing denim for $(PARITY) (a minute or two)"
	@$(PARITY)/bin/python -m pip --quiet install .
	@touch $@

$(OLDEST)/.installed: $(VENV)/.made $(SOURCES) tests/oldest.txt
	@echo "Making $(OLDEST), with denim in it (some minutes)"
	@rm -rf $(OLDEST)
	@$(PYTHON) -m venv $(OLDEST)
	@$(OLDEST)/bin/python -m pip --quiet install --upgrade 'pip>=25.1'
	@$(OLDEST)/bin/python -m pip --quiet install --constraint tests/oldest.txt --group test '.[all]'
	@touch $@
