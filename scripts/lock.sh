#!/bin/sh
# Remakes the two lock files from pyproject.toml. Needs `uv` on the PATH; nothing else in the project does.
set -eu
cd "$(dirname "$0")/.."
options="--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet"
uv pip compile $options pyproject.toml -o requirements.lock
uv pip compile $options pyproject.toml --group test -c requirements.lock -o requirements-test.lock
