#!/bin/bash
# Fetches Debian's i386 programs that the real-binary tests run: busybox-static and bash-static, unpacked into cache/.
#   scripts/fetch-binaries.sh [PACKAGE...]
# Nothing is installed and the system's own lists and architectures stay as they are (debian-apt.sh).
# What is already there is not fetched again. Prints where each program lies.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=$here/cache
[ $# -gt 0 ] || set -- busybox-static bash-static
. "$here/scripts/debian-apt.sh"

missing=()
for package in "$@"; do
  ls "$debs/${package}_"*_i386.deb >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  debian_update
  debian_get "$debs" download "${missing[@]}"
fi

for package in "$@"; do
  deb=$(ls "$debs/${package}_"*_i386.deb | head -n 1)
  [ -d "$cache/root/$package" ] && [ "$cache/root/$package" -nt "$deb" ] && continue
  rm -rf "$cache/root/$package"
  mkdir -p "$cache/root/$package"
  dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$cache/root/$package"
  touch "$cache/root/$package"
done

mkdir -p "$cache/bin"
for program in "$cache"/root/*/bin/busybox "$cache"/root/*/bin/bash-static "$cache"/root/*/usr/bin/bash-static; do
  [ -f "$program" ] || continue
  ln -sf "../${program#"$cache"/}" "$cache/bin/$(basename "$program")"
done
ls -l "$cache/bin" | sed -n 's/.* \([^ ]* -> .*\)/\1/p'
