import { stat } from 'node:fs/promises'
import { sep } from 'node:path'
import { codeOf } from '../core/errors.ts'
import { entriesOf, type ArchiveEntry } from './archive.ts'
import {
  ArchiveError,
  extractionFolder,
  limitsFor,
  type ExtractionFolder,
  type UnpackLimits,
} from './extraction-folder.ts'
import { entryNameProblem, partsOf, staysInside } from './entry-name.ts'

/** An entry of an archive that was not unpacked. */
export interface LeftOut {
  name: string
  why: string
}

/** What came out of an archive. */
export interface Unpacked {
  files: number
  /** What was left out of it. */
  leftOut: LeftOut[]
}

interface Item {
  entry: ArchiveEntry
  parts: string[]
  kind: 'file' | 'folder' | 'link'
}

/** Unix's file types, as zip files keep them; 0 in archives that were made elsewhere. */
const [none, regular, directory, symbolic] = [0, 0o100000, 0o040000, 0o120000]

/** Checks an entry. Throws an ArchiveError for one that the archive of a job has no reason to hold. */
function itemOf(entry: ArchiveEntry): Item {
  const { name, mode } = entry
  const refuse = (why: string): ArchiveError =>
    new ArchiveError(`its entry ${JSON.stringify(name.slice(0, 200))}: ${why}`)
  const problem = entryNameProblem(name)
  if (problem !== '') throw refuse(problem)
  const type = mode & 0o170000
  if (![none, regular, directory, symbolic].includes(type)) throw refuse('it is a device, a pipe or a socket')
  if (!entry.isReadable) throw refuse('it is encrypted, or packed in a way that is not known here')
  const isFolder = name.endsWith('/') || type === directory
  const parts = partsOf(name)
  if (parts.length === 0 && !isFolder) throw refuse('it has no name')
  return { entry, parts, kind: isFolder ? 'folder' : type === symbolic ? 'link' : 'file' }
}

/** The longest path that Linux takes, in bytes. */
const longestTarget = 4096

/** Creates a symbolic link; resolves to false for one that is left out. */
async function createLink({ entry, parts }: Item, into: ExtractionFolder): Promise<boolean> {
  if (sep === '\\' || entry.size > longestTarget) return false
  const chunks: Buffer[] = []
  for await (const chunk of await entry.open()) chunks.push(chunk)
  const target = Buffer.concat(chunks).toString()
  if (!staysInside(target, parts.length - 1)) return false
  await into.link(parts, target)
  return true
}

async function unpackAll(
  archive: string,
  folder: string,
  limits: UnpackLimits,
  signal: AbortSignal,
): Promise<Unpacked> {
  const into = extractionFolder(folder, limits)
  const found = { file: 0, folder: 0, link: 0 }
  for await (const entry of entriesOf(archive)) {
    signal.throwIfAborted()
    const { parts, kind } = itemOf(entry)
    into.count(entry.size)
    found[kind] += 1
    if (kind === 'folder') await into.folder(parts)
    const isExecutable = (entry.mode & 0o111) !== 0
    if (kind === 'file') await into.file(parts, await entry.open(), entry.checksum, isExecutable, signal)
  }
  const leftOut: LeftOut[] = []
  if (found.link === 0) return { files: found.file, leftOut }
  // Last of all, so that nothing is ever written through one.
  for await (const entry of entriesOf(archive)) {
    signal.throwIfAborted()
    const item = itemOf(entry)
    if (item.kind === 'link' && !(await createLink(item, into)))
      leftOut.push({ name: item.entry.name, why: 'it is a link that leads out of the folder' })
  }
  return { files: found.file, leftOut }
}

/**
 * Unpacks a zip file into an empty folder. Throws an ArchiveError for an archive that is broken, hostile or
 * too much, with the folder half filled; Node's error where the folder cannot be written; the signal's
 * reason. Uses as much memory for a large archive as for a small one.
 */
export async function unpack(
  archive: string,
  folder: string,
  signal: AbortSignal,
  limits?: UnpackLimits,
): Promise<Unpacked> {
  const { size } = await stat(archive)
  try {
    return await unpackAll(archive, folder, limits ?? limitsFor(size), signal)
  } catch (error) {
    signal.throwIfAborted()
    // yauzl's complaints about an archive have no code, zlib's are Z_*, Node's about an impossible number
    // ERR_*; the file system's are E*.
    if (error instanceof ArchiveError || !/^($|Z_|ERR_)/.test(codeOf(error))) throw error
    throw new ArchiveError(`it is not a whole zip file (${(error as Error).message})`)
  }
}
