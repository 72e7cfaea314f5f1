import { lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, DeadlineError, Interrupted } from '../core/errors.ts'
import type { Client } from '../gitlab/api/client.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { chooseArtifacts, expiredOn, type ArtifactPath } from './artifact-choice.ts'
import { ArchiveError, TooMuch, type UnpackLimits } from './extraction-folder.ts'
import type { Glob } from './glob.ts'
import { pathText } from './placed-pipelines.ts'
import { lasting, type Problem } from './problems.ts'
import { startProgress, type Progress, type ProgressContext } from './progress.ts'
import { siblingPath, describeIoError } from './target-file.ts'
import { storeExactly } from '../core/store.ts'
import type { Unpacked, WantsEntry } from './unpack.ts'

/** Which artifacts are fetched, and where to. */
export interface FetchOptions extends ProgressContext {
  /** The folder in which each job gets one of its own. */
  folder: string
  /** The jobs, by their names or ids; all where there are none. */
  jobs: readonly string[]
  /** What one archive may become, in bytes; as much as its size allows, unless said. */
  mostBytes: number | undefined
  /** The option that says that. */
  sizeFlag: string
  /** Of each archive only the files that match one of these; all where there are none. */
  paths: readonly Glob[]
}

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

/** The limit for one archive, in bytes: larger than any that a GitLab accepts. */
const mostBytes = 32 * 1024 ** 3

/** Yields the body; one that ends too early is a transient failure. */
async function* wholeBody(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* body
  } catch (error) {
    throw error instanceof Interrupted ? error : new ApiError('the download broke off', null)
  }
}

/** How often an archive is asked for: the pipeline has ended, and a user waits for the exit code. */
const attempts = 6

async function download(client: Client, path: string, file: string, progress: Progress): Promise<void> {
  await client.with({ attempts }).download(path, async (body, length) => {
    const handle = await open(file, 'w', 0o600)
    let size = 0
    try {
      for await (const chunk of progress.track(wholeBody(body), length)) {
        size += chunk.length
        if (size > mostBytes) throw new ArchiveError(`it is larger than ${mostBytes} bytes`)
        await storeExactly(handle, chunk)
      }
    } finally {
      await handle.close()
    }
  })
}

const exists = async (path: string): Promise<boolean> => {
  try {
    await lstat(path)
    return true
  } catch {
    return false
  }
}

/** The limits that the option sets: a user who sets one trusts the archive, however many files it holds. */
const limitsOf = ({ mostBytes }: FetchOptions): UnpackLimits | undefined =>
  mostBytes === undefined ? undefined : { entries: Infinity, bytes: mostBytes }

/**
 * Fetches one job's artifacts into a folder that appears as a whole or not at all: there is none where nothing is wanted of
 * them.
 */
async function fetchOne(
  client: Client,
  path: ArtifactPath,
  options: FetchOptions,
  wants: WantsEntry | undefined,
): Promise<{ unpacked: Unpacked; target: string | undefined }> {
  const { unpack } = await import('./unpack.ts')
  const { job, project, names, parts } = path
  const { folder } = options
  const own = project === client.target.project ? client : client.forProject(project)
  const temporary = siblingPath(folder)
  const archive = join(temporary, 'archive')
  const content = join(temporary, 'content')
  const key = `artifacts ${job.id}`
  await mkdir(temporary)
  const progress = startProgress({ kind: 'artifacts', key, name: pathText(names) }, options)
  let isWhole = false
  try {
    await mkdir(content)
    await download(own, `/${client.dialect.jobs}/${job.id}/artifacts`, archive, progress)
    const unpacked = await unpack(archive, content, client.signal, limitsOf(options), wants)
    const target = join(folder, ...parts)
    isWhole = true
    if (wants && unpacked.files + unpacked.links === 0) return { unpacked, target: undefined }
    let above = folder
    for (const part of parts.slice(0, -1)) {
      above = join(above, part)
      await mkdir(above).catch((error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error
      })
      if (!(await lstat(above)).isDirectory())
        throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' })
    }
    if (await exists(target)) throw new ArchiveError(`${parts.join('/')} already exists`)
    await rename(content, target)
    return { unpacked, target }
  } finally {
    await progress.end(isWhole)
    await rm(temporary, { recursive: true, force: true })
  }
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
      const { unpacked, target } = await fetchOne(client, path, options, wants)
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
    if (!matched.has(glob)) problems.push(lasting(`no file of these artifacts matches ${glob.text}`))
  return { jobs, problems, warnings, unfinished }
}
