import { chmod, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { configNames, findConfig, onlyOne } from '../../config/files/find-config.ts'
import type { ConfigFlags } from '../../config/flags.ts'
import { fromHere, placesFor } from '../../config/files/places.ts'
import { configTemplate } from '../../config/files/template.ts'
import type { Context } from '../../core/context.ts'
import { codeOf, configError, usageError, type TriggerError } from '../../core/errors.ts'
import { makeFolder } from '../../core/make-folder.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { cleanLine } from '../../output/terminal/escape.ts'
import { jsonLine } from '../../output/reporters/json-reporter.ts'
import { writeText } from '../../output/reporters/text-reporter.ts'

/** Lists the places where config files are looked for, best first, and what became of each: `config path`. Throws for the first that is refused. */
export async function configPath(flags: ConfigFlags & { json?: true }, context: Context): Promise<number> {
  let refusal: TriggerError | undefined
  const { looked } = await findConfig(flags, context, (error) => {
    refusal ??= error
  })
  const text = flags.json
    ? jsonLine({ files: looked }, context.secrets)
    : looked.map(({ kind, path, state }) => `${cleanLine(path)}  (${kind}: ${state})\n`).join('')
  await writeText(context, text)
  if (refusal) throw refusal
  return exitCodes.success.code
}

/** Writes a commented config file of mode 0600 where the user's own belongs: `config init [path]`. Never over an existing file. */
export async function configInit(path: string | undefined, context: Context): Promise<number> {
  const { user } = placesFor(context)
  const file = path === undefined ? user && join(user, 'config.yaml') : fromHere(path, context)
  if (file === undefined) {
    throw configError('config init: there is no home to put it in', 'Set HOME, or name a path.')
  }
  const beside = path === undefined ? await onlyOne(dirname(file), configNames) : undefined
  if (beside !== undefined) throw usageError(`config init: ${beside} is already there`, 'Edit that one.')
  try {
    await makeFolder(dirname(file))
    await writeFile(file, configTemplate, { flag: 'wx', mode: 0o600 })
    await chmod(file, 0o600)
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      throw usageError(`config init: ${file} is already there`, 'Edit that one.')
    throw configError(`config init: ${file} cannot be written (${codeOf(error)})`)
  }
  await writeText(context, `${cleanLine(file)}\n`)
  return exitCodes.success.code
}
