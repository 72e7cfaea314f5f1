import type { Context } from '../../core/context.ts'
import { configError, TriggerError } from '../../core/errors.ts'
import { rulesOf, type PlatformRules } from '../../core/system/platforms.ts'
import type { Secret } from '../../core/secret.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import type { Setting } from '../setting.ts'
import type { TokenUse } from './parse-token.ts'
import { runTokenCommand, type ProgramLimits } from './token-command.ts'
import type { TokenSource } from './token-source.ts'

/** The program that a password manager is asked with. */
interface PresetCommand {
  words: readonly string[]
  /** Only the first line of what it prints is the secret. */
  isFirstLine: boolean
  /** What stores the token there, as a line to paste; '' where the manager's own manual says it. */
  store: string
}

/** The name under which a keyring has a token, by the keys of what names it: `work`, `work/group/site`, `work:api`, `recipe:nightly`. */
function keyringAccount(keys: readonly string[], isApi: boolean): string {
  const [kind, name = '', ...rest] = keys
  if (kind === 'servers') return [name, ...rest.slice(1)].join('/') + (isApi ? ':api' : '')
  return ['recipe', name, ...rest.slice(1)].join(':')
}

const service = 'gitlab-trigger'

/** What to do where no program reads a keyring. */
const instead = 'Use tokenFile, or tokenCommand with a program that prints the token.'

function keyring(account: string, program: PlatformRules['keyring']): PresetCommand | undefined {
  const quoted = shellQuote(account)
  if (program === undefined) return undefined
  if (program === 'security')
    return {
      words: [program, 'find-generic-password', '-s', service, '-a', account, '-w'],
      isFirstLine: false,
      store: `security add-generic-password -U -s ${service} -a ${quoted} -w`,
    }
  return {
    words: [program, 'lookup', 'service', service, 'account', account],
    isFirstLine: false,
    store: `secret-tool store --label=${shellQuote(`${service} ${account}`)} service ${service} account ${quoted}`,
  }
}

/**
 * The program of a preset, whose form the schema has checked: `keyring` (of GNOME, KDE or macOS), `pass:PATH`, `op://VAULT/ITEM/FIELD` or
 * `vault:PATH#FIELD` (docs/decisions/0100-token-presets.md). Undefined for a keyring that no program reads.
 */
function presetCommand(
  preset: string,
  account: string,
  { keyring: program }: PlatformRules,
): PresetCommand | undefined {
  if (preset === 'keyring') return keyring(account, program)
  const [, scheme = '', rest = ''] = /^(\w+):(.*)$/s.exec(preset) ?? []
  if (scheme === 'pass') return { words: ['pass', 'show', rest], isFirstLine: true, store: '' }
  if (scheme === 'op') return { words: ['op', 'read', preset], isFirstLine: false, store: '' }
  const at = rest.lastIndexOf('#')
  const [path, field] = [rest.slice(0, at), rest.slice(at + 1)]
  return { words: ['vault', 'kv', 'get', `-field=${field}`, path], isFirstLine: false, store: '' }
}

/**
 * The token that a password manager has, which is asked by its own program, without the environment variables in `hidden`. `keys` lead to what
 * names it. Reading it throws as `runTokenCommand`, with the line that stores a token where a keyring may have none.
 */
export function presetSource(
  { value, origin }: Setting<string>,
  keys: readonly string[],
  hidden: readonly string[],
  use: TokenUse,
  context: Context,
  limits: ProgramLimits,
): TokenSource {
  const account = keyringAccount(keys, use === 'apiToken')
  const read = async (): Promise<Secret> => {
    const command = presetCommand(value, account, rulesOf(context))
    if (!command) throw configError(`${origin}: no program reads a keyring on this system`, instead)
    const { words, isFirstLine, store } = command
    try {
      return await runTokenCommand({ value: words, origin }, hidden, use, context, limits, isFirstLine)
    } catch (error) {
      if (!(error instanceof TriggerError) || store === '' || error.hint !== '') throw error
      throw error.with({ hint: `If it is not stored yet: ${store}` })
    }
  }
  const program = JSON.stringify([use, value, value === 'keyring' ? account : '', limits.ms])
  return { origin: `${value} (${origin})`, program, read }
}
