import type { RunView } from '../../record/view.js'
import { bundlePage } from './bundle.js'
import { detailsOf } from './details.js'
import { encode } from './encode.js'
import { pageOf } from './page.js'

/**
 * A run as one HTML file that needs no network and no other file.
 *
 * @param folder of the record, for consoles and the module's sources
 */
export async function htmlReport(folder: string, view: RunView): Promise<string> {
  const { indexOf, details, sources } = await detailsOf(folder, view)
  const { script, style } = await bundlePage()
  return pageOf({
    title: `modprove ${view.start.run}`,
    script,
    style,
    data: { run: encode(view, indexOf), details: { details, sources } },
  })
}
