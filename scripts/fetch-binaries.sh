#!/bin/bash
# Fetches Debian's i386 programs that the real-binary tests run: busybox-static and bash-static, unpacked into cache/.
#   scripts/fetch-binaries.sh [PACKAGE...]
# apt's state lives in cache/apt: nothing is installed and the system's own lists and architectures stay as they are.
# What is already there is not fetched again. Prints where each program lies.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=$here/cache
apt=$cache/apt
[ $# -gt 0 ] || set -- busybox-static bash-static

mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$cache/debs"
: >"$apt/status"
options=(
  -o APT::Architecture=i386 -o APT::Architectures::=i386 -o APT::Get::AllowUnauthenticated=false
  -o "Dir::State=$apt" -o "Dir::State::lists=$apt/lists" -o "Dir::State::status=$apt/status" -o "Dir::Cache=$apt"
  -o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none
)

missing=()
for package in "$@"; do
  ls "$cache/debs/${package}_"*_i386.deb >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  # One list of several may be out of step with its mirror; the download below says whether what matters is there.
  apt-get "${options[@]}" -qq update || echo 'fetch-binaries: some package lists could not be fetched' >&2
  (cd "$cache/debs" && apt-get "${options[@]}" -qq download "${missing[@]}")
fi

for package in "$@"; do
  deb=$(ls "$cache/debs/${package}_"*_i386.deb | head -n 1)
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
