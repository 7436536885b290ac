import { LEAKS_COUNTED } from '../kmemleak.js'
import { alone, inFunction, oops, titleOf, type SplatRow } from './splat-row.js'

const NULL = 'NULL pointer dereference'

/** Faults, panics, warnings and the rest, matched after the rows of the checks. */
export const faultRows: readonly SplatRow[] = [
  // arch/x86/kernel/traps.c, arch/x86/mm/fault.c
  {
    ...oops(
      /^BUG: (?:.{1,20} )?stack guard page was hit at /,
      'kernel stack overflow',
      'stack-overflow',
    ),
    contains: /^(?:kernel stack overflow|Oops: |stack guard page: )/,
  },
  oops(
    /^BUG: (?:unable to handle )?(?:kernel )?NULL pointer dereference/,
    'kernel NULL pointer dereference',
  ),
  oops(
    /^BUG: unable to handle (?:kernel paging request|page fault)/,
    'unable to handle page fault',
  ),
  // arch/arm64/mm/fault.c
  oops(/^Unable to handle kernel (NULL pointer dereference|.{1,60}?) at virtual address/, parts =>
    titleOf(parts.match[1] === NULL ? `kernel ${NULL}` : 'unable to handle page fault', parts),
  ),
  oops(/^(?:Oops: )?general protection(?: fault)?[,:]/, 'general protection fault', 'gpf'),
  // include/asm-generic/bug.h, lib/bug.c
  oops(/^kernel BUG at (\S{1,300}):(\d{1,7})!/, 'kernel BUG', 'bug'),
  oops(
    /^(?:Oops: )?(divide error|invalid opcode|stack segment|int3|double fault|alignment check|segment not present|bounds|control protection fault|unhandled missing ENDBR)[,:] /,
    '$1',
  ),
  // arch/*/kernel/dumpstack.c, die(): any name, such as `Bad pagetable` before 6.10
  oops(
    /^(?:(?:Oops|Internal error)(?:: | - )|(?:[A-Za-z][\w -]{1,40}): [0-9a-f]{4,16} \[#\d+\])/,
    'oops',
  ),
  // kernel/panic.c
  {
    begin: /^Kernel panic - not syncing: ?(.{0,300})/,
    kind: 'panic',
    fatality: 'machine',
    title: parts => {
      const reason = stripNumbers(parts.match[1] ?? '').replace(/ in: .*$| exitcode=.*$/, '')
      return `kernel panic: ${reason}${inFunction(parts)}`
    },
    end: /^(?:---\[ end Kernel panic|Rebooting in )/,
    contains: /^(?:---\[ end trace|Kernel Offset: )/,
  },
  // kernel/panic.c: before and since 6.19
  {
    begin:
      /^WARNING: (?:CPU: \d{1,4} PID: \d{1,10} at (?:(\S{1,300}):(\d{1,7}) )?|(?:\[.{1,200}\] )?(?:(\S{1,300}):(\d{1,7}) )?at (?=.{1,300}, CPU#))(?=\S)/,
    kind: 'warning',
    title: 'WARNING',
    end: 'marker',
    // kernel/dma/debug.c prints the mapping's stack after the marker.
    trailer: /^(?:DMA-API: )?Mapped at:|^ {1,2}[A-Za-z_][\w.]{0,100}\+0x[0-9a-f]{1,8}\//,
  },
  // mm/oom_kill.c
  {
    begin: /^.{1,40} invoked oom-killer: /,
    kind: 'out-of-memory',
    fatality: 'task',
    title: alone('out of memory'),
    end: /^(?:Out of memory: |Memory cgroup out of memory: |Out of memory and no killable|oom_reaper: )/,
  },
  // mm/kmemleak.c
  {
    begin: /^kmemleak: \d{1,9} new suspected memory leaks/,
    kind: 'kmemleak',
    title: alone(LEAKS_COUNTED),
    end: 'line',
    isInfo: true,
  },
  {
    begin:
      /^kmemleak: ((?:Found object by alias|Freeing unknown object|Partially freeing unknown object|Trying to color unknown object|Scan area larger than object|Not scanning unknown object|Cannot insert)\b)/,
    kind: 'kmemleak',
    title: parts => `kmemleak: ${(parts.match[1] ?? '').toLowerCase()}${inFunction(parts)}`,
    trailer: /^kmemleak: {1,4}|^kmemleak: Object 0x|^ [A-Za-z_][\w.]{0,100}\+0x[0-9a-f]{1,8}\//,
  },
  // fs/sysfs/dir.c
  {
    begin: /^sysfs: (cannot create duplicate filename '.{1,200}')/,
    kind: 'sysfs',
    title: alone('sysfs: $1'),
  },
  {
    begin: /^(?:kobject: )?(kobject_add_internal failed for .{1,80}? with -EEXIST)/,
    kind: 'sysfs',
    title: alone('$1'),
    end: 'line',
  },
  // kernel/dma/debug.c: from here on nothing is checked
  {
    begin: /^DMA-API: (debugging out of memory - disabling)/,
    kind: 'dma-api',
    title: alone('DMA-API: $1'),
    end: 'line',
  },
  // fs/super.c
  {
    begin: /^VFS: (Busy inodes after unmount) of /,
    kind: 'vfs',
    title: alone('VFS: $1'),
    end: 'line',
  },
  // lib/nmi_backtrace.c
  { begin: /^NMI backtrace for cpu \d{1,4}$/, kind: 'nmi-backtrace', title: 'NMI backtrace' },
  // Any other BUG line.
  {
    begin: /^BUG: (\S.{0,200})/,
    kind: 'bug',
    title: parts => `BUG: ${withoutCounts(stripNumbers(parts.match[1] ?? ''))}${inFunction(parts)}`,
  },
]

/** Drivers may print this too: its numbers may identify one of many, and 0 is one of them. */
const withoutCounts = (text: string): string => text.replace(/(?<![\w.])0(?![\w.])/g, 'N')

const stripNumbers = (text: string): string => text.replace(/\b(?:0x)?[0-9a-f]{8,16}\b/g, 'ADDR')
