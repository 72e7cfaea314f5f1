import type { ExitName } from '../core/exit-codes.ts'
import type { Entry, Intent, Result } from './journal-entry.ts'
import { linesIn } from './line-log.ts'

/** How a target of a batch has ended. */
export interface TargetEnd {
  exit: ExitName
  exitCode: number
  /** GitLab's status of its pipeline, as it was last seen. */
  status: string | null
}

/** What a batch has recorded of a target for which it was about to send a trigger. */
export interface TargetEntry extends Entry {
  /** A hash of what was sent. */
  hash: string
  /** Undefined where the run ended before the target did. */
  end: TargetEnd | undefined
}

/** The process that has begun a batch. */
export interface BatchRun {
  /** ISO 8601 in UTC. */
  at: string
  user: string
  host: string
  pid: number
}

/** What the journal holds of the last run of a plan. */
export interface EarlierBatch {
  /** The number of its file. */
  count: number
  run: BatchRun
  /** Whether it came to its end. */
  isOver: boolean
  targets: Map<string, TargetEntry>
}

/** A line of the journal of a batch. */
export type BatchLine =
  | ({ type: 'run'; plan: string } & BatchRun)
  | { type: 'intent'; target: string; hash: string; intent: Intent }
  | { type: 'result'; target: string; result: Result }
  | { type: 'end'; target: string; end: TargetEnd }
  | { type: 'over' }

/** What the text of a journal holds; undefined where it has no whole line. */
export function parseBatch(text: string): Omit<EarlierBatch, 'count'> | undefined {
  const [head, ...lines] = linesIn(text) as BatchLine[]
  if (head?.type !== 'run') return undefined
  const targets = new Map<string, TargetEntry>()
  let isOver = false
  for (const line of lines) {
    if (line.type === 'over') isOver = true
    if (line.type === 'intent')
      targets.set(line.target, { hash: line.hash, intent: line.intent, result: undefined, end: undefined })
    const entry = 'target' in line ? targets.get(line.target) : undefined
    if (entry && line.type === 'result') entry.result = line.result
    if (entry && line.type === 'end') entry.end = line.end
  }
  const { at, user, host, pid } = head
  return { run: { at, user, host, pid }, isOver, targets }
}

/** The lines that record what is known of a target. */
export function linesOf([target, { hash, intent, result, end }]: [string, TargetEntry]): BatchLine[] {
  return [
    { type: 'intent', target, hash, intent },
    ...(result ? [{ type: 'result', target, result } as const] : []),
    ...(end ? [{ type: 'end', target, end } as const] : []),
  ]
}
