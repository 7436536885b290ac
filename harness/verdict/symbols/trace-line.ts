import type { Frame } from '../finding.js'

/** `function+0x1f/0x40 [module]`: `%pS` and `%pB` (Documentation/core-api/printk-formats.rst). */
const SYMBOL =
  /^([A-Za-z_][\w.$]{0,199})\+0x([0-9a-f]{1,16})\/0x([0-9a-f]{1,16})(?: \[([\w-]{1,60})(?: [0-9a-f]{1,40})?\])?/

const MAX_FUNCTION_BYTES = 0x7fffffff

export function parseSymbol(text: string, exact: boolean, unreliable = false): Frame | undefined {
  const match = SYMBOL.exec(text)
  if (match === null) return undefined
  const [, name = '', offset = '', bytes = '', module] = match
  const size = parseInt(bytes, 16)
  // A jump into data is printed with the data's name and a size that wrapped around.
  if (size > MAX_FUNCTION_BYTES) return undefined
  const found = { function: name, offset: parseInt(offset, 16), size }
  return { ...frameOf(found, exact, unreliable), module }
}

/** A frame of the kernel's own code. */
export const frameOf = (
  place: Pick<Frame, 'function' | 'offset' | 'size'>,
  exact: boolean,
  unreliable = !exact,
): Frame => ({ ...place, module: undefined, inline: false, unreliable, exact, location: undefined })

/** Parses a trace line; `[<addr>]`, `?` and the indentation vary by kernel and facility. */
export function parseTraceLine(line: string): Frame | undefined {
  const match = /^\s{0,16}(?:\[<[^>]{1,16}>\] )?(\? )?(?=[A-Za-z_])/.exec(line)
  return match === null
    ? undefined
    : parseSymbol(line.slice(match[0].length), false, match[1] !== undefined)
}

/** The faulting instruction: `RIP: 0010:f+0x1/0x2` (x86), `pc : f+0x1/0x2` (arm64; riscv `epc`). */
export function parseFaultLine(line: string): Frame | undefined {
  const match = /^\s{0,4}(?:RIP: 0010:|e?pc : )/.exec(line)
  return match === null ? undefined : parseSymbol(line.slice(match[0].length), true)
}

/** True for a jump to an address that is not in a function. */
export const isLostFault = (line: string): boolean =>
  /^\s{0,4}(?:RIP: 0010:|e?pc : )(?:0x[0-9a-f]{1,16}|[A-Za-z_][\w.$]{0,199}\+0x)/.test(line)

/** Registers and other lines between the frames of a trace. */
export const isRegister = (line: string): boolean =>
  /^\s{0,2}(?:RIP|RSP|RAX|RBX|RDX|RBP|R\d\d|FS|CS|CR2|DR0|DR3|PKRU|Code|EFLAGS|EAX|ESI|DS|Modules linked in)\b/.test(
    line,
  )

/** An address in a trace without a symbol. */
export const isBareAddress = (line: string): boolean =>
  /^\s{0,4}(?:\? )?0x[0-9a-f]{8,16}$/.test(line)

/** Strips the suffixes that the compiler appends to clones of a function. */
export const plainName = (name: string): string =>
  name.replace(/(?:\.(?:isra|constprop|part|cold|llvm|lto_priv)(?:\.\d+)?)+$/, '')

/**
 * Functions that report, check, allocate, copy, lock and schedule: never where a bug is. Like
 * syzkaller's list of frames to skip; names are prefixes unless they end in `$`.
 */
