import type { Context } from '../core/context.ts'
import { asTriggerError, TriggerError, usageError } from '../core/errors.ts'
import { allProblems } from '../core/text/all-problems.ts'
import type { TargetEntry } from '../state/batch-lines.ts'
import type { ConfigNode } from '../config/layers.ts'
import { isMapping } from '../config/schema/mapping.ts'
import type { ExitCodePolicy } from '../config/exit-code-policy.ts'
import { printsFailedLogs } from '../config/follow-flags.ts'
import { refuseImpossible } from '../trigger/refusals/refuse-impossible.ts'
import { refuseOtherPage } from '../trigger/refusals/refuse-other-page.ts'
import { hashOfTrigger, refuseChanged } from './batch-record.ts'
import type { BatchTarget } from './batch-target.ts'
import { placeholdersIn, withNeedsValues, type NeedField } from './plan/needs-values.ts'
import { inOrder, type LocatedError } from './plan/plan-problems.ts'
import type { TriggerPlace } from './queue/rate-limits.ts'
import { sameTrigger, triggerHashes, type ComparedTarget } from './check/same-trigger.ts'
import { planTarget, type TargetDefaults, type TargetPlan } from './target-plan.ts'

/** What the check of a target has found out. */
export interface TargetCheck {
  place: TriggerPlace
  isFollowed: boolean
  printsFailedLogs: boolean
  exitCodes: ExitCodePolicy
  /** What was planned, where the run needs no other plan; of the first targets only, since a plan takes kilobytes. */
  planned: TargetPlan | undefined
}

/** One for all targets without codes of their own: there may be thousands. */
const usualCodes: ExitCodePolicy = new Map()

/** At most this many targets of a batch keep their plans from the check until they begin. */
const mostKept = 500

/** Values of their forms, for what needed targets have not given yet. */
const samples: Readonly<Record<NeedField, string>> = {
  id: '1',
  sha: '0'.repeat(40),
  web_url: 'https://gitlab.example.com/-/pipelines/1',
  status: 'success',
}

/** The lines of all that stands in a mapping. */
function linesIn({ file, keys, data }: ConfigNode<object>): number[] {
  return Object.entries(data).flatMap(([key, value]: [string, unknown]) => {
    const below = [...keys, key]
    const inside = isMapping(value) ? linesIn({ file, keys: below, data: value }) : []
    return [file.lineOf(below), ...inside]
  })
}

/** The error of a target, with the place and the name of it; where it names a place in the plan itself, with that alone. */
export function errorAt(
  {
    name,
    origin,
    line,
    node,
  }: Pick<BatchTarget, 'name' | 'origin' | 'line'> & { node?: BatchTarget['node'] },
  error: TriggerError,
): LocatedError {
  const { message } = error
  const plan = node ? `${node.file.path}:` : ''
  const own = node && message.startsWith(plan) ? /^(\d+):? (.*)$/s.exec(message.slice(plan.length)) : null
  if (node && own) {
    const [, place = '', rest = ''] = own
    // What is wrong in the defaults is wrong for all targets in the same words.
    const all = { ...node, data: { ...node.data, recipe: null } }
    const whose = linesIn(all).includes(Number(place)) ? name : 'defaults'
    return { line: Number(place), error: error.with({ message: `${plan}${place} ${whose}: ${rest}` }) }
  }
  const isTyped = origin === name || name.startsWith(`${origin}.`)
  const where = isTyped ? `${name}: ` : `${origin} ${name}: `
  // What comes of the target begins with its place, or its name.
  const known = [`${origin}: `, `${origin} `, `${name}: `].find((start) => message.startsWith(start)) ?? ''
  return { line, error: error.with({ message: `${where}${message.slice(known.length)}` }) }
}

/** The error of a target as bad usage where it is about a value in its plan: only one in a config file is refused configuration. */
function ofPlanFile({ node }: BatchTarget, error: TriggerError): TriggerError {
  const isBadValue = error.cause instanceof TriggerError && error.cause.exit === 'usage'
  if (!isBadValue || !node || !error.message.startsWith(`${node.file.path}:`)) return error
  return usageError(error.message, error.hint)
}

/** What was wrong with a batch before its targets were planned. */
export interface EarlierProblems {
  problems: readonly LocatedError[]
  /** The plan in which they are; undefined: in what was typed. */
  place: string | undefined
}

/**
 * Checks everything of a batch that can be checked before anything is sent: the settings and tokens of each target, targets that send the same, targets that
 * an earlier run has triggered and that are others now. Throws one error that names all problems by their lines, also those that were found before. What a
 * target lacks of which not all was read is none. `see` gets the plan of each target.
 */
export async function checkBatch(
  targets: readonly BatchTarget[],
  defaults: TargetDefaults,
  earlier: ReadonlyMap<string, TargetEntry>,
  found: EarlierProblems,
  context: Context,
  see: (planned: TargetPlan) => void,
): Promise<TargetCheck[]> {
  const problems = [...found.problems]
  const names = new Set(targets.map(({ name }) => name))
  const needed = new Set(targets.flatMap(({ needs }) => needs.filter((name) => names.has(name))))
  const seen = new Map<string, ComparedTarget>()
  const sentBy = triggerHashes(defaults.config.places.state, context)
  const checked: TargetCheck[] = []
  const add = (target: BatchTarget, error: TriggerError): void => {
    problems.push(errorAt(target, error))
  }
  for (const target of targets) {
    const { node, name, isWhole } = target
    const isLate = node !== undefined && placeholdersIn({ node }).length > 0
    const sample = node ? { ...target, node: withNeedsValues(node, (_, field) => samples[field]) } : target
    try {
      const planned = await planTarget(sample, needed.has(name), defaults, context)
      const { plan, settings } = planned
      refuseImpossible(plan.follow, settings, defaults.flags)
      refuseOtherPage(planned.flags, settings)
      see(planned)
      const { server, project, ref } = settings
      checked.push({
        place: { base: server.value.base, project: project.value, ref: ref.value },
        isFollowed: plan.follow.mode.value !== 'no',
        printsFailedLogs: printsFailedLogs(plan.follow),
        exitCodes: plan.exitCodes.size > 0 ? plan.exitCodes : usualCodes,
        planned: isLate || !isWhole || checked.length >= mostKept ? undefined : planned,
      })
      if (isLate || !isWhole) continue
      const sent = await sentBy(settings)
      const same = seen.get(sent)
      const compared = {
        name,
        origin: node ? target.origin : name,
        data: (node ?? target.recipes[0])?.data ?? {},
      }
      seen.set(sent, compared)
      if (same) add(target, sameTrigger(compared, same, settings))
      const entry = earlier.get(name)
      if (entry) refuseChanged(entry, hashOfTrigger(settings))
    } catch (error) {
      const thrown = asTriggerError(error, { kind: 'none' })
      if (isWhole || !thrown.isMissing) add(target, ofPlanFile(target, thrown))
      // The others would only say the same of the time limit.
      if (defaults.reads.signal.aborted) break
    }
  }
  if (problems.length === 0) return checked
  const { place } = found
  // What is wrong with the plan itself must not look like a fault of this machine's config.
  const errors = inOrder(problems).map(({ error }) => error)
  const ofPlan = found.problems.some(({ error }) => error.exit === 'usage') ? 'usage' : undefined
  if (place !== undefined) throw allProblems(errors, `${place} has ${errors.length} problems`, ofPlan)
  const count = targets.length + found.problems.length
  throw allProblems(errors, `${errors.length} of ${count} targets cannot be triggered as planned`)
}
