#!/bin/sh
# Makes sure that the system packages are there: `run` needs Pango for the PDF; `scaled` also PostgreSQL and Redis;
# `test` also a browser, qpdf and poppler. Missing ones are installed with apt-get by root or with password-less sudo, otherwise
# named with the exact command.
set -eu

need=${1:-run}
missing=""

want() { # want PACKAGE TEST...
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

has_library() { { ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } | grep -q "$1"; }
has_postgresql() { command -v postgres || ls /usr/lib/postgresql/*/bin/postgres; }
has_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

want libpango-1.0-0 has_library libpango-1.0.so.0
want libpangoft2-1.0-0 has_library libpangoft2-1.0.so.0
want libharfbuzz-subset0 has_library libharfbuzz-subset.so.0
if [ "$need" != run ]; then
    want postgresql has_postgresql
    want redis-server command -v redis-server
fi
if [ "$need" = test ]; then
    want chromium has_chromium
    want qpdf command -v qpdf
    want poppler-utils command -v pdftotext
fi

[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "These system packages are missing (names as in Debian):$missing" >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    sudo=""
elif sudo -n true 2>/dev/null; then
    sudo="sudo -n"
else
    echo "Some system packages are missing. Install them with:" >&2
    echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
    exit 1
fi
echo "Installing system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { $sudo apt-get update -q && $sudo apt-get install -y -q --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -20 "$log" >&2
    exit 1
fi
rm -f "$log"
