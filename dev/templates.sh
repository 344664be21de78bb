# Database templates, so that a test run costs a copy and not an installation. Sourced after
# lib.sh, when the set-up is done.
#   base_<key>, demo_<key>  Odoo and OCA modules without and with demo data, for all checkouts
#   addon_<checkout>_<key>  base with this checkout's addon and bridges
# Databases are copied together with their filestore; its files are named by content and never
# changed, so hard links are enough.

FILESTORE=$DATA_DIR/filestore

drop_database() {
    dropdb --if-exists --force "$1" 2>/dev/null || dropdb --if-exists "$1"
    rm -rf "${FILESTORE:?}/$1"
}

copy_database() {
    rm -rf "${FILESTORE:?}/$2"
    createdb -T "$1" "$2"
    mkdir -p "$FILESTORE/$1"
    cp -al "$FILESTORE/$1" "$FILESTORE/$2"
}

publish_database() { # from $1 to its final name $2, which tells that it is complete
    rm -rf "${FILESTORE:?}/$2"
    [ ! -d "$FILESTORE/$1" ] || mv "$FILESTORE/$1" "$FILESTORE/$2"
    psql -qX -d postgres -c "ALTER DATABASE \"$1\" RENAME TO \"$2\""
}

databases_like() {
    psql -qAtX -d postgres -v pattern="$1" <<<"SELECT datname FROM pg_database WHERE datname LIKE :'pattern' ORDER BY 1"
}

# What an installation reads: everything of the addon and its bridges but tests and prose.
addon_hash() {
    (cd "$CHECKOUT" && find . \
        \( -path ./.git -o -path ./dev -o -path ./docs -o -path ./dist -o -path ./.ci -o -name tests -o -name __pycache__ \
        -o -name '.*_cache' -o -name .hypothesis \) -prune -o \
        -type f ! -name '*.md' ! -name '*.rst' ! -name '.*' ! -name '*.pyc' ! -name '*.pot' ! -name 'ruff.toml' ! -name 'pytest.ini' ! -name pyproject.toml ! -name LICENSE \
        -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) | hash_text
}

# install "what" DATABASE odoo arguments…: stops at an error in Odoo's log (a missing file or a
# broken view of a module only logs), and shows what it warns about.
install() {
    local what=$1 db=$2 log=$RETENTION_HOME/log/install-$2.log
    shift 2
    mkdir -p "$RETENTION_HOME/log"
    rm -f "$log"
    touch "$log"
    LONG_LOG=$log long "$what" "${ADVICE:-Mend it and run again.}" \
        env ODOO_RC="$CONF" "$PYTHON" "$VENV/bin/odoo" -d "$db" --stop-after-init --no-http \
        --max-cron-threads=0 --log-level=info --logfile="$log" "$@"
    if grep -q -E '^[0-9-]+ [0-9:,]+ [0-9]+ (ERROR|CRITICAL) ' "$log"; then
        grep -E -A 30 '^[0-9-]+ [0-9:,]+ [0-9]+ (ERROR|CRITICAL) ' "$log" | head -n 60 >&2
        die "$what: Odoo logged an error. ${ADVICE:-Mend it and run again.} (whole log: $log)"
    fi
    grep -E '^[0-9-]+ [0-9:,]+ [0-9]+ WARNING .*(customer_retention|retention\.)' "$log" >&2 || true
    rm -f "$log"
}

# take_lock FD NAME: kept until `flock -u FD` or the end of the script. 8 guards what belongs to
# one checkout, so that no template is dropped before it has been copied; 7 the making of the
# shared ones, which are never dropped.
take_lock() {
    eval "exec $1>\"\$RETENTION_HOME/$2.lock\""
    flock -n "$1" || {
        say "Waiting for another run to build its database"
        flock "$1"
    }
}

# Sets MODULES (Odoo's and OCA's) and ADDON_MODULES (ours), comma-separated.
read_modules() {
    local bridge_list
    MODULES=$("$PYTHON" "$CHECKOUT/dev/modules.py" "$CHECKOUT" base) ||
        die "cannot read the manifests; mend the one named above."
    bridge_list=$("$PYTHON" "$CHECKOUT/dev/modules.py" "$CHECKOUT" bridges 2>/dev/null)
    ADDON_MODULES=customer_retention${bridge_list:+,$bridge_list}
}

# ensure_base base|demo|lean: a template of the modules in MODULES, with demo data or without. Sets
# BASE to its name.
ensure_base() {
    local demo=() note=""
    [ "$1" != demo ] || { demo=(--with-demo) && note=" with demo data"; }
    BASE=$1_$({
        cat "$ODOO_ROOT/odoo/release.py" "$LOCK_FILE"
        echo "$ODOO_ROOT $MODULES"
    } | hash_text)
    if ! db_exists "$BASE"; then
        take_lock 7 "$1"
        if ! db_exists "$BASE"; then # nobody made it while we waited
            drop_database "${BASE}_new"
            install "Installing Odoo's modules$note into a template (about 2 minutes, once)" \
                "${BASE}_new" "${demo[@]}" -i "$MODULES" --load-language=en_US,zh_CN
            publish_database "${BASE}_new" "$BASE"
        fi
        flock -u 7
    fi
}

# An up-to-date template of this checkout; builds what is missing. Sets TEMPLATE to its name (and
# BASE). Copy it, then let the others go on with `flock -u 8`.
ensure_template() {
    local old
    take_lock 8 "addon_$CHECKOUT_ID"
    read_modules
    ensure_base base
    TEMPLATE=addon_${CHECKOUT_ID}_$({
        echo "$BASE $ADDON_MODULES"
        addon_hash
    } | hash_text)
    if ! db_exists "$TEMPLATE"; then
        for old in $(databases_like "addon\\_${CHECKOUT_ID}\\_%"); do
            drop_database "$old"
        done
        copy_database "$BASE" "${TEMPLATE}_new"
        install "Installing $ADDON_MODULES into a template" "${TEMPLATE}_new" -i "$ADDON_MODULES"
        publish_database "${TEMPLATE}_new" "$TEMPLATE"
    fi
}
