import type { Context } from '../../core/context.ts'
import { TriggerError } from '../../core/errors.ts'
import type { ExitName } from '../../core/exit-codes.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import { jsonLine } from '../../core/text/json-line.ts'
import type { BatchReporter, TargetProgress } from '../../batch-events.ts'
import type { Event } from '../../events.ts'
import { eventsVersion } from '../reporters/ndjson-reporter.ts'
import { runResults } from '../reporters/json-reporter.ts'
import { exceptClosedPipe, linkOf } from '../reporters/text-reporter.ts'
import { orderedLines } from './ordered-lines.ts'

/** The number of each target in the order of the plan. */
const indexOf = (targets: readonly TargetProgress[]): Map<string, number> =>
  new Map(targets.map(({ name }, index) => [name, index]))

/**
 * Prints a line for each target on stdout, in the order of the plan, as soon as all before it are known: the id of its pipeline, or `-` where
 * there is none.
 */
export function idLines({ stdout }: Pick<Context, 'stdout'>): BatchReporter {
  const lines = orderedLines((text) => stdout.write(text))
  let index = new Map<string, number>()
  return async (event) => {
    if (event.type === 'planned') index = indexOf(event.targets)
    if (event.type !== 'told' && event.type !== 'changed') return
    const { name, id, state } = event.target
    const at = index.get(name) ?? 0
    if (lines.has(at) || (id === null && state !== 'over')) return
    await lines.put(at, id === null ? '-\n' : `${id}\n`)
  }
}

/** The events from which the object of a target is made that was not triggered by this run. */
function eventsOf({
  server,
  project,
  ref,
  id,
  sha,
  webUrl,
  status,
  exit,
  exitCode,
  why,
  wasRecorded,
}: TargetProgress): Event[] {
  const build = {
    kind: 'pipeline',
    id: id ?? 0,
    iid: null,
    projectId: null,
    ref: ref ?? '',
    sha,
    status,
    source: null,
    webUrl,
    yamlErrors: null,
  } as const
  const triggered: Event[] = id === null ? [] : [{ type: 'triggered', build, api: 'v4' }]
  const name: ExitName = exit ?? 'success'
  const link = wasRecorded ? linkOf({ webUrl }, server) : ''
  const hint = link === '' ? '' : `To see why: gitlab-trigger status ${shellQuote(link)}`
  const end: Event =
    name === 'success'
      ? { type: 'ended', exitCode }
      : { type: 'failed', error: new TriggerError({ exit: name, exitCode, message: why, hint }) }
  const skipped: Event[] = name === 'success' && id === null ? [{ type: 'skipped', text: why }] : []
  return [
    { type: 'started', facts: { server, project, ref, variables: [] }, settings: [] },
    ...triggered,
    ...skipped,
    end,
  ]
}

/** A target may be followed though no flag says so: its object always has the members of one that is. */
const isFollowing = true

/** Prints a JSON object for each target on stdout, in the order of the plan, as soon as all before it are known. */
export function objectLines({ stdout, secrets }: Pick<Context, 'stdout' | 'secrets'>): BatchReporter {
  const lines = orderedLines((text) => stdout.write(text))
  const running = new Map<string, ReturnType<typeof runResults>>()
  let index = new Map<string, number>()
  const put = (target: TargetProgress, result: Record<string, unknown>): Promise<void> =>
    lines.put(index.get(target.name) ?? 0, jsonLine({ target: target.name, ...result }, secrets))
  return async (event) => {
    if (event.type === 'planned') index = indexOf(event.targets)
    if (event.type === 'told') {
      const { target } = event
      const take = running.get(target.name) ?? runResults({ hasTree: true, isFollowing })
      running.set(target.name, take)
      const result = take(event.event)
      if (result) await put(target, result)
    }
    if (event.type !== 'changed' || event.target.state !== 'over') return
    const { target } = event
    running.delete(target.name)
    if (lines.has(index.get(target.name) ?? 0)) return
    const take = runResults({ hasTree: false, isFollowing })
    const result = eventsOf(target)
      .map(take)
      .findLast((each) => each !== undefined)
    if (result) await put(target, result)
  }
}

/** What is known of a target, as members of JSON. */
function progressMembers(target: TargetProgress): Record<string, unknown> {
  const { name, state, id, sha, webUrl, status, exit, exitCode, why } = target
  return {
    target: name,
    state,
    id,
    sha,
    status,
    web_url: webUrl,
    exit_code: exit === undefined ? null : exitCode,
    message: why === '' ? null : why,
  }
}

/** For --events: prints a line of JSON for each change of a target, and when all have ended. What happens to its pipeline is printed too. */
export function batchEventLines({ stdout, secrets }: Pick<Context, 'stdout' | 'secrets'>): BatchReporter {
  const print = async (now: number, members: Record<string, unknown>): Promise<void> => {
    const line = { version: eventsVersion, time: new Date(now).toISOString(), ...members }
    await stdout.write(jsonLine(line, secrets)).catch(exceptClosedPipe)
  }
  return async (event) => {
    if (event.type === 'planned')
      await print(event.now, {
        type: 'planned',
        targets: event.targets.map(({ name, needs }) => ({ target: name, needs })),
      })
    if (event.type === 'changed') await print(event.now, { type: 'target', ...progressMembers(event.target) })
    if (event.type === 'limited') {
      const { server, project, until, now } = event
      await print(now, { type: 'limited', server, project, until: new Date(until).toISOString() })
    }
    if (event.type === 'finished')
      await print(event.now, { type: 'finished', targets: event.targets.map(progressMembers) })
  }
}
