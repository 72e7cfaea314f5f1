import type { Settings } from '../../config/settings.ts'
import { variableNotices } from '../../config/variables/notices.ts'
import { flagName } from '../../core/flag-name.ts'
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

/** The typed flags that may have no effect, since targets may set the same; those that give a value by name, each with it. */
function typedFlags({ var: variables = [], input = [], ...others }: RunFlags): Set<string> {
  const named = (flag: string, texts: readonly string[]): string[] =>
    texts.map((text) => `${flag} ${text.split('=', 1)[0] ?? ''}`)
  const names = [...named('--var', variables), ...named('--input', input)]
  return new Set([...Object.keys(others).map(flagName), ...names])
}

/** Takes those out that a target takes its values from. */
function takeUsed(unused: Set<string>, { flags, settings }: TargetPlan): void {
  if (unused.size === 0) return
  for (const key of Object.keys(flags)) unused.delete(flagName(key))
  for (const { key, source } of settings.variables)
    if (source.kind === 'typed' || source.kind === 'environment') unused.delete(`--var ${key}`)
  for (const { key, origin } of settings.inputs) if (origin === '--input') unused.delete(`--input ${key}`)
}

/**
 * Collects what to warn of: what a run of one target would be warned of, and which of these flags have no effect on any. Of targets with the same notices
 * only the first is kept: there may be thousands.
 */
export function batchNotices(typed: RunFlags): BatchNotices {
  const unused = typedFlags(typed)
  const noticed = new Map<string, Pick<Settings, 'variables' | 'inputs'>>()
  const unusable = new Map<string, Settings>()
  return {
    see(planned) {
      takeUsed(unused, planned)
      const { settings } = planned
      const { variables, inputs, unusableApiToken } = settings
      const texts = variableNotices([settings]).map(({ text }) => text)
      const key = texts.join('\n')
      if (texts.length > 0 && !noticed.has(key)) noticed.set(key, { variables, inputs })
      if (unusableApiToken && !unusable.has(unusableApiToken.message))
        unusable.set(unusableApiToken.message, settings)
    },
    async report(report) {
      if (unused.size > 0) {
        const has = unused.size === 1 ? 'has' : 'have'
        const text = `${[...unused].join(', ')} ${has} no effect: each target sets its own.`
        await report({ type: 'warned', text, isGrave: true })
      }
      for (const settings of unusable.values()) await warnOfUnusableApiToken(settings, report)
      for (const notice of variableNotices([...noticed.values()])) await report(notice)
    },
  }
}
