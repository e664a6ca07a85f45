#!/bin/sh
# Runs all tests: those with a browser and the others are two runs side by side, because Playwright leaves an event
# loop in its process. The browser's come first where both want a core; the others, of which some only wait, fill every
# gap. Those of the scripts in Node end before the others have collected theirs. What these and the browser's run say is
# printed at the end. Each says what CPU time it took, as that is what counts: all share the cores.
#
# Usage: sh scripts/test.sh [WORKERS]
set -u

# Some thirty Python processes start here: each would compile every module anew.
unset PYTHONDONTWRITEBYTECODE

workers=${1:-2}
in_browser="tests/browser tests/frontend-harness"
said=$(mktemp)
said_in_node=$(mktemp)
PREPARED_DIR=$(mktemp -d)
export PREPARED_DIR
browser=""
stop() {
    [ -z "$browser" ] || kill "$browser" 2>/dev/null
    rm -rf "$said" "$said_in_node" "$PREPARED_DIR"
}
trap stop EXIT
trap 'exit 130' INT TERM

# What every worker needs is made while they collect their tests; otherwise all of them would wait for the first.
PYTHONPATH=.:tests .venv/bin/python -m tests.prepared &
preparing=$!

.venv/bin/python scripts/timed.py "In Node" npm run --silent test >"$said_in_node" 2>&1 &
in_node=$!
.venv/bin/python scripts/timed.py "In the browser" \
    .venv/bin/pytest -q -n "$workers" --dist worksteal $in_browser >"$said" 2>&1 &
browser=$!
nice -n 2 .venv/bin/python scripts/timed.py "The others" .venv/bin/pytest -q -n "$((workers + 1))" --dist worksteal \
    $(for folder in $in_browser; do echo "--ignore=$folder"; done)
others=$?
wait "$browser"
browsers=$?
browser=""
wait "$preparing"
wait "$in_node"
nodes=$?
cat "$said_in_node" "$said"
[ "$others" = 0 ] && [ "$browsers" = 0 ] && [ "$nodes" = 0 ]
