# Shared by every script in dev/. Sourced, never run.
# State lives outside the checkout, in RETENTION_HOME, so that several checkouts share what is
# expensive (Odoo, the virtual environment, the database cluster) and `git clean` loses nothing.

set -euo pipefail

CHECKOUT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
if [ "$(id -u)" = 0 ]; then
    : "${RETENTION_HOME:=/var/lib/customer-retention-dev}"
else
    : "${RETENTION_HOME:=$HOME/.local/share/customer-retention-dev}"
fi
export RETENTION_HOME

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() {
    printf '\033[1;31merror:\033[0m %s\n' "$*" >&2
    exit 1
}
# A command nobody expected to fail must not end a script in silence.
set -E
trap 'printf "\033[1;31merror:\033[0m %s, line %s: \"%s\" failed\n" "${BASH_SOURCE[0]}" "$LINENO" "$BASH_COMMAND" >&2' ERR
hash_text() { sha256sum | cut -c1-12; }

CHECKOUT_ID=$(printf '%s' "$CHECKOUT" | hash_text)
LINKS=$RETENTION_HOME/links/$CHECKOUT_ID # the one addons_path entry of this checkout
CONF=$RETENTION_HOME/links/$CHECKOUT_ID.conf
DATA_DIR=$RETENTION_HOME/data # filestores and sessions
LOCK_FILE=$CHECKOUT/dev/requirements.txt

# --- Odoo: the folder that holds the Python package `odoo` ---------------------------------
if [ -n "${ODOO_HOME:-}" ]; then
    ODOO_HOME=$(cd "$ODOO_HOME" 2>/dev/null && pwd -P) ||
        die "ODOO_HOME is not a folder; point it at an Odoo 19 checkout or unset it."
    if [ -f "$ODOO_HOME/odoo/release.py" ]; then
        ODOO_ROOT=$ODOO_HOME
    elif [ -f "$ODOO_HOME/release.py" ]; then # the package itself was named
        ODOO_ROOT=$(dirname "$ODOO_HOME")
    else
        die "ODOO_HOME ($ODOO_HOME) holds no Odoo: expected odoo/release.py in it."
    fi
else
    ODOO_ROOT=$RETENTION_HOME/odoo-19/usr/lib/python3/dist-packages
fi

# --- Python ---------------------------------------------------------------------------------
# Debian's own interpreter, because python3-cairo is built for that one; pyenv and the like
# come first in PATH on developers' machines.
SYSTEM_PYTHON=${RETENTION_PYTHON:-/usr/bin/python3}
VENV=$RETENTION_HOME/venv/$({
    cat "$LOCK_FILE"
    echo "$ODOO_ROOT $SYSTEM_PYTHON"
} | hash_text)
PYTHON=$VENV/bin/python
# Never put the current directory on sys.path: inside the odoo package, http.py would shadow
# the standard library; inside the checkout, tests/ and models/ would be importable.
export PYTHONSAFEPATH=1
# Compiled files of the read-only Odoo tree need a place, and the checkout stays clean.
export PYTHONPYCACHEPREFIX=$RETENTION_HOME/pycache
export PYTHONUNBUFFERED=1

