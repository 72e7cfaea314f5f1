import { open, stat } from 'node:fs/promises'
import { join, dirname } from 'node:path'
import { findSingleFile, configNames } from '../../config/files/locate-files.ts'
import { placesFor, absolutePath } from '../../config/files/places.ts'
import { configTemplate } from '../../config/files/template.ts'
import { unwritableConfig } from '../../config/files/unwritable.ts'
import type { Context } from '../../core/context.ts'
import { configError, usageError, codeOf, type TriggerError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { inWriteTime } from '../../core/limits/file-time.ts'
import { makeFolder } from '../../core/make-folder.ts'
import { storeText } from '../../core/store.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import { writeText } from '../../output/reporters/text-reporter.ts'
import { escapeLine } from '../../output/terminal/escape.ts'

/** How to continue with the file. */
const nextSteps = (config: string): string => `Next: gitlab-trigger login${config}, which asks for the rest.
Or edit the file, store tokens with gitlab-trigger config edit-token NAME${config}, and check it with gitlab-trigger doctor -s NAME${config}.
`

const isDirectory = (path: string, context: Context): Promise<boolean> =>
  inWriteTime(() => stat(path), context).then(
    (stats) => stats.isDirectory(),
    () => false,
  )

async function makeFile(file: string, context: Context): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.chmod(0o600)
    await storeText(handle, context.secrets.redact(configTemplate(context)))
  } finally {
    await handle.close()
  }
}

/** Writes a commented config file of mode 0600 where the user's own belongs: `config init [path]`. Never over an existing file. */
export async function configInit(path: string | undefined, context: Context): Promise<number> {
  if (path === '-')
    throw usageError('config init: - is not a file to write', 'Name a file, or ./- for one of that name.')
  const { user } = placesFor(context)
  const file = path === undefined ? user && join(user, 'config.yaml') : absolutePath(path, context)
  if (file === undefined) {
    throw configError('config init: there is no home to put it in', 'Set HOME, or name a path.')
  }
  if (/\.(json|[cm]?[jt]s)$/i.test(file))
    throw usageError(
      `config init: it writes YAML, and ${file} would be read as another format`,
      'Name a file that ends in .yaml.',
    )
  const beside = path === undefined ? await findSingleFile(dirname(file), configNames, context) : undefined
  if (beside !== undefined) throw usageError(`config init: ${beside} already exists`, 'Edit that one.')
  const refuse = (error: unknown): TriggerError => unwritableConfig('config init', file, error)
  await inWriteTime(() => makeFolder(dirname(file)), context).catch((error: unknown) => {
    throw refuse(error)
  })
  await inWriteTime(() => makeFile(file, context), context).catch(async (error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw refuse(error)
    if (await isDirectory(file, context)) throw refuse({ code: 'EISDIR' })
    throw usageError(`config init: ${file} already exists`, 'Edit that one.')
  })
  await writeText(context, `${escapeLine(file)}\n`)
  const named = path === undefined ? '' : ` --config ${shellQuote(path)}`
  await context.stderr.write(nextSteps(escapeLine(named)))
  return exitCodes.success.code
}
