import { lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, DeadlineError, Interrupted } from '../core/errors.ts'
import type { Client } from '../gitlab/api/client.ts'
import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { ArchiveError } from './extraction-folder.ts'
import { folderName } from './entry-name.ts'
import { siblingPath, describeIoError } from './target-file.ts'
import { storeExactly } from '../core/store.ts'

/** The place of a job's artifacts. */
interface ArtifactPath {
  job: Job
  project: string
  /** Folders below the one of --artifacts: those of the trigger jobs that led to the job, and its own. */
  parts: string[]
}

/** The result of fetching artifacts. */
export interface FetchedArtifacts {
  /** The number of jobs whose artifacts were unpacked. */
  jobs: number
  /** What did not work, in words. */
  problems: string[]
  /** What is worth knowing and not a failure. */
  notes: string[]
}

/**
 * The jobs of a tree with their places. Names of jobs are unique in a pipeline; where the names of their
 * folders are not, the job's id is added.
 */
function pathsIn(pipeline: Pipeline, above: readonly string[], notes: string[]): ArtifactPath[] {
  const taken = new Set<string>()
  return pipeline.jobs.flatMap((job): ArtifactPath[] => {
    const name = folderName(job.name ?? String(job.id))
    const isTaken = taken.has(name.toLowerCase())
    const parts = [...above, isTaken ? `${name}-${job.id}` : name]
    taken.add(name.toLowerCase())
    const { downstream } = job
    if (downstream && !downstream.pipeline)
      notes.push(
        `Artifacts of pipeline ${downstream.id} below ${name} are not fetched: ${downstream.hidden}.`,
      )
    const own = [{ job, project: pipeline.project, parts }]
    return downstream?.pipeline ? pathsIn(downstream.pipeline, parts, notes) : own
  })
}

/**
 * The places whose jobs are named, of all jobs where none is, and a problem for each name without artifacts.
 */
function choose(
  paths: readonly ArtifactPath[],
  names: readonly string[],
): { wanted: ArtifactPath[]; problems: string[] } {
  const having = paths.filter(({ job }) => job.hasArtifacts)
  if (names.length === 0) return { wanted: having, problems: [] }
  const problems = names.flatMap((name) => {
    if (having.some(({ job }) => job.name === name)) return []
    const exists = paths.some(({ job }) => job.name === name)
    return [exists ? `job ${name} has no artifacts` : `there is no job ${name}`]
  })
  return { wanted: having.filter(({ job }) => job.name !== null && names.includes(job.name)), problems }
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
 * Fetches one job's artifacts into a folder that appears as a whole or not at all. Resolves to the number of
 * symbolic links that were left out.
 */
async function fetchOne(
  client: Client,
  { job, project, parts }: ArtifactPath,
  folder: string,
): Promise<number> {
  const { unpack } = await import('./unpack.ts')
  const own = project === client.target.project ? client : client.forProject(project)
  const temporary = siblingPath(folder)
  const archive = join(temporary, 'archive')
  const content = join(temporary, 'content')
  await mkdir(temporary)
  try {
    await mkdir(content)
    await download(own, `/${client.dialect.jobs}/${job.id}/artifacts`, archive)
    const { linksLeftOut } = await unpack(archive, content, client.signal)
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
    return linksLeftOut
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/**
 * Says why artifacts were not fetched, in the server's words and with what may be behind them; undefined for
 * an error that nobody expects.
 */
function whyNotFetched(error: unknown): string | undefined {
  if (error instanceof ArchiveError) return error.message
  if (error instanceof ApiError)
    return error.status === 404 ? `${error.message}; they may have expired or been erased` : error.message
  if (error instanceof DeadlineError) return error.message
  return codeOf(error) === '' ? undefined : describeIoError(error)
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
): Promise<FetchedArtifacts> {
  const notes: string[] = []
  const { wanted, problems } = choose(pathsIn(pipeline, [], notes), names)
  if (pipeline.hidden !== '') problems.push(`its jobs may not be read: ${pipeline.hidden}`)
  let jobs = 0
  for (const path of wanted) {
    const name = path.parts.join('/')
    try {
      const leftOut = await fetchOne(client, path, folder)
      jobs += 1
      if (leftOut > 0) notes.push(`${name}: left out ${leftOut} symbolic links that lead out of it.`)
    } catch (error) {
      const why = whyNotFetched(error)
      if (why === undefined) throw error
      problems.push(`job ${name}: ${why}`)
      if (error instanceof DeadlineError) break
    }
  }
  return { jobs, problems, notes }
}
