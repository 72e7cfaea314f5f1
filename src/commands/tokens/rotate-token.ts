import type { Budget } from '../../core/budget.ts'
import { asTriggerError, TriggerError } from '../../core/errors.ts'
import type { Client } from '../../gitlab/api/client.ts'
import { postingSender } from '../../gitlab/api/post.ts'
import { testTriggerToken } from '../../gitlab/trigger/probe.ts'
import type { NewToken, TriggerToken } from '../../gitlab/resources/trigger-tokens.ts'
import { postOptions } from '../../session/retry-policy.ts'
import { transportOptions } from '../../session/server-client.ts'
import type { Store } from './token-destination.ts'
import { registerTokens, tokenName } from './token-format.ts'
import { handOver, makeToken } from './create.ts'
import type { TokenSession } from './token-session.ts'
import { revoke } from './revoke.ts'

/** An error of a step, with which of the tokens work after it. */
function withTokenState(error: unknown, before: string, after: string): TriggerError {
  const failure = asTriggerError(error, { kind: 'none' })
  return failure.with({
    message: before + failure.message,
    hint: [failure.hint, after].filter(Boolean).join(' '),
  })
}

/** A new token may be missing for a moment on a replica of the database: so often, after these pauses in ms, it is tried again. */
const pausesMs = [1000, 3000]

/** Proves that a new token is good for the project, without starting anything. Throws a TriggerError. */
async function prove(desk: TokenSession, client: Client, made: TriggerToken, budget: Budget): Promise<void> {
  const { access, context, plan, report } = desk
  const order = {
    ...client.target,
    dialect: client.dialect,
    token: context.secrets.keep(made.token),
    tokenOrigin: 'GitLab, a moment ago',
    isJobToken: false,
  }
  const policy = { retries: plan.retry.value, ambiguous: false }
  const link = postingSender(postOptions(transportOptions(access, context), policy, context, budget, report))
  for (const pauseMs of [...pausesMs, undefined]) {
    try {
      await testTriggerToken(order, link)
      return
    } catch (error) {
      const mayCome = error instanceof TriggerError && error.exit === 'notAccepted'
      if (!mayCome || pauseMs === undefined) throw error
      await context.sleep(pauseMs, budget.signal)
    }
  }
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
  desk: TokenSession
  client: Client
  old: TriggerToken
  wanted: NewToken
  store: Store
  /** The store held a token before, which is put back if the new one is not proven. */
  isReplacing: boolean
}

/** Makes the new token, stores it, proves it, and only then revokes the old one. Throws a TriggerError that says which of them works. */
export async function replace(rotation: Rotation, budget: Budget): Promise<TriggerToken> {
  const { desk, client, old, wanted, store } = rotation
  const oldWorks = `The old one, ${tokenName(old)}, still works.`
  const made = await makeToken(desk, client, wanted).catch(async (error: unknown) => {
    await store.undo().catch(() => undefined)
    throw withTokenState(error, '', oldWorks)
  })
  registerTokens([made], false, desk.context)
  await handOver(made, store, '', desk.context).catch((error: unknown) => {
    throw withTokenState(error, '', oldWorks)
  })
  await prove(desk, client, made, budget).catch(async (error: unknown) => {
    const where = rotation.isReplacing ? await putBack(store) : `the new one is in ${store.where}`
    const undo = `Revoke the new one, or try again: gitlab-trigger tokens revoke ${made.id ?? 'TOKEN'}.`
    throw withTokenState(
      error,
      `${tokenName(made)} was made and not proven; ${where}: `,
      `${oldWorks} ${undo}`,
    )
  })
  await revoke(desk, client, old).catch((error: unknown) => {
    throw withTokenState(error, '', `The new one, ${tokenName(made)}, works and is in ${store.where}.`)
  })
  return made
}