const MACHINERY = new RegExp(
  '^(?:' +
    [
      // Printing and traps
      '_?dump_stack|show_stack|show_regs|print_|__warn|warn_slowpath|report_bug|handle_bug|die|__die|oops_|panic$|vpanic$|nmi_panic|nmi_|exc_|asm_|sysvec_|do_error_trap|do_trap|fixup_exception|page_fault_oops|no_context|do_user_addr_fault|handle_page_fault|do_page_fault|invalid_op|general_protection$|ret_from_fork|entry_SYSCALL|do_syscall_64|_*syscall_exit_|__x64_sys_|__do_sys_|__se_sys_|x64_sys_call',
      // Sanitizers and their hooks
      '_*(?:kasan|asan|hwasan|kcsan|tsan|kmsan|msan|kfence|ubsan)_|check_memory_region|check_region_inline|end_report|stack_trace_|save_stack|arch_stack_walk|unwind_|__unwind|val_to_string|handle_overflow|handle_object_size|memcpy|memset|memmove|__mem|mem_|strlen|strnlen|strcpy|strncpy|strscpy|strcmp|str_|instrument_|atomic|arch_atomic|raw_atomic|_*(?:test|set|clear|change)_(?:and_(?:set|clear|change)_)?bit$|__refcount|refcount_|rep_movs|copy_user|copy_to_user|copy_from_user|_copy_|__check_object_size|check_heap_object|usercopy_abort|__copy_overflow|copy_overflow|check_copy_size|__fortify|fortify_',
      // Lists, objects, DMA debugging, pages
      '__list_|list_add|list_del|debug_object|__debug_object|debug_check_no_obj|debug_print_object|kobject_|kref_|check_unmap|check_sync|check_for_stack|err_printk|debug_dma|add_dma_entry|dma_debug|dump_page|bad_page|free_page_is_bad|check_new_page|check_free_page|_*free_pages|free_unref|free_pcp|free_page|_*alloc_(?:frozen_)?pages|get_page_from_freelist|rmqueue|prep_new_page|kernel_poison_pages|kernel_unpoison_pages|__kernel_unpoison|put_page|__put_page|__folio_put',
      // Allocators
      'slab_|___?slab|new_slab|allocate_slab|object_err|slab_err|check_object|check_slab|check_bytes|free_debug|alloc_debug|free_consistency|alloc_consistency|on_freelist|trailing_|kfree|__kfree|kvfree|vfree|__vfree|kmalloc|__kmalloc|__do_kmalloc|kzalloc|kmem_cache|__kmem_cache|do_slab_free|__slab|krealloc|vmalloc|__vmalloc|create_object|__create_object',
      // Locks, atomicity, scheduling
      '__?lock_(?:acquire|release)|lock_(?:acquire|release|is)|check_noncircular|check_prev|check_deadlock|validate_chain|mark_lock|register_lock|lockdep_|debug_locks|__mutex_|mutex_lock|mutex_unlock|mutex_trylock|ww_mutex|_raw_|__raw_|do_raw_|spin_(?:un)?lock|rwlock_|read_lock|write_lock|down_|down$|up_|up$|rt_mutex|__?might_|___might|should_failslab|__schedule|schedule|preempt_|__preempt|rcu_(?:read|note|check|sched|do|core)|__rcu|wait_for_|__wait_for|do_wait_for|io_schedule|msleep|usleep|check_preemption|debug_smp|__this_cpu_preempt',
      // Ticks, stalls and interrupts
      'dump_header|__get_free_pages|get_zeroed_page|oom_|out_of_memory|watchdog|__hrtimer|hrtimer_|tick_|update_process|__sysvec|trigger_|arch_trigger|delay_|__delay|__const_udelay|__udelay|__ndelay|native_|default_idle|cpu_idle|do_idle|arch_cpu_idle|cpu_startup|handle_irq|__irq|irq_|common_interrupt|__do_softirq|handle_softirqs|invoke_softirq|do_softirq|run_timer|__run_timers|call_timer|smp_call|sched_clock',
    ].join('|') +
    ')',
)

/** False for all functions of modules. */
export const isMachinery = ({ module, function: name }: Frame): boolean =>
  module === undefined && MACHINERY.test(name)

/**
 * Reliable frames. If the unwinder found none (a wild jump, a kernel without unwind tables), all
 * frames.
 */
export function telling(frames: readonly Frame[]): readonly Frame[] {
  const reliable = frames.filter(frame => !frame.unreliable)
  return reliable.some(frame => !frame.exact && frame !== frames[0]) ? reliable : frames
}

/** Repetitions of a function that mean runaway recursion. */
const RUNAWAY_CALLS = 10

/** The frame that recurs on a stack, if one does. */
export function runawayFrame(frames: readonly Frame[]): Frame | undefined {
  const times = new Map<string, number>()
  return frames.find(({ function: name, offset }) => {
    const key = `${name}+${offset}`
    const count = (times.get(key) ?? 0) + 1
    times.set(key, count)
    return count === RUNAWAY_CALLS
  })
}

/** Inline functions of kernel headers, which debug builds of a module do not inline. */
const OF_HEADERS =
  /^_*(?:(?:list|hlist|llist|hlist_bl|hlist_nulls)_(?:add|del|move|replace|splice|swap|empty|cut|rotate|bulk)|INIT_H?LIST_|kref_(?:get|put|init|read)|refcount_(?:add|sub|inc|dec|set|read|warn)|atomic(?:64|_long)?_(?:add|sub|inc|dec|set|read|fetch|xchg|cmpxchg|try)|(?:get|put)_page$|k[mzc]alloc(?:_array)?$|alloc_pages?(?:_node)?(?:_noprof)?(?:\.|$)|get_free_pages?(?:\.|$)|copy_(?:from|to)_user$|(?:spin|read|write)_(?:un)?lock|rcu_(?:read_(?:un)?lock|lock_(?:acquire|release))|rb_(?:link|set|parent)|(?:set|clear|test)_bit)/

/** Where a stack is an interrupt's; below it is what was interrupted. */
const isOfInterrupt = ({ function: name }: Frame): boolean =>
  /^(?:asm_)?(?:common_interrupt|sysvec_\w+)$/.test(name)

/**
 * The frames that a report may be about: not of what an interrupt came upon.
 * @param isOfInterrupted that may be meant, too: a watchdog reports it
 */
export function meantFrames(frames: readonly Frame[], isOfInterrupted: boolean): readonly Frame[] {
  const candidates = telling(frames)
  const interrupt = isOfInterrupted ? -1 : candidates.findIndex(isOfInterrupt)
  return interrupt < 1 ? candidates : candidates.slice(0, interrupt)
}

/**
 * Prefers a tested module's own frame, then its header functions, then any but machinery.
 * @param isOfInterrupted as of {@link meantFrames}
 */
export function relevantFrame(
  frames: readonly Frame[],
  modules: ReadonlySet<string>,
  isOfInterrupted: boolean,
): Frame | undefined {
  const meant = meantFrames(frames, isOfInterrupted)
  const tested = meant.filter(({ module }) => module !== undefined && modules.has(module))
  return (
    tested.find(frame => !isOfHeaders(frame)) ??
    tested[0] ??
    meant.find(frame => !isMachinery(frame)) ??
    meant[0]
  )
}

const isOfHeaders = ({ function: name }: Frame): boolean => OF_HEADERS.test(name)
