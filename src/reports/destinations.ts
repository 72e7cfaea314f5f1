import { absolutePath } from '../config/files/places.ts'
import type { Context } from '../core/context.ts'
import { usageError } from '../core/errors.ts'
import { openShared, openTarget, type SharedFile, type TargetFile } from './target-file.ts'
import { openFolder } from './target-folder.ts'

/** What is wanted, as it was typed: paths, and of which jobs. */
export interface WantedReports {
  dotenv?: string
  junit?: string
  artifacts?: string
  artifactsOf?: readonly string[]
  /** The API version, of which one has no test reports. */
  api?: string
}

/** Everything that is to be written to, open. */
export interface Targets {
  dotenv: TargetFile | undefined
  junit: TargetFile | undefined
  artifacts: string | undefined
  output: SharedFile | undefined
  summary: SharedFile | undefined
}

/** Throws a usage error for flags that cannot go together, or with several builds. */
function refuseNonsense(flags: WantedReports, builds: number): void {
  const { dotenv, junit, artifacts, artifactsOf } = flags
  const given = Object.entries({ '--dotenv': dotenv, '--junit': junit, '--artifacts': artifacts })
  const empty = given.find(([, path]) => path === '')
  if (empty) throw usageError(`${empty[0]}: the path is empty`)
  if (artifactsOf !== undefined && artifacts === undefined)
    throw usageError('--artifacts-of: no folder is given to put them in', 'Use --artifacts too.')
  if (junit !== undefined && flags.api === 'v3')
    throw usageError('--junit: API v3 has no test reports', 'Leave it out.')
  const single = given.find(([flag, path]) => flag !== '--artifacts' && path !== undefined)
  if (builds > 1 && single)
    throw usageError(
      `${single[0]}: one file cannot tell of ${builds} builds`,
      'Leave it out, or name one at a time.',
    )
}

/** A file that GitHub Actions names to its steps; undefined outside of it. */
async function githubFile(variable: string, { env }: Pick<Context, 'env'>): Promise<SharedFile | undefined> {
  const path = env[variable] ?? ''
  return env['GITHUB_ACTIONS'] === 'true' && path !== '' ? openShared(variable, path) : undefined
}

/**
 * Opens everything that is to be written to, for a run that is about so many builds. Throws a usage error (exit 2) or a configuration error
 * (exit 14) that names the flag or the variable.
 */
export async function openTargets(
  flags: WantedReports,
  builds: number,
  context: Pick<Context, 'cwd' | 'env'>,
): Promise<Targets> {
  refuseNonsense(flags, builds)
  const here = (path: string): string => absolutePath(path, context)
  const file = async (flag: string, path: string | undefined): Promise<TargetFile | undefined> =>
    path === undefined ? undefined : openTarget(flag, here(path))
  const dotenv = await file('--dotenv', flags.dotenv)
  const junit = await file('--junit', flags.junit)
  const { artifacts: folder } = flags
  if (dotenv && dotenv.path === junit?.path)
    throw usageError('--junit: it is the same file as that of --dotenv', 'Give each a file of its own.')
  return {
    dotenv,
    junit,
    artifacts: folder === undefined ? undefined : await openFolder('--artifacts', here(folder)),
    // The names of outputs stand for one build.
    output: builds > 1 ? undefined : await githubFile('GITHUB_OUTPUT', context),
    summary: await githubFile('GITHUB_STEP_SUMMARY', context),
  }
}
