# shellcheck shell=bash disable=SC2034
# What ./drover and ./dev share: finds or installs what Drover needs, and builds it.
# Speaks on standard error only. Exit status 2: this machine lacks something that is named.

ROOT=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
# Where -Dfast builds what ./drover runs; a checked build does not touch it.
BUILT=$ROOT/cli/target/fast
PATH=$PATH:/usr/sbin:/sbin
JVMS=${DROVER_JVMS:-/usr/lib/jvm}

# A package, and what proves that it is there: a command or a file.
BUILD_PACKAGES=(maven=mvn)
RUN_PACKAGES=(
    qemu-system-x86=qemu-system-x86_64 qemu-utils=qemu-img iproute2=ip util-linux=unshare
    gcc=gcc libc6-dev=/usr/include/stdio.h e2fsprogs=mkfs.ext4 xz-utils=xz zstd=zstd busybox-static=busybox
)
TEST_PACKAGES=(nbdkit=nbdkit libnbd-bin=nbdinfo)
JDK_PACKAGES=(temurin-25-jdk openjdk-25-jdk)

say() {
    printf '%s\n' "$*" >&2
}

die() {
    say "$*"
    exit 2
}

# Not EUID: tests put another id in front.
is_root() {
    [[ $(id -u) == 0 ]]
}

# need_packages PACKAGE=PROOF...: returns when all are there, installs them when it may.
need_packages() {
    local part missing=()
    for part in "$@"; do
        is_there "${part#*=}" || missing+=("${part%%=*}")
    done
    ((${#missing[@]})) || return 0
    if ! is_root || ! command -v apt-get >/dev/null; then
        die "Packages are missing: ${missing[*]}. Install them, or run this as root on Debian or Ubuntu."
    fi
    install_packages "${missing[@]}"
}

is_there() {
    case $1 in
        /*) [[ -e $1 ]] ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

install_packages() {
    local log
    log=$(mktemp)
    say "Installing the packages: $*"
    if ! apt_install "$@" >"$log" 2>&1; then
        apt-get update >>"$log" 2>&1 </dev/null || true
        apt_install "$@" >>"$log" 2>&1 || {
            tail -n 15 "$log" >&2
            die "The packages could not be installed: $*. The whole log is in $log."
        }
    fi
    rm -f "$log"
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 \
        install -y --no-install-recommends "$@" </dev/null
}

# Sets JAVA_HOME to a JDK 25.
need_jdk() {
    find_jdk && return
    local package
    if is_root && command -v apt-get >/dev/null; then
        package=$(offered_jdk) || { apt-get update >/dev/null 2>&1 </dev/null || true; }
        if [[ -n $package ]] || package=$(offered_jdk); then
            install_packages "$package"
            find_jdk && return
        fi
    fi
    die "No JDK 25 was found, neither in JAVA_HOME nor under $JVMS." \
        "Install the package ${JDK_PACKAGES[0]} or ${JDK_PACKAGES[1]}, or set JAVA_HOME to a JDK 25."
}

find_jdk() {
    local home release
    for home in "${JAVA_HOME:-}" "$JVMS"/*; do
        [[ -x $home/bin/javac && -r $home/release ]] || continue
        release=$(<"$home/release")
        if [[ $release == *'JAVA_VERSION="25'[.\"]* ]]; then
            export JAVA_HOME=$home
            return
        fi
    done
    return 1
}

offered_jdk() {
    local package
    for package in "${JDK_PACKAGES[@]}"; do
        if [[ $(apt-cache policy "$package") == *"Candidate: "[0-9]* ]]; then
            printf '%s\n' "$package"
            return
        fi
    done
    return 1
}

# Builds what ./drover runs, unless it was built from exactly these sources.
need_build() {
    local stamp=$BUILT/built-from
    is_built "$stamp" && return
    if [[ ! -w $ROOT || (-e $BUILT && ! -w $BUILT) ]]; then
        die "Drover must be built anew, but this user may not write in $ROOT. Run it once as the owner."
    fi
    exec {lock}<"$ROOT"
    flock "$lock"
    # Whoever held the lock may have built the same.
    is_built "$stamp" || build "$stamp"
    exec {lock}<&-
}

is_built() {
    [[ -r $1 && $(<"$1") == "$(sources)" ]]
}

# All that goes into the build, as one hash.
sources() {
    cd "$ROOT" && find pom.xml .mvn ./*/pom.xml ./*/src/main -type f -print0 \
        | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}

build() {
    local stamp=$1 log=$BUILT/build.log from
    from=$(sources)
    say "Building Drover (the first time takes a minute, and the libraries' download)."
    # A Drover that is running keeps the old files open.
    rm -rf "${BUILT:?}/lib" "$BUILT"/*.jar "$BUILT/caches" "$stamp"
    mkdir -p "$BUILT"
    if ! (cd "$ROOT" && mvn -q -B -Dfast -DskipTests -pl cli -am package) >"$log" 2>&1 </dev/null; then
        tail -n 30 "$log" >&2
        say "The build failed. The whole log is in $log."
        exit 1
    fi
    printf '%s\n' "$from" >"$stamp"
}
