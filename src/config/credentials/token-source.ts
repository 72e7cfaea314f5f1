import { dirname } from 'node:path'
import type { Context } from '../../core/context.ts'
import { configError, usageError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { readFileSafely } from '../files/read-file-safely.ts'
import type { Config } from '../files/find-config.ts'
import type { CredentialFlags } from '../../options/shared.ts'
import { asConfigError, settingAt, type ConfigNode } from '../layers.ts'
import { isMounted, mountedSecret } from './mounted-secret.ts'
import { expandPath } from '../files/places.ts'
import { parseToken } from './parse-token.ts'
import { flag, fromEnv, variable, type Origin, type Setting } from '../setting.ts'
import type { ServerEntry } from '../schema/shape.ts'
import type { ReadStdin } from './stdin.ts'
import { runTokenCommand } from './token-command.ts'

/** Where a token comes from, before it is read: nothing is opened, asked or run until `read`. */
export interface TokenSource {
  origin: Origin
  /** It cannot be had: what it names is not set. */
  isMissing?: true
  /** Reading it runs a program, which may ask its user for something. */
  isProgram?: true
  /** Typed, or from the environment, and so wanted. */
  isGiven?: true
  /** The token, registered as a secret. Throws usage and configuration errors that never hold it. */
  read(): Promise<Secret>
}

const maxSize = 64 * 1024

async function tokenFromFile(path: string, origin: Origin, context: Context): Promise<Secret> {
  // The runner writes CI file variables with mode 0666, in a container that has no other users.
  const isOurs = fromEnv(context.env, 'GITLAB_CI') !== undefined || isMounted(path, context)
  const rules = isOurs ? { maxSize } : { maxSize, secretOf: { uid: context.uid } }
  const bytes = await readFileSafely(path, origin, rules)
  return context.secrets.keep(parseToken(bytes.toString(), `${origin} (${path})`))
}

function fileSource(path: string, origin: Origin, context: Context): TokenSource {
  return { origin: `file ${path} (${origin})`, read: () => tokenFromFile(path, origin, context) }
}

function textSource(text: string, origin: Origin, context: Context): TokenSource {
  // Registered before anything can fail and print it.
  context.secrets.keep(text.trim())
  return { origin, read: async () => Promise.resolve(context.secrets.keep(parseToken(text, origin))) }
}

/**
 * The trigger token that flags, environment or the system's secrets give, in that order; undefined where neither does. It is not bound to a server. A
 * token typed on the command line works, but every user of the machine can read it there (guarantees 7.3).
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
  if (typed.length > 1) throw usageError(`${typed.join(' and ')} exclude each other`)
  if (flags.tokenStdin || flags.tokenFile === '-') {
    const name = flags.tokenStdin ? '--token-stdin' : '--token-file -'
    const origin = `standard input (${flag(name)})`
    const read = async (): Promise<Secret> =>
      context.secrets.keep(parseToken((await readStdin(name)).toString(), origin))
    return { origin, read }
  }
  if (flags.tokenFile !== undefined) return fileSource(flags.tokenFile, flag('--token-file'), context)
  if (flags.token !== undefined) return textSource(flags.token, flag('--token'), context)
  const text = fromEnv(context.env, 'GITLAB_TRIGGER_TOKEN')
  if (text) return textSource(text.value, text.origin, context)
  const file = fromEnv(context.env, 'GITLAB_TRIGGER_TOKEN_FILE')
  if (file) return fileSource(file.value, file.origin, context)
  const mounted = mountedSecret('gitlab_trigger_token', context)
  return mounted && fileSource(mounted.path, mounted.origin, context)
}

/** The API token that flags, environment or the system's secrets give, in that order. It may read what a trigger token cannot. */
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
    return fileSource(flags.apiTokenFile, flag('--api-token-file'), context)
  const text = fromEnv(context.env, 'GITLAB_TRIGGER_API_TOKEN')
  if (text) return textSource(text.value, text.origin, context)
  const mounted = mountedSecret('gitlab_trigger_api_token', context)
  return mounted && fileSource(mounted.path, mounted.origin, context)
}

function environmentSource(name: Setting<string>, context: Context): TokenSource {
  const origin = `${variable(name.value)} (${name.origin})`
  const found = fromEnv(context.env, name.value)
  if (found) context.secrets.keep(found.value.trim())
  return {
    origin,
    ...(!found && { isMissing: true }),
    read: () => {
      if (!found) {
        const error = configError(
          `${name.origin}: the environment variable ${name.value} is not set`,
          'Set it.',
        )
        return Promise.reject(error)
      }
      return Promise.resolve(asConfigError(() => context.secrets.keep(parseToken(found.value, origin))))
    },
  }
}

/**
 * The token that a server's entry gives, which is bound to that server: by file, environment, program or literally, in that order
 * (design.md section 5).
 */
export function entryToken(
  entry: ConfigNode<ServerEntry>,
  kind: 'token' | 'apiToken',
  context: Context,
  { files, places }: Config,
  signal: AbortSignal,
): TokenSource | undefined {
  const folder = dirname(entry.file.path)
  const file = settingAt(entry, `${kind}File`)
  if (file) {
    const path = expandPath(file, folder, places)
    const source = fileSource(path, file.origin, context)
    // A file that the config names is part of the configuration.
    const read = (): Promise<Secret> =>
      source.read().catch((error: unknown) =>
        asConfigError(() => {
          throw error
        }),
      )
    return { ...source, read }
  }
  const name = settingAt(entry, `${kind}Env`)
  if (name) return environmentSource(name, context)
  const command = settingAt(entry, `${kind}Command`)
  if (command) {
    const [program = '', ...args] = command.value
    // A path is meant from the config file: from the working directory it could be a checkout's.
    const words = [
      program.includes('/') ? expandPath({ ...command, value: program }, folder, places) : program,
      ...args,
    ]
    const read = (): Promise<Secret> =>
      runTokenCommand({ value: words, origin: command.origin }, tokenVariables(files), context, signal)
    return { origin: `command ${program} (${command.origin})`, isProgram: true, read }
  }
  const text = settingAt(entry, kind)
  if (!text) return undefined
  context.secrets.keep(text.value)
  const read = async (): Promise<Secret> =>
    Promise.resolve(asConfigError(() => context.secrets.keep(parseToken(text.value, text.origin))))
  return { origin: text.origin, read }
}

/** The environment variables that hold tokens: a program that prints one token is not to see the others (T52). */
function tokenVariables(files: Config['files']): string[] {
  const entries = files.flatMap(({ data }) => Object.values(data.servers ?? {}))
  const named = entries.flatMap(({ tokenEnv, apiTokenEnv }) => [tokenEnv, apiTokenEnv])
  const ours = ['GITLAB_TRIGGER_TOKEN', 'GITLAB_TRIGGER_API_TOKEN', 'CI_JOB_TOKEN']
  return [...ours, ...named.filter((name) => name !== undefined)]
}
