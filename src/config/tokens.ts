import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { readFileSafely } from './file.ts'
import type { RunFlags } from './flags.ts'
import { parseToken } from './secrets.ts'
import { flag, fromEnv, type Origin, type Setting } from './setting.ts'
import type { ReadStdin } from './stdin.ts'

const maxSize = 64 * 1024

async function tokenFromFile(path: string, origin: Origin, context: Context): Promise<Setting<Secret>> {
  // The runner writes CI file variables with mode 0666, in a container that has no other users.
  const isInCi = fromEnv(context.env, 'GITLAB_CI') !== undefined
  const rules = isInCi ? { maxSize } : { maxSize, secretOf: { uid: context.uid } }
  const bytes = await readFileSafely(path, origin, rules)
  const token = parseToken(bytes.toString(), `${origin} (${path})`)
  return { value: context.secrets.keep(token), origin: `file ${path} (${origin})` }
}

function tokenFromText(text: string, origin: Origin, context: Context): Setting<Secret> {
  return { value: context.secrets.keep(parseToken(text, origin)), origin }
}

/**
 * The trigger token that the user gave: by flag, else by environment; undefined where neither is. A token typed on the command line
 * works, but every user of the machine can read it there (guarantees 7.3). Throws usage errors that never hold the token.
 */
export async function resolveToken(
  flags: RunFlags,
  context: Context,
  readStdin: ReadStdin,
): Promise<Setting<Secret> | undefined> {
  const typed = [
    flags.token !== undefined && '--token',
    flags.tokenFile !== undefined && '--token-file',
    flags.tokenStdin === true && '--token-stdin',
  ].filter((name) => name !== false)
  if (typed.length > 1) throw usageError(`${typed.join(' and ')} exclude each other`)
  if (flags.tokenStdin || flags.tokenFile === '-') {
    const name = flags.tokenStdin ? '--token-stdin' : '--token-file -'
    const origin = `standard input (${flag(name)})`
    return tokenFromText((await readStdin(name)).toString(), origin, context)
  }
  if (flags.tokenFile !== undefined) return tokenFromFile(flags.tokenFile, flag('--token-file'), context)
  if (flags.token !== undefined) return tokenFromText(flags.token, flag('--token'), context)
  const text = fromEnv(context.env, 'GITLAB_TRIGGER_TOKEN')
  if (text) return tokenFromText(text.value, text.origin, context)
  const file = fromEnv(context.env, 'GITLAB_TRIGGER_TOKEN_FILE')
  return file && tokenFromFile(file.value, file.origin, context)
}

/** The API token, which may read what a trigger token cannot: by flag, else by environment. */
export async function resolveApiToken(
  flags: Pick<RunFlags, 'apiTokenFile'>,
  context: Context,
): Promise<Setting<Secret> | undefined> {
  if (flags.apiTokenFile !== undefined)
    return tokenFromFile(flags.apiTokenFile, flag('--api-token-file'), context)
  const text = fromEnv(context.env, 'GITLAB_TRIGGER_API_TOKEN')
  return text && tokenFromText(text.value, text.origin, context)
}
