import { base, Halt, message } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { booleanParam, textParam } from '../http/call.ts'
import { booleanFrom } from '../params/boolean.ts'
import type { Param } from '../params/tree.ts'
import { coerced } from '../params/tree.ts'
import { fullRef, isProtected } from '../trigger/refs.ts'
import { has } from '../version/differences.ts'
import type { Schedule } from '../world/model.ts'
import { shortRef } from './schedules.ts'

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const isCron = (text: string): boolean => /^(\S+\s+){4}\S+$/.test(text) || /^@\w+$/.test(text)
const syntax = ' is invalid syntax'
const blank = "can't be blank"

/** What the model says of a schedule, by its attributes. */
function problemsOf(
  call: Call,
  { cron, zone, ref, description, project }: Schedule,
): Record<string, string[]> {
  const isRef = !has(call.gitlab, 'scheduleRefs') || fullRef(project, ref) !== undefined
  const problems = {
    cron: [...(isCron(cron) ? [] : [syntax]), ...(cron === '' ? [blank] : [])],
    cron_timezone: [...(isZone(zone) ? [] : [syntax]), ...(zone === '' ? [blank] : [])],
    description: description === '' ? [blank] : [],
    ref: isRef ? [] : ['is ambiguous'],
  }
  return Object.fromEntries(Object.entries(problems).filter(([, list]) => list.length > 0))
}

function plain(param: Param | undefined): unknown {
  if (Array.isArray(param)) return param.map(plain)
  return typeof param === 'number' || typeof param === 'boolean' ? param : coerced(param)
}

/** The inputs after those of a call were added, replaced or, with `destroy`, taken out. */
function mergedInputs(call: Call, before: Schedule['inputs']): Schedule['inputs'] {
  const sent = call.params.get('inputs')
  if (!Array.isArray(sent)) return before
  return sent.reduce<Schedule['inputs']>((left, each) => {
    if (!(each instanceof Map)) return left
    const name = coerced(each.get('name')) ?? ''
    const others = left.filter((input) => input.name !== name)
    const isDestroyed = booleanFrom(coerced(each.get('destroy')) ?? '') === true
    return isDestroyed ? others : [...others, { name, value: plain(each.get('value')) }]
  }, before)
}

/**
 * The schedule with what a call changes of it. Halts with 400 for what the model refuses; `action` is named
 * where the ref is protected.
 */
export function changedBy(call: Call, before: Schedule, action: 'create' | 'update'): Schedule {
  const after: Schedule = {
    ...before,
    description: textParam(call, 'description') ?? before.description,
    ref: textParam(call, 'ref') ?? before.ref,
    cron: (textParam(call, 'cron') ?? before.cron).trim(),
    zone: textParam(call, 'cron_timezone') ?? before.zone,
    active: booleanParam(call, 'active') ?? before.active,
    inputs: mergedInputs(call, before.inputs),
    updatedAt: call.now,
  }
  if (has(call.gitlab, 'scheduleRefs') && isProtected(after.project, shortRef(after.ref))) {
    throw new Halt(base(400, `The current user is not authorized to ${action} the pipeline schedule`))
  }
  const problems = problemsOf(call, after)
  if (Object.keys(problems).length > 0) throw new Halt(message(400, problems))
  const full = has(call.gitlab, 'scheduleRefs') ? fullRef(after.project, after.ref) : undefined
  return { ...after, ref: full ?? after.ref }
}
