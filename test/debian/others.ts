/** Command lines of further programs of Debian, as in lines.ts: the issue names none of them. */

/** Git's names and dates, which commits are made of. */
const GIT = String.raw`
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@d GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_DATE='2001-09-09 01:46:40 +0000' GIT_COMMITTER_DATE='2001-09-09 01:46:40 +0000'
git init -q -b main r; cd r; cp ../../words .; git add .; git commit -q -m one; `;

export const OTHERS: Readonly<Record<string, readonly string[]>> = {
  git: [
    `${GIT}echo x >>words; git diff; git commit -qam two; git log --stat --format='%H %an %ad %s'; git status --short --branch; git blame words | head -2`,
    `${GIT}git checkout -q -b b; echo y >z; git add z; git commit -qm two; git checkout -q main; echo q >q; git add q; git commit -qm three; git merge -q -m four b; git log --graph --oneline; git diff --stat HEAD~1`,
    `${GIT}for i in 1 2 3; do seq $i 50 >f$i; git add f$i; git commit -qm c$i; done; git gc -q; git fsck; git count-objects; git clone -q . ../s 2>&1; ls ../s; git rev-parse HEAD; git cat-file -p HEAD`,
    `${GIT}echo bad >words; git stash -q; git stash pop -q; git diff --name-only; git checkout -q -- .; git mv words w; git commit -qm moved; git revert --no-edit HEAD | head -1; git tag v1; git describe; git format-patch -1 --stdout | head -4; git archive HEAD | tar t; git nosuch; echo $?`,
  ],
  python3: [
    String.raw`python3 -c 'import sys, json, re; print(sys.version_info[:3], sys.maxsize, json.dumps({"a": [1, 2.5, None]}), re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"), 2**200, 1/3, 0.1+0.2, round(2.675, 2), "%.17g" % 0.1)'`,
    String.raw`python3 -c 'import subprocess as s
print(s.run(["echo", "hi"], capture_output=True).stdout, s.call("exit 3", shell=True)); p = s.Popen(["cat"], stdin=s.PIPE, stdout=s.PIPE); print(len(p.communicate(b"x\n" * 50000)[0]))
try: s.run(["sleep", "5"], timeout=0.2)
except s.TimeoutExpired: print("timeout")'`,
    String.raw`python3 -c 'import threading, queue
q = queue.Queue(); r = []
def work():
  while (x := q.get()) is not None: r.append(x * x); q.task_done()
  q.task_done()
t = [threading.Thread(target=work) for _ in range(6)]; [x.start() for x in t]; [q.put(i) for i in range(300)]; [q.put(None) for _ in t]; q.join(); [x.join() for x in t]; print(sum(r))
e = threading.Event(); threading.Timer(0.05, e.set).start(); print(e.wait(20), e.wait(0))'`,
    String.raw`python3 -c 'import os, signal, select, socket, fcntl, mmap
r, w = os.pipe(); pid = os.fork()
if pid == 0: os.write(w, b"child"); os._exit(5)
print(os.read(r, 9), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])); p = select.epoll(); p.register(r); os.write(w, b"x"); print(p.poll(1) == [(r, 1)])
a, b = socket.socketpair(); socket.send_fds(a, [b"m"], [r]); m, f, *_ = socket.recv_fds(b, 10, 1); print(m, os.read(f[0], 1)); got = []
signal.signal(signal.SIGALRM, lambda *x: got.append(x[0])); signal.setitimer(signal.ITIMER_REAL, 0.05); signal.pause(); print(got)
m = mmap.mmap(-1, 8192); m[:3] = b"abc"; print(m[:4]); s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); c = socket.create_connection(s.getsockname()); d, _ = s.accept(); d.sendall(b"tcp"); print(c.recv(9))'`,
    String.raw`python3 -c 'import sqlite3, zlib, bz2, lzma, hashlib, struct, decimal, math, random, pickle, unicodedata as u
c = sqlite3.connect("x.db"); c.execute("create table t(a, b)"); c.executemany("insert into t values(?, ?)", [(i, str(i) * 3) for i in range(200)]); c.commit(); print(c.execute("select sum(a), max(b) from t").fetchone())
print(u.name("\u20ac"), hashlib.sha3_256(b"").hexdigest()[:9], zlib.crc32(b"abc"), len(bz2.compress(b"a" * 9999)), len(lzma.compress(b"a" * 9999)), decimal.Decimal(1) / 7, math.gamma(5.5), math.erf(0.3), math.sin(1e22), math.pow(2.5, 3.5), math.fsum([.1] * 10)); random.seed(5); print(random.random(), random.gauss(0, 1), pickle.dumps({1: (2, 3)}))'`,
    String.raw`printf 'import sys\nprint(sys.argv)\nraise SystemExit(3)\n' >x.py; python3 x.py a b; echo $?; python3 -c 'x='; echo $?; python3 -c '1/0'; echo $?; echo 'print(1)' | python3 -; python3 -c 'import os; os.abort()'; echo $?; python3 -c 'import ctypes; c = ctypes.CDLL(None); print(c.abs(-5)); c.strlen(0)'; echo $?`,
    String.raw`cat >m.py <<'P'
import asyncio
async def echo(r, w):
  w.write((await r.readline()).upper()); await w.drain(); w.close()
async def main():
  s = await asyncio.start_server(echo, "127.0.0.1", 0); port = s.sockets[0].getsockname()[1]
  async def ask(n):
    r, w = await asyncio.open_connection("127.0.0.1", port); w.write(b"hello %d\n" % n); return await r.readline()
  print(await asyncio.gather(*[ask(n) for n in range(9)])); s.close()
  p = await asyncio.create_subprocess_shell("echo sub; exit 4", stdout=-1); print(await p.communicate(), p.returncode)
  try: await asyncio.wait_for(asyncio.sleep(99), 0.05)
  except asyncio.TimeoutError: print("timeout")
asyncio.run(main())
P
python3 m.py`,
    String.raw`cat >m.py <<'P'
import multiprocessing as m
def square(x): return x * x
if __name__ == "__main__":
  with m.Pool(2) as p: print(p.map(square, range(6)))
  q = m.Queue(); p = [m.Process(target=q.put, args=(i,)) for i in range(3)]; [x.start() for x in p]; print(sorted(q.get() for _ in p)); [x.join() for x in p]; print([x.exitcode for x in p])
  v = m.Value("i", 5); l = m.Lock(); print(v.value, l.acquire(timeout=1)); a, b = m.Pipe(); a.send([1, {"x": 2}]); print(b.recv())
P
python3 m.py`,
  ],
  perl: [
    String.raw`perl -MJSON::PP -MData::Dumper -MList::Util=sum,max -MTime::Local -MDigest::SHA=sha256_hex -MMIME::Base64 -MMath::BigInt -e '$Data::Dumper::Sortkeys = 1; print JSON::PP->new->canonical->encode({a => [1, "x", undef], b => 1.5}), sum(1..10), max(3, 7), sha256_hex("x"), encode_base64("hello"), Dumper({x => [1, {y => 2}]}), timegm(0, 0, 0, 1, 0, 100), " ", Math::BigInt->new("12345678901234567890") ** 3, "\n"'`,
    String.raw`perl -MIO::Socket::INET -MIPC::Open3 -e '$s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1"); $p = $s->sockport; if (!fork) { $c = IO::Socket::INET->new("127.0.0.1:$p"); print $c "from child\n"; exit } $c = $s->accept; print scalar <$c>; wait; $pid = open3($in, $out, undef, "sort"); print $in "b\na\n"; close $in; print <$out>; waitpid $pid, 0; print $?, "\n"'`,
    String.raw`perl -Mthreads -Mthreads::shared -e 'my $n :shared = 0; my @t = map { threads->create(sub { for (1..50) { lock $n; $n++ } $_[0] * 2 }, $_) } 1..3; print join(",", map { $_->join } @t), " $n\n"'`,
    String.raw`printf 'use Test::More tests => 3; ok(1, "one"); is(1 + 1, 2, "two"); is_deeply([1, {a => 2}], [1, {a => 2}], "deep");' >a.t; perl a.t; perl -MO=Deparse -e 'print 1 if $x'; printf '=head1 A\n\ntext B<bold>\n' | pod2text`,
  ],
  editors: [
    String.raw`printf '1,$p\n2s/p/P/g\n/fig/d\na\nnew\n.\n1,$n\nw out\nq\n' | ed -s ../words; cat out; printf 'g/a/s//A/\n1,3m$\n,p\nQ\n' | ed -s ../words; printf 'r !echo hi\n,p\nu\n,p\nQ\n' | ed -s ../left; echo bad | ed ../left; echo $?`,
    String.raw`vim.tiny -es -c '%s/a/X/g' -c 'w out' -c 'q!' ../words; cat out; cp ../words f; printf 'g/fig/d\n$put="end"\n1,2join\nnormal Axx\nsort\nwq\n' | vim.tiny -es f; cat f; echo $?`,
    `cp ../words f; vim.tiny -es -c 'normal dwyyp3GA!' -c 'undo | redo' -c '1,2d a | $put a' -c wq f; cat f; vim.tiny -es -c 'verbose pwd' -c q 2>&1 | wc -l; less -E ../left </dev/null; less -X ../left | cat; more ../words`,
    'patch --version | head -1; cp ../left f; diff -u ../left ../right | patch f; cmp f ../right; echo $?; diff -u ../left ../right | patch -R f; cmp f ../left; diff ../left ../right | patch -o - ../words; echo $?; ls; diff -u ../left ../right >d; patch --dry-run f d; patch -b f d; ls',
  ],
  'archives and compression': [
    'find ../tree | sort | cpio -o -H newc 2>/dev/null >c; cpio -it <c; mkdir x; cd x; cpio -id --no-absolute-filenames <../c; echo $?; cpio -t </dev/null; echo $?',
    'zip -q -r -X z ../words ../tree; unzip -l z | head -4; unzip -p z ../words 2>/dev/null | head -2; mkdir x; cd x; unzip -q ../z; ls; unzip -t ../z | tail -1; cd ..; zip -q z ../left; zip -d z "*left"; unzip nothing; echo $?; zipinfo -1 z | sort',
    'zstd -q -k ../long -o l.zst; zstd -dc l.zst | cmp - ../long; zstd -q -19 -T2 -c ../long | zstd -dc | md5sum; zstd -t l.zst; echo $?; zstd -q --ultra -22 -c ../words | zstd -dc; echo x | zstd -dc; echo $?; unzstd -c l.zst | head -1',
    'lz4 -q ../long l; lz4 -dc l | md5sum; lz4 -9 -c ../long | lz4 -dc | cmp - ../long; echo x | lz4 -dc; echo $?; lz4 -q -t l; echo $?',
    'mkdir d; rsync -a ../tree/ d/; find d | sort; rsync -ain ../tree/ d/; echo new >d/x; rsync -a --delete --itemize-changes ../tree/ d/; rsync -a --stats ../words d/ | grep "files transferred"; rsync nothing d 2>/dev/null; echo $?; rsync -ac --existing ../left d; ls d',
    'bsdtar -cf t.tar -C .. words tree; bsdtar -tf t.tar | sort; bsdtar -xOf t.tar words; bsdtar -caf t.zip -C .. words; bsdtar -tf t.zip; bsdtar -czf t.tgz -C .. tree; tar tzf t.tgz | sort; bsdcat ../words | head -1; bsdtar -tf ../words; echo $?',
    'tar -I zstd -cf t.tzst -C .. words long; tar -xOf t.tzst words | md5sum; gzip -c ../long | zcat | md5sum; xz -c ../words | xzcat; bzip2 -c ../words | bzgrep fig; gzip -c ../words | zgrep -n fig; gzip -c ../left >l.gz; zdiff l.gz ../right; zcmp l.gz ../left; echo $?; xzdiff ../left ../left; echo $?',
  ],
  'data and text': [
    String.raw`echo '{"b":[1,2.5,{"c":null}],"a":"x"}' | jq .; echo '[3,1,2]' | jq -c 'sort,map(.*2),add,length'; echo '{"a":1}{"a":2}' | jq -s 'map(.a)' -c; jq -n '[range(5)]|map(select(.%2==0))' -c; echo '{' | jq .; echo $?; jq -n '"a,b"|split(",")|join("-")'; jq -rn '[1,"x"]|@csv,@json,@sh,@base64'; jq -n '1/3,1e1000,(now|type)'; echo '{"a":[1,2]}' | jq -c 'paths,to_entries'; jq -n 'error("x")'; echo $?`,
    'tree ../tree; tree -a -L 1 --noreport ..; tree -J ../tree; tree -d ../tree; tree nothing; echo $?',
    'figlet-figlet hi; figlet-figlet -w 40 -c ab; echo text | figlet-figlet -f small; figlet-figlet -f nothing x; echo $?',
    String.raw`units -t '3 feet' m; units -t '100 degF' degC 2>/dev/null || units -t 'tempF(100)' tempC; units -t 'mile/hour' 'm/s'; units -t foo; echo $?`,
    String.raw`printf 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\nmsgid "hello"\nmsgstr "hallo"\n' >x.po; msgfmt x.po -o x.mo; msgunfmt x.mo; A=1 envsubst <<'T'
a $A b $B \$C
T
gettext nodomain hello; echo; ngettext nodomain file files 2; echo; printf '#include <libintl.h>\nint main() { gettext("hi"); }\n' | xgettext -k -kgettext -L C -o - - | tail -4`,
    String.raw`printf 'a\344b\n' | iconv -f latin1 -t utf8 | od -c; printf 'x\342\202\254' | iconv -f utf8 -t ascii; echo $?; printf 'h\303\251' | iconv -f utf8 -t utf16le | od -An -tx1; printf '\342\202\254' | iconv -f utf8 -t ascii//TRANSLIT; echo; iconv -f nosuch -t utf8 ../words; echo $?; getconf PAGESIZE LONG_BIT; getconf LONG_BIT; getent passwd root; getent hosts localhost; getent group 0; echo $?; locale; locale -a; ldd /bin/true | cut -d'(' -f1 | grep -v linux-gate`,
    String.raw`printf '.TH X 1\n.SH NAME\nx \\- a program\n.PP\nText \\fBbold\\fP and some more words that fill up a line until it must be broken somewhere.\n' >x.1; groff -man -Tascii x.1; nroff -man x.1 | head -3; groff -Tps -man x.1 | grep -c showpage; printf '.TS\nl r.\na\t1\nbb\t22\n.TE\n' | groff -t -Tascii | head -4; printf '.EQ\nx sup 2\n.EN\n' | groff -e -Tascii | head -3; man -l x.1 2>/dev/null | col -b | head -5`,
    String.raw`column -t ../table; column -s, -t ../list.csv; rev ../left; printf 'a\tb\n' | col -x; colrm 2 3 <../words; hexdump -C ../left | head -2; hexdump -e '4/1 "%02x " "\n"' ../left; hexdump -c ../numbers | tail -1; cal 9 1752; ul ../left; printf 'x\bx\n' | ul -t dumb; ncal -b 2 2000; logger -s -t tag msg 2>&1 | cut -d: -f2 | head -1; namei -m ../tree/link; getopt -o ab: --long long: -- -a -b 1 --long x y; mcookie | wc -c; uuidgen --sha1 -n @dns -N x; whereis -b sh | cut -d: -f1; rename.ul o 0 x 2>/dev/null; echo $?`,
  ],
  'system programs': [
    String.raw`ps -o stat= $$ | cut -c1; sleep 9 & ps -o comm=,args= -p $!; kill -0 $!; pgrep -P $$ -x sleep | wc -l; pkill -P $$ -x sleep; wait $! 2>/dev/null; echo $?; pidof nosuch; echo $?; free | wc -l; free -h | head -1; pwdx $$ | cut -d: -f2 | cut -c1-4; pmap $$ | tail -1 | cut -c1-6; sysctl -n kernel.ostype; top -b -n 1 | head -1 | cut -c1-3; watch --version | cut -d' ' -f1; ps -e -o pid= | grep -cx " *$$"; ps -o nosuch; echo $?`,
    String.raw`flock f echo locked; (flock -n 9 && echo got && flock -n f -c 'echo no' || echo refused) 9>f; flock -w 0.1 f true; echo $?; setsid sh -c 'ps -o sid= $$ | tr -d " " >s; echo $$ >>s; uniq s | wc -l'; taskset -p $$ | cut -d: -f1 | cut -c1-3; taskset -c 0 echo pinned; chrt -p $$ | tail -1 | cut -d: -f2; ionice -p $$; prlimit --pid $$ --nofile -o SOFT --noheadings; prlimit --nofile=50 sh -c 'ulimit -n'; setpriv --reuid 65534 --clear-groups id -u; setarch i686 uname -m; unshare true; echo $?; nsenter --version | cut -d' ' -f1; fallocate -l 10000 a; stat -c %s a; mountpoint /proc; mountpoint -q ..; echo $?`,
    String.raw`echo x >a; setfattr -n user.k -v v a; getfattr -d a; setfacl -m u:1:r a 2>/dev/null; script -qc 'echo in script; tty >/dev/null && echo tty' t </dev/null; dd if=/dev/zero of=d bs=1k count=400 2>/dev/null; mke2fs -q -F d; dumpe2fs -h d 2>/dev/null | grep -E 'Block count|Inode count|magic'; e2fsck -fn d 2>/dev/null | tail -1; debugfs -R 'stat /' d 2>/dev/null | head -1; blkid -o value -s TYPE d; tune2fs -L name d >/dev/null; e2label d; mkfs.minix d >/dev/null 2>&1; blkid -o value -s TYPE d; mkswap d >/dev/null 2>&1; swaplabel d | cut -d: -f1; printf ',100,83\n' | sfdisk -q d; sfdisk -d d | tail -1; wipefs -n d | wc -l`,
    'dpkg --version | head -1 | cut -d" " -f1-3; dpkg --print-architecture; dpkg --compare-versions 1.2-3 lt 1.10; echo $?; mkdir -p p/DEBIAN p/usr; printf "Package: x\\nVersion: 1\\nArchitecture: all\\nMaintainer: m\\nDescription: d\\n" >p/DEBIAN/control; echo data >p/usr/file; chmod 755 p p/DEBIAN p/usr; dpkg-deb --root-owner-group -b p x.deb; dpkg-deb -I x.deb | tail -6; dpkg-deb -c x.deb | cut -c1-20; dpkg-deb -x x.deb o; find o | sort; dpkg-deb -f x.deb Version; ar t x.deb 2>/dev/null | head -1; dpkg-split --version | head -1 | cut -d" " -f2',
    String.raw`openssl version | cut -d' ' -f1-2; openssl dgst -sha256 ../words; openssl enc -aes-256-cbc -pbkdf2 -S 0102030405060708 -k pw -in ../words | od -An -tx1 | tail -1; openssl enc -aes-128-ctr -K 00 -iv 00 -in ../left 2>/dev/null | openssl enc -d -aes-128-ctr -K 00 -iv 00 2>/dev/null; openssl rand 5 | wc -c; openssl prime 97 98; echo x | openssl base64; openssl passwd -6 -salt ab pw; openssl ecparam -name prime256v1 -genkey -noout -out k; openssl ec -in k -pubout -out p 2>/dev/null; openssl dgst -sha1 -sign k -out s ../words; openssl dgst -sha1 -verify p -signature s ../words; openssl asn1parse -in p | head -2; openssl x509 -in ../words 2>/dev/null; echo $?`,
    String.raw`openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -out c -subj /CN=x -days 3 2>/dev/null; openssl x509 -in c -noout -subject; openssl verify -CAfile c c; (openssl s_server -accept 127.0.0.1:4433 -cert c -key k -quiet -naccept 1 <../words >/dev/null 2>&1 & p=$!; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do (echo hello; sleep 1) | openssl s_client -connect 127.0.0.1:4433 -quiet -CAfile c 2>/dev/null >o && break; sleep 0.3; done; wait $p); sort -u o | head -3`,
  ],
  'compilers and languages': [
    String.raw`printf '#include <stdio.h>\nint main() { printf("tcc %%d %%.17g\\n", 6 * 7, 1 / 3.0); return 3; }\n' >t.c; tcc -run t.c; echo $?; tcc t.c -o t; ./t; echo $?; tcc -c t.c; file t.o; tcc -E - <t.c | tail -1; echo 'int x = ;' | tcc -c -; echo $?`,
    String.raw`cat >l.l <<'L'
%option noyywrap
%{
#include "y.tab.h"
#include <stdlib.h>
int yylex(void);
%}
%%
[0-9]+ { yylval = atoi(yytext); return NUM; }
[ \t] ;
\n return 0;
. return *yytext;
%%
L
cat >y.y <<'Y'
%{
#include <stdio.h>
int yylex(void); void yyerror(const char *s) { puts(s); }
%}
%token NUM
%left '+' '-'
%left '*' '/'
%%
s: e { printf("%d\n", $1); };
e: NUM | e '+' e { $$ = $1 + $3; } | e '-' e { $$ = $1 - $3; } | e '*' e { $$ = $1 * $3; } | '(' e ')' { $$ = $2; };
%%
int main() { return yyparse(); }
Y
flex -o lex.c l.l; bison -y -d y.y; md5sum lex.c y.tab.c y.tab.h; tcc -o calc lex.c y.tab.c && echo '2*(3+4)-5' | ./calc; echo '2+' | ./calc; echo $?`,
    String.raw`cat >b.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <pthread.h>
static int cmp(const void *a, const void *b) { return *(int *)a - *(int *)b; }
static void *work(void *p) { unsigned s = 0; for (int i = 0; i < 10000; i++) s += i * (unsigned)p; return (void *)(s % 997); }
int main() {
  int v[1000]; unsigned s = 1;
  for (int i = 0; i < 1000; i++) { s = s * 1103515245 + 12345; v[i] = s >> 16 & 1023; }
  qsort(v, 1000, 4, cmp); printf("%d %d\n", v[0], v[999]);
  pthread_t t[4]; void *r;
  for (int i = 0; i < 4; i++) pthread_create(t + i, 0, work, (void *)(i + 1));
  for (int i = 0; i < 4; i++) { pthread_join(t[i], &r); printf("%d\n", (int)r); }
  long double l = 0; for (int i = 1; i < 100; i++) l += 1.0L / i;
  printf("%.20Lg %lld\n", l, (long long)1e15 / 7); return 0;
}
C
tcc -o b b.c -lpthread && ./b`,
    String.raw`cat >M <<'M'
S := $(shell seq 12)
O := $(S:%=%.o)
all: $(O)
	@cat $(O) | wc -l
%.o:
	@echo $* >$@
clean:; rm -f *.o
M
make -f M -j4; make -f M -j4; make -f M clean; make -f M -j8 -Otarget; make -n -f M clean`,
    String.raw`echo 'puts [expr 2**80]; foreach x {c a b} {lappend l $x}; puts [lsort $l]; puts [format %.17g [expr 1/3.0]]; puts [exec echo hi]; set f [open x w]; puts $f data; close $f; puts [file size x]; after 20 {puts later; exit 3}; vwait forever' | tclsh; echo $?; tclsh <<'T'
set s [socket -server {apply {{c a p} {puts $c "hello"; close $c}}} -myaddr 127.0.0.1 0]
set c [socket 127.0.0.1 [lindex [fconfigure $s -sockname] 2]]
after 50 {set x 1}
vwait x
puts [gets $c]
puts [regexp -inline {(\d+)-(\d+)} 10-20] 
puts [string map {a b} banana]
error oops
T
echo $?`,
    String.raw`expect -c 'spawn -noecho sh -c "printf name:; read x; echo hello \$x; exit 4"; expect name:; send "bob\r"; expect "hello bob"; expect eof; puts [lindex [wait] 3]'; expect -c 'set timeout 0.3; spawn -noecho sleep 9; expect { timeout { puts late } eof { puts end } }; close; wait' ; echo $?`,
    String.raw`cp ../words f; mkdir RCS; ci -q -t-text -mone -d'2001-09-09 01:46:40' -wa f; co -q -l f; echo x >>f; ci -q -mtwo -d'2001-09-10 01:46:40' -wa f; rlog f | grep -E '^(revision|total)'; co -q -p1.1 f | wc -l; rcsdiff -q -r1.1 -r1.2 f; co -q f; ident f; merge -p ../left ../left ../right`,
    String.raw`echo '3 4 + p' | dc; echo '1 2 3' | parallel -k -j2 echo 'item{}' ::: a b c 2>/dev/null; seq 3 | parallel -k --will-cite 'echo {} {#}' 2>/dev/null; echo b | sponge f; cat f; printf 'a\nb\n' | ifne cat; ifne echo no </dev/null; errno 2; chronic sh -c 'echo quiet'; pee 'tr a-z A-Z' 'cat >/dev/null' <../left; combine ../left and ../right; isutf8 ../words; vidir --help 2>&1 | head -1; mispipe 'exit 3' true; echo $?; lckdo f echo locked 2>/dev/null; zrun echo ../words; printf 'x\n' | ts %Y | wc -c`,
  ],
  'more of the same': [
    String.raw`gawk -l filefuncs 'BEGIN { stat("../words", s); print s["size"], s["type"]; print chdir(".."), chdir("nowhere") }'; gawk -M 'BEGIN { print 2 ^ 200, 3 ^ 100 % 1000007 }'; gawk -M -v PREC=200 'BEGIN { printf "%.50f\n", 1 / 3 }'; gawk -l time 'BEGIN { print sleep(0.01) }'; gawk -l ordchr 'BEGIN { print ord("A"), chr(66) }'; gawk -o- '{ if (a) print b }' ../words | head -5; gawk -l readdir '$3 == "d"' ../tree | cut -d/ -f2 | sort; gawk -i inplace '{ print toupper($0) }' x 2>&1 | head -1 | cut -c1-5`,
    String.raw`echo '2^1000; scale=60; sqrt(2); 3^-5; obase=2; 2^70-1' | BC_LINE_LENGTH=0 bc -l; dc -e '2 500^p 40k 2vp 10 3~f 123456789 987654321*p 16i FFp [lbp1-dsb0<a]sa 3sb lbp 7 13 19|p'; echo 'scale=30; a(1)*4; e(2.5); l(10); c(1); j(2,1.5)' | bc -l`,
    String.raw`seq 20 | xargs -P 4 -n 5 echo | sort; find .. -maxdepth 1 -newermt 2001-01-01 -name 'w*' -printf '%f %s %TY\n'; for i in 1 2 3 4; do (for j in 1 2 3 4 5; do flock c sh -c 'read n <n 2>/dev/null; echo $((n + 1)) >n'; done) & done; wait; cat n; sdiff -w 30 ../left ../right; diff3 ../left ../left ../right; diff3 -m ../left ../left ../right | tail -2`,
    String.raw`tar -cg snap -f 1.tar -C .. tree; cp -r ../tree t; tar -cg s2 -f a.tar t; echo more >t/new; tar -cg s2 -f b.tar t; tar -tf b.tar | grep new; truncate -s 1M sparse; echo end >>sparse; tar -cSf s.tar sparse; test $(stat -c %s s.tar) -lt 20000 && echo small; mkdir x; tar -xf s.tar -C x; cmp sparse x/sparse; stat -c %s x/sparse; tar -cf - t | tar -df - 2>&1; tar --delete -f b.tar t/new; tar -tf b.tar | sort; tar -cf u.tar --transform 's/^t/u/' --owner=7 --numeric-owner t; tar -tvf u.tar | cut -c1-14 | sort -u`,
    String.raw`cat >s.c <<'C'
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
static sigjmp_buf back; static volatile int count;
static void fault(int n, siginfo_t *i, void *c) { siglongjmp(back, n); }
static void alarmed(int n) { count++; }
int main() {
  struct sigaction a = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO};
  sigaction(SIGSEGV, &a, 0); sigaction(SIGFPE, &a, 0);
  setlinebuf(stdout);
  volatile int zero = 0; int n;
  if (!(n = sigsetjmp(back, 1))) *(int *)8 = 1; else printf("signal %d\n", n);
  if (!(n = sigsetjmp(back, 1))) printf("%d\n", 1 / zero); else printf("signal %d\n", n);
  char *p = mmap(0, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (!(n = sigsetjmp(back, 1))) p[5000] = 1; else { mprotect(p, 8192, PROT_READ | PROT_WRITE); p[5000] = 2; printf("now %d\n", p[5000]); }
  signal(SIGALRM, alarmed); ualarm(5000, 5000); while (count < 5) pause(); ualarm(0, 0);
  int f[2], s; char b[9] = ""; pipe(f); pid_t c = fork();
  if (!c) { dup2(f[1], 1); execlp("echo", "echo", "exec", (char *)0); }
  read(f[0], b, 5); wait(&s); printf("%s%d %d\n", b, WEXITSTATUS(s), getppid() > 0);
  char **v = malloc(1000 * sizeof *v); for (int i = 0; i < 1000; i++) v[i] = calloc(i, 7); for (int i = 0; i < 1000; i++) free(v[i]);
  abort();
}
C
tcc -o s s.c && ./s; echo $?`,
    `${GIT}for i in 1 2 3 4 5; do echo $i >>words; git commit -qam c$i; done; git bisect start HEAD HEAD~5 2>&1 | tail -1; git bisect run sh -c '! grep -q 3 words' 2>&1 | grep first; git bisect reset -q; git bundle create ../b HEAD main 2>/dev/null; git clone -q ../b ../c; git -C ../c log --oneline | wc -l; git worktree add -q ../w HEAD~2; tail -1 ../w/words; git rebase -q --onto HEAD~3 HEAD~1; git log --oneline; git reflog | wc -l; git clean -n; git diff --word-diff HEAD~1 | tail -2`,
    String.raw`printf '%s\n' 'define twice' '$(1)$(1)' endef 'X := $(call twice,ab) $(patsubst %.c,%.o,a.c b.c) $(sort c a b a) $(words 1 2 3) $(foreach i,1 2,<$i>) $(if ,y,n) $(shell echo sh)' 'all: d/x ; @echo "$(X)"' 'd/x: | d ; @echo made >$@; cat $@' 'd: ; @mkdir d' 'fail: ; -@false; echo on' '%.b: %.a ; @cp $< $@' 'err: ; @exit 2' >M; make -f M; make -f M; make -sf M fail; echo a >q.a; make -f M q.b; make -kf M err all; echo $?; make -qf M d/x; echo $?; make -f M nothing; echo $?; make -f M X=over; make -C / -f /nothing 2>&1 | tail -1`,
    String.raw`python3 -m json.tool --sort-keys <<'J'
{"b": 1, "a": [1, 2]}
J
python3 -m calendar 2001 9; python3 -m base64 -e ../words; python3 -m zipfile -c z.zip ../words; python3 -m zipfile -t z.zip; python3 -m tarfile -c t.tar ../left; tar tf t.tar; python3 -c 'import this' | head -1; python3 -c 'import dis; dis.dis("a + 1")' | wc -l; python3 -c 'def f(): f()
f()' 2>&1 | tail -1; python3 -c 'import shlex, textwrap, difflib, itertools, functools, collections; print(shlex.split("a \"b c\""), collections.Counter("banana").most_common(2), list(itertools.permutations("ab")), functools.reduce(lambda a, b: a * b, range(1, 9)))'`,
    String.raw`perl -e 'use strict; my %h; open my $f, "<", "../long" or die; while (<$f>) { $h{$1}++ while /(\w+)/g } print join(" ", map { "$_=$h{$_}" } (sort { $h{$b} <=> $h{$a} || $a cmp $b } keys %h)[0 .. 4]), "\n"; print sprintf("%vd %b %e", "1.22.3", 10, 12345.678), " ", join(",", unpack("A2 n C*", "hi\1\2\3\4")), "\n"; local $| = 1; print "a" x 3, "-" x 3, "\n"; my @s = sort { $a <=> $b } map { $_ * 7 % 31 } 1 .. 30; print "@s[0 .. 9]\n"; print scalar reverse("abc"), ucfirst(lc "HELLO"), "\n"; printf "%s\n", join ",", grep { $_ & 1 } 1 .. 9; $_ = "x=1,y=2"; my %k = /(\w)=(\d)/g; print $k{y}, "\n"; print "$0 $]\n"; warn "warned\n"; exit 7'`,
    `bash -c 'read -t 0.1 x < <(sleep 1); echo $?; exec 3<>/dev/tcp/127.0.0.1/1; echo $?; printf "%(%Y)T\\n" 0; echo \${BASH_VERSINFO[0]}; a=({1..5}); echo \${a[@]: -2}; printf "%s " {a..e}{1,2}; echo; x=abc; echo \${x@Q} \${x^} \${x/b/-}; wait -n; echo $?; select i in one two; do echo $i; break; done <<<2 2>/dev/null; [[ a < b ]] && echo less; declare -i n=5+3; echo $n; trap "echo dbg" DEBUG; :; trap - DEBUG; echo $((16#ff)) $((2**62)) $((-7/2)) $((1 ? 2 : 3))'`,
    String.raw`sqlite3 :memory: "create virtual table t using fts5(a); insert into t values('hello world'),('other text'); select * from t where t match 'world'; select json_extract('{\"a\":[1,2]}','$.a[1]'), json_group_array(value) from generate_series(1,3); select printf('%.15g', 0.1+0.2), strftime('%Y', 0, 'unixepoch'); with recursive f(a,b) as (select 0,1 union all select b,a+b from f limit 20) select max(a) from f; explain query plan select 1;" 2>&1; lua5.4 -e 'for w in ("one two"):gmatch("%a+") do io.write(w, ";") end print(string.pack("<i4", 7):byte(1, -1), utf8.char(8364), os.time{year=2000, month=1, day=1, hour=0} ~= nil, #arg, select("#", nil, nil), pcall(error, {1}), string.format("%q %a", "a\n", 0.5), table.unpack({1, 2, 3}, 2), math.type(3.0), 3 | 4, "10" + 5)'`,
    String.raw`uname -srm | cut -d' ' -f1,3; hostname nothing nothing 2>/dev/null; echo $?; mkdir -p m/a; chmod 1777 m; cd m; ln -s a l; cd -P l && pwd | sed 's/.*m/m/'; cd ../..; cp -a m n; stat -c '%A %N' n n/l; chmod -R u=rwX,go= n; find n -printf '%M %P\n' | sort; chattr +i f 2>/dev/null; lsattr nothing 2>/dev/null; echo $?; (umask 777; >locked); setpriv --reuid 65534 --clear-groups cat locked; echo $?; setpriv --reuid 65534 --clear-groups sh -c '>new'; echo $?; setpriv --reuid 65534 --clear-groups kill -0 1; echo $?; env -i sh -c 'cd; echo $?; pwd | wc -l'`,
  ],
};