# --- PostgreSQL: a cluster of our own, reached through a socket only ---------------------------
PG_HOME=$RETENTION_HOME/pg
PG_DATA=$PG_HOME/data
PG_SOCKET=$PG_HOME/run
# A socket's full path may have 107 bytes at most.
if [ ${#PG_SOCKET} -gt 85 ]; then
    PG_SOCKET=/tmp/customer-retention-$(printf '%s' "$PG_HOME" | hash_text)
fi
pg_version() { # the cluster's version, or the newest one installed while there is no cluster
    if [ -r "$PG_DATA/PG_VERSION" ]; then
        cat "$PG_DATA/PG_VERSION"
    else
        { ls /usr/lib/postgresql 2>/dev/null || true; } | sort -n | tail -n 1
    fi
}
PG_BIN=/usr/lib/postgresql/$(pg_version)/bin
export PATH=$PG_BIN:$PATH
export PGHOST=$PG_SOCKET PGPORT=5432 PGUSER=odoo
unset PGDATABASE PGPASSWORD PGSERVICE PGOPTIONS PGHOSTADDR PGSSLMODE

as_postgres() { # PostgreSQL refuses to run as root
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        (cd / && "$@")
    fi
}
pg_running() { [ -x "$PG_BIN/pg_isready" ] && "$PG_BIN/pg_isready" -q 2>/dev/null; }
db_exists() {
    [ "$(psql -qAtX -d postgres -v name="$1" <<<"SELECT 1 FROM pg_database WHERE datname = :'name'")" = 1 ]
}

# Runs a long command with its output in a file; shows every 15 seconds that it is alive, and
# the end of the output when it fails. The last line of LONG_LOG is shown when it is set.
#   long "what it does" "what to do when it fails" command...
long() {
    local what=$1 advice=$2 pid start=$SECONDS shown=0
    shift 2
    mkdir -p "$RETENTION_HOME/log"
    local log=$RETENTION_HOME/log/$$.log
    say "$what"
    "$@" >"$log" 2>&1 </dev/null 9>&- &
    pid=$!
    # A stopped script must not leave its long command behind.
    trap 'kill $pid 2>/dev/null || true; exit 130' INT TERM
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.2
        if [ $((SECONDS - start - shown)) -ge 15 ]; then
            shown=$((SECONDS - start))
            # without the date and process that start a line of Odoo's log
            printf '    … %d s: %.90s\n' "$shown" "$(tail -c 400 "${LONG_LOG:-$log}" | tail -n 1 |
                sed -E 's/^[0-9-]+ [0-9:,]+ [0-9]+ [A-Z]+ [^ ]+ //' | tr -dc '[:print:]')" >&2
        fi
    done
    trap - INT TERM
    if ! wait "$pid"; then
        tail -n 40 "$log" >&2
        die "$what: failed. $advice (whole output: $log)"
    fi
    rm -f "$log"
}

# --- What every other script starts with --------------------------------------------------------
setup_stamp() { # changes when anything that set-up installs could change
    {
        cat "$CHECKOUT/dev/lib.sh" "$CHECKOUT/dev/setup" "$LOCK_FILE"
        echo "$ODOO_ROOT $SYSTEM_PYTHON"
    } | hash_text
}

# ensure_setup [--pure]: --pure asks for the virtual environment only.
ensure_setup() {
    if [ "${1:-}" = --pure ]; then
        [ -f "$VENV/.complete" ] || "$CHECKOUT/dev/setup" --pure
    else
        # The cluster may have been stopped, and bridges may have come or gone, since the last run.
        if [ "$(cat "$RETENTION_HOME/stamps/$CHECKOUT_ID" 2>/dev/null)" != "$(setup_stamp)" ] ||
            [ ! -f "$VENV/.complete" ] || ! pg_running; then
            "$CHECKOUT/dev/setup"
            PG_BIN=/usr/lib/postgresql/$(pg_version)/bin
            export PATH=$PG_BIN:$PATH
        fi
        write_links
        write_conf
    fi
}

free_port() { # one that nobody listens on; Odoo starts its server for tests in any case
    "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

bridges() { # technical names, one per line
    local manifest
    for manifest in "$CHECKOUT"/bridges/*/__manifest__.py; do
        [ -f "$manifest" ] && basename "$(dirname "$manifest")"
    done
    return 0
}

# Odoo names a module after the folder it sees, looks one level deep, and refuses the addon
# itself as addons_path: so a folder of links with the right names.
write_links() {
    local link name
    mkdir -p "$LINKS"
    for link in "$LINKS"/*; do
        name=$(basename "$link")
        if [ -L "$link" ] && [ "$name" != customer_retention ] && [ ! -f "$CHECKOUT/bridges/$name/__manifest__.py" ]; then
            rm -f "$link"
        fi
    done
    ln -sfn "$CHECKOUT" "$LINKS/customer_retention"
    for name in $(bridges); do
        ln -sfn "$CHECKOUT/bridges/$name" "$LINKS/$name"
    done
}

# Some tools resolve links and would take the checkout's folder name for the module's: they
# get real copies, side by side in folder $1, as on a server.
copy_modules() {
    local name
    mkdir -p "$1/customer_retention"
    tar -C "$CHECKOUT" --exclude=./.git --exclude=./bridges --exclude=./dev --exclude=./docs \
        --exclude=./dist --exclude=__pycache__ -cf - . | tar -C "$1/customer_retention" -xf -
    for name in $(bridges); do
        cp -r "$CHECKOUT/bridges/$name" "$1/$name"
    done
}

write_conf() {
    local text
    text="[options]
addons_path = $LINKS
data_dir = $DATA_DIR
db_host = $PG_SOCKET
db_port = 5432
db_user = odoo
; several servers and test runs share the cluster's 100 connections
db_maxconn = 24
list_db = True
http_interface = 127.0.0.1
http_port = 8069
admin_passwd = admin
"
    [ "$(cat "$CONF" 2>/dev/null)" = "${text%$'\n'}" ] || {
        printf '%s' "$text" >"$CONF.$$" && mv "$CONF.$$" "$CONF"
    }
}
