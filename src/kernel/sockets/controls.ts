/** Texts of /proc/sys/net (sysctl(8)): what programs look at. They tell what holds; writing changes nothing. */
export interface Controls {
  readonly [name: string]: string | Controls;
}

const DEVICE: Controls = { forwarding: '0', accept_redirects: '1', rp_filter: '0' };
const DEVICE6: Controls = { disable_ipv6: '0', forwarding: '0', accept_ra: '1', mtu: '65536' };
const DEVICES = { all: DEVICE, default: DEVICE, lo: DEVICE } satisfies Controls;
const DEVICES6 = { all: DEVICE6, default: DEVICE6, lo: DEVICE6 } satisfies Controls;

/** By path below /proc/sys/net. */
export const NET_CONTROLS: Controls = {
  core: {
    somaxconn: '4096',
    rmem_default: '212992',
    rmem_max: '212992',
    wmem_default: '212992',
    wmem_max: '212992',
    optmem_max: '131072',
    netdev_max_backlog: '1000',
  },
  ipv4: {
    conf: DEVICES,
    icmp_echo_ignore_all: '0',
    ip_default_ttl: '64',
    ip_forward: '0',
    ip_local_port_range: '32768\t60999',
    ip_local_reserved_ports: '',
    ip_nonlocal_bind: '0',
    ip_unprivileged_port_start: '1024',
    ping_group_range: '0\t2147483647',
    tcp_congestion_control: 'cubic',
    tcp_available_congestion_control: 'reno cubic',
    tcp_fin_timeout: '60',
    tcp_keepalive_intvl: '75',
    tcp_keepalive_probes: '9',
    tcp_keepalive_time: '7200',
    tcp_max_syn_backlog: '128',
    tcp_max_tw_buckets: '16384',
    tcp_retries1: '3',
    tcp_retries2: '15',
    tcp_rmem: '4096\t131072\t6291456',
    tcp_sack: '1',
    tcp_syn_retries: '6',
    tcp_synack_retries: '5',
    tcp_syncookies: '1',
    tcp_timestamps: '1',
    tcp_tw_reuse: '2',
    tcp_window_scaling: '1',
    tcp_wmem: '4096\t16384\t4194304',
    tcp_fastopen: '0',
  },
  ipv6: { bindv6only: '0', conf: DEVICES6, ip_nonlocal_bind: '0' },
  unix: { max_dgram_qlen: '10' },
};
