import { lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, DeadlineError, Interrupted } from '../core/errors.ts'
import type { Client } from '../gitlab/api/client.ts'
import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { ArchiveError } from './below.ts'
import { folderName } from './entry-name.ts'
import { siblingPath, describeIoError } from './target-file.ts'

/** Where the artifacts of a job go to. */
interface ArtifactPath {
  job: Job
  project: string
  /** Folders below the one of --artifacts: the trigger jobs that led to it, and its own. */
  parts: string[]
}

/** What became of fetching artifacts. */
export interface Fetched {
  /** Jobs whose artifacts are there. */
  jobs: number
  /** What did not work; none where everything did. */
  problems: string[]
  /** What is worth knowing, and is no failure. */
  notes: string[]
}

/** The jobs of a tree with their places. Names of jobs are unique in a pipeline; where they are not as folders, the number is added. */
function placesIn(pipeline: Pipeline, above: readonly string[], notes: string[]): ArtifactPath[] {
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
    return downstream?.pipeline ? placesIn(downstream.pipeline, parts, notes) : own
  })
}

/** The places that are wanted, and what is wrong with the wish. */
function choose(
  places: readonly ArtifactPath[],
  names: readonly string[],
): { wanted: ArtifactPath[]; problems: string[] } {
  const having = places.filter(({ job }) => job.hasArtifacts)
  if (names.length === 0) return { wanted: having, problems: [] }
  const problems = names.flatMap((name) => {
    if (having.some(({ job }) => job.name === name)) return []
    const isThere = places.some(({ job }) => job.name === name)
    return [isThere ? `job ${name} has no artifacts` : `there is no job ${name}`]
  })
  return { wanted: having.filter(({ job }) => job.name !== null && names.includes(job.name)), problems }
}

/** Larger than any archive that a GitLab takes, in bytes. */
const mostBytes = 32 * 1024 ** 3

/** The body, whose end before its time is a fault that passes. */
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
        await handle.writeFile(chunk)
      }
    } finally {
      await handle.close()
    }
  })
}

const isThere = async (path: string): Promise<boolean> => {
  try {
    await lstat(path)
    return true
  } catch {
    return false
  }
}

/** Fetches one job's artifacts into a folder that then appears whole, or not at all. */
async function fetchOne(client: Client, place: ArtifactPath, folder: string): Promise<number> {
  const { job, project, parts } = place
  const { unpack } = await import('./unpack.ts')
  const kind = client.dialect.name === 'v3' ? 'builds' : 'jobs'
  const own = project === client.target.project ? client : client.forProject(project)
  const work = siblingPath(folder)
  const archive = join(work, 'archive')
  const content = join(work, 'content')
  await mkdir(work)
  try {
    await mkdir(content)
    await download(own, `/${kind}/${job.id}/artifacts`, archive)
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
    if (await isThere(target)) throw new ArchiveError(`${parts.join('/')} is there already`)
    await rename(content, target)
    return linksLeftOut
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** What a user may need to know beside the server's words. */
function whyNotFetched(error: unknown): string | undefined {
  if (error instanceof ArchiveError) return error.message
  if (error instanceof ApiError)
    return error.status === 404 ? `${error.message}; they may have expired or been erased` : error.message
  if (error instanceof DeadlineError) return error.message
  return codeOf(error) === '' ? undefined : describeIoError(error)
}

/**
 * Fetches the artifacts of the jobs of a tree, of all that have some or of those with these names, each into a folder below `folder`. What does
 * not work is in the result; throws an interrupt's reason.
 */
export async function fetchArtifacts(
  pipeline: Pipeline,
  names: readonly string[],
  client: Client,
  folder: string,
): Promise<Fetched> {
  const notes: string[] = []
  const places = placesIn(pipeline, [], notes)
  const { wanted, problems } = choose(places, names)
  if (pipeline.hidden !== '') problems.push(`its jobs may not be read: ${pipeline.hidden}`)
  let jobs = 0
  for (const place of wanted) {
    const name = place.parts.join('/')
    try {
      const leftOut = await fetchOne(client, place, folder)
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
