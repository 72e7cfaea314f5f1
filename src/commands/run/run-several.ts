import type { TargetSeed } from '../../batch/batch-target.ts'
import { batchReportFlags, openBatchReports, severalBuilds } from '../../batch/batch-reports.ts'
import { carryOutBatch } from '../../batch/carry-out.ts'
import { checkWholeBatch, startBatch, type BatchSource } from '../../batch/whole-batch.ts'
import { planTarget } from '../../batch/target-plan.ts'
import type { Config } from '../../config/files/find-config.ts'
import { recipeNamed } from '../../config/layers.ts'
import type { Settings } from '../../config/settings.ts'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import { omit } from '../../core/omit.ts'
import { foreignFlag } from '../../core/text/foreign-flag.ts'
import { quotedWord } from '../../core/text/shown-word.ts'
import { tellingEarlyFailure } from '../../output/batch/early-failure.ts'
import { onceRecord } from '../../trigger/idempotency-key.ts'
import type { RunFlags } from '../../options/run.ts'
import { idempotencyKey } from './once-key.ts'
import { checkOnceFlags } from './check-once-flags.ts'
import { checkPrinted, printRequests } from './print-requests.ts'
import { restOfSeveral } from './rest.ts'

/** What was typed for several pipelines. */
export interface SeveralTyped {
  flags: RunFlags
  /** The recipes. */
  words: readonly string[]
  /** Further projects and refs, besides those in `flags`. */
  further?: Readonly<Record<string, readonly string[]>>
  nearCommand?: string
}

/** Throws a usage error for words of which the first is no recipe, but nearly a command. */
function refuseMistaken({ words: [word = ''], nearCommand = '' }: SeveralTyped, config: Config): void {
  if (nearCommand === '' || recipeNamed(config, word)) return
  if (nearCommand === word) throw foreignFlag(word)
  throw usageError(
    `unknown command${quotedWord(word)}; did you mean "${nearCommand}"?`,
    'gitlab-trigger --help lists the commands.',
  )
}

/** Every combination of the recipes, projects and refs that were typed, in their order, the ref changing fastest. */
function seedsOf({ flags, words, further = {} }: SeveralTyped): TargetSeed[] {
  const typed = (name: 'project' | 'ref'): (string | undefined)[] => [flags[name], ...(further[name] ?? [])]
  const [projects, refs] = [typed('project'), typed('ref')]
  const recipes = words.length === 0 ? [undefined] : words
  return recipes.flatMap((recipe, at) =>
    projects.flatMap((project) =>
      refs.map((ref): TargetSeed => {
        const parts = [
          recipe,
          projects.length > 1 ? project : undefined,
          refs.length > 1 ? ref : undefined,
        ].filter((part) => part !== undefined)
        const name = parts.join(' ')
        return {
          name,
          needs: [],
          origin: name,
          line: at,
          isWhole: true,
          recipe,
          flags: { ...(project !== undefined && { project }), ...(ref !== undefined && { ref }) },
        }
      }),
    ),
  )
}

/** Throws a usage error for flags that are about one pipeline. */
function refuseOfOne({ jobs, web, interactive }: RunFlags): void {
  const flag = jobs ? '--jobs' : web ? '--web' : interactive ? '--interactive' : undefined
  if (flag !== undefined)
    throw usageError(`${flag}: that is about one pipeline, and several are to be triggered`, 'Leave it out.')
}

/** How many run at once. */
const parallel = 4

/**
 * Triggers several pipelines: `run RECIPE RECIPE`, `run -p 9 -p 12 -r main -r v2`, which is every combination. Resolves to the worst exit code. Throws
 * where nothing was triggered.
 */
export function runSeveral(
  typed: SeveralTyped,
  context: Context,
  listenFor?: BatchSource['listenFor'],
): Promise<number> {
  return tellingEarlyFailure(typed.flags, context, () => triggerSeveral(typed, context, listenFor))
}

async function triggerSeveral(
  typed: SeveralTyped,
  context: Context,
  listenFor: BatchSource['listenFor'],
): Promise<number> {
  const { flags, nearCommand } = typed
  checkOnceFlags(flags, context)
  refuseOfOne(flags)
  const start = await startBatch(flags, context)
  refuseMistaken(typed, start.config)
  const record: BatchSource['recordFor'] = (settings, { index, count }, own) => {
    const key = idempotencyKey(flags, context, settings, count, index)
    const stateFolder = start.config.places.state
    return key === undefined ? undefined : onceRecord({ key, settings, stateFolder }, own)
  }
  const source: BatchSource = {
    targets: seedsOf(typed),
    defaults: undefined,
    journalName: undefined,
    goOn: undefined,
    recordFor: record,
    hasOverridingFlags: true,
    rest: (left, all) => restOfSeveral(left, all, flags, context),
    nearCommand,
    listenFor,
  }
  if (flags.dryRun || flags.curl) {
    const { targets, defaults, base, warn } = await checkWholeBatch(
      source,
      start,
      flags,
      new Map(),
      context,
      {
        isOffline: true,
      },
    )
    // The files of --dotenv, --annotations and --junit are about all of them.
    const unable = await checkPrinted(omit(flags, batchReportFlags), severalBuilds, context)
    if (unable !== undefined) await warn({ type: 'warned', text: unable, isGrave: true })
    await openBatchReports(
      flags,
      targets.map(({ name }) => name),
      context,
      { isDry: true },
    )
    const settings: Settings[] = []
    for (const each of targets) settings.push((await planTarget(each, false, defaults, context)).settings)
    return printRequests(flags, base, settings, context)
  }
  const settings = { parallel, failFast: false, perMinute: undefined, joblog: undefined }
  return carryOutBatch(source, start, flags, settings, context)
}
