import type { TimeLimits } from '../../core/budget.ts'
import { asTriggerError, TriggerError } from '../../core/errors.ts'
import type { ExitName } from '../../core/exit-codes.ts'
import { pollUntil } from '../../core/poll-until.ts'
import type { Client } from '../../gitlab/api/client.ts'
import { testTriggerToken } from '../../gitlab/trigger/probe.ts'
import { shortToken, type NewToken, type TriggerToken } from '../../gitlab/resources/trigger-tokens.ts'
import { postOptions } from '../../session/retry-policy.ts'
import { transportOptions } from '../../session/server-client.ts'
import type { Store } from './token-destination.ts'
import { registerTokens, tokenName } from './token-format.ts'
import { makeToken, storeOrPrint } from './create.ts'
import { tokensCommand, type TokenSession } from './token-session.ts'
import { revoke } from './revoke.ts'

/** An error of a step, with which of the tokens work after it. */
function withTokenState(error: unknown, before: string, after: string): TriggerError {
  const failure = asTriggerError(error, { kind: 'none' })
  return failure.with({
    message: before + failure.message,
    // A command to paste ends before the sentence behind it.
    hint: [failure.hint.replace(/[^.]$/, '$&.'), after].filter(Boolean).join(' '),
  })
}

/** Exit codes after which the same command may be run again, which would make one more token. */
const blindlyRepeated: readonly ExitName[] = ['notReached', 'rateLimited']

/** The same after a token was made: exit 7 in place of one that invites to run the command again (docs/guarantees.md#11). */
function withMadeToken(error: unknown, before: string, after: string): TriggerError {
  const failure = withTokenState(error, before, after)
  const { exit, message, hint, build, cause, about } = failure
  if (!blindlyRepeated.includes(exit)) return failure
  return new TriggerError({ exit: 'unknown', message, hint, build, cause, about })
}

/** A new token may be missing on a replica of the database for this long, in ms. */
const replicaLagMs = 4000
const pauses = { firstMs: 1000, factor: 3, mostMs: 3000 }

/** Proves that a new token is good for the project, without starting anything. Throws a TriggerError. */
async function prove(
  session: TokenSession,
  client: Client,
  made: TriggerToken,
  budget: TimeLimits,
): Promise<void> {
  const { access, context, plan, report } = session
  const order = {
    ...client.target,
    dialect: client.dialect,
    token: context.secrets.keep(made.token),
    tokenOrigin: 'GitLab, a moment ago',
    isJobToken: false,
  }
  const policy = { retries: plan.retry.value, ambiguous: false }
  const options = postOptions(transportOptions(access, context), policy, context, budget, report)
  const attempt = async (): Promise<true | undefined> => {
    try {
      await testTriggerToken(order, options)
      return true
    } catch (error) {
      last = error
      const mayCome = error instanceof TriggerError && error.exit === 'notAccepted'
      if (!mayCome) throw error
      return undefined
    }
  }
  let last: unknown
  const clock = { now: () => context.now(), sleep: (ms: number) => context.sleep(ms, budget.signal) }
  if (!(await pollUntil(attempt, pauses, clock, context.now() + replicaLagMs))) throw last
}

/** Puts back what was there before; says so, or that it could not. */
async function putBack(store: Store): Promise<string> {
  return store.undo().then(
    () => `${store.where} is as it was before`,
    () => `the new one is in ${store.where}`,
  )
}

/** One token to be replaced by another. */
export interface Rotation {
  session: TokenSession
  client: Client
  old: TriggerToken
  /** All tokens of the project before. */
  before: readonly TriggerToken[]
  wanted: NewToken
  store: Store
  /** The store held a token before, which is put back if the new one is not proven. */
  isReplacing: boolean
}

/** Makes the new token, stores it, proves it, and only then revokes the old one. Throws a TriggerError that says which of them works. */
export async function replace(rotation: Rotation, budget: TimeLimits): Promise<TriggerToken> {
  const { session, client, old, wanted, store } = rotation
  const oldWorks = `The old one, ${tokenName(old)}, still works.`
  const made = await makeToken(session, client, wanted, rotation.before).catch(async (error: unknown) => {
    await store.undo().catch(() => undefined)
    throw withTokenState(error, '', oldWorks)
  })
  registerTokens([made], false, session.context)
  await storeOrPrint(made, store, '', session).catch((error: unknown) => {
    throw withTokenState(error, '', oldWorks)
  })
  await prove(session, client, made, budget).catch(async (error: unknown) => {
    const where = rotation.isReplacing ? await putBack(store) : `the new one is in ${store.where}`
    const name = made.id === null ? shortToken(made.token) : String(made.id)
    const undo = `Revoke the new one, or try again: ${tokensCommand(session, 'revoke', name)}`
    throw withMadeToken(
      error,
      `${tokenName(made)} was created, but the test failed; ${where}: `,
      `${oldWorks} ${undo}`,
    )
  })
  await revoke(session, client, old).catch((error: unknown) => {
    throw withMadeToken(error, '', `The new one, ${tokenName(made)}, works and is in ${store.where}.`)
  })
  return made
}
