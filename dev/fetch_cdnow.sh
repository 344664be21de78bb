# Real data for the tests: CDNOW's purchase log (23,570 customers, 1997-01 to 1998-06), published
# with the lifetimes package. Only the data files are taken; the package is never imported, and
# the data is never part of the repository. Sourced after lib.sh.

CDNOW_WHEEL=lifetimes==0.11.3
CDNOW_SUMS="\
eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef  CDNOW_master.txt
6fae10155c0b0ba363c2c386e30f77990d22328220efd862a5edd1443420d94a  CDNOW_sample.txt"

# Sets RETENTION_CDNOW to the folder that holds CDNOW_master.txt and CDNOW_sample.txt.
fetch_cdnow() {
    RETENTION_CDNOW=$RETENTION_HOME/cdnow
    export RETENTION_CDNOW
    (cd "$RETENTION_CDNOW" 2>/dev/null && sha256sum --quiet --check >/dev/null 2>&1 <<<"$CDNOW_SUMS") && return
    local part
    mkdir -p "$RETENTION_HOME"
    part=$(mktemp -d "$RETENTION_HOME/cdnow.XXXXXX")
    long "Fetching the CDNOW purchase log (about 600 kB, once)" \
        "Check the network and pip's package index; run it again." \
        "$PYTHON" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --dest "$part" "$CDNOW_WHEEL"
    "$PYTHON" -c '
import sys, zipfile
wheel, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.endswith(("/CDNOW_master.txt", "/CDNOW_sample.txt")):
            open(f"{target}/{name.rpartition(chr(47))[2]}", "wb").write(archive.read(name))
' "$part"/*.whl "$part"
    (cd "$part" && sha256sum --quiet --check <<<"$CDNOW_SUMS") ||
        die "the CDNOW files in $CDNOW_WHEEL are not the expected ones (see $part)."
    rm -rf "$part"/*.whl "$RETENTION_CDNOW"
    mv "$part" "$RETENTION_CDNOW"
}

# Makes database $1 (kept in CDNOW_DB) with every purchase of the log as a confirmed order. It is
# dropped when the script ends, unless the caller has set `keep`.
make_cdnow_database() {
    CDNOW_DB=$1 CDNOW_ROWS=$(mktemp --suffix=.csv)
    trap 'rm -f "$CDNOW_ROWS"; [ -n "$keep" ] || drop_database "$CDNOW_DB" >/dev/null 2>&1 || true' EXIT
    fetch_cdnow
    source "$CHECKOUT/dev/templates.sh"
    ensure_template
    drop_database "$CDNOW_DB" >/dev/null 2>&1
    copy_database "$TEMPLATE" "$CDNOW_DB"
    flock -u 8
    export PYTHONPATH=$CHECKOUT/dev ODOO_RC=$CONF
    "$PYTHON" "$CHECKOUT/dev/cdnow.py" "$RETENTION_CDNOW/CDNOW_master.txt" >"$CDNOW_ROWS"
    say "Loading $(($(wc -l <"$CDNOW_ROWS") - 1)) orders"
    "$CHECKOUT/dev/load-orders" "$CDNOW_DB" "$CDNOW_ROWS"
}
