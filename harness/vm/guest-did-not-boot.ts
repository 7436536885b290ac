import { EXIT, ModproveError } from '../platform/errors.js'
import { escapeTerminal } from '../platform/text.js'

const SHOWN_LINES = 40

/** The guest did not report that it is ready. */
export class GuestDidNotBoot extends ModproveError {
  override readonly name = 'GuestDidNotBoot'

  /**
   * @param what what happened instead: "was reset by its guest", "was not ready within 60 s"
   * @param consoleLines the console's last lines, not escaped
   * @param suspect another possible cause than the kernel, for the remedy
   */
  constructor(
    what: string,
    consoleLines: readonly string[],
    commandLine: string,
    suspect?: string,
  ) {
    const shown = consoleLines.slice(-SHOWN_LINES).map(line => escapeTerminal(line, 500))
    super('GUEST_DID_NOT_BOOT', EXIT.harness, `the guest did not boot: its machine ${what}`, {
      detail:
        shown.length === 0
          ? 'Its console is empty.'
          : `The last ${shown.length} lines of its console:\n${shown.join('\n')}`,
      remedy: [suspect, `boot it by hand (Ctrl+A X ends it):\n${commandLine}`]
        .filter(line => line !== undefined)
        .join('\n'),
    })
  }
}
