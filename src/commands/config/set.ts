import { dataWith, withValue } from '../../config/edit/edit-config.ts'
import { keyText } from '../../config/edit/key-path.ts'
import { ownConfig, saveConfig } from '../../config/edit/own-config.ts'
import { secretKeys } from '../../config/edit/secrets-in.ts'
import { asKeyError, typedKey } from '../../config/edit/typed-key.ts'
import { valueAt } from '../../config/edit/value-at.ts'
import { typedValue } from '../../config/edit/typed-value.ts'
import type { Context } from '../../core/context.ts'
import { usageError, type TriggerError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { refuseUnknownName } from './refuse-unknown-name.ts'
import { refuseUselessValue } from './refuse-useless-value.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import { tokenKind } from '../../core/token-kind.ts'
import type { ConfigFileFlags } from '../../options/setup.ts'
import { escapeLine } from '../../output/terminal/escape.ts'

const where = 'config set'

/** How a token gets to where a key says that it belongs. */
function storeToken([kind, name = '', list, project]: readonly string[], isApi: boolean): string {
  if (kind !== 'servers') return 'Name its source instead: tokenFile, tokenEnv, tokenFrom or tokenCommand.'
  const ofProject = list === 'projects' && project !== undefined ? ` --project ${shellQuote(project)}` : ''
  return `Run: gitlab-trigger config edit-token ${shellQuote(name)}${isApi ? ' --api' : ofProject}`
}

/** The error for a secret on the command line, which every user of the machine can read. */
function refusedSecret(path: readonly string[]): TriggerError {
  return usageError(
    `${where}: ${keyText(path)} is a secret, which does not belong on a command line`,
    storeToken(path, path.at(-1) === 'apiToken'),
  )
}

/** Refuses a new entry of a server that has no address: nothing could use it. */
function refuseWithoutUrl([kind, name]: readonly string[], data: unknown, changed: unknown): void {
  const entryIn = (file: unknown): { url?: unknown } | undefined =>
    valueAt(file, ['servers', name ?? '']) as { url?: unknown } | undefined
  if (kind !== 'servers' || name === undefined || entryIn(data) || !entryIn(changed)) return
  if (entryIn(changed)?.url !== undefined) return
  const key = shellQuote(keyText(['servers', name, 'url']))
  throw usageError(
    `${where}: server "${name}" has no url yet`,
    `First: gitlab-trigger config set ${key} https://gitlab.example.com. Or set it up: gitlab-trigger login --name ${shellQuote(name)}`,
  )
}

/** Whether a value goes into variables or inputs, which may hold anything. */
const isVariable = (path: readonly string[]): boolean =>
  path.some((part) => part === 'variables' || part === 'inputs')

/**
 * Sets one key of the user's own config file, or of the one that --config names: `config set KEY VALUE`. Comments, order and layout stay. Throws a
 * usage error for what the schema refuses and for a secret, and configuration errors; nothing is changed then.
 */
export async function configSet(
  key: string,
  text: string,
  flags: ConfigFileFlags,
  context: Context,
): Promise<number> {
  if (tokenKind(text) !== undefined) context.secrets.keep(text)
  const { path, place } = typedKey(key, where)
  if (place.is === 'text' && place.isSecret) {
    context.secrets.keep(text)
    throw refusedSecret(path)
  }
  if (tokenKind(text) !== undefined && !isVariable(path))
    throw usageError(
      `${where}: the value for ${keyText(path)} looks like ${tokenKind(text) ?? ''}`,
      storeToken(path, false),
    )
  const value = asKeyError(where, () => typedValue(text, place, path))
  const [secret] = secretKeys(value, place, path)
  if (secret) throw refusedSecret(secret)
  const own = await ownConfig(flags, where, context)
  const changed = asKeyError(where, () => withValue(own.file, { path, value }))
  if (!isVariable(path)) refuseUselessValue(path, value, where)
  refuseUnknownName(path, value, own, changed, where)
  refuseWithoutUrl(path, own.file.data, dataWith(own.file.data, path, value))
  await saveConfig(own, changed, where, context)
  await context.stderr.write(`Set ${escapeLine(keyText(path))} in ${escapeLine(own.file.path)}.\n`)
  return exitCodes.success.code
}
