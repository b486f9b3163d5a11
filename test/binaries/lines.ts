/** Command lines that a real kernel and nestlab must answer alike: one a row, [program, ...arguments]. */

const busybox = (...words: string[]) => ['/bin/busybox', ...words];
const sh = (script: string) => ['/bin/busybox', 'sh', '-c', script];
const bash = (script: string) => ['/bin/bash', '-c', script];

/** Files below the root in which every line is run, besides the programs. */
export const FILES: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
  'etc/group': 'root:x:0:\nnogroup:x:65534:\n',
  'data/words': 'pear\napple\nfig\nbanana\napple\ncherry\nfig\n',
  'data/numbers': '10\n9\n2\n33\n1\n-4\n',
  'data/table': 'a 1 x\nb 22 y\nc 333 z\n',
  'data/script.sh': '#!/bin/busybox sh\necho "script $0 with $# arguments: $*"\nexit 7\n',
  'data/loop': '#!/data/loop\n',
  'data/noexec': 'echo plain text runs in the shell\n',
};

export const LINES: readonly (readonly string[])[] = [
  // Start-up, arguments, environment, status.
  busybox('echo', 'hello', 'world'),
  busybox('true'),
  busybox('false'),
  busybox('nosuchapplet'),
  busybox('printf', '%s-%05d-%x\\n', 'a', '42', '255'),
  busybox('env', '-i', 'A=b', '/bin/busybox', 'env'),
  busybox('id'),
  busybox('pwd'),
  busybox('basename', '/usr/lib/thing.so', '.so'),
  busybox('expr', '6', '*', '7'),
  busybox('seq', '-w', '1', '3', '12'),
  busybox('date', '-u', '-d', '@1000000000'),
  busybox('cal', '9', '2001'),
  // Files.
  busybox('ls', '/data'),
  busybox('cat', '/data/words', '/nonexistent'),
  busybox('stat', '-c', '%n %s %F %a %h', '/data/words', '/data', '/bin/busybox'),
  busybox('wc', '/data/words', '/data/numbers'),
  busybox('sort', '-n', '/data/numbers'),
  busybox('sort', '-u', '/data/words'),
  busybox('head', '-n', '2', '/data/words'),
  busybox('tail', '-c', '7', '/data/words'),
  busybox('grep', '-n', 'a.*a', '/data/words'),
  busybox('sed', '-e', 's/\\(.*\\) \\(.*\\) .*/\\2 \\1/', '/data/table'),
  busybox('awk', '{ s += $2 } END { printf "%d %.3f %s\\n", s, s / 3, sqrt(2) }', '/data/table'),
  busybox('awk', 'BEGIN { for (i = 1; i < 6; i++) print i, exp(i), log(i), sin(i), atan2(i, 2), int(i * 1.7) }'),
  busybox('md5sum', '/data/words', '/bin/busybox'),
  busybox('sha256sum', '/bin/busybox'),
  busybox('cksum', '/data/words'),
  // Every length of the last block, and more blocks than one. BusyBox's own tests of these are left out of its quick run.
  sh(`mkdir /tmp/h; cd /tmp/h; i=0; while [ $i -le 300 ]; do head -c $i /bin/busybox >$i; i=$((i+1)); done
head -c 999 /bin/busybox >999; : >c; for sum in sha1sum sha256sum sha512sum sha3sum; do $sum * >../sums; cat ../sums
$sum -c ../sums | tail -n 3; $sum -c c; echo $?; done; cd /; rm -r /tmp/h /tmp/sums`),
  busybox('od', '-A', 'x', '-t', 'x1z', '/data/words'),
  busybox('hexdump', '-C', '/data/numbers'),
  busybox('cut', '-d', ' ', '-f', '2', '/data/table'),
  busybox('cmp', '/data/words', '/data/numbers'),
  busybox('diff', '/data/words', '/data/numbers'),
  sh('find /data -type f -name "*s" | sort'),
  busybox('du', '-a', '/nonexistent'),
  sh('cd /tmp && mkdir -p a/b/c && touch a/b/f && ln -s b a/l && ls -R a && rm -r a && ls -A'),
  sh('cd /tmp && echo one > f && echo two >> f && cp f g && mv g h && cat h && chmod 640 h && stat -c %a h && rm f h'),
  sh(
    'cd /tmp && tar cf t.tar -C / data && tar tf t.tar | sort && mkdir x && tar xf t.tar -C x && cmp x/data/words /data/words; rm -r t.tar x',
  ),
  sh('gzip -c /data/words | gunzip -c; bzip2 -c /data/words | bzcat | md5sum'),
  sh('dd if=/dev/zero bs=1000 count=100 2>/dev/null | md5sum; head -c 5 /dev/zero | od -c'),
  sh('echo 2^64-1 | bc; echo "3 4 + p" | dc'),
  // Processes, pipes, signals.
  sh('ls /data | sort -r | head -n 3 | tr a-z A-Z'),
  sh('yes | head -n 100000 | wc -l'),
  sh('for i in 1 2 3; do (exit $i); echo $?; done; false || echo or; true && echo and'),
  sh('sleep 0.1 & wait $!; echo $?; kill -0 $$ && echo alive'),
  sh('trap "echo got USR1" USR1; kill -USR1 $$; trap "echo bye" EXIT; exit 4'),
  sh('(kill -TERM $$; sleep 1); echo not reached'),
  sh('sh -c "kill -SEGV \\$\\$"; echo $?; sh -c "kill -KILL \\$\\$"; echo $?'),
  sh('exec 3>/tmp/out; echo three >&3; exec 3>&-; cat /tmp/out; echo x >&3'),
  sh('set -- a b c; shift; echo $# $*; x=abcdef; echo ${x#ab} ${x%ef} ${#x} ${y:-none}; echo $((7 / 2 * 3 % 5))'),
  sh('cat <<E\nhere $((1 + 1))\nE\nread a b <<F\nx y z\nF\necho "$a|$b"'),
  sh('/data/script.sh p q; echo $?; /data/loop; echo $?; /data/noexec; /data; echo $?; nosuch; echo $?'),
  sh('echo abc > /dev/full; cat /nonexistent; echo $?; cd /nonexistent; umask; ulimit -n'),
  sh('timeout 1 sleep 5; echo $?; time -p true 2>/dev/null; xargs -n 2 echo < /data/words'),
  // bash.
  bash('echo $BASH_VERSION; a=(1 2 3); echo ${a[@]} ${#a[@]}; declare -A m=([k]=v [l]=w); echo ${m[k]}${m[l]}'),
  bash('for ((i = 0; i < 5; i++)); do echo -n $((i ** 3)) ""; done; echo; printf "%.17g %q\\n" 0.1 "a b"'),
  bash('f() { local x=$1; ((x <= 1)) && echo 1 || echo $((x * $(f $((x - 1))))); }; f 10'),
  bash('shopt -s extglob nullglob; cd /data; echo *s !(words) @(t*|n*)'),
  bash('[[ abc =~ ^(a)(.)c$ ]] && echo ${BASH_REMATCH[@]}; [[ -e /data/words && ! -d /data/words ]] && echo file'),
  bash('set -o pipefail; false | true; echo $?; echo ${PIPESTATUS[@]}; (exit 9) | cat; echo ${PIPESTATUS[0]}'),
  bash('coproc cat; echo through >&${COPROC[1]}; exec {COPROC[1]}>&-; cat <&${COPROC[0]}'),
  bash(
    'mapfile -t w < /data/words; echo ${#w[@]} ${w[2]}; IFS=,; echo "${w[*]}"; read -r -a t < /data/table; echo ${t[1]}',
  ),
  bash(
    'trap "echo child" CHLD; /bin/busybox true; trap - CHLD; /bin/busybox sleep 0.05 & jobs -r | wc -l; wait; echo $?',
  ),
  bash('echo ${x?unset}; echo no'),
  bash('ulimit -n 20; exec 19</data/words && head -c 4 <&19; exec 20</data/words; echo $?'),
  bash('x=$(</data/numbers); echo $x; printf -v y "%03d" 7; echo $y ${y^^} ${x//[0-9]/#}'),
];
