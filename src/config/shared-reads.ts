import type { Context } from '../core/context.ts'
import type { Secret } from '../core/secret.ts'
import { readTransport, resolveToken } from './access.ts'
import { stdinOnce, type ReadStdin } from './credentials/stdin.ts'
import type { TokenSource } from './credentials/token-source.ts'
import type { Plan } from './plan.ts'
import type { ServerChoice } from './server/server-choice.ts'
import type { Setting } from './setting.ts'
import type { SettingsFlags } from './settings-flags.ts'
import { collectVariables } from './variables/collect-variables.ts'
import type { Variable } from './variables/variable.ts'

/** Reads a token from where it is. Throws a configuration error where it cannot. */
export type ReadToken = (source: TokenSource | undefined) => Promise<Setting<Secret> | undefined>

/** What targets share: each is read once, when it is first needed. */
export interface SharedReads {
  signal: AbortSignal
  stdin: ReadStdin
  token: ReadToken
  /** The variables that were typed. */
  variables: () => Promise<Variable[]>
  /** The way to a server. */
  transport: (server: ServerChoice, plan: Plan) => Promise<Transport>
}

type Transport = Awaited<ReturnType<typeof readTransport>>

/**
 * Prepares what the settings of several targets are read from. Nothing is read yet; after `signal` nothing is. Standard input must end within `stdinMs`.
 */
export function sharedReads(
  flags: SettingsFlags,
  context: Context,
  signal: AbortSignal,
  stdinMs?: number,
): SharedReads {
  const stdin = stdinOnce(context, signal, stdinMs)
  const transports = new Map<string, Promise<Transport>>()
  let variables: Promise<Variable[]> | undefined
  return {
    signal,
    stdin,
    token: onceEach(),
    variables: () => (variables ??= collectVariables(flags, context, stdin)),
    transport(server, plan) {
      const key = [server.value.base, ...(server.entry?.keys ?? [])].join(' ')
      const reading = transports.get(key) ?? readTransport(server, plan, flags, context)
      transports.set(key, reading)
      return reading
    },
  }
}

/** Reads each file once, by its origin and key, and runs each program once: several targets may share it, and it may ask the user. */
function onceEach(): ReadToken {
  const found = new Map<string, Promise<Secret>>()
  return async (source) => {
    if (!source || source.isAtHand) return resolveToken(source)
    const { origin, key, program, unchecked = source, check } = source
    // A file of one line has several tokens in it.
    const name = program ?? JSON.stringify([origin, key])
    const reading = found.get(name) ?? unchecked.read()
    found.set(name, reading)
    const value = await reading
    check?.(value)
    return { value, origin }
  }
}
