import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Stats } from 'node:fs'
import type { Context, OutputFile } from './context.ts'
import { codeOf, usageError } from './errors.ts'
import { inFileTime } from './limits/file-time.ts'

/** The cause of the error for a file that is read and written: it is one of the command line, wherever the other name stands. */
export class InputAsOutput extends Error {}

/** A file that a flag names to be written; without `stats` it is not there yet. */
interface NamedFile {
  flag: string
  path: string
  stats: Stats | undefined
}

/** The files among what flags name to be written: what is there and is no regular file loses nothing, as a terminal. */
async function namedFiles(paths: Readonly<Record<string, string>>, context: Context): Promise<NamedFile[]> {
  const found = Object.entries(paths).map(async ([flag, given]): Promise<NamedFile[]> => {
    const path = resolve(context.cwd(), given)
    try {
      const stats = await inFileTime(() => stat(path), context)
      return stats.isFile() ? [{ flag, path, stats }] : []
    } catch (error) {
      return codeOf(error) === 'ENOENT' ? [{ flag, path, stats: undefined }] : []
    }
  })
  return (await Promise.all(found)).flat()
}

/** Throws a usage error where two flags name the same file: what one of them writes would be lost. */
function refuseSame(files: readonly NamedFile[]): void {
  const seen = new Map<string, string>()
  for (const { flag, path, stats } of files) {
    const id = stats ? `${stats.dev}:${stats.ino}` : path
    const other = seen.get(id)
    if (other !== undefined)
      throw usageError(`${flag} and ${other} name the same file, ${path}`, 'Give each a file of its own.')
    seen.set(id, flag)
  }
}

const existing = (files: readonly NamedFile[]): OutputFile[] =>
  files.flatMap(({ flag, stats }) => (stats ? [{ flag, dev: stats.dev, ino: stats.ino }] : []))

/** Throws a usage error for a file to read, named at `where`, that a flag names to be written: its content would be lost. */
export function refuseOutput(
  { dev, ino }: Pick<Stats, 'dev' | 'ino'>,
  path: string,
  where: string,
  outputs: readonly OutputFile[] = [],
): void {
  const output = outputs.find((each) => each.dev === dev && each.ino === ino)
  if (!output) return
  output.isInput = true
  throw usageError(
    `${output.flag}: ${path} is a file that this command reads (${where})`,
    `Give ${output.flag} a file of its own.`,
  ).with({ cause: new InputAsOutput() })
}

/**
 * Keeps the files that flags name to be written from being read, from now on: also as standard input, and as the authorities that Node has read before
 * this program began. Throws a usage error for those, and where two flags name the same file.
 */
export async function guardOutputs(paths: Readonly<Record<string, string>>, context: Context): Promise<void> {
  const files = await namedFiles(paths, context)
  refuseSame(files)
  const outputs = existing(files)
  context.outputs = outputs
  const authorities = context.env['NODE_EXTRA_CA_CERTS'] ?? ''
  const [read] = existing(await namedFiles({ NODE_EXTRA_CA_CERTS: authorities }, context))
  if (read && authorities !== '') refuseOutput(read, authorities, read.flag, outputs)
  const { stdin } = context
  const readStdin: Context['stdin']['read'] = async (signal, maxBytes) => {
    const stats = stdin.stats?.()
    const output = outputs.find((each) => each.dev === stats?.dev && each.ino === stats.ino)
    if (stats && output) refuseOutput(stats, paths[output.flag] ?? '', 'standard input', outputs)
    return stdin.read(signal, maxBytes)
  }
  context.stdin = Object.create(stdin, { read: { value: readStdin } }) as Context['stdin']
}
