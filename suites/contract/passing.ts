import { O_RDWR, type DeclareTest } from 'modprove'
import { eventually } from '../eventually.js'
import { mapShared, mapToRead } from '../mappings.js'
import { isReadOnly, mapFully, mark } from './access.js'
import { newBuffer, type Exporter } from './adapter.js'
import { live, released } from './released.js'

/** C14 to C20: duplicates, children and other processes hold the buffer, and nothing else does. */
export function passingPromises(test: DeclareTest, exporter: Exporter): void {
  const one = exporter.of(1)
  const { greeting } = exporter

  test('C14 a copy of the descriptor outlives the original', async (t, guest) => {
    const buffer = await newBuffer(one, await guest.process())
    const copy = await buffer.dup()
    await buffer.close()
    t.equal(await released(guest, exporter), 0)
    t.equal(await (await mapToRead(copy)).cstring(), greeting)
    await copy.close()
  })

  test('C15 a forked child inherits the descriptor and can map it', async (t, guest) => {
    const user = await guest.process()
    const buffer = await newBuffer(one, user)
    const child = await user.fork()
    const inherited = child.descriptor(buffer)
    await buffer.close()

    const page = await mapFully(exporter, inherited)
    t.equal(await page.cstring(), greeting)
    await child.exit()
    await user.wait4(child.pid)
    t.equal(await released(guest, exporter), 1, "the child's end was the last reference's")
  })

  test('C16 a descriptor passed by SCM_RIGHTS maps the same bytes after the sender has exited', async (t, guest) => {
    const receiver = await guest.process()
    const [here, there] = await receiver.socketpair()
    const sender = await receiver.fork()
    const sent = await newBuffer(one, sender)
    const text = await mark(exporter, sent, 'from the sender')
    await sender.sendFds(there, [sent])
    await sender.exit()
    await receiver.wait4(sender.pid)
    t.equal(await released(guest, exporter), 0, 'the message holds the buffer')

    const { fds } = await receiver.recvFds(here)
    t.equal(fds.length, 1)
    for (const received of fds) {
      t.equal(await (await mapToRead(received)).cstring(), text)
    }
  })

  test('C16 the sender sees what the receiver of SCM_RIGHTS writes', async (t, guest) => {
    if (isReadOnly(t, exporter)) return
    const sender = await guest.process()
    const [here, there] = await sender.socketpair()
    const receiver = await sender.fork()
    const buffer = await newBuffer(one, sender)
    const page = await mapToRead(buffer)
    await sender.sendFds(here, [buffer])

    for (const received of (await receiver.recvFds(there)).fds) {
      await (await mapShared(received)).write('from the receiver\0')
    }
    t.equal(await page.cstring(), 'from the receiver')
  })

  test('C17 a message that nobody receives holds the buffer until the socket is closed', async (t, guest) => {
    const user = await guest.process()
    const buffer = await newBuffer(one, user)
    const [here, there] = await user.socketpair()
    await user.sendFds(here, [buffer])
    await buffer.close()
    await here.close()
    t.equal((await live(guest, exporter)).length, 1)
    t.equal(await released(guest, exporter), 0)

    await there.close()
    const left = await eventually(
      () => live(guest, exporter),
      buffers => buffers.length === 0,
    )
    t.strictSame(left, [])
    t.equal(await released(guest, exporter), 1)
  })

  test('C17 a socket that holds itself and the buffer is collected with the buffer', async (t, guest) => {
    const user = await guest.process()
    const buffer = await newBuffer(one, user)
    const [here, there] = await user.socketpair()
    await user.sendFds(here, [there, buffer])
    await user.sendFds(there, [here])
    for (const descriptor of [buffer, here, there]) await descriptor.close()

    const count = await eventually(
      async () => {
        // The garbage collector for such cycles runs when another unix socket is closed.
        for (const socket of await user.socketpair()) await socket.close()
        return released(guest, exporter)
      },
      count => count === 1,
    )
    t.equal(count, 1)
  })

  test('C18 pidfd_getfd gives another process the same buffer', async (t, guest) => {
    const owner = await guest.process()
    const other = await guest.process()
    const buffer = await newBuffer(one, owner)
    const copy = await other.pidfdGetfd(await other.pidfdOpen(owner.pid), buffer)
    t.equal((await copy.fstat()).ino, (await buffer.fstat()).ino)

    await owner.exit()
    await owner.exited
    t.equal(await (await mapToRead(copy)).cstring(), greeting, 'also after its owner exited')
  })

  test('C19 a dma-buf cannot be opened anew through /proc', async (t, guest) => {
    const user = await guest.process()
    const buffer = await newBuffer(one, user)
    await t.rejects(user.open(`/proc/self/fd/${buffer.fd}`, O_RDWR), { code: 'ENXIO' })
  })

  test('C20 SIGKILL of a holder releases everything', async (t, guest) => {
    const holder = await guest.process()
    const buffer = await newBuffer(one, holder)
    await mapFully(exporter, buffer)
    await mapToRead(await buffer.dup())
    await holder.terminate()
    const count = await eventually(
      () => released(guest, exporter),
      count => count === 1,
    )
    t.equal(count, 1)
    t.strictSame(await live(guest, exporter), [])
  })

  test('C20 SIGKILL of one of two holders leaves the buffer to the other', async (t, guest) => {
    const survivor = await guest.process()
    const holder = await guest.process()
    const buffer = await newBuffer(one, holder)
    const copy = await survivor.pidfdGetfd(await survivor.pidfdOpen(holder.pid), buffer)
    const text = await mark(exporter, buffer, 'last words')
    await holder.terminate()
    t.equal(await (await mapToRead(copy)).cstring(), text)
    t.equal(await released(guest, exporter), 0)
  })
}
