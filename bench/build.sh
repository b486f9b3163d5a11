#!/bin/bash
# Builds the benchmarks in bench/cpu into bench/bin: static i386 programs on the library of programs/, without SSE.
# Needs gcc and binutils with -m32 (no 32-bit C library).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
library=$here/../programs/lib
flags=(-m32 -O2 -march=i686 -mno-sse -std=gnu11 -ffreestanding -fno-pie -fno-tree-vectorize -fcf-protection=none
  -fno-stack-protector -fno-asynchronous-unwind-tables -fno-ident -ffunction-sections -U_FORTIFY_SOURCE "-I$library" "-I$here/cpu")
mkdir -p "$here/bin"
for source in "$here"/cpu/*.c; do
  name=$(basename "$source" .c)
  [ "$name" = main ] && continue
  gcc "${flags[@]}" -static -nostdlib -no-pie -Wl,--build-id=none,--gc-sections,-z,noexecstack,-z,norelro -Wl,--no-warn-rwx-segments \
    -Wl,-T,"$here/../programs/link.ld" "$library/start.S" "$source" "$here/cpu/main.c" "$library"/*.c -o "$here/bin/$name"
done
