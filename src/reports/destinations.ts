import { absolutePath } from '../config/files/places.ts'
import { parseSize } from '../config/parse-size.ts'
import type { Context } from '../core/context.ts'
import type { FileWorld } from '../core/limits/file-time.ts'
import { usageError, type TriggerError } from '../core/errors.ts'
import { openShared, openTarget, type SharedFile, type TargetFile } from './target-file.ts'
import { checkFolder, openFolder } from './target-folder.ts'

/** The error for --junit where the server has no API v4. */
export const noTestReports = (): TriggerError =>
  usageError('--junit: API v3 has no test reports', 'Leave it out.')

/** What a command writes for the job that runs us, as it was typed. */
export interface ReportOptions {
  /** The file of facts for GitLab's dotenv reports. */
  dotenv?: string
  /** The file of links for GitLab's annotations reports. */
  annotations?: string
  /** The file of test results. */
  junit?: string
  /** The folder for artifacts. */
  artifacts?: string
  /** The names of the jobs whose artifacts to fetch; empty for all jobs. */
  artifactsOf?: readonly string[]
  /** What one archive may become, as a size. */
  artifactsMaxSize?: string
  api?: string
}

/** The destinations of reports, each checked to be writable. */
export interface Destinations {
  dotenv: TargetFile | undefined
  annotations: TargetFile | undefined
  junit: TargetFile | undefined
  /** The folder for artifacts. */
  artifacts: string | undefined
  /** What one archive may become, in bytes; undefined where that depends on its size. */
  artifactsMostBytes: number | undefined
  output: SharedFile | undefined
  summary: SharedFile | undefined
}

/** Throws a usage error for options that cannot be used together, or with several builds. */
function refuseContradictions(options: ReportOptions, builds: number): void {
  const { dotenv, annotations, junit, artifacts, artifactsOf, artifactsMaxSize, api } = options
  const given = Object.entries({
    '--dotenv': dotenv,
    '--annotations': annotations,
    '--junit': junit,
    '--artifacts': artifacts,
  })
  const empty = given.find(([, path]) => path === '')
  if (empty) throw usageError(`${empty[0]}: the path is empty`)
  if (artifactsOf !== undefined && artifacts === undefined)
    throw usageError('--artifacts-of: no folder is given to put them in', 'Use --artifacts too.')
  if (artifactsMaxSize !== undefined && artifacts === undefined)
    throw usageError('--artifacts-max-size: no folder is given to put them in', 'Use --artifacts too.')
  if (junit !== undefined && api === 'v3') throw noTestReports()
  const single = given.find(([flag, path]) => ['--dotenv', '--junit'].includes(flag) && path !== undefined)
  if (builds > 1 && single)
    throw usageError(
      `${single[0]}: one file cannot hold the results of ${builds} pipelines`,
      'Leave it out, or name one at a time.',
    )
}

/** Throws a usage error where two flags name the same file. */
export function refuseSameFile(files: Readonly<Record<string, TargetFile | undefined>>): void {
  const seen = new Map<string, string>()
  for (const [flag, file] of Object.entries(files)) {
    const other = file && seen.get(file.path)
    if (other !== undefined)
      throw usageError(
        `${flag} and ${other} name the same file, ${file?.path ?? ''}`,
        'Give each a file of its own.',
      )
    if (file) seen.set(file.path, flag)
  }
}

/** A file that GitHub Actions names to its steps; undefined outside of it. */
async function githubFile(
  variable: string,
  context: Pick<Context, 'env'> & FileWorld,
): Promise<SharedFile | undefined> {
  const { env } = context
  const path = env[variable] ?? ''
  return env['GITHUB_ACTIONS'] === 'true' && path !== '' ? openShared(variable, path, context) : undefined
}

/**
 * Opens the destinations of reports about this many builds; with `isDry` they are checked, and nothing is created. Throws a usage
 * error (exit 2) or a configuration error (exit 14) that names the flag or the variable.
 */
export async function openDestinations(
  options: ReportOptions,
  builds: number,
  context: Pick<Context, 'cwd' | 'env'> & FileWorld,
  { isDry = false } = {},
): Promise<Destinations> {
  refuseContradictions(options, builds)
  const absolute = (path: string): string => absolutePath(path, context)
  const file = async (flag: string, path: string | undefined): Promise<TargetFile | undefined> =>
    path === undefined ? undefined : openTarget(flag, absolute(path), context)
  const dotenv = await file('--dotenv', options.dotenv)
  const annotations = await file('--annotations', options.annotations)
  const junit = await file('--junit', options.junit)
  const { artifacts: folder, artifactsMaxSize: size } = options
  const artifactsMostBytes = size === undefined ? undefined : parseSize(size, '--artifacts-max-size')
  refuseSameFile({ '--dotenv': dotenv, '--annotations': annotations, '--junit': junit })
  return {
    dotenv,
    annotations,
    junit,
    artifacts:
      folder === undefined
        ? undefined
        : await (isDry ? checkFolder : openFolder)('--artifacts', absolute(folder), context),
    artifactsMostBytes,
    // An output has one value, so that several builds cannot share it.
    output: builds > 1 ? undefined : await githubFile('GITHUB_OUTPUT', context),
    summary: await githubFile('GITHUB_STEP_SUMMARY', context),
  }
}
