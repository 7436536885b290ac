import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { buildAgent, startAgent } from '../../guest/local-agent.fixture.js'
import { script } from '../../platform/process/script.js'
import { readSleepers } from './sleepers.js'

const local = await buildAgent()
t.teardown(() => local[Symbol.asyncDispose]())

/** A thread that waits in vfork(2) for its child: an uninterruptible sleep, except for SIGKILL. */
const SLEEPS = `
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>
static void *sleeps(void *name)
{
	prctl(PR_SET_NAME, name);
	if (vfork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		write(1, ".", 1);
		pause();
		_exit(0);
	}
	return 0;
}
int main(void)
{
	pthread_t thread;
	pthread_create(&thread, 0, sleeps, "a) R 1 (\\n");
	pause();
}
`

void t.test(
  'a thread in an uninterruptible sleep is found, and is the same while it sleeps',
  async t => {
    const folder = t.testdir({ 'sleeps.c': SLEEPS })
    const program = join(folder, 'sleeps')
    await script()`gcc -w -pthread -o ${program} ${program}.c`
    const sleeps = spawn(program, { stdio: ['ignore', 'pipe', 'inherit'] })
    t.teardown(() => sleeps.kill('SIGKILL'))
    await once(sleeps.stdout, 'data')

    await using running = await startAgent(local)
    const guest = {
      listTree: (folder: string, closed: readonly string[]) =>
        running.files.listTree(folder, closed),
      readFile: (path: string) => readFile(path, 'utf8'),
    }
    const mine = async () => {
      const threads = `/proc/${sleeps.pid}/task/`
      const found = await readSleepers(guest)
      const own = await Promise.all(
        found.map(async sleeper => ({
          sleeper,
          isOwn: await readFile(`${threads}${sleeper.pid}/comm`).then(
            () => true,
            () => false,
          ),
        })),
      )
      return own.flatMap(({ sleeper, isOwn }) => (isOwn ? [sleeper] : []))
    }
    const [first, ...more] = await mine()
    t.match(first, { name: 'a) R 1 (\n' })
    t.not(first?.pid, sleeps.pid, 'the main thread can be woken')
    t.equal(more.length, 0)
    t.strictSame(await mine(), [first])
  },
)
