import { lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, Interrupted } from '../../core/errors.ts'
import { writesIn, type FileWorld } from '../../core/limits/file-time.ts'
import { storeExactly } from '../../core/store.ts'
import { ApiError } from '../../gitlab/api/reader.ts'
import type { Client } from '../../gitlab/api/client.ts'
import { pathText } from '../placed-pipelines.ts'
import { startProgress, type Progress, type ProgressContext } from '../progress.ts'
import { siblingPath } from '../target-file.ts'
import type { ArtifactPath } from './artifact-choice.ts'
import { ArchiveError, type UnpackLimits } from './extraction-folder.ts'
import type { Glob } from './glob.ts'
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
  /** Where the folder is. */
  files: FileWorld
  /** Of each archive only the files that match one of these; all where there are none. */
  paths: readonly Glob[]
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

async function download(
  client: Client,
  path: string,
  file: string,
  progress: Progress,
  inTime: ReturnType<typeof writesIn>,
): Promise<void> {
  await client.with({ attempts }).download(path, async (body, length) => {
    const handle = await inTime(() => open(file, 'w', 0o600))
    let size = 0
    try {
      for await (const chunk of progress.track(wholeBody(body), length)) {
        size += chunk.length
        if (size > mostBytes) throw new ArchiveError(`it is larger than ${mostBytes} bytes`)
        await inTime(() => storeExactly(handle, chunk))
      }
    } finally {
      await inTime(() => handle.close())
    }
  })
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** The limits that the option sets: a user who sets one trusts the archive, however many files it holds. */
const limitsOf = ({ mostBytes }: FetchOptions): UnpackLimits | undefined =>
  mostBytes === undefined ? undefined : { entries: Infinity, bytes: mostBytes }

/**
 * Fetches one job's artifacts into a folder that appears as a whole or not at all. With `wants`, resolves to no `target`
 * if no entry is selected. Throws an ApiError, an ArchiveError, an error of the file system, or an abort's reason.
 */
export async function fetchArchive(
  client: Client,
  path: ArtifactPath,
  options: FetchOptions,
  wants: WantsEntry | undefined,
): Promise<{ unpacked: Unpacked; target: string | undefined }> {
  const { unpack } = await import('./unpack.ts')
  const { job, project, names, parts } = path
  const { folder, files } = options
  const inTime = writesIn(files)
  const own = project === client.target.project ? client : client.forProject(project)
  const temporary = siblingPath(folder)
  const archive = join(temporary, 'archive')
  const content = join(temporary, 'content')
  const key = `artifacts ${job.id}`
  await inTime(() => mkdir(temporary))
  const progress = startProgress({ kind: 'artifacts', key, name: pathText(names) }, options)
  let isWhole = false
  try {
    await inTime(() => mkdir(content))
    await download(own, `/${client.dialect.jobs}/${job.id}/artifacts`, archive, progress, inTime)
    const unpacked = await unpack(archive, content, client.signal, limitsOf(options), wants, files)
    const target = join(folder, ...parts)
    isWhole = true
    if (wants && unpacked.files + unpacked.links === 0) return { unpacked, target: undefined }
    let above = folder
    for (const part of parts.slice(0, -1)) {
      above = join(above, part)
      await inTime(() => mkdir(above)).catch((error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error
      })
      if (!(await inTime(() => lstat(above))).isDirectory())
        throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' })
    }
    if (await inTime(() => exists(target))) throw new ArchiveError(`${parts.join('/')} already exists`)
    await inTime(() => rename(content, target))
    return { unpacked, target }
  } finally {
    await progress.end(isWhole)
    await inTime(() => rm(temporary, { recursive: true, force: true }))
  }
}
