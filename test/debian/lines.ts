/**
 * Command lines of Debian's programs that a real kernel and nestlab must answer alike, by program. Each is run by
 * `sh -c` in a folder of its own; the files below lie in `..`.
 */

/** Shell text that makes the files which the lines read. */
export const FILES = String.raw`
printf 'pear\napple\nfig\nbanana\napple\ncherry\nfig\n' >words
printf '10\n9\n2\n33\n1\n-4\n' >numbers
printf 'a 1 x\nb 22 y\nc 333 z\nd 4444 x\n' >table
printf 'name,size,price\nbolt,8,0.25\nnut,8,0.10\nscrew,4,0.07\n' >list.csv
printf 'one\ntwo\nthree\nfour\n' >left
printf 'one\n2\nthree\nfour\nfive\n' >right
printf 'all: b c\n\t@echo all: $^\nb: a\n\t@echo b from $<\nc:\n\t@echo c; exit 0\na:\n\t@echo a\nbad:\n\t@exit 3\n.PHONY: all a b c bad\n' >Makefile
mkdir -p tree/sub/deep tree/empty
printf x >tree/one; printf yy >tree/sub/two; printf zzz >tree/sub/deep/three.txt; ln -s sub/two tree/link
awk 'BEGIN { for (i = 0; i < 2000; i++) printf "line %d of a text that is long enough to be worth compressing, %d\n", i, i * 7919 % 1000 }' >long
find tree words numbers table list.csv left right Makefile long -exec touch -h -d '2001-09-09 01:46:40 UTC' {} +
`;

