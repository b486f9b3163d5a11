/** Texts of /proc/net that are the same in every run: nothing is counted beyond what lo carries (proc(5)). */
import type { FilesCore } from '../files/core.ts';

/** A line of names and one of values, as /proc/net/snmp and netstat have them: all 0 but those that are given. */
function counters(group: string, names: string, values: Readonly<Record<string, number>> = {}): string {
  const list = names.split(' ');
  return `${group}: ${names}\n${group}: ${list.map((name) => values[name] ?? 0).join(' ')}\n`;
}

const ICMP =
  'InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds InParmProbs InSrcQuenchs InRedirects InEchos InEchoReps InTimestamps InTimestampReps InAddrMasks InAddrMaskReps OutMsgs OutErrors OutRateLimitGlobal OutRateLimitHost OutDestUnreachs OutTimeExcds OutParmProbs OutSrcQuenchs OutRedirects OutEchos OutEchoReps OutTimestamps OutTimestampReps OutAddrMasks OutAddrMaskReps';
const UDP = 'InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors';
const SNMP =
  counters(
    'Ip',
    'Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates OutTransmits',
    { Forwarding: 2, DefaultTTL: 64 },
  ) +
  counters('Icmp', ICMP) +
  counters(
    'Tcp',
    'RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors',
    { RtoAlgorithm: 1, RtoMin: 200, RtoMax: 120000, MaxConn: -1 },
  ) +
  counters('Udp', UDP) +
  counters('UdpLite', UDP);
const NETSTAT =
  counters(
    'TcpExt',
    'SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts PruneCalled RcvPruned OfoPruned OutOfWindowIcmps LockDroppedIcmps ArpFilter TW TWRecycled TWKilled PAWSActive PAWSEstab BeyondWindow TSEcrRejected PAWSOldAck PAWSTimewait DelayedACKs DelayedACKLocked DelayedACKLost ListenOverflows ListenDrops TCPHPHits TCPPureAcks TCPHPAcks',
  ) +
  counters(
    'IpExt',
    'InNoRoutes InTruncatedPkts InMcastPkts OutMcastPkts InBcastPkts OutBcastPkts InOctets OutOctets InMcastOctets OutMcastOctets InBcastOctets OutBcastOctets InCsumErrors InNoECTPkts InECT1Pkts InECT0Pkts InCEPkts ReasmOverlaps',
  );
const NO_ROUTE6 =
  '00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n';
const ROUTE6 =
  '00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo\n';

const fixed = (text: string) => (_core: FilesCore) => text;

/** By name in /proc/net. */
export const STATISTICS: Readonly<Record<string, (core: FilesCore) => string>> = {
  arp: fixed('IP address       HW type     Flags       HW address            Mask     Device\n'),
  dev_mcast: fixed(''),
  if_inet6: fixed('00000000000000000000000000000001 01 80 10 80       lo\n'),
  igmp: fixed(
    'Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n',
  ),
  ipv6_route: fixed(NO_ROUTE6 + ROUTE6 + NO_ROUTE6),
  netlink: fixed('sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n'),
  netstat: fixed(NETSTAT),
  packet: fixed('sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n'),
  psched: fixed('000003e8 00000040 000f4240 3b9aca00\n'),
  route: fixed(
    `${'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT'.padEnd(127)}\n`,
  ),
  snmp: fixed(SNMP),
};
