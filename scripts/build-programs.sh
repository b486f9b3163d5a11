#!/bin/bash
# Builds programs/bin and programs/MANIFEST.json from the sources in programs/, bit for bit the same wherever and whenever it runs.
#   scripts/build-programs.sh            rebuild in place
#   scripts/build-programs.sh --check    rebuild in a temporary folder, compare, print a line per program; exit 1 on a difference
# Needs gcc and binutils with -m32 (no 32-bit C library).
set -euo pipefail
export LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=0

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sources=$here/programs
work=$(mktemp -d "${TMPDIR:-/tmp}/nestlab-programs.XXXXXX")
trap 'rm -rf "$work"' EXIT

cc=(gcc -m32 -march=i486 -mtune=pentium -mno-sse -mno-mmx -mpreferred-stack-boundary=2 -Os -std=gnu11 -ffreestanding
  -Wall -Wextra -Werror -Wno-sign-compare -Wno-missing-field-initializers -Wno-unused-function
  -fno-pie -fcf-protection=none -fno-stack-protector -fno-stack-clash-protection
  -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-ident -fno-tree-loop-distribute-patterns
  -fno-toplevel-reorder -ffunction-sections -fdata-sections -frandom-seed=nestlab
  "-ffile-prefix-map=$sources=programs" "-ffile-prefix-map=$work=programs" -U_FORTIFY_SOURCE "-I$sources/lib")
link=(gcc -m32 -static -nostdlib -no-pie -Wl,--build-id=none -Wl,--gc-sections -Wl,-z,noexecstack -Wl,-z,norelro
  -Wl,--hash-style=gnu -Wl,--no-warn-rwx-segments "-Wl,-T,$sources/link.ld")

# compile FOLDER: every source of programs/FOLDER to an object, in a fixed order
compile() {
  mkdir -p "$work/$1"
  local source
  cd "$sources" # relative names, so that no path reaches an object
  for source in "$1"/*.c "$1"/*.S; do
    [ -e "$source" ] || continue
    "${cc[@]}" -c "$source" -o "$work/${source%.*}.o"
  done
}

# program NAME OBJECT...: one executable
program() {
  local name=$1
  shift
  (cd "$work" && "${link[@]}" "$@" lib/start.o lib.a -o "bin/$name")
  chmod 755 "$work/bin/$name"
}

tool_names() { sed -n 's/^TOOL(\([a-z0-9_]*\)).*/\1/p; s/^TOOL_NAMED("\(.*\)", .*/\1/p' "$sources/tools/tools.def"; }

# entry FILE MODE PATH [LINK...]: a manifest row for a file
entry() {
  local file=$1 mode=$2 path=$3 links= name
  shift 3
  for name in "$@"; do links+="${links:+,}"$'\n'"      \"$name\""; done
  if [ -n "$links" ]; then links+=$'\n    '; fi
  printf '  {\n    "path": "%s",\n    "type": "file",\n    "mode": "%s",\n    "file": "%s",\n' "$path" "$mode" "$file"
  printf '    "size": %d,\n    "sha256": "%s",\n' "$(stat -c %s "$file")" "$(sha256sum <"$file" | cut -c1-64)"
  printf '    "links": [%s]\n  }' "$links"
}

manifest() {
  local kind mode path name separator=
  printf '[\n'
  while read -r kind mode path; do
    case $kind in
      directory) printf '%s  { "path": "%s", "type": "directory", "mode": "%s" }' "$separator" "$path" "$mode" ;;
      file) printf '%s%s' "$separator" "$(entry "root$path" "$mode" "$path")" ;;
      *) continue ;;
    esac
    separator=$',\n'
  done <tree.txt
  for name in bin/*; do
    local links=()
    if [ "$name" = bin/tools ]; then mapfile -t links < <(tool_names | sed 's|^|/bin/|'; echo /usr/bin/env); fi
    printf '%s%s' "$separator" "$(entry "$name" 0755 "/$name" ${links[@]+"${links[@]}"})"
  done
  printf '\n]\n'
}

for folder in lib hello probes tools shell; do compile "$folder"; done
(cd "$work" && ar rcsD lib.a $(ls lib/*.o | grep -v start.o))
mkdir "$work/bin"
program hello hello/hello.o
for source in "$sources"/probes/*.c; do
  name=$(basename "$source" .c)
  [ "$name" = main ] || program "probe-$name" "probes/$name.o" probes/main.o
done
if ls "$work"/tools/*.o >/dev/null 2>&1; then (cd "$work" && program tools tools/*.o); fi
if ls "$work"/shell/*.o >/dev/null 2>&1; then (cd "$work" && program sh shell/*.o tools/{echo,escape,kill,printf,test,files}.o); fi
cp -r "$sources/root" "$sources/tree.txt" "$work/"
(cd "$work" && manifest >MANIFEST.json)

if [ "${1:-}" = --check ]; then
  status=0
  for name in $( (cd "$work" && ls bin; cd "$sources" && ls bin) | sort -u); do
    if cmp -s "$work/bin/$name" "$sources/bin/$name"; then echo "same       $name"; else echo "DIFFERENT  $name"; status=1; fi
  done
  if cmp -s "$work/MANIFEST.json" "$sources/MANIFEST.json"; then echo "same       MANIFEST.json"; else echo "DIFFERENT  MANIFEST.json"; status=1; fi
  if [ $status -ne 0 ]; then echo "built here by $(gcc -dumpfullversion), $(ld --version | head -1); the committed files by gcc 12.2.0, binutils 2.40 (Debian 12)" >&2; fi
  exit $status
fi
rm -rf "$sources/bin"
cp -r "$work/bin" "$work/MANIFEST.json" "$sources/"
du -bc "$sources"/bin/* | tail -1
