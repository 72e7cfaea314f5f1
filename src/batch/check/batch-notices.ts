import type { Settings } from '../../config/settings.ts'
import type { SharedReads } from '../../config/shared-reads.ts'
import { variableNotices } from '../../config/variables/notices.ts'
import type { Variable } from '../../config/variables/variable.ts'
import { flagName } from '../../core/flag-name.ts'
import { omit } from '../../core/omit.ts'
import type { Reporter } from '../../events.ts'
import type { RunFlags } from '../../options/run.ts'
import { warnOfUnusableApiToken } from '../../session/unusable-api-token.ts'
import type { TargetPlan } from '../target-plan.ts'

/** What a batch is warned of before it starts, collected over all of its targets. */
export interface BatchNotices {
  /** Takes in the plan of a target. */
  see(planned: TargetPlan): void
  /** Reports what was collected, each of it once. */
  report(report: Reporter): Promise<void>
}

/** The typed flags that may have no effect, since targets may set the same; inputs, each with its name. Variables are apart. */
function typedFlags({ input = [], inputJson = [], ...others }: RunFlags): Set<string> {
  const named = (flag: string, texts: readonly string[]): string[] =>
    texts.map((text) => `${flag} ${text.split('=', 1)[0] ?? ''}`)
  const flags = omit(others, ['var', 'varFile', 'varsFrom'])
  const names = [...named('--input', input), ...named('--input-json', inputJson)]
  return new Set([...Object.keys(flags).map(flagName), ...names])
}

/** Takes those out that a target takes its values from. */
function takeUsed(unused: Set<string>, { flags, settings }: TargetPlan): void {
  if (unused.size === 0) return
  for (const key of Object.keys(flags)) unused.delete(flagName(key))
  for (const { key, origin } of settings.inputs) unused.delete(`${origin} ${key}`)
}

/** The flag that a variable was typed with, its key, and for one of a file that holds several its path. */
function typedAs({ key, origin, source }: Variable): { flag: string; key: string; path?: string } {
  if (source.kind === 'file') return { flag: '--var-file', key }
  if (source.kind !== 'data') return { flag: '--var', key }
  const path = origin.replace(/^file /, '').replace(/:\d+$/, '')
  return { flag: '--vars-from', key, path: path === 'standard input' ? '-' : path }
}

/** The flags of these typed variables that no target takes. A file that holds several is named with those of them, unless it has no effect at all. */
function unusedVariables(typed: readonly Variable[], used: WeakSet<Variable>): string[] {
  const names = new Set<string>()
  for (const each of typed.filter((one) => !used.has(one))) {
    const { flag, key, path } = typedAs(each)
    const ofFile = typed.filter((one) => path !== undefined && typedAs(one).path === path)
    const unused = ofFile.filter((one) => !used.has(one))
    if (path === undefined) names.add(`${flag} ${key}`)
    else if (unused.length === ofFile.length) names.add(`${flag} ${path}`)
    else names.add(`${flag} ${path} (${unused.map((one) => one.key).join(', ')})`)
  }
  return [...names]
}

/**
 * Collects what to warn of: what a run of one target would be warned of, and which of these flags have no effect on any. Of targets with the same notices
 * only the first is kept: there may be thousands.
 */
export function batchNotices(typed: RunFlags, reads: Pick<SharedReads, 'variables'>): BatchNotices {
  const unused = typedFlags(typed)
  const hasVariables = (typed.var ?? typed.varFile ?? typed.varsFrom) !== undefined
  const used = new WeakSet<Variable>()
  const noticed = new Map<string, Pick<Settings, 'variables' | 'inputs'>>()
  const unusable = new Map<string, Settings>()
  return {
    see(planned) {
      takeUsed(unused, planned)
      const { settings } = planned
      if (hasVariables) for (const each of settings.variables) used.add(each)
      const { variables, inputs, unusableApiToken } = settings
      const texts = variableNotices([settings]).map(({ text }) => text)
      const key = texts.join('\n')
      if (texts.length > 0 && !noticed.has(key)) noticed.set(key, { variables, inputs })
      if (unusableApiToken && !unusable.has(unusableApiToken.message))
        unusable.set(unusableApiToken.message, settings)
    },
    async report(report) {
      const names = [...unused, ...(hasVariables ? unusedVariables(await reads.variables(), used) : [])]
      if (names.length > 0) {
        const has = names.length === 1 ? 'has' : 'have'
        const text = `${names.join(', ')} ${has} no effect: each target sets its own.`
        await report({ type: 'warned', text, isGrave: true })
      }
      for (const settings of unusable.values()) await warnOfUnusableApiToken(settings, report)
      for (const notice of variableNotices([...noticed.values()])) await report(notice)
    },
  }
}
