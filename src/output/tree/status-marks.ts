import { keysOf } from '../../core/keys-of.ts'
import type { Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import type { TextSpan } from '../terminal/styled-line.ts'
import type { Glyphs } from '../terminal/glyphs.ts'
import type { Style } from '../terminal/style.ts'

interface Look {
  mark: string
  ascii: string
  tone?: keyof Style
}

/** How what GitLab calls by many words is shown, what matters most first. The marks are narrow in every terminal, whatever its fonts. */
const looks = {
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
} as const satisfies Record<string, Look>

/** How something stands. */
export type StatusClass = keyof typeof looks

/** All of them, what matters most first. */
export const kinds = keysOf(looks)

/** 0 for what matters most. */
export function rankOf(kind: StatusClass): number {
  return kinds.indexOf(kind)
}

/** The one that matters most; `created` of none. */
export function foremost(all: readonly StatusClass[]): StatusClass {
  return kinds.find((kind) => all.includes(kind)) ?? 'created'
}

/** Whether nothing of it goes on, waits or went wrong. */
export function isQuiet(kind: StatusClass): boolean {
  return rankOf(kind) >= rankOf('created')
}

const words: Readonly<Record<string, StatusClass>> = {
  success: 'success',
  failed: 'failed',
  running: 'running',
  canceling: 'running',
  canceled: 'canceled',
  created: 'created',
  skipped: 'skipped',
  manual: 'manual',
}

/** The kind of a status. Unknown words are moving (facts 4.2). */
function kindOf(status: string | null, mayFail: boolean): StatusClass {
  const kind = words[status ?? ''] ?? 'waiting'
  if (!mayFail) return kind
  return kind === 'failed' ? 'warned' : kind === 'manual' ? 'optional' : kind
}

/** How a pipeline stands. */
export function kindOfPipeline({ status, hasWarnings }: Pipeline): StatusClass {
  return status === 'success' && hasWarnings ? 'warned' : kindOf(status, false)
}

/** How a job stands; of a bridge that has done its part, what it has started. */
export function kindOfJob({ status, allowFailure, downstream }: Job): StatusClass {
  const own = kindOf(status, allowFailure)
  if (!downstream) return own
  const below = kindOf(downstream.status, allowFailure)
  return own === 'success' ? below : foremost([own, below])
}

/** The mark of a kind. */
export function markOf(kind: StatusClass, pen: Glyphs): TextSpan {
  const { mark, ascii, tone }: Look = looks[kind]
  return { text: pen.isUnicode ? mark : ascii, ...(tone && { tone }) }
}

/** How a text about a kind is shown. */
export function toneOf(kind: StatusClass): Partial<Pick<TextSpan, 'tone'>> {
  const { tone }: Look = looks[kind]
  return tone === 'good' ? { tone: 'faint' } : { ...(tone && { tone }) }
}
