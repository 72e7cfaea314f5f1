import { createHash, randomBytes } from 'node:crypto'
import { open, readFile, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { jsonLine } from '../core/text/json-line.ts'
import { makeFolder } from '../core/make-folder.ts'
import { inFileTime, inWriteTime } from '../core/limits/file-time.ts'
import { storeText } from '../core/store.ts'
import type { StateWorld } from './state-world.ts'

/** A project as a user named it, and the names that its server then gave. */
export interface KnownProject {
  /** The number or path that was asked for, which may be an old path. */
  asked: string
  id: number
  path: string
}

/** At most this many are kept for each server; the oldest go first. */
const most = 100

/** The file of one server, by its URL: what one server has told is never taken for what another one says. */
function fileOf(folder: string, server: string): string {
  const hash = createHash('sha256').update(server).digest('hex').slice(0, 32)
  return join(folder, 'projects', `${hash}.json`)
}

const isKnown = (entry: unknown): entry is KnownProject => {
  const { asked, id, path } = (entry ?? {}) as Partial<Record<keyof KnownProject, unknown>>
  return typeof asked === 'string' && Number.isSafeInteger(id) && typeof path === 'string'
}

/** What a server has said about its projects, oldest first; nothing where there is no such file, or none that is ours. */
export async function readKnownProjects(
  folder: string,
  server: string,
  world: StateWorld,
): Promise<KnownProject[]> {
  try {
    const text = await inFileTime(() => readFile(fileOf(folder, server), 'utf8'), world)
    const kept = JSON.parse(text) as Record<string, unknown>
    const { projects } = kept
    return kept['server'] === server && Array.isArray(projects) ? projects.filter(isKnown) : []
  } catch {
    return []
  }
}

/** Replaces the file as a whole, so that a reader finds the old one or the new one. Throws Node's errors. */
async function replace(
  path: string,
  content: { server: string; projects: readonly KnownProject[] },
  { secrets }: StateWorld,
): Promise<void> {
  await makeFolder(dirname(path))
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await storeText(handle, jsonLine(content, secrets))
    await handle.close()
    await rename(temporary, path)
  } catch (error) {
    await handle.close().catch(() => undefined)
    await unlink(temporary).catch(() => undefined)
    throw error
  }
}

/** Keeps what a server has said about a project, if it can be written: otherwise the server is asked again. */
export async function rememberProject(
  folder: string,
  server: string,
  project: KnownProject,
  world: StateWorld,
): Promise<void> {
  const others = (await readKnownProjects(folder, server, world)).filter(
    ({ asked }) => asked !== project.asked,
  )
  const projects = [...others, project].slice(-most)
  await inWriteTime(() => replace(fileOf(folder, server), { server, projects }, world), world).catch(
    () => undefined,
  )
}

/** Forgets a project, where it is known: the server is to be asked again. */
export async function forgetProject(
  folder: string,
  server: string,
  asked: string,
  world: StateWorld,
): Promise<void> {
  const known = await readKnownProjects(folder, server, world)
  const projects = known.filter((each) => each.asked !== asked)
  if (projects.length === known.length) return
  await inWriteTime(() => replace(fileOf(folder, server), { server, projects }, world), world).catch(
    () => undefined,
  )
}
