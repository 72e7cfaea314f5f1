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

/** Prepares what the settings of several targets are read from. Nothing is read yet; after `signal` nothing is. */
export function sharedReads(flags: SettingsFlags, context: Context, signal: AbortSignal): SharedReads {
  const stdin = stdinOnce(context, signal)
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

/** Reads each file and each program once, by its origin and key: several targets may share it, and it may be a program that asks. */
function onceEach(): ReadToken {
  const found = new Map<string, Promise<Setting<Secret> | undefined>>()
  return (source) => {
    if (!source || source.isAtHand) return resolveToken(source)
    // A file of one line has several tokens in it.
    const name = JSON.stringify([source.origin, source.key])
    const reading = found.get(name) ?? resolveToken(source)
    found.set(name, reading)
    return reading
  }
}
