/** AF_, SOCK_, SCM_ and MSG_ (socket.h), as x86-64 has them. */

export const AF_UNSPEC = 0
export const AF_UNIX = 1
export const AF_INET = 2
export const AF_NETLINK = 0x10

export const SOCK_STREAM = 1
export const SOCK_DGRAM = 2
export const SOCK_SEQPACKET = 5
export const SOCK_CLOEXEC = 0x80000
export const SOCK_NONBLOCK = 0x800

export const SOL_SOCKET = 1

export const SCM_RIGHTS = 1

export const MSG_PEEK = 2
export const MSG_CTRUNC = 8
export const MSG_DONTWAIT = 0x40
export const MSG_NOSIGNAL = 0x4000
export const MSG_CMSG_CLOEXEC = 0x40000000
