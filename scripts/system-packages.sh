#!/bin/sh
# Makes sure that the system packages are there: `run` needs Pango for the PDF; `scaled` also PostgreSQL and Redis;
# `test` also a browser, qpdf, poppler and SoftHSM. Missing ones are installed with apt-get by root or with password-less sudo, otherwise
# named with the exact command.
set -eu

need=${1:-run}

# One at a time, as apt-get wants it; the next finds what this one has installed.
if command -v flock >/dev/null 2>&1; then
    exec 9>"${TMPDIR:-/tmp}/sameside-system-packages.$(id -u).lock"
    flock 9
fi

want() { # want PACKAGE TEST...
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

has() { command -v "$1" >/dev/null 2>&1; }
has_library() { { ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } | grep -q "$1"; }
has_postgresql() { has postgres || ls /usr/lib/postgresql/*/bin/postgres; }
has_chromium() { has chromium || has chromium-browser || has google-chrome; }

# The browser without windows takes a third of the CPU time, so it is preferred where apt-get knows it (Debian). Where
# it can not be had and another is there, the tests take that one.
want_browser() {
    has chromium-headless-shell && return
    if ! apt-cache show chromium-headless-shell >/dev/null 2>&1; then
        want chromium has_chromium
    elif has_chromium; then
        better=" chromium-headless-shell"
    else
        missing="$missing chromium-headless-shell"
    fi
}

look() { # Says in `missing` what has to be installed, and in `better` what would be good.
    missing=""
    better=""
    want libpango-1.0-0 has_library libpango-1.0.so.0
    want libpangoft2-1.0-0 has_library libpangoft2-1.0.so.0
    want libharfbuzz-subset0 has_library libharfbuzz-subset.so.0
    if [ "$need" != run ]; then
        want postgresql has_postgresql
        want redis-server has redis-server
    fi
    if [ "$need" = test ]; then
        want_browser
        want qpdf has qpdf
        want poppler-utils has pdftotext
        want softhsm2 has softhsm2-util
    fi
}

look
[ -n "$missing$better" ] || exit 0

if ! has apt-get; then
    [ -n "$missing" ] || exit 0
    echo "These system packages are missing (names as in Debian):$missing" >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    sudo=""
elif sudo -n true 2>/dev/null; then
    sudo="sudo -n"
else
    [ -n "$missing" ] || exit 0
    echo "Some system packages are missing. Install them with:" >&2
    echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
    exit 1
fi
echo "Installing system packages:$missing$better"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
get() { $sudo apt-get install -y -q --no-install-recommends $missing $better; }
# Lists may be old or not there at all; new ones may know more.
if ! { get || { $sudo apt-get update -q && look && get; }; } >"$log" 2>&1 && [ -n "$missing" ]; then
    tail -20 "$log" >&2
    exit 1
fi
rm -f "$log"
