import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { tokenKind } from '../../core/token-kind.ts'
import { decodeText } from '../files/decode-text.ts'
import { readFileSafely } from '../files/read-file-safely.ts'
import type { CredentialFlags } from '../../options/shared.ts'
import { mountedSecret } from './mounted-secret.ts'
import { parseToken, type TokenUse } from './parse-token.ts'
import { flag, fromEnv, type Origin } from '../setting.ts'
import type { ReadStdin } from './stdin.ts'

/** Where a token is, for a command line that reads it by itself: in a file, or in an environment variable. */
export interface TokenSpot {
  tokenFile?: string
  tokenEnv?: string
}

/** The source of a token. Nothing is opened or run until `read` is called. */
export interface TokenSource {
  origin: Origin
  /** Where it is, as far as another program could read it there. */
  at?: TokenSpot
  /** The key of the config that names it, as servers.work.tokenFile; undefined where none does. */
  key?: string
  /** The environment variable that it names is not set. */
  isMissing?: true
  /** Reading it takes nothing: what it names is in the environment or the config. */
  isAtHand?: true
  /** Reading it runs a program, which may prompt the user; the same text stands for the same program and time limit. */
  program?: string
  /** It comes from a flag, the environment or a mounted secret rather than from a config file. */
  isGiven?: true
  /** Reads the token and registers it as a secret. Throws usage and configuration errors without it. */
  read(): Promise<Secret>
  /** The same without what depends on the server, which `check` throws. */
  unchecked?: TokenSource
  check?: (secret: Secret) => void
}

/** The largest file of a token, in bytes. */
export const maxTokenBytes = 64 * 1024

async function tokenFromFile(path: string, origin: Origin, use: TokenUse, context: Context): Promise<Secret> {
  refuseTokenAsPath(path, origin, context)
  const bytes = await readFileSafely(path, origin, {
    maxSize: maxTokenBytes,
    secretOf: context,
    mayBePipe: true,
  })
  const where = `${origin} (${path})`
  return keepToken(decodeText(bytes, where), where, use, context)
}

/** Registers the token in a text as a secret. Throws as `parseToken`. */
export function keepToken(
  text: string,
  where: string,
  use: TokenUse,
  { secrets }: Pick<Context, 'secrets'>,
): Secret {
  return secrets.keep(parseToken(text, where, use))
}

/** Throws a usage error that does not show the path if a token is given where the path of its file belongs. */
function refuseTokenAsPath(path: string, origin: Origin, { secrets }: Context): void {
  const kind = path.includes('/') ? undefined : tokenKind(path)
  if (kind === undefined) return
  secrets.keep(path)
  throw usageError(
    `${origin}: that looks like ${kind}, not like the path of a file`,
    'Store the token in a file of mode 0600 and name the file.',
  )
}

/** A token in a file. It is read again when a server refuses it, since that is where a token is replaced. */
export function fileSource(path: string, origin: Origin, use: TokenUse, context: Context): TokenSource {
  if (tokenKind(path) !== undefined) context.secrets.keep(path)
  const readOnce = (): Promise<Secret> => tokenFromFile(path, origin, use, context)
  const read = async (): Promise<Secret> => new Secret((await readOnce()).reveal(), readOnce)
  return { origin: `file ${path} (${origin})`, at: { tokenFile: path }, read }
}

function textSource(text: string, origin: Origin, use: TokenUse, context: Context): TokenSource {
  // Register it first, so that no error can print it.
  context.secrets.keep(text.trim())
  return { origin, read: async () => Promise.resolve(keepToken(text, origin, use, context)) }
}

/**
 * The source of the trigger token from flags, environment or mounted secrets, in that order. It is not bound
 * to a server. Every user of the machine can read a token on the command line (docs/guarantees.md#7.3).
 */
export function givenToken(
  flags: CredentialFlags,
  context: Context,
  readStdin: ReadStdin,
): TokenSource | undefined {
  const typed = [
    flags.token !== undefined && '--token',
    flags.tokenFile !== undefined && '--token-file',
    flags.tokenStdin === true && '--token-stdin',
  ].filter((name) => name !== false)
  if (typed.length > 1) throw usageError(`${typed.join(' and ')} cannot be used together`)
  if (flags.tokenStdin || flags.tokenFile === '-') {
    const name = flags.tokenStdin ? '--token-stdin' : '--token-file -'
    const origin = `standard input (${flag(name)})`
    const read = async (): Promise<Secret> =>
      keepToken(decodeText(await readStdin(name, maxTokenBytes), origin), origin, 'token', context)
    return { origin, read }
  }
  if (flags.tokenFile !== undefined)
    return fileSource(flags.tokenFile, flag('--token-file'), 'token', context)
  if (flags.token !== undefined) return textSource(flags.token, flag('--token'), 'token', context)
  const text = fromEnv(context.env, 'GITLAB_TRIGGER_TOKEN')
  if (text) return textSource(text.value, text.origin, 'token', context)
  const file = fromEnv(context.env, 'GITLAB_TRIGGER_TOKEN_FILE')
  if (file) return fileSource(file.value, file.origin, 'token', context)
  const mounted = mountedSecret('gitlab_trigger_token', context)
  return mounted && fileSource(mounted.path, mounted.origin, 'token', context)
}

/** The source of the API token from flags, environment or mounted secrets, in that order. */
export function givenApiToken(
  flags: Pick<CredentialFlags, 'apiTokenFile'>,
  context: Context,
): TokenSource | undefined {
  const source = givenApiSource(flags, context)
  return source && { ...source, isGiven: true }
}

function givenApiSource(
  flags: Pick<CredentialFlags, 'apiTokenFile'>,
  context: Context,
): TokenSource | undefined {
  if (flags.apiTokenFile !== undefined)
    return fileSource(flags.apiTokenFile, flag('--api-token-file'), 'apiToken', context)
  const text = fromEnv(context.env, 'GITLAB_TRIGGER_API_TOKEN')
  if (text) return textSource(text.value, text.origin, 'apiToken', context)
  const mounted = mountedSecret('gitlab_trigger_api_token', context)
  return mounted && fileSource(mounted.path, mounted.origin, 'apiToken', context)
}
