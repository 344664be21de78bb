# Database templates, so that a test run costs a copy and not an installation. Sourced after
# lib.sh, when the set-up is done.
#   base_<key>              Odoo and OCA modules, shared by all checkouts
#   addon_<checkout>_<key>  the same with this checkout's addon and bridges
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
        -type f ! -name '*.md' ! -name '*.rst' ! -name '.*' ! -name '*.pyc' ! -name 'ruff.toml' ! -name 'pytest.ini' ! -name LICENSE \
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
    LONG_LOG=$log long "$what" "Read the error above; mend it and run again." \
        env ODOO_RC="$CONF" "$PYTHON" "$VENV/bin/odoo" -d "$db" --stop-after-init --no-http \
        --max-cron-threads=0 --log-level=info --logfile="$log" "$@"
    if grep -q -E '^[0-9-]+ [0-9:,]+ [0-9]+ (ERROR|CRITICAL) ' "$log"; then
        grep -E -A 30 '^[0-9-]+ [0-9:,]+ [0-9]+ (ERROR|CRITICAL) ' "$log" | head -n 60 >&2
        die "$what: Odoo logged an error (whole log: $log)"
    fi
    grep -E '^[0-9-]+ [0-9:,]+ [0-9]+ WARNING .*(customer_retention|retention\.)' "$log" >&2 || true
    rm -f "$log"
}

# Prints the name of an up-to-date template of this checkout; builds what is missing. The lock
# on file descriptor 8 is kept, so that nobody drops the template before it has been copied.
exec 8>"$RETENTION_HOME/template.lock"
ensure_template() {
    flock -n 8 || {
        say "Waiting for another run to build its database template"
        flock 8
    }
    local modules bridge_list base addon old
    modules=$("$PYTHON" "$CHECKOUT/dev/modules.py" "$CHECKOUT" base) || die "cannot read the manifests; mend them."
    bridge_list=$(PYTHONWARNINGS=ignore "$PYTHON" "$CHECKOUT/dev/modules.py" "$CHECKOUT" bridges 2>/dev/null)
    base=base_$({
        cat "$ODOO_ROOT/odoo/release.py" "$LOCK_FILE"
        echo "$ODOO_ROOT $modules"
    } | hash_text)
    addon=addon_${CHECKOUT_ID}_$({
        echo "$base $bridge_list"
        addon_hash
    } | hash_text)
    if ! db_exists "$addon"; then
        if ! db_exists "$base"; then
            drop_database "${base}_new"
            install "Installing Odoo's modules into a template (about 2 minutes, once)" "${base}_new" \
                -i "$modules" --load-language=en_US,zh_CN
            publish_database "${base}_new" "$base"
        fi
        for old in $(databases_like "addon\\_${CHECKOUT_ID}\\_%"); do
            drop_database "$old"
        done
        copy_database "$base" "${addon}_new"
        install "Installing customer_retention${bridge_list:+ and $bridge_list} into a template" "${addon}_new" \
            -i "customer_retention${bridge_list:+,$bridge_list}"
        publish_database "${addon}_new" "$addon"
    fi
    TEMPLATE=$addon
}
