import { dirname } from 'node:path'
import type { Context } from '../../core/context.ts'
import { codeOf, configError, TriggerError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import type { Config } from '../files/find-config.ts'
import { expandPath } from '../files/places.ts'
import { asConfigError, settingAt, type ConfigNode } from '../layers.ts'
import { nodesWithTokens } from '../files/config-file.ts'
import type { ServerEntry, TokenKeys } from '../schema/config-keys.ts'
import { fromEnv, variable, type Setting } from '../setting.ts'
import type { TokenUse } from './parse-token.ts'
import { runTokenCommand, type ProgramLimits } from './token-command.ts'
import { presetSource } from './token-preset.ts'
import { fileSource, keepToken, type TokenSource } from './token-source.ts'

function environmentSource(name: Setting<string>, use: TokenUse, context: Context): TokenSource {
  const origin = `${variable(name.value)} (${name.origin})`
  const found = fromEnv(context.env, name.value)
  if (found) context.secrets.keep(found.value.trim())
  return {
    origin,
    at: { tokenEnv: name.value },
    isAtHand: true,
    ...(!found && { isMissing: true }),
    read: () => {
      if (!found) {
        const error = configError(
          `${name.origin}: the environment variable ${name.value} is not set`,
          'Set it.',
        )
        return Promise.reject(error)
      }
      return Promise.resolve(asConfigError(() => keepToken(found.value, origin, use, context)))
    },
  }
}

/**
 * The source of the token in a server's entry, one of its projects, a recipe or a target: file, environment variable, program or literal text, in that
 * order. It is used for that server only (docs/decisions/0014-settings-keep-their-origin.md).
 */
export function entryToken(
  node: ConfigNode<ServerEntry> | ConfigNode<TokenKeys>,
  kind: TokenUse,
  context: Context,
  config: Config,
  limits: ProgramLimits,
): TokenSource | undefined {
  // An API token is one of a server only.
  const entry = node as ConfigNode<ServerEntry>
  const source = sourceIn(entry, kind, context, config, limits)
  const ending = (['File', 'Env', 'Command', 'From', ''] as const).find((each) =>
    settingAt(entry, `${kind}${each}`),
  )
  return source && { ...source, key: [...entry.keys, `${kind}${ending ?? ''}`].join('.') }
}

function sourceIn(
  entry: ConfigNode<ServerEntry>,
  kind: TokenUse,
  context: Context,
  { files, places, tokenEnvs = [] }: Config,
  limits: ProgramLimits,
): TokenSource | undefined {
  const folder = entry.file.folder ?? dirname(entry.file.path)
  const file = settingAt(entry, `${kind}File`)
  if (file) {
    const path = expandPath(file, folder, places)
    const source = fileSource(path, file.origin, kind, context)
    // Errors about a file that the config names are configuration errors.
    const read = (): Promise<Secret> =>
      source.read().catch((error: unknown) =>
        asConfigError(() => {
          throw withCommand(error, entry.keys, kind)
        }),
      )
    return { ...source, read }
  }
  const name = settingAt(entry, `${kind}Env`)
  if (name) return environmentSource(name, kind, context)
  const command = settingAt(entry, `${kind}Command`)
  if (command) {
    const [program = '', ...args] = command.value
    // Relative paths start at the config file. From the working directory they could lead into an untrusted
    // checkout.
    const words = [
      program.includes('/') ? expandPath({ ...command, value: program }, folder, places) : program,
      ...args,
    ]
    const read = (): Promise<Secret> =>
      runTokenCommand(
        { value: words, origin: command.origin },
        tokenVariables(files, tokenEnvs),
        kind,
        context,
        limits,
      )
    const same = JSON.stringify([kind, ...words, limits.ms])
    return { origin: `command ${program} (${command.origin})`, program: same, read }
  }
  const preset = settingAt(entry, `${kind}From`)
  if (preset) return presetSource(preset, entry.keys, tokenVariables(files, tokenEnvs), kind, context, limits)
  const text = settingAt(entry, kind)
  if (!text) return undefined
  context.secrets.keep(text.value)
  const read = async (): Promise<Secret> =>
    Promise.resolve(asConfigError(() => keepToken(text.value, text.origin, kind, context)))
  return { origin: text.origin, isAtHand: true, read }
}

/** The error of a token file that is missing, with the command that creates it for a server or one of its projects. */
function withCommand(error: unknown, [top, name, , project]: readonly string[], kind: TokenUse): unknown {
  if (!(error instanceof TriggerError) || codeOf(error.cause) !== 'ENOENT') return error
  if (top !== 'servers' || name === undefined) return error
  const words = ['config', 'edit-token', name, ...(project === undefined ? [] : ['--project', project])]
  if (kind === 'apiToken') words.push('--api')
  const command = `gitlab-trigger ${words.map(shellQuote).join(' ')}`
  return error.with({ hint: `Create it with: ${command}. Or change ${kind}File.` })
}

/** Environment variables with tokens. A program that prints one token must not see the others (docs/guarantees.md#T52). */
function tokenVariables(files: Config['files'], further: readonly string[]): string[] {
  const entries = files.flatMap(({ data }) => nodesWithTokens(data))
  const named = entries.flatMap(({ tokenEnv, apiTokenEnv }) => [tokenEnv, apiTokenEnv])
  const ours = ['GITLAB_TRIGGER_TOKEN', 'GITLAB_TRIGGER_API_TOKEN', 'CI_JOB_TOKEN']
  return [...ours, ...further, ...named.filter((name) => name !== undefined)]
}
