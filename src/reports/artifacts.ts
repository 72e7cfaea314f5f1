import { lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, DeadlineError, Interrupted } from '../core/errors.ts'
import type { Client } from '../gitlab/api/client.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { chooseArtifacts, expiredOn, type ArtifactPath } from './artifact-choice.ts'
import { ArchiveError } from './extraction-folder.ts'
import { lasting, type Problem } from './problems.ts'
import { siblingPath, describeIoError } from './target-file.ts'
import { storeExactly } from '../core/store.ts'

/** The result of fetching artifacts. */
export interface FetchedArtifacts {
  /** The number of jobs whose artifacts were unpacked. */
  jobs: number
  problems: Problem[]
  /** What is worth knowing and no failure. */
  warnings: string[]
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

/** How often an archive is asked for: the pipeline is over, and somebody waits for the exit code. */
const attempts = 6

async function download(client: Client, path: string, file: string): Promise<void> {
  await client.with({ attempts }).download(path, async (body) => {
    const handle = await open(file, 'w', 0o600)
    let size = 0
    try {
      for await (const chunk of wholeBody(body)) {
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

/**
 * Fetches one job's artifacts into a folder that appears as a whole or not at all. Resolves to the entries that were left out, and why.
 */
async function fetchOne(
  client: Client,
  { job, project, parts }: ArtifactPath,
  folder: string,
): Promise<string[]> {
  const { unpack } = await import('./unpack.ts')
  const own = project === client.target.project ? client : client.forProject(project)
  const temporary = siblingPath(folder)
  const archive = join(temporary, 'archive')
  const content = join(temporary, 'content')
  await mkdir(temporary)
  try {
    await mkdir(content)
    await download(own, `/${client.dialect.jobs}/${job.id}/artifacts`, archive)
    const { leftOut } = await unpack(archive, content, client.signal)
    let path = folder
    for (const part of parts.slice(0, -1)) {
      path = join(path, part)
      await mkdir(path).catch((error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error
      })
      if (!(await lstat(path)).isDirectory()) throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' })
    }
    const target = join(folder, ...parts)
    if (await exists(target)) throw new ArchiveError(`${parts.join('/')} is there already`)
    await rename(content, target)
    return leftOut.map(({ name, why }) => `${name} (${why})`)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/**
 * Says why artifacts were not fetched, in the server's words and with what may be behind them; undefined for
 * an error that nobody expects.
 */
function whyNotFetched(error: unknown, { job }: ArtifactPath, now: number): Problem | undefined {
  if (error instanceof ArchiveError) return lasting(error.message)
  if (error instanceof ApiError) {
    const { message } = error
    if (error.status !== 404) return { text: message, isLasting: false }
    const expired = expiredOn(job, now)
    return lasting(
      `${message}; they ${expired ? `expired on ${expired}` : 'may have expired or been erased'}`,
    )
  }
  if (error instanceof DeadlineError) return { text: error.message, isLasting: false }
  return codeOf(error) === '' ? undefined : { text: describeIoError(error), isLasting: false }
}

/**
 * Fetches the artifacts of the jobs of a tree, of all that have some or of those with these names, each into
 * a folder of its own below `folder`. What does not work is in the result; throws an interrupt's reason.
 */
export async function fetchArtifacts(
  pipeline: Pipeline,
  names: readonly string[],
  client: Client,
  folder: string,
  now: number,
): Promise<FetchedArtifacts> {
  const { wanted, problems, warnings } = chooseArtifacts(pipeline, names, now)
  let jobs = 0
  for (const [at, path] of wanted.entries()) {
    const name = path.parts.join('/')
    try {
      const leftOut = await fetchOne(client, path, folder)
      jobs += 1
      for (const each of leftOut) problems.push(lasting(`job ${name}: left out: ${each}`))
    } catch (error) {
      const why = whyNotFetched(error, path, now)
      if (why === undefined) throw error
      problems.push({ ...why, text: `job ${name}: ${why.text}` })
      if (!(error instanceof DeadlineError)) continue
      const left = wanted.length - at - 1
      if (left > 0)
        problems.push({ text: `the artifacts of ${left} more jobs were not asked for`, isLasting: false })
      break
    }
  }
  return { jobs, problems, warnings }
}
