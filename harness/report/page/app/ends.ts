import type { Change } from '../../../contract/events.js'
import type { EndLetter } from '../data.js'

/** Word and glyph of each end; colour is never the only difference. */
export const ENDS: Readonly<Record<EndLetter, { readonly word: string; readonly glyph: string }>> =
  {
    f: { word: 'failed', glyph: '✗' },
    e: { word: 'in error', glyph: '‼' },
    m: { word: 'not run', glyph: '–' },
    y: { word: 'flaky', glyph: '≈' },
    p: { word: 'passed', glyph: '✓' },
    x: { word: 'failed as expected', glyph: '×' },
    s: { word: 'skipped', glyph: '○' },
  }

/** Worst first. */
export const ORDER = Object.keys(ENDS) as EndLetter[]

/** True for failed, lost and flaky tests. */
export const endNeedsAttention = (end: EndLetter): boolean => !['p', 's', 'x'].includes(end)

/** Most urgent first. */
export const CHANGES: Readonly<
  Record<Change, { readonly word: string; readonly glyph: string; readonly says: string }>
> = {
  regressed: { word: 'regressed', glyph: '▲', says: 'passed before, fails now' },
  lost: { word: 'lost', glyph: '?', says: 'has no verdict now' },
  'not-run': { word: 'not run', glyph: '–', says: 'was planned, and not run' },
  flaky: { word: 'flaky', glyph: '≈', says: 'failed, then passed on a fresh machine' },
  fixed: { word: 'fixed', glyph: '▼', says: 'failed before, passes now' },
  'still-failing': { word: 'still failing', glyph: '●', says: 'failed before, and now' },
  new: { word: 'new', glyph: '+', says: 'was not there before' },
  gone: { word: 'gone', glyph: '−', says: 'was there before' },
}

export const CHANGE_ORDER = Object.keys(CHANGES) as Change[]

/** `1.4 s`, `2 min 03 s`, `1 h 05 min` */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} min`
}

/** `1 test`, `2,048 tests` */
export const plural = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
