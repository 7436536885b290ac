import { createHash } from 'node:crypto'

export interface PageParts {
  readonly title: string
  readonly script: string
  readonly style: string
  /** By the id of their element. */
  readonly data: Readonly<Record<string, unknown>>
}

const UNSAFE_IN_SCRIPT: Readonly<Record<string, string>> = {
  '<': String.raw`\u003c`,
  '\u2028': String.raw`\u2028`,
  '\u2029': String.raw`\u2029`,
}

/**
 * JSON for a `<script>` element, which cannot end the element or begin a comment
 * (HTML, "Restrictions for contents of script elements").
 */
const embeddable = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/[<\u2028\u2029]/g, found => UNSAFE_IN_SCRIPT[found] ?? '')

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/**
 * One file without dependencies. Its Content-Security-Policy allows only this script and no
 * requests, and Trusted Types without a policy prevent turning text into elements.
 */
export function pageOf({ title, script, style, data }: PageParts): string {
  for (const part of [script, style]) {
    if (/<\/(?:script|style)/i.test(part)) throw new Error('the bundle would end its own element')
  }
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  const documents = Object.entries(data).map(
    ([id, value]) => `<script type="application/json" id="${id}">${embeddable(value)}</script>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<noscript>This report needs JavaScript. The same run as text: modprove report</noscript>
<div id="app"></div>
${documents.join('\n')}
<script>${script}</script>
</body>
</html>
`
}
