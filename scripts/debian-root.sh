#!/bin/bash
# Unpacks Debian i386 packages with all that they depend on into a folder: a root for `nestlab run --root` and for chroot.
#   scripts/debian-root.sh OUT PACKAGE...
# OUT is best below cache/ (ignored by git). Nothing is installed and nothing on this system changes: apt's state lives in
# cache/debian-apt, the packages in cache/debs, and no package's script is run. It needs no root (then all files belong
# to the caller). A second run with the same packages does nothing; one with other packages adds them.
# DEBIAN_MIRROR and DEBIAN_SUITE say where from (default: http://deb.debian.org/debian, bookworm).
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
wanted=$(printf '%s\n' "$@" | sort -u)
stamp=$out/.packages
# Each run adds the packages it was asked for to the stamp, once they are there.
if [ -f "$stamp" ] && [ -z "$(comm -23 <(echo "$wanted") <(sort -u "$stamp"))" ]; then exit 0; fi

. "$here/scripts/debian-apt.sh"
debian_update

# Against an empty list of installed packages, so that libc6 and the like are part of the answer.
plan=$(apt-get "${debian_options[@]}" -s install "$@" | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*\[\(i386\|all\)\].*/\1 \2 \3/p')
[ -n "$plan" ] || { echo "debian-root: nothing to unpack for: $*" >&2; exit 1; }

# apt writes a version's colon as %3a in the file's name.
file_of() { local name=${1%%:*}; echo "$debs/${name}_${2//:/%3a}_$3.deb"; }
missing=()
while read -r name version architecture; do
  [ -f "$(file_of "$name" "$version" "$architecture")" ] || missing+=("${name%%:*}=$version")
done <<<"$plan"
[ ${#missing[@]} -eq 0 ] || debian_get "$debs" download "${missing[@]}"

# Debian's merged /usr, which the package base-files leaves to the installer.
mkdir -p "$out"/{proc,dev,sys,tmp,root,run,etc,var/tmp,usr/bin,usr/sbin,usr/lib}
chmod 1777 "$out/tmp" "$out/var/tmp"
for folder in bin sbin lib; do [ -e "$out/$folder" ] || ln -s "usr/$folder" "$out/$folder"; done
while read -r name version architecture; do
  dpkg-deb --fsys-tarfile "$(file_of "$name" "$version" "$architecture")" | tar -x --keep-directory-symlink -C "$out"
done <<<"$plan"

# What the packages' scripts would have set up.
[ -e "$out/etc/passwd" ] || printf '%s\n' root:x:0:0:root:/root:/bin/sh nobody:x:65534:65534:nobody:/nonexistent:/bin/false >"$out/etc/passwd"
[ -e "$out/etc/group" ] || printf '%s\n' root:x:0: nogroup:x:65534: >"$out/etc/group"
[ -e "$out/etc/hosts" ] || printf '127.0.0.1\tlocalhost\n' >"$out/etc/hosts"
alternative() { # NAME CANDIDATE...: the first that is there gets the name
  local name=$1 candidate
  shift
  [ -e "$out/usr/bin/$name" ] && return
  for candidate in "$@"; do
    if [ -e "$out/usr/bin/$candidate" ]; then ln -sf "$candidate" "$out/usr/bin/$name"; return; fi
  done
}
alternative awk mawk gawk
alternative lua lua5.4
alternative luac luac5.4
alternative vi vim.basic vim.tiny nvi
alternative editor nano vim.tiny
alternative pager less more
alternative nc nc.openbsd nc.traditional
printf '%s\n' "$wanted" >>"$stamp"
