/** Programs with threads, sockets and event loops, for Debian's perl and xz: `sh -c` texts that print what they did. */
import { join } from 'node:path';
import { project, whyNot } from '../binaries/native.ts';

/** Where scripts/debian-root.sh has put the programs. */
export const ROOT = join(project, 'cache', 'debian');

/** Why Debian's programs cannot be run here; undefined when they can. */
export function whyNoRoot(): string | undefined {
  return whyNot(join(ROOT, '.packages'), 'scripts/debian-root.sh cache/debian $(cat test/debian/packages)');
}

/** A server that waits with select(2), and three clients over the loopback. */
const SELECT = String.raw`perl -e '
  use Socket; $| = 1;
  socket(S, AF_INET, SOCK_STREAM, 0); bind(S, sockaddr_in(7000, INADDR_LOOPBACK)) or die; listen(S, 5);
  for my $n (1 .. 3) { fork or do {
    socket(C, AF_INET, SOCK_STREAM, 0); connect(C, sockaddr_in(7000, INADDR_LOOPBACK)) or die;
    syswrite(C, "client $n line $_\n"), sysread(C, my $answer, 99) for 1 .. 5; exit } }
  my %open; my $ended = 0;
  while ($ended < 3) {
    my $bits = ""; vec($bits, fileno($_), 1) = 1 for *S{IO}, values %open;
    select(my $ready = $bits, undef, undef, 5);
    if (vec($ready, fileno(S), 1)) { accept(my $c, S); $open{fileno $c} = $c }
    for my $fd (sort keys %open) { next unless vec($ready, $fd, 1);
      if (sysread($open{$fd}, my $line, 99)) { print "$fd: $line"; syswrite $open{$fd}, uc $line }
      else { close delete $open{$fd}; $ended++ } } }
  print wait > 0 ? "reaped\n" : "none\n" for 1 .. 4'`;

/** epoll_create1, epoll_ctl and epoll_wait over pipes whose writers sleep for various times, and a timerfd. */
const EPOLL = String.raw`perl -e '
  $| = 1; my $e = syscall 329, 0; my %from;
  for my $n (1 .. 4) { pipe(my $r, my $w); fork or do { close $r; for (1 .. 3) { select undef, undef, undef, $n * 0.003; syswrite $w, "$n.$_ " } exit };
    $from{fileno $r} = $r; syscall 255, $e, 1, fileno $r, pack("LLL", 1, fileno $r, 0) }
  my $t = syscall 322, 1, 0; my $at = pack "llll", 0, 5_000_000, 0, 5_000_000; syscall 325, $t, 0, $at, 0;
  syscall 255, $e, 1, $t, pack("LLL", 1, $t, 0);
  my $ticks = 0;
  while (%from) { my $room = "\0" x 120; my $n = syscall 256, $e, $room, 10, 1000;
    for (0 .. $n - 1) { my (undef, $fd) = unpack "LL", substr $room, 12 * $_;
      if ($fd == $t) { my $b = "\0" x 8; syscall 3, $t, $b, 8; $ticks += unpack "L", $b }
      elsif (sysread $from{$fd}, my $text, 99) { print $text } else { delete $from{$fd} } } }
  print "\nticks ", $ticks > 3 ? "enough" : $ticks, "\n"'`;

const DATAGRAMS = String.raw`perl -e '
  use Socket; socketpair(A, B, AF_UNIX, SOCK_DGRAM, 0);
  fork or do { for (1 .. 50) { send B, "message $_", 0 } exit };
  my $sum = 0; for (1 .. 50) { recv A, my $text, 99, 0; $sum += $1 * $_ if $text =~ /(\d+)/ } print "$sum\n"'`;

const THREADS = `awk 'BEGIN { for (i = 0; i < 1500; i++) print "line", i, i * 7919 % 10007 }' >f; xz -T2 -0 --block-size=16384 -c f | tee g | cksum; xz -dc g | cmp - f && echo same`;

const SIGNALS = String.raw`perl -e '
  my %seen; $SIG{$_} = sub { $seen{$_[0]}++ } for qw(USR1 USR2 CHLD ALRM);
  use Time::HiRes "setitimer"; setitimer(0, 0.002, 0.002);
  for my $n (1 .. 10) { my $p = $$; fork or do { kill $n % 2 ? "USR1" : "USR2", $p; exit $n } }
  my $x = 0; $x += $_ for 1 .. 9000; 1 while wait > 0; setitimer(0, 0, 0);
  print join(" ", map "$_=" . ($seen{$_} > 0 ? "some" : 0), sort keys %seen), "\n"'`;

export const PROGRAMS: Readonly<Record<string, string>> = {
  'select over TCP': SELECT,
  'epoll and timerfd': EPOLL,
  'datagrams of AF_UNIX': DATAGRAMS,
  'threads of xz': THREADS,
  'signals and timers': SIGNALS,
};
