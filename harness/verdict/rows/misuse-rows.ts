import { alone, type SplatRow } from './splat-row.js'

const line = (begin: RegExp, kind: SplatRow['kind'], title: SplatRow['title']): SplatRow => ({
  begin,
  kind,
  title: typeof title === 'string' ? alone(title) : title,
  end: 'line',
})

/**
 * What the kernel says, 5.10 to 7.x, of calls that a module makes wrongly and that it survives.
 * Where the kernel only refuses what a module asks, its error tells the module enough.
 */
export const misuseRows: readonly SplatRow[] = [
  // kernel/module/main.c, do_init_module(): before 7.x with a stack in which no init is any more
  line(
    /^(?:do_init_module: '(.{1,60}?)'->|(?=\S{1,60}: init)(\S{1,60}): )init suspiciously returned \d{1,10},/,
    'warning',
    'init of $1$2 returned a positive number, neither 0 nor an error',
  ),
  // kernel/resource.c, __release_region()
  line(/^(?:resource: )?(Trying to free nonexistent resource) </, 'warning', 'release_region: $1'),
  // lib/kobject.c, kobject_init(), kobject_add()
  {
    begin:
      /^(?:kobject: )?kobject (?:'.{0,80}?' )?\(\S{1,20}\): (tried to (?:init an initialized|add an uninitialized) object|invalid kobject pointer|must have a ktype)/,
    kind: 'warning',
    title: 'kobject: $1',
  },
  // fs/proc/proc_sysctl.c
  line(/^sysctl (duplicate entry|table check failed): (.{1,200})/, 'warning', 'sysctl: $1: $2'),
  // fs/debugfs/inode.c, start_creating()
  line(
    /^debugfs: ((?:Directory|File) '.{1,100}' (?:with parent|in directory) '.{1,100}' already present|'.{1,100}' already exists in '.{1,100}')/,
    'warning',
    'debugfs: $1',
  ),
  // drivers/base/driver.c, driver_register()
  line(
    /^(?:Error: )?(Driver '.{1,100}' (?:is already registered|was unable to register with bus_type|needs updating))/,
    'warning',
    '$1',
  ),
  // fs/sysfs/file.c, drivers/base/core.c: a show() that returned a page or more
  line(
    /^(?:fill_read_buffer|dev_attr_show): (?=\S{1,200}(?: \[\S{1,60}\])?.{0,200} returned (bad count)$)/,
    'sysfs',
    ({ where }) => `sysfs: ${where ?? 'a show function'} returned a bad count`,
  ),
  // fs/seq_file.c, seq_read_iter(): the same entry is shown for ever
  line(
    /^seq_file: (buggy \.next function \S{1,200}(?: \[\S{1,60}\])? did not update position index)/,
    'warning',
    'seq_file: $1',
  ),
  // kernel/irq/spurious.c
  line(/^irq event \d{1,10}: (bogus return value)/, 'warning', 'irq handler: $1'),
  // kernel/softirq.c, tasklet_kill()
  line(/^(?:softirq: )?(Attempt to kill tasklet from interrupt)/, 'warning', '$1'),
  // net/core/dev.c, __dev_remove_pack()
  line(/^(dev_remove_pack: )\S{1,20} (not found)/, 'warning', '$1$2'),
  // mm/dmapool.c: destroyed with memory in use; freed twice
  line(
    /^(?:\S{1,60} \S{1,60}: )?(dma_pool_(?:destroy|free)) (\S{1,60}?),? (?:\S{1,20} )?(busy|dma \S{1,20} already free)$/,
    'warning',
    ({ match }) =>
      `${match[1]} ${match[2]}: ${match[3] === 'busy' ? 'memory of it is in use' : 'already free'}`,
  ),
]
