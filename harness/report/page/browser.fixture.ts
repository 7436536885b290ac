import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'

/** For one step in the browser, on a machine that may be compiling kernels. */
const DEADLINE_MS = 90_000

const NAMES = ['chromium', 'google-chrome', 'chromium-browser']

const found = (process.env['PATH'] ?? '')
  .split(':')
  .flatMap(folder => NAMES.map(name => join(folder, name)))
  .find(isExecutable)

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** For a test's `skip`: false if there is a browser. */
export const withoutBrowser =
  found === undefined && 'there is no Chromium here: apt-get install chromium'

export interface OpenReport {
  readonly page: Page
  /** What the page requested, apart from itself. */
  readonly requests: readonly string[]
  /** Errors of the page and of its console, including violations of its policy. */
  readonly errors: readonly string[]
  /** Goes to an address within the report. */
  readonly visit: (hash: string) => Promise<void>
}

/** A browser for one test file; opens reports as files, as a reader does. */
export class ReportBrowser {
  readonly #browser: Browser
  readonly #folder: string

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser
    this.#folder = folder
  }

  static async start(): Promise<ReportBrowser> {
    const browser = await chromium.launch({
      timeout: DEADLINE_MS,
      ...(found === undefined ? {} : { executablePath: found }),
      // Chromium does not run as root with its sandbox.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    })
    return new ReportBrowser(browser, await mkdtemp(join(tmpdir(), 'modprove-html-')))
  }

  async close(): Promise<void> {
    await this.#browser.close()
    await rm(this.#folder, { recursive: true })
  }

  async open(html: string, colorScheme: 'light' | 'dark' = 'light'): Promise<OpenReport> {
    const file = join(await mkdtemp(join(this.#folder, 'report-')), 'report.html')
    await writeFile(file, html)
    const address = pathToFileURL(file).href
    const requests: string[] = []
    const errors: string[] = []
    const page = await this.#browser.newPage({ colorScheme, reducedMotion: 'reduce' })
    page.setDefaultTimeout(DEADLINE_MS)
    await page.route('**/*', async route => {
      if (route.request().url().split('#')[0] === address) return route.continue()
      requests.push(route.request().url())
      return route.abort()
    })
    page.on('pageerror', error => errors.push(error.message))
    page.on('console', message => {
      if (message.type() === 'error') errors.push(message.text())
    })
    const visit = async (hash: string): Promise<void> => {
      await page.goto('about:blank')
      await page.goto(`${address}#${hash}`)
      await page.locator('h1').waitFor()
    }
    await visit('')
    return { page, requests, errors, visit }
  }
}