/** Lines by the program that they are about. */
export const LINES: Readonly<Record<string, readonly string[]>> = {
  dash: [
    'echo $0 $# $- ; set -- a b c; echo $# "$*" "$@"; shift 2; echo $1',
    'f() { local x=$1; return $x; }; f 7; echo $?; x=1 f 2; echo $x $?',
    'for i in 1 2 3; do case $i in 2) continue;; esac; echo $i; done | while read a; do echo got $a; done',
    'trap "echo caught; exit 5" TERM; kill -TERM $$; echo not reached',
    'trap "echo leaving" EXIT; echo body; exit 3',
    'sleep 5 & p=$!; kill $p; wait $p; echo $?',
    '(exit 4) & wait $!; echo $?; (kill -9 $(exec sh -c "echo \\$PPID")); echo $?',
    'cat <<EOF\n$(echo inner) ${HOME:-none} `echo back`\nEOF',
    'echo a >f; echo b >>f; cat <f; echo c >&2; exec 3<f; read x <&3; read y <&3; echo $x-$y; exec 3<&-',
    'set -e; false || echo kept; false; echo no',
    'nosuchcommand; echo $?; ./nothing; echo $?; /tmp; echo $?',
    'echo ${x:=1} ${x:+2} ${#HOME} ${HOME%/*} ${HOME##*/} $((1<<4|3)) $((7%3)); echo ${y?unset}',
    'umask 027; umask; mkdir d; >f; ls -l | cut -c1-10',
    'ulimit -n; ulimit -c 0; ulimit -c; ulimit -f 8; ulimit -f',
    'type cd ls nothing; command -v sh; hash; test -x /bin/sh -a ! -d /bin/sh && echo ok',
    'printf "%s|%5d|%-5s|%x|%o|%c|%b\\n" str 42 ab 255 8 xyz "a\\tb"',
    'sh -c "kill -SEGV \\$\\$"; echo $?; sh -c "kill -PIPE \\$\\$"; echo $?',
    'read -r a b <<E\nx\\ty z w\nE\necho "$a|$b"; echo "1 2" | { read p q; echo $q$p; }',
    'set -o noclobber; echo a >f; echo b >f; echo $?; cat f',
    'i=0; while [ $i -lt 50 ]; do (exit $i) || :; i=$((i+1)); done; echo $i; times >/dev/null; echo $?',
    'echo one | tee a | tr a-z A-Z | rev 2>/dev/null || cat a; cd /; pwd; cd - ; pwd -P',
    'sh -n -c "if true; then echo"; echo $?; eval "echo \\$((2*3))"; . /nonexistent; echo unreached',
    'exec 9>out; (echo a >&9) & wait; cat out; exec 9>&-; echo x >&9; echo $?',
    'f() { echo "in $1"; [ $1 -gt 0 ] && f $(($1 - 1)); }; f 5; unset -f f; f; echo $?',
    'trap "" PIPE; yes 2>/dev/null | head -1; trap - PIPE; yes | head -1; echo $?; mkfifo p; cat p & echo data >p; wait',
    String.raw`for s in HUP INT QUIT USR1 ALRM TERM; do sh -c "trap 'echo got $s' $s; kill -$s \$\$; echo after"; done; kill -l 9; kill -0 $$; echo $?`,
    String.raw`cat /proc/self/comm; tr "\0" " " </proc/self/cmdline; echo; readlink /proc/self/exe /proc/self/cwd; grep -c stack /proc/self/maps; cat /proc/sys/kernel/ostype`,
    `x=$(seq 3000); echo ${'$'}{#x}; echo "$x" | wc -l; echo "$x" | while read n; do [ $n -eq 2999 ] && break; done; echo $?; set -- $x; echo $# ${'$'}{2999}`,
  ],
  'coreutils on text': [
    'cat -A ../table; cat -n ../words | head -n 3; tac ../left',
    'cat ../nonexistent ../words; echo $?; cat .; echo $?',
    'sort ../words; sort -u -r ../words; sort -n ../numbers; sort -k2,2n -k1r ../table',
    'uniq -c ../words; sort ../words | uniq -d; sort ../words | uniq -u',
    'cut -d, -f1,3 ../list.csv; cut -c2-4 ../words; cut --complement -d" " -f2 ../table',
    'wc ../words ../long; wc -L ../long; wc -c <../long',
    'head -c 5 ../words; tail -n 2 ../words; tail -c 7 ../words; tail -n +6 ../words; head -n -5 ../words',
    'tr a-z A-Z <../words; tr -d aeiou <../words; tr -s p <../words; tr -c "a-z\\n" . <../table',
    'paste ../left ../right; paste -sd, ../words; join <(true) x 2>/dev/null; sort ../left >l; sort ../right >r; join l r; comm l r',
    'seq 1 3 10; seq -s, 5; seq -w 8 11; seq 0.1 0.2 0.9; seq 5 -2 1; seq -f "%05.1f" 3',
    'expr 3 \\* 4 + 1; expr abc : "a\\(.*\\)"; expr length hello; expr 1 = 2; echo $?; expr 1 / 0; echo $?',
    'factor 2 97 1001 4294967297 18446744073709551617; numfmt --to=iec 1048576 1500; numfmt --from=si 3k',
    'md5sum ../words ../long; sha1sum ../long; sha256sum ../long; sha512sum ../words; b2sum ../words; cksum ../words; sum ../words',
    'md5sum ../words >s; md5sum -c s; echo bad >>s; md5sum -c s; echo $?',
    'base64 ../words; base64 ../words | base64 -d; base32 ../left; basenc --base16 ../left',
    'od -c ../left; od -An -tx1 ../left; od -td2 -Ax ../numbers; od -tf8 -N16 ../long; od -te ../words',
    'seq 20000 | sort -R --random-source=../long | sort -n -S 64k -T . | md5sum; seq 20000 | sort -r --parallel=2 -S 100k | head -2; sort -c ../words; echo $?; sort -m ../left ../left | uniq -c',
    `sort -t, -k3n ../list.csv; sort -h <<E
2K
1M
5
E
sort -V <<E
a10
a9
E
sort -f -s ../words; sort -z ../left | od -c | tail -1; sort nothing; echo $?; sort -o f ../words; head -1 f`,
    `split -n l/3 ../long q; wc -l q*; split -l 500 --filter='wc -l' ../long; csplit -z -f y ../long '/line 500/' '{2}' 2>&1; ls y* | wc -l`,
    'timeout 1 tail -f ../left; echo $?; (sleep 0.1; echo more >>g) & >g; timeout 1 tail -f g; tail -n 1 -q ../left ../right; tail -c +10 ../left; head -n 1 -v ../left ../right; tail --pid=1 -n 1 ../left',
  ],
  'coreutils on files': [
    'ls -lA --time-style=+%s ../tree ../words; ls -R ../tree; ls -F ../tree; ls -1r ..|head -30; ls -lS --time-style=+%F ../tree/sub',
    'ls nothing; echo $?; ls -d /nonexistent/x ..; echo $?; ls --bad; echo $?',
    'ln -s a b; ln ../words c; ls -l --time-style=+ | cut -c1-13; readlink b; readlink -f b; realpath --relative-to=/ c; stat -c "%h %F %N" c b',
    'cp ../words a; cp -r ../tree t; cp -a ../tree u; find t u | sort; cp -v a b; cp -u a b; cp a t; cp nothing x; echo $?; cmp a ../words',
    'cp a a; echo $?; mv -v nothing x; echo $?; >a; >b; mv -v a b; mv -n b c; mv b c/; echo $?; mkdir d; mv -v c d; ls d',
    'mkdir -p a/b/c; mkdir a; echo $?; mkdir -m 700 p; stat -c %a p; rmdir a; echo $?; rmdir -pv a/b/c; ls; rm p; echo $?; rm -rv p',
    'rm nothing; echo $?; rm -f nothing; echo $?; touch x y z; rm -v x y; rm -ri z </dev/null; ls; rm -r .; echo $?',
    'touch -d "2000-01-01 12:34:56.789 UTC" f; stat -c "%y %Y %s %a %U %G" f; touch -r f g; TZ=UTC stat -c %y g; date -u -r g +%s.%N',
    'truncate -s 100000 f; stat -c "%s" f; truncate -s -1 f; truncate -s %4096 f; stat -c %s f; wc -c f; du -b f; truncate -s 5 f; od -c f',
    'dd if=../long of=f bs=1000 count=3 skip=2 seek=1 conv=notrunc 2>&1 | head -2; md5sum f; dd if=/dev/zero bs=1 count=3 status=none | od -c; echo abc | dd conv=ucase status=none',
    'chmod 640 f; >f; chmod -v u+x,g=w,o-rwx f; chmod 4755 f; ls -l f | cut -c1-10; chmod --reference=../words f; stat -c %A f; chmod 9 f; echo $?',
    'chown 1:2 .; stat -c "%u %g" .; >f; chown -v nobody f; chgrp -v nogroup f; chown nosuch f; echo $?; ls -ln --time-style=+ f',
    'split -l 3 ../words p; ls; cat pab; split -b 10 -d ../numbers n; ls n*; csplit -s ../left /three/; ls; cat xx01',
    'fold -w 20 ../long | head -4; fmt -w 30 ../long | head -4; nl ../left; expand -t 4 ../Makefile | head -2; unexpand -a ../table; pr -h t -l 12 ../left | tail -n +4',
    'cp --sparse=always ../long s; cmp s ../long; cp --reflink=auto ../long r; cp -l ../words l; stat -c %h l; cp -s ../words y; readlink y; cp --parents ../tree/sub/two . 2>&1; cp -t . ../left ../right; ls; cp -i ../left left </dev/null; echo $?; cp --backup=numbered ../words left; ls',
    'mv -t nothing x; echo $?; mkdir a b; mv a b; mv b/a .; mv a a; echo $?; mv a b/a; ls b; >c; mv c b/a/; mv --backup c d; echo $?; ln -sf nowhere l; mv l m; readlink m; mv m b; ls -R; ln b x; echo $?; ln -s b b; echo $?; ln -rs b/a z; readlink z',
    'stat -c "%n %s %b %B %A %u %g %h %F" ../words ../tree ../tree/link; stat -L -c %s ../tree/link; stat nothing; echo $?; touch -h -d @7 l; echo $?; touch -m -t 200101010000 f; TZ=UTC stat -c %y f; touch -a -d @9 f; stat -c "%X" f; touch /nonexistent/f; echo $?; chmod u=rwx,go= f; [ -x f ] && echo x; find . -perm 700',
    'dd if=/dev/urandom of=f bs=64k count=2 2>/dev/null; stat -c %s f; dd if=f bs=1 skip=131070 count=10 2>&1 >/dev/null | head -2; dd if=nothing; echo $?; dd of=g seek=1 bs=10 count=0 2>&1 | head -1; stat -c %s g; dd if=/dev/full count=1 bs=4 2>/dev/null | od -An -tx1; echo x >/dev/full; echo $?; cat f >/dev/full; echo $?; fallocate -l 5000 h 2>/dev/null; stat -c %s h',
  ],
  'coreutils on the rest': [
    'date -u -d @1000000000; date -u -d "2004-02-29 +1 year" +%F; date -u -d "next month" >/dev/null; date -d bad; echo $?; TZ=Europe/Berlin date -d @0',
    'env -i A=1 B=2 env; env -u HOME printenv HOME; echo $?; printenv PATH; env nosuch; echo $?; env -C / pwd; nice -n 5 nice; nohup echo hi',
    'id; id -un; groups; whoami; logname; echo $?; uname -m -s -o; arch; nproc --ignore=0 >/dev/null; tty; echo $?; hostid >/dev/null; users; who',
    'basename /a/b.c .c; basename -a x/y z; dirname /a/b c; pathchk -p "a b"; echo $?; mktemp -u XXX | wc -c; mktemp -d d.XXXX | wc -c',
    'test 1 -lt 2; echo $?; [ -e ../words ]; echo $?; [ ../words -nt ../numbers ]; echo $?; [ a ; echo $?; test -t 0; echo $?; /usr/bin/test -L ../tree/link; echo $?',
    'timeout 0.2 sleep 5; echo $?; timeout -s KILL 0.2 sleep 5; echo $?; timeout 5 sh -c "exit 9"; echo $?; timeout --foreground 0.1 sleep 2; echo $?; sleep bad; echo $?',
    'yes | head -3; yes a b | sed 2q; seq 100000 | tail -1; seq 1000000 | wc; yes | head -c 100000 | wc -c',
    'printf "%d %s\\n" 1 a 2 b; printf "%q\\n" "a b"; printf "%.3f %e %g\\n" 3.14159 31415.9 0.0001; printf "%d\\n" abc; echo $?; printf "%5.2s|\\n" xyz; /usr/bin/printf "\\u20ac\\n"',
    'shuf -i 1-5 | sort; shuf -n 0 ../words; tsort ../table; ptx -G ../left | head -3; echo a b | xargs -n1; dircolors -b | head -c 20',
    'tee a b <../left >/dev/null; cmp a b; echo $?; sync; sync a; mkfifo p; stat -c %F p; (echo through >p &) ; cat p; mknod q p; ls -l q | cut -c1; mknod n c 1 3; echo $?',
    'df . >/dev/null; echo $?; du ../tree -b --max-depth=1 2>/dev/null | sort | cut -f2; stat -f -c %T . ; ls -s ../nothing; echo $?; sum -s ../long',
    'install -m 750 ../words d; stat -c %a d; install -d x/y; ls x; link d e; unlink d; ls; unlink d; echo $?; chroot / /bin/echo hi; stdbuf -oL echo lo',
    'pwd -L; cd ../tree/link 2>&1; cd ../tree; pwd -P; sha1sum --tag one; shred -u nothing; echo $?; cp one ../z; shred -n1 -u ../z; ls ../z; echo $?',
    `timeout 0.3 sh -c "trap 'echo term; exit 8' TERM; sleep 2 & wait"; echo $?; timeout -k 0.1 0.1 sh -c "trap '' TERM; while :; do sleep 0.05; done"; echo $?; timeout -v 0.1 sleep 1; echo $?; timeout --preserve-status 0.1 sleep 1; echo $?; timeout 1 nosuch; echo $?`,
    'TZ=America/New_York date -d "2021-03-14 06:59:59 UTC" +%T%z; date -u -d "1970-01-01 00:00:01" +%s; date -u -d "2000-02-28 + 2 days" +%A; date -u -d @1e9 2>&1; date -u --iso-8601=ns -d @1.5; date -u -R -d @0; date -u -d "12/25/1999 5pm" "+%c|%j|%U|%p"; date -s bad; echo $?',
    String.raw`env A="x y" sh -c "echo \$A"; env -S "sh -c 'echo \$0' z"; env --chdir=/ pwd; env -u PATH /bin/sh -c "echo \$PATH" ; nice -n 19 nice; nice -n -5 nice; stty; echo $?; tty -s; echo $?; nohup sh -c "echo x; exit 4"; echo $?; LC_ALL=C.UTF-8 printf "\u00e9" | od -An -tx1; printf "é" | LC_ALL=C.UTF-8 wc -m; LC_ALL=C.UTF-8 ls -1 ..|head -2; sleep 0; sleep 0.01s`,
  ],
  sed: [
    'sed -n 2,3p ../words; sed "s/a/A/g;2d" ../words; sed -e 1i\\top -e "\\$a end" ../left; sed = ../left',
    'sed -E "s/([a-z])(.*)/\\2\\1/" ../words; sed "y/abc/xyz/" ../words; sed -n "/b/,/c/p" ../words; sed 3q ../words',
    'cp ../words f; sed -i.bak s/fig/FIG/ f; ls; cat f; sed -i 1d f; cat f; sed -n "$=" f; sed -s -n 1p ../left ../right',
    'sed ":a;N;\\$!ba;s/\\n/,/g" ../words; sed -n "h;G;p" ../left; sed "n;d" ../left; sed "s/x/y/w out" ../table; cat out',
    'sed p nothing; echo $?; sed "s/a" ../words; echo $?; sed -n l ../Makefile; sed --posix "s/a\\+/X/" ../words; printf "a\\0b" | sed -z s/^/x/ | od -c',
    'sed "s/e/&\\n/2;T;s/\\n/|/" ../words; sed "1~2d" ../left; sed "/three/c changed" ../left; sed -u 2q ../left; sed "1e echo run" ../left; sed "s/o.*/\\U&/" ../left; sed "r ../numbers" ../left | head -4; sed "1!G;h;$!d" ../left',
    String.raw`sed -n '/two/{p;q}' ../left; seq 10 | sed -n '2{p}' ; seq 10 | sed '$!N;P;D' | tail -2; seq 5 | sed -n '2!p'; seq 9 | sed '0~3d'; seq 5 | sed '2,+1s/^/>/'; echo abc | sed 's/b/[&]/;t;s/^/no/'; sed --version | head -1; sed; echo $?; seq 3 | sed 'a\
tail'; printf 'a\nb' | sed 's/$/./' `,
    `seq 3 >f; chmod 604 f; sed -i 's/2/two/;w g' f; stat -c %a f; cat g; sed -i '/two/e echo ran' f; cat f; sed -n 'F;=' f | tail -2; sed -i 1d nothing; echo $?; ln -s f l; sed -i --follow-symlinks 1d l; readlink l; cat f; sed -E 's/(x|y)*/<&>/g' ../table; echo aXb | sed 's/x/-/I;y/ab/cd/'; sed -s 'F' ../left ../right | head -3`,
  ],
  grep: [
    'grep apple ../words; grep -n a ../words; grep -c a ../words; grep -v a ../words; grep -o "[a-f]*" ../words; grep -x fig ../words',
    'grep -r x ../tree | sort; grep -rl y ../tree; grep -L a ../words ../left; grep -E "^(a|b)+" ../words; grep -F a. ../words; echo $?',
    'grep -i APPLE -m1 ../words; grep -A1 -B1 banana ../words; grep -C1 -n fig ../words; grep -w on ../left; echo $?; grep -q a ../words; echo $?',
    'grep -P "a(?=p)" ../words; grep -P "\\d{3}" ../table; grep a nothing; echo $?; grep -s a nothing; echo $?; grep "[" ../words; echo $?; grep -b -o p ../words',
    'printf "a\\0b\\n" | grep a; printf "a\\0b\\n" | grep -a a | od -c; grep -z a ../words | wc -c; grep -e a -e i ../words; grep -f ../left ../right; grep --color=always p ../words',
    'grep -c "" ../long; grep "99[0-9]$" ../long | wc; grep -E "(.)\\1" ../words; grep "\\<b" ../words; grep -nH fig ../words; grep -hv a ../words ../left; egrep "a|b" ../words; fgrep fig ../words; zgrep a ../words',
    String.raw`grep -rn --include="*.txt" z ../tree; grep -rc y ../tree | sort; grep -e "^t" -e "^f" ../left; grep -vE "o|e" ../left; echo $?; grep -n "" ../left | tail -1; seq 100 | grep -m2 -A1 5; seq 1000 | grep -c "[02468]$"; grep -y APPLE ../words; grep -o -b an ../words; echo "tab	x" | grep -P "\t"; grep --line-buffered p ../words | head -1`,
  ],
  gawk: [
    'gawk "{ s += \\$2 } END { print s, NR, s/NR }" ../table; gawk -F, "NR>1 { printf \\"%-6s %6.2f\\\\n\\", \\$1, \\$2*\\$3 }" ../list.csv',
    'gawk "BEGIN { for (i = 0; i < 5; i++) print i, i^2, sqrt(i), exp(i), log(i+1), sin(i), cos(i), atan2(i,2) }"',
    'gawk "{ n[\\$1]++ } END { c = asorti(n, k); for (i = 1; i <= c; i++) print k[i], n[k[i]] }" ../words',
    'gawk "BEGIN { print substr(\\"hello\\",2,3), index(\\"abc\\",\\"c\\"), length(\\"xyz\\"), toupper(\\"q\\"), strftime(\\"%F %T\\", 86400, 1); print match(\\"foobar\\", /o+/), RSTART, RLENGTH; print gensub(/(o+)(b)/, \\"<\\\\\\\\1>\\", \\"g\\", \\"foobar\\") }"',
    'gawk "BEGIN { while ((\\"echo a; echo b\\" | getline l) > 0) print \\"got\\", l; print \\"x\\" | \\"cat\\"; close(\\"cat\\"); print system(\\"exit 3\\") }"',
    'gawk "BEGIN { c = \\"sort\\"; print \\"b\\" |& c; print \\"a\\" |& c; close(c, \\"to\\"); while ((c |& getline l) > 0) print l; print ENVIRON[\\"HOME\\"] }"',
    'gawk "BEGIN { printf \\"%.17g %.17g %a\\\\n\\", 0.1, 1/3, 0.1; print 2^53, 2^53+1, 1e300*1e300, -log(0), int(-3.7), 1e6, 100000000000 }"',
    'gawk "BEGIN { exit 4 }"; echo $?; gawk "BEGIN { print 1/0 }"; echo $?; gawk "{" ; echo $?; gawk 1 nothing; echo $?; gawk "BEGIN { getline; print; print NR }" ../words',
    'gawk -f /dev/stdin ../table <<"E"\n{ print NF, $NF; $2 = "-"; print }\nE\ngawk "function f(n) { return n < 2 ? n : f(n-1) + f(n-2) } BEGIN { print f(15) }"; gawk --version | head -1',
    'gawk -v RS= -v ORS="|" "{ print NF }" ../words; gawk "NR==FNR { a[\\$1]; next } \\$1 in a" ../left ../right; gawk "/b/,/ch/" ../words; gawk "BEGIN { print > \\"/dev/stderr\\"; print \\"e\\" > \\"/dev/stderr\\" }"',
    String.raw`gawk 'BEGIN { "date -u -d @0 +%s" | getline t; print t; printf "%c%c|%-5s|%+d|%05.1f|%x\n", 65, "hello", "ab", 5, 3.14159, 255; print substr("abcdef", 0, 3), index("x", ""), tolower("ABC"), sprintf("%s", 1e6), 017, "0x11" + 0, 1==1.0, "a" < "b" }' ; gawk 'BEGIN { PROCINFO["sorted_in"] = "@val_num_desc"; split("3 1 2", a); for (i in a) print i, a[i] }' `,
    `gawk 'BEGINFILE { print "start", FILENAME } ENDFILE { print FNR }' ../left ../right; seq 5 | gawk '{ print > ("f" NR % 2) } END { close("f0"); while ((getline x < "f0") > 0) print "f0", x }'; gawk 'BEGIN { print length(sprintf("%1000s", "")); print strtonum("0x1F"), and(12, 10), xor(5, 3), lshift(1, 4); print systime() > 0, mktime("1970 01 02 00 00 00") / 3600 == 24 }' ; seq 50000 | gawk '{ s += $1; a[$1 % 100] += $1 } END { print s, length(a), a[7] }' `,
  ],
  mawk: [
    'mawk "{ s += \\$2 } END { print s, NR }" ../table; mawk "BEGIN { printf \\"%d %s %c %5.2f %e\\\\n\\", 42, \\"s\\", 65, 3.14159, 12345.678 }"',
    'mawk -F, "{ print \\$NF, NF }" ../list.csv; mawk "{ a[NR] = \\$0 } END { for (i = NR; i; i--) print a[i] }" ../words; mawk "length > 4" ../words',
    'mawk "BEGIN { \\"echo hi\\" | getline x; print x; print split(\\"a:b:c\\", p, \\":\\"), p[3]; print substr(\\"hello\\", 0, 3); system(\\"echo sys\\"); print toupper(\\"abc\\") }"',
    'mawk "BEGIN { x = \\"abcabc\\"; n = gsub(/b/, \\"[&]\\", x); print n, x; sub(/c/, \\"\\", x); print x; print 1e20, 0.1 + 0.2, 2^31, -7 % 3; exit 2 }"; echo $?',
    'mawk "BEGIN { for (i = 0; i < 20000; i++) s += i * i; print s; printf \\"%.17g\\\\n\\", sqrt(2) }"; mawk "BEGIN { print length }" ../words; mawk 1 nothing; echo $?; mawk "{"; echo $?; awk "BEGIN { print ARGC }" a b',
    `seq 1000 | mawk '{ a[$1 % 10] += $1 } END { for (i = 0; i < 10; i++) print i, a[i] }'; mawk 'BEGIN { while ((getline l < ARGV[1]) > 0) n++; print n; printf "%s" , "no newline" > "out"; close("out"); getline x < "out"; print x; print substr("abc", 2) ; print index("abc", "c"); print length("x" 12) }' ../words`,
    String.raw`mawk -F: -v OFS=- '{ $1 = $1; print }' /etc/passwd; mawk 'BEGIN { RS = "" } { print NR ": " $1 }' ../left; mawk 'function g(a, b) { a["k"] = b; return b * 2 } BEGIN { print g(z, 4), z["k"]; print "b\na" | "sort"; close("sort"); "exit 3" | getline; srand(1); print srand(2); printf "%5s|%-5s|%05d\n", "a", "b", 3 }' `,
  ],
  make: [
    'make -f ../Makefile; make -f ../Makefile bad; echo $?; make -f ../Makefile nothing; echo $?; make; echo $?',
    'printf "x: y\\n\\tcp y x\\n\\t@echo made\\n" >Makefile; echo 1 >y; make; make; touch -d 2040-01-01 y; make 2>&1 | sed "s/[0-9.e+]* s/N s/"; ls',
    'printf "V := \\$(shell echo sh)\\nW = \\$(subst a,b,banana) \\$(words 1 2 3) \\$(patsubst %%.c,%%.o,x.c y.c)\\nall:\\n\\t@echo \\$V \\$W \\$(MAKELEVEL) \\$@\\n" >m; make -f m; make -f m V=9; make -n -f m; make -pf m 2>/dev/null | grep "^W "',
    'printf "all: 1 2 3 4\\n%%:\\n\\t@echo \\$@ >f\\$@; sleep 0.05\\n" >m; make -j4 -f m; cat f1 f2 f3 f4; make -j2 -f m -s 5; cat f5; make -k -f m all; echo $?',
    'mkdir s; printf "all:\\n\\t@\\$(MAKE) -C s --no-print-directory\\n" >Makefile; printf "all:\\n\\t@echo sub \\$(MAKELEVEL) \\$(notdir \\$(CURDIR))\\n" >s/Makefile; make; make -C s; make -w --no-silent; MAKEFLAGS=n make -C s; make -f nothing; echo $?',
    'printf "ifeq (\\$(A),1)\\nr=yes\\nelse\\nr=no\\nendif\\nall: ; @echo \\$r \\$(foreach i,1 2,[\\$i]) \\$(if x,t,f) \\$(sort c a b) \\$(wildcard ../*s)\\ndefine D\\n@echo one\\n@echo two\\nendef\\nd: ; \\$(D)\\n" >m; make -f m A=1; make -f m; make -f m d; make -f m d all',
    'printf "a:\\n\\tkill -9 \\$\\$\\$\\$\\nb:\\n\\t-exit 2\\n\\t@echo after\\nc\\n" >m; make -f m a; echo $?; sed -i "\\$d" m; make -f m a; echo $?; make -f m b; echo $?; make -f m -q a; echo $?',
    String.raw`printf 'SRC := $(wildcard *.in)\nall: $(SRC:.in=.out)\n%%.out: %%.in\n\t@tr a-z A-Z <$< >$@ && echo made $@\nclean:\n\trm -f *.out\n.PHONY: all clean\n' >Makefile; echo a >a.in; echo b >b.in; make; make; touch -d 2040-01-01 a.in; make 2>&1 | grep made; make clean; ls; make -n; make -s clean; make -t; ls; make -B -s`,
    String.raw`printf 'all: $(shell seq 1 60)\n$(shell seq 1 60):\n\t@echo $@ >>log\n' >m; make -j8 -f m; sort -n log | md5sum; printf 'x:\n\t@sleep 0.3; echo x\ny:\n\t@false\n' >n; make -j2 -k -f n x y; echo $?; printf '.ONESHELL:\nx:\n\t@a=1\n\techo $$a\n' >o; make -s -f o; printf 'export V=7\nx:; @echo $$V $(origin V) $(flavor V) $(call f,1,2)\nf=$2-$1\n' >q; make -f q; make -f q V=8; V=9 make -e -f q; make --version | head -1`,
  ],
  tar: [
    'tar cf a.tar -C .. tree words; tar tf a.tar | sort; mkdir o; tar xf a.tar -C o; find o | sort; cmp o/words ../words; tar xOf a.tar words | head -1',
    'tar czf a.tgz --sort=name -C .. tree; tar tzvf a.tgz | cut -c1-22; tar cjf a.tbz -C .. words; tar tjf a.tbz; tar cJf a.txz -C .. words; tar tJf a.txz; tar xzf a.tgz tree/sub; find tree | sort',
    'tar cf a.tar --mtime=@0 --owner=0 --group=0 --sort=name -C .. tree; md5sum a.tar; tar --list -vf a.tar --utc --full-time; tar df a.tar -C .. | sort; echo $?',
    'tar cf a.tar -C .. words; tar rf a.tar -C .. left; tar tf a.tar; tar --delete -f a.tar words; tar tf a.tar; tar uf a.tar -C .. right; tar tf a.tar; tar Af a.tar a.tar 2>&1 | head -2; tar tf nothing; echo $?',
    'tar cf - -C .. tree | tar xf - --strip-components=1 -v | sort; ls; echo junk | tar tf -; echo $?; tar c -C .. --exclude="*.txt" tree | tar t | sort; tar; echo $?',
    'truncate -s 1M sp; printf end >>sp; tar cSf a.tar sp; ls -l a.tar | cut -d" " -f5; rm sp; tar xSf a.tar; stat -c %s sp; md5sum sp; ln sp hard; mkfifo p; tar cf b.tar sp hard p; tar tvf b.tar | cut -c1-10; mkdir o; tar xf b.tar -C o; stat -c "%h %F" o/sp o/p',
    `cp -r ../tree .; tar cf a.tar tree; chmod 600 tree/one; echo more >tree/new; tar --listed-incremental=snap -cf b.tar tree; tar tf b.tar | sort; tar df a.tar 2>&1 | sort; rm -r tree; tar xpf a.tar --no-same-owner; stat -c %a tree/one; tar xf a.tar --to-stdout tree/sub/two; tar cf - tree | (mkdir x; cd x; tar xf -); ls x; tar xf a.tar -C /nonexistent; echo $?; tar cf c.tar --transform 's,tree,root,' tree; tar tf c.tar | sort | head -2; tar cPf d.tar /etc/hostname nothing 2>&1; echo $?; tar xkf a.tar 2>&1 | sort | head -2; tar --zstd -tf a.tar 2>&1 | head -1`,
  ],
  gzip: [
    'gzip -k -c ../long >f.gz; gunzip -t f.gz; gzip -dc f.gz | cmp - ../long; gzip -l f.gz | tail -1 | awk "{ print \\$2 }"; gzip -cn9 ../long | md5sum; gzip -cn1 ../long | md5sum',
    'cp ../words w; gzip w; ls; gzip w.gz; echo $?; gunzip w.gz; ls; gzip -v w 2>&1; zcat w.gz; zcat nothing; echo $?; echo junk >j.gz; gunzip j.gz; echo $?; gzip -d <../words; echo $?',
    'cp -p ../words w; gzip -N w; gzip -lv w.gz | tail -1 | cut -c1-12; touch -d @5 w.gz; gzip -dN w.gz; stat -c %Y w; printf a | gzip -n | cat - w | gzip -dc; echo $?; zdiff ../left ../right; gzip -r . ; ls',
    `for l in 1 6 9; do gzip -nc$l ../long | md5sum; done; cat ../long | gzip -c | zcat | md5sum; zgrep -c 99 ../long; gzip -nc ../words >w.gz; zcmp w.gz ../words; zcat -f ../words w.gz | wc -l; head -c 30 w.gz >t.gz; gzip -t t.gz; echo $?; gzip -S .zz -k ../left -c | od -An -tx1 -N4; uncompress -c w.gz | head -1; zless --version >/dev/null; echo $?; gzip -l w.gz t.gz 2>&1 | wc -l; gzexe 2>&1 | head -1`,
  ],
  bzip2: [
    'bzip2 -kc ../long >f.bz2; md5sum f.bz2; bzip2 -t f.bz2; bzcat f.bz2 | cmp - ../long; bzip2 -1c ../long | md5sum; cp ../words w; bzip2 w; ls; bunzip2 w.bz2; cat w | head -1',
    'bzip2 nothing; echo $?; bunzip2 <../words; echo $?; bzip2 -c ../words | head -c 20 >t; bzip2 -t t; echo $?; bzip2 -c ../words | bzip2 -dc; bzip2recover nothing 2>&1 | tail -1; bzip2 -v ../nothing; echo $?',
    `seq 30000 | bzip2 -9 | md5sum; seq 30000 | bzip2 -1 | bunzip2 | md5sum; bzip2 -c ../words >a.bz2; bzip2 -c ../left >>a.bz2; bzcat a.bz2 | wc -l; bzgrep fig a.bz2; bzdiff a.bz2 a.bz2; echo $?; bzmore </dev/null a.bz2 | wc -l; bzip2 -s -k -v a.bz2; echo $?; bzip2 -f a.bz2 2>&1; ls`,
  ],
  'xz-utils': [
    'xz -c ../long | md5sum; xz -c ../long | xz -dc | cmp - ../long; xz -6ec ../words | xz -t; echo $?; cp ../words w; xz w; ls; xz -l w.xz | tail -1 | awk "{ print \\$1, \\$2 }"; unxz w.xz; ls',
    'xz --format=lzma -c ../long | md5sum; xz -0 -T2 --block-size=20000 -c ../long | xz -dc | md5sum; xz -dc ../words; echo $?; xz nothing; echo $?; xz --check=crc32 -c ../words | od -An -tx1 -N8; xzcat -T1 ../nothing; echo $?',
    'xz -T4 -0 -c ../long >a.xz; xz -t a.xz; xz --robot -l a.xz | cut -f1-6 | head -3; xz --format=lzma -c ../words | xz -dc --format=lzma; xz -k --suffix=.q -c ../words | xz -dc; xz --delta=dist=1 --lzma2=preset=1 -c ../long | xz -dc | cmp - ../long; xz -vv --memlimit=1KiB -c ../words 2>&1 | head -1 | cut -c1-40',
  ],
  bc: [
    'echo "2^200; 1/3; scale=20; 1/3; sqrt(2); 7%3; -7/2" | bc; echo "scale=30; 4*a(1); e(1); s(1); l(2); j(0,1)" | bc -l',
    'echo "define f(n) { if (n < 2) return (1); return (n * f(n-1)); } f(30); for (i = 0; i < 3; ++i) i; obase=16; 255; ibase=2; 1010" | bc; echo "1/0" | bc; echo $?; echo "a(" | bc; echo $?',
    'printf "x=5\\nx\\nx*=2\\nx\\nlast+1\\nprint \\"s\\\\n\\"\\nlength(12345)\\nscale(1.234)\\n" | bc; bc -q ../numbers </dev/null; bc nothing; echo $?; echo "2^10000 % 1000007" | bc; BC_LINE_LENGTH=20 bc <<E\n2^100\nE',
    String.raw`for i in 1 2 3; do echo "$i^$i" | bc; done; echo "scale=5; 22/7; (1+2)*3; 5 % 3; 2 ^ -1; ibase=16; FF" | bc; printf 'a[1]=2\na[1]+a[2]\nif (1) 5\nwhile (x < 3) { x = x + 1; x }\nauto\n' | bc; echo $?; bc --version | head -1`,
  ],
  dc: [
    'echo "2 3 ^ p 10 k 2 v p 16 o 255 p f" | dc; dc -e "[Hello]p 5 3 - p c z p 1 0 / p"; dc -e "1 2 3 f r f d p s a l a p"; echo "5 [d 1 - d 0 <a] s a l a x f" | dc',
    'dc -e "20k 2 3/p 7 3~f [la1+dsap10>x]sx0salxx"; dc -e "p"; echo $?; dc nothing; echo $?; dc -e "!echo x"; dc -e "100 2 ^ 3 | p" ; dc -e "2 10 100 |p 1 2 3 R f 65 P"; dc --version | head -1',
  ],
  m4: [
    'echo "define(x, \\$1-\\$2)x(1,2) eval(2**10) len(hello) substr(hello,1,3) index(abc,c) translit(abc,a-c,A-C) ifelse(1,1,y,n)" | m4; m4 -DA=7 -P <<E\nm4_define(B,A A)B\nE',
    'echo "include(../words)syscmd(echo sys)esyscmd(echo e)sysval dnl c" | m4; echo "include(nothing)" | m4; echo $?; m4 nothing; echo $?; echo "divert(1)one divert(0)zero undivert(1)" | m4; echo "forloop" | m4 -s; echo "m4exit(3)" | m4; echo $?',
    'm4 <<"E"\nchangequote([,])define([f], [ifelse($1,0,,[$1 f(decr($1))])])f(20)\nformat(%05d|%s, 42, s) regexp(foobar,o+) patsubst(foo,o,0) incr(3) errprint(err)__file__ __line__\nE\necho "dumpdef(len)" | m4; echo "mkstemp(a/b/XXXXXX)" | m4; echo "undefine(x)traceon(len)len(ab)" | m4; echo "m4wrap(end)start" | m4',
    "seq 300 | sed 's/.*/define(`x&'\"'\"', `&'\"'\"')x&/' | m4 | md5sum; printf 'a\\n' >i; echo 'include(i)sinclude(nope)`q'\"'\"' shift(1,2,3) $# dquote ifdef(`x'\"'\"',1,0) esyscmd(`echo $((2+3))'\"'\"')' | m4 -I. ; echo 'syscmd(`exit 5'\"'\"')sysval' | m4; echo 'eval(1/0)' | m4; echo $?; echo 'eval(0xff & 15, 2, 8) format(`%s %x'\"'\"', a, 255) index(abc, d)' | m4; m4 --version | head -1",
  ],
  diffutils: [
    'diff ../left ../right; echo $?; diff -u --label a --label b ../left ../right; diff -c --label a --label b ../left ../right; diff -y -W 40 ../left ../right; diff -e ../left ../right; diff -q ../left ../right',
    'cp -r ../tree a; cp -r a b; echo new >b/new; echo q >b/one; diff -r a b; diff -rq a b; diff -rN a b; echo $?; diff nothing ../left; echo $?; diff -i -w -B ../left ../left; echo $?; diff --brief . ..; diff -D X ../left ../right',
    'cmp ../left ../right; echo $?; cmp -l ../left ../right | head -3; cmp -s ../left ../left; echo $?; cmp -n 3 ../left ../right; cmp ../left nothing; echo $?; diff3 ../left ../right ../words; diff3 -m ../left ../right ../left; echo $?; sdiff -s -w 40 ../left ../right; echo $?; printf "a\\0" >z; diff z ../left; diff - ../left <../right',
    String.raw`seq 200 >a; seq 200 | sed '50d;100s/$/x/;150a\
new' >b; diff a b; diff -u a b | tail -n +3 >p; wc -l <p; diff --normal -U0 a b 2>&1 | head -1; diff -n a b; diff --suppress-common-lines -y -W 20 a b; diff -I '^1' a b; diff --to-file=a b; diff --color=always a b | head -2 | od -c | head -2; diff -x '*.o' -r . .; diff --width; echo $?; diff -a - a <b | wc -l; cmp a b; cmp -b -i 10:10 a a; echo $?; cmp --bytes=5 a b; echo $?`,
  ],
  findutils: [
    'find ../tree | sort; find ../tree -type f -name "*o*" | sort; find ../tree -size -3c -type f | sort; find ../tree -empty; find ../tree -maxdepth 1 -printf "%f %y %s %m %l\\n" | sort; find ../tree -newer ../words',
    'find ../tree -type f -exec echo {} \\; | sort; find ../tree -type f -exec echo {} + | wc -w; find ../tree -type f -print0 | sort -z | xargs -0 -n1 basename; find ../tree -perm 644 -type f | sort; find nothing; echo $?; find ../tree -bad; echo $?',
    'cp -r ../tree t; find t -name one -delete; find t -depth | sort; find t -type d -empty -delete; find t | sort; find t -regex ".*/t[a-z]*" | sort; find t -ls | wc -l; find -L ../tree -samefile ../tree/sub/two | sort; find t -execdir pwd \\; | sort -u; find ../tree -prune; find t -mtime +1 -o -mmin -100 -user root | sort',
    'echo "a b c" | xargs -n 2 echo; printf "x\\ny\\n" | xargs -I{} echo "<{}>"; echo 1 2 | xargs -t false; echo $?; echo | xargs -r echo none; seq 3 | xargs -P3 -n1 sh -c "exit 1"; echo $?; seq 5000 | xargs | wc; echo x | xargs nosuch; echo $?; echo a | xargs -a ../left -d "\\n" -L2 echo; xargs sh -c "kill -9 \\$\\$" <../left; echo $?',
    String.raw`cp -r ../tree t; find t -type f -size +1c -printf '%p %s\n' | sort; find t \( -name one -o -name two \) -print | sort; find t -type l -lname '*two'; find t -not -type d -not -type l | sort; find t -maxdepth 2 -mindepth 2 | sort; find t -name '*.txt' -exec grep -c z {} \;; find t -exec false \; -o -name one; find t -quit; find t/one -type f -ok rm {} \; </dev/null; find -L t -type f | sort; find t -readable -writable ! -executable | sort; find t -inum 0; find t -links 1 -type f | wc -l; find t -user nobody; find t -newermt 2020-01-01 -type f | sort; find t -fprint out; wc -l <out; find t -uid 0 -gid 0 -regextype posix-extended -regex '.*/(one|two)' | sort`,
  ],
  file: [
    'file ../words ../long ../tree ../tree/link ../list.csv /dev/null ../Makefile; file -b --mime ../words; file nothing; file -i ../tree; printf "\\0\\1\\2" >b; file b; gzip -nc ../words >w.gz; file w.gz; file -z w.gz; mkfifo p; file p; : >e; file e',
    'file -L /bin/busybox /bin/dash | sed "s/BuildID.*=[0-9a-f]*/ID/"; printf "#!/bin/sh\\n" >s; file s; printf "%%PDF-1.4" >p; file -b p; printf "\\211PNG\\r\\n\\032\\n" >g; file g; tar cf t.tar -C .. words; file t.tar; xz -c ../words >x; file --mime-type x; ls | file -f -; file --version | head -1',
    String.raw`file /bin/true | cut -d, -f1-3; file -b ../words ../Makefile; printf 'GIF89a\1\0\1\0' >g; file g; printf 'PK\3\4\24\0\0\0\10\0' >z; file -b z; printf '<?xml version="1.0"?><a/>' >x; file -b --mime-type x; printf '\377\376a\0' >u; file u; printf 'é\n' >e; file -bi e; echo '{"a": 1}' >j; file -b j; file -s /dev/zero; file -k g; sqlite3 d "create table t(a)"; file -b d | cut -d, -f1; file -m nothing g; echo $?; file -0 g | od -c | head -1; ln -s x l; file l; file -h l; file -L l; mkdir d1; file d1; chmod 4755 x; file x`,
  ],
  sqlite3: [
    "sqlite3 :memory: \"select 1, 'a', 1.5, null, x'4142', 10/4, 10/4.0, 7%3, abs(-2), round(2.567,1), typeof(1)\"; sqlite3 -header -column :memory: \"select 1 as one, 'x' as two\"",
    'sqlite3 f.db "create table t(a integer primary key, b text); insert into t(b) values(\'x\'),(\'y\'),(\'z\'); select * from t order by b desc; update t set b=b||a; select count(*), max(b) from t"; sqlite3 f.db .dump; ls; sqlite3 f.db "pragma integrity_check; pragma journal_mode=wal; delete from t where a=2; select * from t"; ls; sqlite3 f.db "select sum(a) from t"',
    'sqlite3 f.db "begin; create table n(i); with recursive c(x) as (select 1 union all select x+1 from c where x<1000) insert into n select x from c; commit; select sum(i), avg(i), count(*) from n; create index k on n(i); explain query plan select * from n where i=5; vacuum; pragma page_count"; sqlite3 f.db "select bad from n"; echo $?; sqlite3 /nonexistent/x "create table t(a)"; echo $?; echo junk >j; sqlite3 j "select * from x"; echo $?',
    "printf \".mode csv\\n.import ../list.csv l\\nselect name, price*size from l order by 2;\\n.schema\\n.tables\\n.mode json\\nselect * from l limit 1;\\n.quit\\n\" | sqlite3; sqlite3 :memory: \"select group_concat(v) from (select value v from json_each('[3,1,2]') order by 1); select printf('%08.3f|%s', 3.14159, 'x'), substr('hello',2,3), upper('q'), strftime('%Y-%m', 0, 'unixepoch'), hex('ab'), 9223372036854775807+1\"; sqlite3 --version | cut -c1-6",
    'sqlite3 f.db "create table t(a)"; (sqlite3 f.db "begin exclusive; insert into t values(1); select 1; " ".shell sqlite3 f.db \'select * from t\'" "commit; select * from t"); sqlite3 f.db ".backup g.db"; cmp f.db g.db; sqlite3 g.db "attach \'f.db\' as f; insert into f.t select a+1 from t; select * from f.t"; sqlite3 -readonly g.db "insert into t values(3)"; echo $?',
    `sqlite3 f.db <<E
create table p(id integer primary key, n text unique); create table c(p references p(id) on delete cascade, v);
pragma foreign_keys=on; insert into p(n) values('a'),('b'); insert into c values(1,10),(1,20),(2,30);
select n, sum(v) over (order by n, v) from p join c on c.p=p.id; insert into p(n) values('a'); delete from p where id=1; select count(*) from c;
create trigger t after insert on c begin update p set n=n||'!' where id=new.p; end; insert into c values(2,1); select * from p;
begin; delete from p; rollback; select count(*) from p; savepoint s; delete from c; rollback to s; select count(*) from c; create view w as select n from p; select * from w; analyze; reindex;
E
echo $?; ls`,
  ],
  'lua5.4': [
    'lua5.4 -e "print(1//0.3, 7//2, 7%-3, 2^53, 1e15, 10/3, math.pi, math.maxinteger, 0x7fffffff+1, 1<<40, 3|4, \\"a\\"..1)"; lua5.4 -v',
    'lua5.4 -e "local t = {} for i = 1, 10 do t[#t+1] = i*i end print(table.concat(t, \\",\\"), #t, select(\\"#\\", table.unpack(t))) table.sort(t, function(a, b) return a > b end) print(t[1])"; lua5.4 -e "for w in (\\"one two\\"):gmatch(\\"%a+\\") do print(w) end print((\\"x\\"):rep(3), (\\"hello\\"):find(\\"l\\"), (\\"%5.2f|%q\\"):format(3.14159, \\"a\\\\nb\\"))"',
    'lua5.4 -e "error(\\"boom\\")"; echo $?; lua5.4 -e "x ="; echo $?; lua5.4 nothing.lua; echo $?; lua5.4 -e "os.exit(7)"; echo $?; lua5.4 -e "print(pcall(error, {1}))" | cut -c1-12; lua5.4 -e "print(os.getenv(\\"HOME\\"), os.date(\\"!%F %T\\", 0), os.execute(\\"exit 3\\"))"; lua5.4 -e "print(io.popen(\\"echo hi\\"):read(\\"a\\"))"',
    'lua5.4 -e "local co = coroutine.wrap(function(a) for i = 1, 3 do a = coroutine.yield(a + i) end return \\"done\\" end) print(co(1), co(10), co(20), co(0))"; printf "local f = assert(io.open(\\"x\\", \\"w\\")) f:write(\\"a\\\\nb\\\\n\\") f:close() for l in io.lines(\\"x\\") do print(#l, l) end print(arg[0], ...) print(os.remove(\\"x\\"), os.remove(\\"x\\")) print(string.pack(\\"<i4\\", 7):byte(1, -1)) print(utf8.char(8364))" >s.lua; lua5.4 s.lua p q; luac5.4 -p s.lua; echo "print(6*7)" | lua5.4 -',
    'lua5.4 -e "math.randomseed(42) local s = 0 for i = 1, 1000 do s = s + math.random(100) end print(s > 0) local function f(n) return n < 2 and n or f(n-1) + f(n-2) end print(f(18)) print(collectgarbage(\\"count\\") > 0, string.format(\\"%a %.14g %.3f\\", 0.1, 0.1, 2/3), 5 // 0.0, -5 % 0.0 ~= -5 % 0.0, math.tointeger(3.0), 3 == 3.0, math.type(1), 1e308 * 10)"',
    String.raw`lua5.4 -e 'local f = io.tmpfile() f:write("x", 1, 2.5, "\n") f:seek("set") print(f:read("l")) print(f:seek("end")) f:close() local m = setmetatable({}, {__index = function(_, k) return k .. "!" end, __call = function(_, a) return a * 2 end}) print(m.key, m(21)) goto done print("no") ::done:: print(os.rename("nope", "x")) print(string.format("%-5s|%5d|%g", "a", 42, 1e20)) print(load("return 1 + 1")()) print(select(2, ("a,b"):gsub(",", ";"))) print(os.tmpname():match("^/tmp/lua_") ~= nil) io.stderr:write("err\n") print(#arg, arg[-1])' a b`,
  ],
  'perl-base': [
    'perl -e \'print "hello ", 1+2, " ", 10/3, " ", 2**40, " ", 7 % 3, " ", int(-3.7), "\\n"; printf "%s %05d %.3f %x %e\\n", "s", 42, 3.14159, 255, 12345.678; print join(",", map { $_ * 2 } grep { $_ & 1 } 1..9), "\\n"\'',
    "perl -ne 'print if /a/' ../words; perl -pe 's/(\\w)(\\w)/$2$1/g' ../left; perl -lane 'print $F[1]' ../table; perl -e '@a = sort { $a <=> $b } map { chomp; $_ } <>; print \"@a\\n\"' ../numbers; cp ../words w; perl -i.bak -pe '$_ = uc' w; head -2 w; ls",
    'perl -e \'die "dead\\n"\'; echo $?; perl -e \'exit 9\'; echo $?; perl -e \'print $x +\'; echo $?; perl nothing; echo $?; perl -we \'use strict; my $x; print $x . "u\\n"\'; perl -e \'kill 9, $$\'; echo $?; perl -e \'$! = 2; print "$!\\n"; open(F, "<", "/nope") or print "no: $!\\n"; print -e "../words" ? 1 : 0, -d ".." ? 1 : 0, -s "../words", "\\n"\'',
    'perl -e \'$p = fork; if (!$p) { exit 3 } waitpid $p, 0; print $? >> 8, "\\n"; pipe R, W; if (!fork) { close R; print W "through\\n"; exit } close W; print scalar <R>; wait; print `echo back`, system("exit 2") >> 8, "\\n"; open(P, "-|", "echo piped"); print <P>; close P; open(P, "|cat"); print P "to cat\\n"; close P\'',
    'perl -e \'$SIG{ALRM} = sub { print "alarm\\n"; exit 4 }; alarm 1; sleep 10\'; echo $?; perl -e \'$SIG{CHLD} = sub { $n++ }; for (1..3) { if (!fork) { exit } } 1 while wait != -1; print $n > 0 ? "ok\\n" : "none\\n"; $SIG{__DIE__} = sub { print "dying: @_" }; eval { die "x\\n" }; print "after: $@"; local $SIG{USR1} = sub { print "usr1\\n" }; kill USR1 => $$;\'',
    'perl -e \'%h = (b => 2, a => 1, c => [1, { x => 5 }]); print join(",", map { "$_" } sort keys %h), " $h{c}[1]{x}\\n"; print scalar reverse("abc"), ucfirst("x"), sprintf("%vd", "1.2.3"), " ", join("|", split(/,/, "a,b,,c")), " ", "abc" x 2, " ", lc "Q", "\\n"; print pack("NnC", 1, 2, 3) eq "\\0\\0\\0\\1\\0\\2\\3" ? "ok\\n" : "no\\n"; print 0.1 + 0.2, " ", 1e21, " ", 1/7, " ", 1e15 + 0.3, " ", 9**20, " ", 18446744073709551615, "\\n"\'',
    'perl -e \'opendir D, "../tree"; print join(" ", sort grep { !/^\\./ } readdir D), "\\n"; mkdir "d" or die; rmdir "d"; print rmdir("d") ? 1 : "$!\\n"; rename "../nope", "x" or print "$!\\n"; symlink "t", "l"; print readlink("l"), "\\n"; @s = stat "../words"; print "$s[7] $s[9]\\n"; utime 5, 6, "../left" or print "$!"; chmod 0600, "l" or print "$!\\n"; print((gmtime 0)[5], " ", scalar(gmtime 1e9), "\\n"); select undef, undef, undef, 0.01; print "$0 @ARGV $^V $^O\\n"; use POSIX; \' 2>&1 | head -12',
    'perl -e \'use Socket; socketpair(A, B, AF_UNIX, SOCK_STREAM, 0) or die $!; syswrite A, "ping\\n"; sysread B, $x, 100; print $x; use IO::Handle; use Fcntl qw(:flock SEEK_SET); open F, "+>", "f"; flock F, LOCK_EX or print "no lock\\n"; print F "abc"; seek F, 0, SEEK_SET; print <F>, tell(F), "\\n"; truncate F, 1; print -s F, "\\n"; close F; use List::Util qw(sum max); print sum(1..10), max(3, 9, 2), "\\n"; print "$^X\\n"; sub f { $_[0] < 2 ? $_[0] : f($_[0] - 1) + f($_[0] - 2) } print f(17), "\\n"\'',
    String.raw`perl -e 'use POSIX qw(floor strftime :sys_wait_h); print floor(-1.5), strftime("%F", gmtime 86400), "\n"; my $p = fork // die; exit 5 unless $p; my $r; do { $r = waitpid $p, WNOHANG; select undef, undef, undef, 0.01 } until $r; print $? >> 8, "\n"; print POSIX::getpid() == $$ ? "same\n" : "other\n"; open my $f, "<", \ "in memory\n"; print <$f>; print join(",", unpack("A2 x1 A*", "ab cd")), "\n"; printf "%s\n", join " ", map { sprintf "%.15g", $_ } 0.1, 1e100, 1/3; local $| = 1; print STDERR "err\n"; exec "echo", "exec" or die' `,
    String.raw`perl -e 'my %c; $c{$_}++ for split //, "mississippi"; print join(" ", map { "$_$c{$_}" } sort keys %c), "\n"; my $s = "x" x 100000; $s =~ s/x/yz/g; print length $s, "\n"; print "match $1\n" if "foo=bar" =~ /(?<k>\w+)=/ && $+{k} eq "foo"; print join("|", "a1b22" =~ /\d+/g), "\n"; my @s = sort { $b <=> $a } map { ($_ * 7919) % 1000 } 1 .. 2000; print "@s[0..4]\n"; print sprintf("%b %o %X %s", 10, 64, 255, 1_000_000), "\n"; $_ = "tr"; tr/a-y/b-z/; print "$_\n"; print "ok\n" if eval { local $SIG{ALRM} = sub { die "t\n" }; alarm 1; 1 while 1; 1 } || $@ eq "t\n"' `,
  ],
  bash: [
    "bash -c 'a=(1 2 3); echo ${a[@]} ${#a[@]} ${a[-1]}; declare -A m=([x]=1 [y]=2); echo ${m[x]} ${#m[@]}; echo {1..5} {a..c}{1,2}; s=hello; echo ${s:1:3} ${s^^} ${s/l/L} ${s//l/L} ${!s}'",
    'bash -c \'diff <(echo a) <(echo b); echo $?; cat < <(echo sub); echo x > >(cat); wait; read -r a b <<< "1 2"; echo $b; [[ abc =~ ^a(.)c$ ]] && echo ${BASH_REMATCH[1]}; (( 5 > 3 )) && echo gt; echo $((2**40)) $(( 16#ff )) $RANDOM | wc -w\'',
    'bash -c \'set -o pipefail; false | true; echo $? ${PIPESTATUS[@]}; trap "echo err" ERR; false; trap - ERR; f() { return 3; }; f; echo $?; exit 300\'; echo $?; bash -c \'kill -INT $$; echo no\'; echo $?; bash -c "if"; echo $?; bash nothing; echo $?; bash -c "ulimit -v; exec nothing"; echo $?',
    'bash -c \'coproc cat; echo hi >&${COPROC[1]}; read x <&${COPROC[0]}; echo $x; mapfile -t l < ../left; echo ${#l[@]} ${l[2]}; printf -v v "%03d" 7; echo $v; printf "%(%F)T\\n" 0; select_=1; time -p true 2>/dev/null; echo ${BASH_VERSION%%.*} $BASHPID | wc -w\'',
    'bash -c \'sleep 0.1 & sleep 0.2 & wait -n; echo $?; jobs; wait; (sleep 5 & echo $! >p; wait) & sleep 0.1; kill $(cat p); wait; echo done; trap "echo usr1" USR1; kill -USR1 $$; disown 2>/dev/null; type -t ls cd f if; shopt -s extglob nullglob; echo ../!(words|numbers|[0-9]*) nope*; echo ~root ~nobody\'',
    "bash -c 'exec 5>f; echo five >&5; exec 5>&-; cat f; { echo out; echo err >&2; } &>both; sort both; echo a | tee >(tr a b >t) >/dev/null; while [ ! -s t ]; do sleep 0.02; done; cat t; cd /tmp; pushd / >/dev/null; popd >/dev/null; pwd; [ -v HOME ] && echo set; echo ${x@Q} ${HOME@Q}; echo $LINENO ${FUNCNAME[0]} $SHLVL'",
    "bash -c 'set -m; sleep 0.1 & fg; sleep 5 & kill %1; wait; echo $?; set -m; (kill -STOP $BASHPID; echo resumed) & sleep 0.1; jobs; kill -CONT %1; wait; echo end' 2>&1",
    'bash -c \'for ((i = 0; i < 200; i++)); do x=$(echo $i); done; echo $x; f() { [ $1 -eq 0 ] || { echo -n $1; f $(($1 - 1)); }; }; f 20; echo; while read -t 1 -n 2 c; do echo "<$c>"; done <<< abcdef; history | head -1; echo "${@:2}" "$#"\' zero one two three',
    'bash -i -c "echo interactive" 2>/dev/null; bash --norc --posix -c "echo posix; POSIXLY_CORRECT=1; set -o" | head -3; bash -x -c "echo a; b=1" ; bash -r -c "cd /"; echo $?; bash -s a b <<< "echo \\$# \\$1"; bash --version | head -1; echo "echo from file \\$0" >s; bash s; bash -c "exit \\"bad\\""; echo $?',
    String.raw`bash -c 'shopt -s lastpipe; echo 1 2 | read a b; echo $b; wait $!; printf "%s\n" a b c > >(sort -r); sleep 0.2; exec {fd}<../left; read -u $fd l; echo $l; readarray -t -n 2 r < <(seq 5); echo ${'$'}{r[*]}; for f in ../tree/*; do [[ -d $f ]] && echo dir ${'$'}{f##*/}; done; declare -i n=5; n+=3; echo $n; local_() { local -n ref=$1; ref=set; }; local_ v; echo $v; printf "%q %s\n" "a b" $(( RANDOM >= 0 )); echo "${'$'}{!B*}" | wc -w; [[ a < b ]] && echo lt; echo $((1e3)) 2>&1; echo done' `,
    `bash -c 'trap "echo chld" CHLD; (exit 3); wait; trap - CHLD; sleep 0.3 & p=$!; kill -STOP $p; sleep 0.1; grep State /proc/$p/status | cut -f2; kill -CONT $p; wait $p; echo $?; ulimit -t 1; bash -c "while :; do :; done"; echo $?; ulimit -Sn 20; exec 30>x; echo $?' 2>&1 | sed "s/line [0-9]*: *[0-9]* /line N /"`,
  ],
  busybox: [
    'busybox | head -1 | cut -c1-14; busybox ash -c "echo \\$((1+2)); local x 2>&1; echo \\${x:-d}"; busybox ls -l ../words | cut -c1-10; busybox echo hi; busybox nosuch; echo $?',
    'busybox vi </dev/null >/dev/null 2>&1; busybox md5sum ../long; busybox sha256sum ../words; busybox awk "{ print NF }" ../table; busybox sed -n 2p ../words; busybox grep -c a ../words; busybox sort -n ../numbers; busybox find ../tree | sort; busybox xargs -n1 <../table | busybox wc -l; busybox tr a b <../words | busybox head -2',
    'busybox tar cf t.tar -C .. words; busybox tar tvf t.tar | cut -c1-10; busybox gzip -c ../long | busybox gunzip -c | cmp - ../long; busybox bzip2 -c ../words | busybox bunzip2; busybox unxz -c nothing; echo $?; busybox cpio -o <../nothing 2>&1; echo ../words | busybox cpio -o -H newc 2>/dev/null | busybox cpio -t 2>/dev/null; busybox unzip -l nothing; echo $?',
    'busybox dc -e "2 3 + p"; echo "2^70" | busybox bc; busybox expr 2 + 3; busybox printf "%d-%s\\n" 5 x; busybox seq 3; busybox stat -c "%s %F" ../words; busybox id -u; busybox env -i A=1 busybox env; busybox date -u -d @0; busybox cal 9 2001; busybox factor 91; busybox timeout 1 sleep 5; echo $?; busybox sleep 0.1; busybox which sh; busybox uname -m',
    'busybox dd if=/dev/zero bs=1k count=4 2>/dev/null | busybox wc -c; busybox hexdump -C ../left; busybox od -c ../left; busybox xxd ../left; busybox diff ../left ../right; busybox cmp ../left ../right; echo $?; busybox patch --help 2>&1 | head -1 | cut -c1-10; busybox cut -d, -f2 ../list.csv; busybox uuencode a <../left | busybox uudecode -o -; busybox realpath ../tree/link; busybox mktemp -u | wc -c; busybox du -s ../nothing; echo $?',
    String.raw`busybox sh -c 'echo $((3*4)); for i in a b; do echo $i; done | tac; set -o pipefail; false | true; echo $?; cat <<E
here $HOME
E
[ -d / ] && echo dir; trap "echo bye" EXIT; (exit 3); echo $?; sleep 0.1 & wait; type cd; local_() { local x=1; echo $x; }; local_; echo ${'$'}{x-unset}; printf "%s\n" *; ulimit -n; kill -TERM $$' ; echo $?`,
    'busybox tail -n 2 ../left; busybox cp -a ../tree t; busybox find t -type f | busybox sort; busybox ls -1 t; busybox mv t u; busybox rm -r u; busybox mkdir -p a/b; busybox rmdir a/b; busybox ln -s x y; busybox readlink y; busybox touch z; busybox chmod 600 z; busybox stat -c %a z; busybox tee q <../left >/dev/null; busybox nl q | busybox tail -1; busybox rev q; busybox fold -w 3 q | busybox head -2; busybox comm ../left ../right; busybox paste ../left ../right; busybox split -l 2 ../left; busybox ls; busybox sum q; busybox cksum q; busybox strings -n 5 /bin/true | busybox head -1; busybox ipcalc -n 10.1.2.3/8; busybox getopt ab: -a -b x; busybox yes | busybox head -1',
  ],
};
