import type { Context } from '../core/context.ts'
import { asTriggerError, TriggerError } from '../core/errors.ts'
import { worstOf, type ExitName } from '../core/exit-codes.ts'
import type { TargetEntry } from '../state/batch-lines.ts'
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
  /** What was planned, where the run needs no other plan; of the first targets only, since a plan takes kilobytes. */
  planned: TargetPlan | undefined
}

/** At most this many targets of a batch keep their plans from the check until they begin. */
const mostKept = 500

/** Values of their forms, for what needed targets have not given yet. */
const samples: Readonly<Record<NeedField, string>> = {
  id: '1',
  sha: '0'.repeat(40),
  web_url: 'https://gitlab.example.com/-/pipelines/1',
  status: 'success',
}

/** Everything that keeps a batch from being run, as one error: of several, with the text of each below this headline. */
export function allProblems(
  problems: readonly TriggerError[],
  headline: string,
  exit: ExitName = worstOf(problems.map((each) => each.exit)),
): TriggerError {
  const [only] = problems
  if (only && problems.length === 1) return only
  // What to do is said once where it is the same for all, else behind each.
  const isSame = problems.every(({ hint }) => hint === only?.hint)
  const textOf = ({ message, hint }: TriggerError): string =>
    isSame || hint === '' ? message : `${message}. ${hint}`
  const texts = [...new Set(problems.map(textOf))]
  const shown = texts.slice(0, mostShown)
  const more = texts.length - shown.length
  return new TriggerError({
    exit,
    message: headline,
    hint: isSame ? (only?.hint ?? '') : '',
  }).with({ details: [...shown, ...(more > 0 ? [`and ${more} more`] : [])] })
}

const mostShown = 20

/** The error of a target, with the place and the name of it. */
export function errorAt(
  { name, origin }: Pick<BatchTarget, 'name' | 'origin'>,
  error: TriggerError,
): TriggerError {
  const isTyped = origin === name || name.startsWith(`${origin}.`)
  const where = isTyped ? `${name}: ` : `${origin} ${name}: `
  // What is wrong with a setting begins with where it is; what comes of the target, with its name.
  const known = [`${origin}: `, `${name}: `].find((start) => error.message.startsWith(start)) ?? ''
  return error.with({ message: `${where}${error.message.slice(known.length)}` })
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
    problems.push({ line: target.line, error: errorAt(target, error) })
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
      if (isWhole || !thrown.isMissing) add(target, thrown)
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
