import { stat } from 'node:fs/promises'
import { sep } from 'node:path'
import { inFileTime, type FileWorld } from '../../core/limits/file-time.ts'
import { entriesOf, type ArchiveEntry } from './archive.ts'
import {
  EntryError,
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
  links: number
  /** The bytes of all files. */
  bytes: number
  leftOut: LeftOut[]
  /** Whether names that are not UTF-8 were read as code page 437. */
  hasCp437: boolean
}

/** Unix's file types, as zip files keep them; 0 in archives that were made elsewhere. */
const [none, regular, directory, symbolic] = [0, 0o100000, 0o040000, 0o120000]

const typeOf = ({ mode }: ArchiveEntry): number => mode & 0o170000

function kindOf(entry: ArchiveEntry): 'file' | 'folder' | 'link' {
  if (entry.name.endsWith('/') || typeOf(entry) === directory) return 'folder'
  return typeOf(entry) === symbolic ? 'link' : 'file'
}

/** Why an entry cannot be unpacked, or must not; '' where nothing is known against it. */
function problemWith(entry: ArchiveEntry): string {
  const problem = entryNameProblem(entry.name)
  if (problem !== '') return problem
  if (![none, regular, directory, symbolic].includes(typeOf(entry)))
    return 'it is a device, a pipe or a socket'
  if (kindOf(entry) === 'folder') return ''
  return partsOf(entry.name).length === 0 ? 'it has no name' : entry.problem
}

/** The longest path that Linux takes, in bytes. */
const longestTarget = 4096

/** Creates a symbolic link. Throws an EntryError for one that leads out of the folder. */
async function createLink(entry: ArchiveEntry, into: ExtractionFolder): Promise<void> {
  if (sep === '\\') throw new EntryError('it is a link, and links are not unpacked')
  if (entry.size > longestTarget) throw new EntryError('it is a link whose target is too long')
  const chunks: Buffer[] = []
  for await (const chunk of entry.content()) chunks.push(chunk)
  const target = Buffer.concat(chunks).toString()
  const parts = partsOf(entry.name)
  if (!staysInside(target, parts.length - 1))
    throw new EntryError('it is a link that leads out of the folder')
  await into.link(parts, target, entry.modifiedAt)
}

/** Whether to unpack an entry, by its name with `/` between folders. */
export type WantsEntry = (name: string) => boolean

/** The entries to unpack. If files are selected, their folders come with them. */
async function* wantedEntries(
  archive: string,
  wants: WantsEntry | undefined,
  signal: AbortSignal,
  world: FileWorld | undefined,
): AsyncGenerator<ArchiveEntry> {
  for await (const entry of entriesOf(archive, world)) {
    signal.throwIfAborted()
    const isWanted = !wants || (kindOf(entry) !== 'folder' && wants(partsOf(entry.name).join('/')))
    if (isWanted) yield entry
  }
}

/** How much of a name is shown, in characters. */
const longestShown = 300

/**
 * Unpacks a zip file into an empty folder: all of it, or what `wants` selects. A broken or hostile entry is left out, and
 * the result says why. Throws an ArchiveError if it is not a zip file or too large, Node's error if the folder cannot be
 * written, or the signal's reason; the folder may then be half filled. Memory use does not depend on the archive's size.
 */
export async function unpack(
  archive: string,
  folder: string,
  signal: AbortSignal,
  limits?: UnpackLimits,
  wants?: WantsEntry,
  world?: FileWorld,
): Promise<Unpacked> {
  const { size } = await inFileTime(() => stat(archive), world)
  const into = extractionFolder(folder, limits ?? limitsFor(size), world)
  const result: Unpacked = { files: 0, links: 0, bytes: 0, leftOut: [], hasCp437: false }
  const folderTimes: { parts: string[]; at: number }[] = []
  const found = { links: 0 }
  const orLeaveOut = async ({ name }: ArchiveEntry, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof EntryError)) throw error
      result.leftOut.push({ name: name.slice(0, longestShown), why: error.message })
    }
  }
  const unpackOne = async (entry: ArchiveEntry): Promise<void> => {
    const problem = problemWith(entry)
    if (problem !== '') throw new EntryError(problem)
    into.count(entry.size)
    const { checksum, mode, modifiedAt } = entry
    const parts = partsOf(entry.name)
    const kind = kindOf(entry)
    if (kind === 'link') found.links += 1
    if (kind === 'folder') {
      await into.folder(parts)
      if (modifiedAt !== null && parts.length > 0) folderTimes.push({ parts, at: modifiedAt })
    }
    if (kind === 'file') {
      const isExecutable = (mode & 0o111) !== 0
      await into.file(parts, entry.content(), { checksum, isExecutable, modifiedAt }, signal)
      result.files += 1
      result.bytes += entry.size
    }
  }
  for await (const entry of wantedEntries(archive, wants, signal, world)) {
    result.hasCp437 ||= entry.isCp437
    await orLeaveOut(entry, () => unpackOne(entry))
  }
  // Last of all, so that nothing is ever written through one.
  if (found.links > 0)
    for await (const entry of wantedEntries(archive, wants, signal, world)) {
      const isLink = kindOf(entry) === 'link' && problemWith(entry) === ''
      if (!isLink) continue
      await orLeaveOut(entry, async () => {
        await createLink(entry, into)
        result.links += 1
      })
    }
  // Whatever is created in a folder changes its time.
  for (const { parts, at } of folderTimes) await into.setTime(parts, at)
  return result
}
