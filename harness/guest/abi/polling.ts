/** POLL, EPOLL and EFD_ (poll.h, epoll.h, eventfd.h), as x86-64 has them. */

export const POLLIN = 1
export const POLLPRI = 2
export const POLLOUT = 4
export const POLLERR = 8
export const POLLHUP = 0x10
export const POLLNVAL = 0x20
export const POLLRDHUP = 0x2000

export const EPOLLIN = 1
export const EPOLLPRI = 2
export const EPOLLOUT = 4
export const EPOLLERR = 8
export const EPOLLHUP = 0x10
export const EPOLLRDHUP = 0x2000
export const EPOLLET = 0x80000000
export const EPOLLONESHOT = 0x40000000
export const EPOLLEXCLUSIVE = 0x10000000

export const EPOLL_CTL_ADD = 1
export const EPOLL_CTL_DEL = 2
export const EPOLL_CTL_MOD = 3
export const EPOLL_CLOEXEC = 0x80000

export const EFD_CLOEXEC = 0x80000
export const EFD_NONBLOCK = 0x800
export const EFD_SEMAPHORE = 1
