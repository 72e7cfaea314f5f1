import { codeOf, DeadlineError } from '../../core/errors.ts'
import type { Client } from '../../gitlab/api/client.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { ApiError } from '../../gitlab/api/reader.ts'
import { lasting, type Problem } from '../problems.ts'
import { describeIoError } from '../../core/text/unwritable-fix.ts'
import { chooseArtifacts, expiredOn, type ArtifactPath } from './artifact-choice.ts'
import { ArchiveError, TooMuch } from './extraction-folder.ts'
import { fetchArchive, type FetchOptions } from './fetch-archive.ts'
import type { Glob } from './glob.ts'
import type { Unpacked, WantsEntry } from './unpack.ts'

/** The artifacts of a job that were fetched. */
export interface FetchedJob extends Unpacked {
  path: ArtifactPath
  /** The folder that they are in. */
  folder: string
}

/** The result of fetching artifacts. */
export interface FetchedArtifacts {
  jobs: FetchedJob[]
  problems: Problem[]
  /** What is worth knowing and no failure. */
  warnings: string[]
  /** The jobs that may make artifacts yet, in words. */
  unfinished: string[]
}

/**
 * Says why artifacts were not fetched, in the server's words and with what may be behind them; undefined for
 * an unexpected error.
 */
function whyNotFetched(
  error: unknown,
  { job }: ArtifactPath,
  { clock, sizeFlag }: FetchOptions,
): Problem | undefined {
  if (error instanceof TooMuch) return lasting(`${error.message}; ${sizeFlag} SIZE allows more`)
  if (error instanceof ArchiveError) return lasting(error.message)
  if (error instanceof ApiError) {
    const { message } = error
    if (error.status !== 404) return { text: message, isLasting: false }
    const expired = expiredOn(job, clock.now())
    return lasting(
      `${message}; they ${expired ? `expired on ${expired}` : 'may have expired or been erased'}`,
    )
  }
  if (error instanceof DeadlineError) return { text: error.message, isLasting: false }
  return codeOf(error) === '' ? undefined : { text: describeIoError(error), isLasting: false }
}

/** At most this many entries that were left out of one archive are named in a message. */
const mostNamed = 20

function leftOutProblems({ leftOut }: Unpacked, name: string): Problem[] {
  const named = leftOut.slice(0, mostNamed).map((each) => `left out: ${each.name} (${each.why})`)
  const more = leftOut.length - named.length
  const all = more > 0 ? [...named, `left out: ${more} more entries`] : named
  return all.map((text) => lasting(`job ${name}: ${text}`))
}

/**
 * Fetches the artifacts of the jobs of a tree, of all that have some or of those that are named, each into
 * a folder of its own. What does not work is in the result; throws an interrupt's reason.
 */
export async function fetchArtifacts(
  pipeline: Pipeline,
  client: Client,
  options: FetchOptions,
): Promise<FetchedArtifacts> {
  const choice = chooseArtifacts(pipeline, options.jobs, options.clock.now())
  const { wanted, problems, warnings, unfinished } = choice
  const matched = new Set<Glob>()
  const isMatched: WantsEntry = (name) => {
    const matching = options.paths.filter((glob) => glob.matches(name))
    for (const glob of matching) matched.add(glob)
    return matching.length > 0
  }
  const wants = options.paths.length > 0 ? isMatched : undefined
  const jobs: FetchedJob[] = []
  for (const [at, path] of wanted.entries()) {
    const name = path.parts.join('/')
    try {
      const { unpacked, target } = await fetchArchive(client, path, options, wants)
      if (target !== undefined) jobs.push({ ...unpacked, path, folder: target })
      problems.push(...leftOutProblems(unpacked, name))
      if (unpacked.hasCp437) warnings.push(`job ${name}: names that are not UTF-8 were read as code page 437`)
    } catch (error) {
      const why = whyNotFetched(error, path, options)
      if (why === undefined) throw error
      problems.push({ ...why, text: `job ${name}: ${why.text}` })
      if (!(error instanceof DeadlineError)) continue
      const left = wanted.length - at - 1
      if (left > 0)
        problems.push({ text: `the artifacts of ${left} more jobs were not asked for`, isLasting: false })
      break
    }
  }
  for (const glob of options.paths)
    if (!matched.has(glob)) {
      const unmatched = { flag: '--path', word: glob.text } as const
      problems.push({ ...lasting(`no file of these artifacts matches ${glob.text}`), unmatched })
    }
  return { jobs, problems, warnings, unfinished }
}
