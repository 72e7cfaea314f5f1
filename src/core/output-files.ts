import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Stats } from 'node:fs'
import type { Context, OutputFile } from './context.ts'
import { usageError } from './errors.ts'
import { inFileTime } from './limits/file-time.ts'

/** The cause of the error for a file that is read and written: it is one of the command line, wherever the other name stands. */
export class InputAsOutput extends Error {}

/** The regular files among those that flags name to be written. What is not there yet, or cannot be seen, cannot be read either. */
async function outputFiles(paths: Readonly<Record<string, string>>, context: Context): Promise<OutputFile[]> {
  const found = Object.entries(paths).map(async ([flag, path]): Promise<OutputFile[]> => {
    try {
      const stats = await inFileTime(() => stat(resolve(context.cwd(), path)), context)
      return stats.isFile() ? [{ flag, dev: stats.dev, ino: stats.ino }] : []
    } catch {
      return []
    }
  })
  return (await Promise.all(found)).flat()
}

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
 * this program began. Throws a usage error for those.
 */
export async function guardOutputs(paths: Readonly<Record<string, string>>, context: Context): Promise<void> {
  const outputs = await outputFiles(paths, context)
  context.outputs = outputs
  const authorities = context.env['NODE_EXTRA_CA_CERTS'] ?? ''
  const [read] = await outputFiles({ NODE_EXTRA_CA_CERTS: authorities }, context)
  if (read && authorities !== '') refuseOutput(read, authorities, read.flag, outputs)
  const { stdin } = context
  const readStdin: Context['stdin']['read'] = async (signal) => {
    const stats = stdin.stats?.()
    const output = outputs.find((each) => each.dev === stats?.dev && each.ino === stats.ino)
    if (stats && output) refuseOutput(stats, paths[output.flag] ?? '', 'standard input', outputs)
    return stdin.read(signal)
  }
  context.stdin = Object.create(stdin, { read: { value: readStdin } }) as Context['stdin']
}
