# shellcheck shell=sh disable=SC2034 # the lists are for the scripts that source this one
# Sourced by quickstart.sh and check.sh: what Debian 12 or later must have, and how it gets there.

BUILD_PACKAGES="gcc libc6-dev meson ninja-build pkg-config python3 python3-dev libexpat1-dev
    libjansson-dev libjsmn-dev libyaml-dev libsqlite3-dev libcurl4-openssl-dev libseccomp-dev
    libmicrohttpd-dev nettle-dev libutf8proc-dev zlib1g-dev libzstd-dev python3-numpy python3-sympy"
# clang-format and shellcheck decide how sources look, libclang-rt-dev is what the fuzzers link with, libgsl-dev is an
# oracle for the statistics tests, sqlite3 looks into run.db from outside, python3-yaml lets the scripted model server
# read a suite, and openssl makes it a certificate.
TEST_PACKAGES="clang clang-format shellcheck libclang-rt-dev libcmocka-dev libgsl-dev openssl scdoc sqlite3
    python3-yaml"
# For check.sh --full: static analysis.
FULL_PACKAGES="clang-tidy cppcheck"
# For packaging/deb.sh: dpkg-shlibdeps, the man page.
PACKAGING_PACKAGES="dpkg-dev scdoc"

is_installed() {
    dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'
}

# install_missing PACKAGE...: nothing at all (and no network) when they are there.
install_missing() {
    missing=
    for package in "$@"; do
        is_installed "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "These packages are missing, and this is neither root nor is there sudo:$missing" >&2
            return 1
        fi
        as_root=sudo
    fi
    echo "Installing:$missing" >&2
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive sh -c \
        "apt-get -q update && apt-get -q install -y --no-install-recommends $missing" >&2
}
