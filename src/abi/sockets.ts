/** Constants of sockets that only the kernel's socket calls use (include/uapi: asm-generic/socket.h, linux/in.h, tcp.h, sockios.h). */

// Levels, and option names below them
export const SOL_TCP = 6;
export const SOL_NETLINK = 270;
export const SO_SNDBUFFORCE = 32;
export const SO_RCVBUFFORCE = 33;
export const SO_NO_CHECK = 11;
export const SO_PRIORITY = 12;
export const SO_BSDCOMPAT = 14;
export const SO_RCVLOWAT = 18;
export const SO_SNDLOWAT = 19;
export const SO_RCVTIMEO = 20;
export const SO_SNDTIMEO = 21;
export const SO_BINDTODEVICE = 25;
export const SO_TIMESTAMP = 29;
export const SO_PEERSEC = 31;
export const SO_TIMESTAMPNS = 35;
export const SO_PASSSEC = 34;
export const SO_MARK = 36;
export const SO_RXQ_OVFL = 40;
export const SO_WIFI_STATUS = 41;
export const SO_LOCK_FILTER = 44;
export const SO_SELECT_ERR_QUEUE = 45;
export const SO_BUSY_POLL = 46;
export const SO_MAX_PACING_RATE = 47;
export const SO_INCOMING_NAPI_ID = 56;
export const SO_ZEROCOPY = 60;
export const SO_INCOMING_CPU = 49;
export const SO_COOKIE = 57;
export const SO_PEERGROUPS = 59;
export const SO_RCVTIMEO_NEW = 66;
export const SO_SNDTIMEO_NEW = 67;

// Control messages
export const SCM_RIGHTS = 1;
export const SCM_CREDENTIALS = 2;
/** Most descriptors in one message. */
export const SCM_MAX_FD = 253;

// Messages
export const MSG_WAITFORONE = 0x10000;
export const MSG_ERRQUEUE = 0x2000;

/** struct sockaddr_storage: no address is longer. */
export const ADDRESS_MAX = 128;

// ioctl
export const SIOCINQ = 0x541b;
export const SIOCOUTQ = 0x5411;
export const SIOCGIFNAME = 0x8910;
export const SIOCGIFCONF = 0x8912;
export const SIOCGIFFLAGS = 0x8913;
export const SIOCSIFFLAGS = 0x8914;
export const SIOCGIFADDR = 0x8915;
export const SIOCGIFDSTADDR = 0x8917;
export const SIOCGIFBRDADDR = 0x8919;
export const SIOCGIFNETMASK = 0x891b;
export const SIOCGIFMETRIC = 0x891d;
export const SIOCGIFMTU = 0x8921;
export const SIOCGIFHWADDR = 0x8927;
export const SIOCGIFINDEX = 0x8933;
export const SIOCGIFTXQLEN = 0x8942;
