import { keysOf } from '../../core/keys-of.ts'
import type { Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import type { TextSpan } from '../terminal/styled-line.ts'
import type { Glyphs } from '../terminal/glyphs.ts'
import type { Style } from '../terminal/style.ts'

interface Appearance {
  mark: string
  ascii: string
  tone?: keyof Style
}

/** The marks of status classes, most important first. All are one column wide in every terminal. */
const appearances = {
  failed: { mark: '\u2717', ascii: 'x', tone: 'bad' },
  running: { mark: '\u25b8', ascii: '>', tone: 'busy' },
  manual: { mark: '?', ascii: '?', tone: 'warn' },
  waiting: { mark: '\u25e6', ascii: '.' },
  warned: { mark: '!', ascii: '!', tone: 'warn' },
  canceled: { mark: '-', ascii: '-', tone: 'warn' },
  created: { mark: '\u25e6', ascii: '.', tone: 'faint' },
  success: { mark: '\u2713', ascii: '+', tone: 'good' },
  optional: { mark: '?', ascii: '?', tone: 'faint' },
  skipped: { mark: '-', ascii: '-', tone: 'faint' },
} as const satisfies Record<string, Appearance>

/** A class of statuses that are displayed alike. */
export type StatusClass = keyof typeof appearances

/** All classes, most important first. */
export const statusClasses = keysOf(appearances)

/** The importance of a class; 0 is the highest. */
export function rankOf(kind: StatusClass): number {
  return statusClasses.indexOf(kind)
}

/** The most important of several classes; `created` if there are none. */
export function mostImportant(all: readonly StatusClass[]): StatusClass {
  return statusClasses.find((kind) => all.includes(kind)) ?? 'created'
}

/** Whether a class needs no attention: not running, waiting or failed. */
export function isQuiet(kind: StatusClass): boolean {
  return rankOf(kind) >= rankOf('created')
}

/** A map, since a server may send the name of anything as a status, `constructor` too. */
const classes: ReadonlyMap<string | null, StatusClass> = new Map([
  ['success', 'success'],
  ['failed', 'failed'],
  ['running', 'running'],
  ['canceling', 'running'],
  ['canceled', 'canceled'],
  ['created', 'created'],
  ['skipped', 'skipped'],
  ['manual', 'manual'],
])

/** The class of a status. Unknown statuses count as waiting (docs/gitlab.md#4.2). */
function kindOf(status: string | null, isAllowedToFail: boolean): StatusClass {
  const kind = classes.get(status) ?? 'waiting'
  if (!isAllowedToFail) return kind
  return kind === 'failed' ? 'warned' : kind === 'manual' ? 'optional' : kind
}

/** The class of a pipeline. */
export function kindOfPipeline({ status, hasWarnings }: Pipeline): StatusClass {
  return status === 'success' && hasWarnings ? 'warned' : kindOf(status, false)
}

/** The class of a job; for a bridge that has succeeded, of its downstream pipeline. */
export function kindOfJob({ status, allowFailure, downstream }: Job): StatusClass {
  const own = kindOf(status, allowFailure)
  if (!downstream) return own
  const below = kindOf(downstream.status, allowFailure)
  return own === 'success' ? below : mostImportant([own, below])
}

/** The mark of a class. */
export function markOf(kind: StatusClass, glyphs: Glyphs): TextSpan {
  const { mark, ascii, tone }: Appearance = appearances[kind]
  return { text: glyphs.isUnicode ? mark : ascii, ...(tone && { tone }) }
}

/** The tone of text about a class; success is faint. */
export function toneOf(kind: StatusClass): Partial<Pick<TextSpan, 'tone'>> {
  const { tone }: Appearance = appearances[kind]
  return tone === 'good' ? { tone: 'faint' } : { ...(tone && { tone }) }
}
