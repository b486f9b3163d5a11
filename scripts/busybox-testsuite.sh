#!/bin/bash
# BusyBox's own test suite on Debian's static i386 busybox: on the real kernel (in a chroot; needs root) and in nestlab.
#   scripts/busybox-testsuite.sh [--native | --nestlab] [--quick | APPLET...]
# --quick: every applet but bc and factor, whose tests do nothing but calculate, for most of the suite's time, and all but
# one of those that share md5sum's script: test/binaries compares the other sums.
# Prints the counts of each side and every test whose result differs; status 1 when there are differences that
# docs/busybox-testsuite.md does not list. Results stay in cache/busybox/{native,nestlab}.txt. The source comes from
# Debian (apt-get source, into cache/src); nothing is installed. --fetch only gets it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sides='native nestlab'
case ${1:-} in --native | --nestlab) sides=${1#--}; shift ;; esac
[ "${1:-}" != --fetch ] || sides=
work=$here/cache/busybox
mkdir -p "$work"

"$here/scripts/fetch-binaries.sh" busybox-static >/dev/null
. "$here/scripts/debian-apt.sh"
source=$here/cache/src/busybox
if [ ! -d "$source" ]; then
  command -v dpkg-source >/dev/null || { echo 'busybox-testsuite: no dpkg-source: install dpkg-dev' >&2; exit 1; }
  debian_update
  mkdir -p "$here/cache/src"
  debian_get "$here/cache/src" source --download-only busybox
  dpkg-source -x "$here"/cache/src/busybox_*.dsc "$source" >/dev/null
fi
[ -n "$sides" ] || exit 0
[ "${1:-}" != --quick ] || set -- busybox $("$here/cache/bin/busybox" --list | grep -vxE 'bc|factor|sha[0-9]+sum')

# A fresh root for each side: busybox and its links as the only programs, and the suite as upstream's build leaves it.
make_root() {
  local root=$1 applet
  rm -rf "$root"
  mkdir -p "$root"/{bin,dev,etc,proc,root,sys,tmp/busybox,usr/bin}
  cp "$here/cache/bin/busybox" "$root/bin/busybox"
  for applet in $("$root/bin/busybox" --list); do [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"; done
  # A test starts it under another name, by which busybox would look for an applet.
  rm "$root/bin/false" && printf '#!/bin/sh\nexit 1\n' >"$root/bin/false" && chmod +x "$root/bin/false"
  printf '%s\n' root:x:0:0:root:/root:/bin/sh nobody:x:65534:65534:nobody:/:/bin/false >"$root/etc/passwd"
  printf '%s\n' root:x:0: nogroup:x:65534: >"$root/etc/group"
  printf '127.0.0.1 localhost\n127.0.1.1 %s.test %s\n' nestlab nestlab >"$root/etc/hosts"
  cp -r "$source/testsuite" "$root/tmp/busybox/"
  cp "$source/debian/config/pkg/static" "$root/tmp/busybox/.config"
  cp "$here/cache/bin/busybox" "$root/tmp/busybox/busybox"
}
environment=(PATH=/bin:/usr/bin HOME=/root TERM=dumb LANG=C.UTF-8 SHELL=/bin/sh)
suite='cd /tmp/busybox/testsuite && ./runtest "$@"'

run_native() {
  unshare --mount --pid --uts --fork sh -c '
    root=$1 suite=$2 variables=$3; shift 3
    mount --make-rprivate / && mount -t proc proc "$root/proc" && mount --bind /dev "$root/dev" && hostname nestlab &&
    exec env -i $variables "$(command -v chroot)" "$root" /bin/sh -c "$suite" runtest "$@"
  ' sh "$work/root" "$suite" "${environment[*]}" "$@"
}
run_nestlab() {
  local variable words=()
  for variable in "${environment[@]}"; do words+=(--env "$variable"); done
  node "${NESTLAB_MAIN:-$here/dist/main.js}" run --root "$work/root" --mem 256M "${words[@]}" -- /bin/sh -c "$suite" runtest "$@"
}

for side in $sides; do
  make_root "$work/root"
  "run_$side" "$@" </dev/null >"$work/$side.txt" 2>"$work/$side.err" || true
  printf '%-8s' "$side"
  for result in PASS FAIL SKIPPED UNTESTED; do printf ' %4d %s' "$(grep -c "^$result: " "$work/$side.txt" || true)" $result; done
  echo
done
rm -rf "$work/root"

[ "$sides" = 'native nestlab' ] || exit 0
results() { grep -E '^(PASS|FAIL|SKIPPED|UNTESTED): ' "$work/$1.txt" | sort; }
explained=0 unexplained=0
while IFS= read -r line; do
  if grep -qF -- "| ${line#*: } |" "$here/docs/busybox-testsuite.md" 2>/dev/null; then
    explained=$((explained + 1))
  else
    echo "differs: $line"
    unexplained=$((unexplained + 1))
  fi
done < <(comm -13 <(results native) <(results nestlab))
echo "$explained differences explained in docs/busybox-testsuite.md, $unexplained not"
[ "$unexplained" = 0 ]
