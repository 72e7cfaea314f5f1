import type { Budget } from '../budget.ts'
import { parseExpiry } from '../config/expiry.ts'
import type { Context } from '../context.ts'
import { asTriggerError, TriggerError, usageError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Client } from '../gitlab/client.ts'
import { posting } from '../gitlab/post.ts'
import { tryTrigger } from '../gitlab/probe.ts'
import { isWhole, type NewToken, type TriggerToken } from '../gitlab/trigger-tokens.ts'
import { cleanLine } from '../output/clean.ts'
import { writeText } from '../output/text.ts'
import { confirm, refuseUnasked } from './confirm.ts'
import { objectLine, owingJson } from './owing-json.ts'
import { sendingFor } from './sending.ts'
import { wayOf } from './server-access.ts'
import { checkStoreFlags, openStore, type Store } from './token-store.ts'
import {
  checkKeys,
  describeExpiry,
  describeToken,
  guardTokens,
  nameOf,
  tokenNamed,
  tokenObject,
} from './token-words.ts'
import { handOver, makeToken, withStoreServer, type TokensCreateFlags } from './tokens-create.ts'
import { openTokensDesk, readTokens, reopened, type TokensDesk } from './tokens-desk.ts'
import { revoke } from './tokens-revoke.ts'

/** What the new token takes over of the old one. Throws a usage error for what cannot be taken over in silence. */
function successorOf(old: TriggerToken, flags: TokensCreateFlags, now: number): NewToken {
  const description = flags.description ?? old.description
  if (description === null && old.id !== null) {
    throw usageError(`${nameOf(old)} has no description to take over`, 'Use --description TEXT.')
  }
  if (old.expiresAt !== null && flags.expires === undefined) {
    const hint = 'Say when the new one does: --expires 2027-01-31, 90d or never.'
    throw usageError(`${nameOf(old)} expires at ${old.expiresAt}`, hint)
  }
  return { description, expiresAt: flags.expires === undefined ? null : parseExpiry(flags.expires, now) }
}

/** An error of a step, with which of the tokens work after it. */
function leaving(error: unknown, before: string, after: string): TriggerError {
  const { exit, message, hint, cause } = asTriggerError(error, { kind: 'none' })
  return new TriggerError({
    exit,
    message: before + message,
    hint: [hint, after].filter(Boolean).join(' '),
    ...(cause !== undefined && { cause }),
  })
}

/** A new token may be missing for a moment on a replica of the database: so often, after these pauses in ms, it is tried again. */
const pausesMs = [1000, 3000]

/** Proves that a new token is good for the project, without starting anything. Throws a TriggerError. */
async function prove(desk: TokensDesk, client: Client, made: TriggerToken, budget: Budget): Promise<void> {
  const { access, context, plan, report } = desk
  const order = {
    ...client.target,
    dialect: client.dialect,
    token: context.secrets.keep(made.token),
    tokenOrigin: 'GitLab, a moment ago',
    isJobToken: false,
  }
  const policy = { retries: plan.retry.value, ambiguous: false }
  const link = posting(sendingFor(wayOf(access, context), policy, context, budget, report))
  for (const pauseMs of [...pausesMs, undefined]) {
    try {
      await tryTrigger(order, link)
      return
    } catch (error) {
      const mayCome = error instanceof TriggerError && error.exit === 'notAccepted'
      if (!mayCome || pauseMs === undefined) throw error
      await context.sleep(pauseMs, budget.signal)
    }
  }
}

/** Puts back what the server had before; says so, or that it could not. */
async function putBack(store: Store): Promise<string> {
  return store.undo().then(
    () => `the old one was put back into ${store.where}`,
    () => `the new one is in ${store.where}`,
  )
}

/** One token to be replaced by another. */
interface Rotation {
  desk: TokensDesk
  client: Client
  old: TriggerToken
  wanted: NewToken
  store: Store
  /** The store held a token before, which is put back if the new one is not proven. */
  isReplacing: boolean
}

/** Makes the new token, stores it, proves it, and only then revokes the old one. Throws a TriggerError that says which of them works. */
async function replace(rotation: Rotation, budget: Budget): Promise<TriggerToken> {
  const { desk, client, old, wanted, store } = rotation
  const oldWorks = `The old one, ${nameOf(old)}, still works.`
  const made = await makeToken(desk, client, wanted).catch(async (error: unknown) => {
    await store.undo().catch(() => undefined)
    throw leaving(error, '', oldWorks)
  })
  guardTokens([made], false, desk.context)
  await handOver(made, store, '', desk.context).catch((error: unknown) => {
    throw leaving(error, '', oldWorks)
  })
  await prove(desk, client, made, budget).catch(async (error: unknown) => {
    const where = rotation.isReplacing ? await putBack(store) : `the new one is in ${store.where}`
    const undo = `Revoke the new one, or try again: gitlab-trigger tokens revoke ${made.id ?? 'TOKEN'}.`
    throw leaving(error, `${nameOf(made)} was made and not proven; ${where}: `, `${oldWorks} ${undo}`)
  })
  await revoke(desk, client, old).catch((error: unknown) => {
    throw leaving(error, '', `The new one, ${nameOf(made)}, works and is in ${store.where}.`)
  })
  return made
}

/**
 * Replaces a trigger token by a new one: `tokens rotate ID --save-to FILE`. Asks at a terminal, needs --yes elsewhere. Whatever fails, one of the two
 * works and is named. Resolves to the exit code; throws a TriggerError.
 */
export async function tokensRotate(
  word: string,
  typed: TokensCreateFlags,
  context: Context,
): Promise<number> {
  const flags = withStoreServer(typed)
  return owingJson(flags.json, { token: null, revoked: null }, context, async () => {
    checkKeys([word], context)
    checkStoreFlags(flags)
    if (flags.saveTo === undefined && flags.saveToServer === undefined) {
      throw usageError(
        'where the new token goes was not said',
        'Use --save-to FILE or --save-to-server NAME.',
      )
    }
    if (flags.description?.trim() === '') throw usageError('--description: it is blank')
    if (flags.expires !== undefined) parseExpiry(flags.expires, context.now())
    refuseUnasked('rotating', flags.yes, context)
    const desk = await openTokensDesk(flags, context)
    const { client, old } = await desk.work(async (server) => {
      const { client: opened, tokens } = await readTokens(desk, server)
      guardTokens(tokens, false, context)
      return { client: opened, old: tokenNamed(word, tokens, opened) }
    })
    const wanted = successorOf(old, flags, context.now())
    const store = await openStore(flags, desk)
    if (!store) throw new Error('no place for the new token')
    try {
      await confirm(
        {
          act: 'rotating',
          about: `${cleanLine(describeToken(old, context.now()))}\n${heir(old)}`,
          question: `Revoke it for good, once a new one is in ${cleanLine(store.where)}?`,
        },
        flags.yes,
        context,
      )
    } catch (error) {
      await store.undo().catch(() => undefined)
      throw error
    }
    const isReplacing = flags.saveToServer !== undefined
    const made = await desk.work((server, budget) =>
      replace({ desk, client: reopened(client, server), old, wanted, store, isReplacing }, budget),
    )
    const { code } = exitCodes.success
    const about = { server: client.target.base, project: desk.project, api: client.dialect.name }
    const object = {
      ...about,
      token: tokenObject(made, false),
      saved_to: store.where,
      revoked: tokenObject(old, false),
    }
    const line = flags.json ? objectLine(object, code, context) : `${made.id ?? ''}\n`
    if (flags.json || made.id !== null) await writeText(context, line)
    const text = `${nameOf(made)} is in ${store.where}, proven and ${describeExpiry(made)}; ${nameOf(old)} is revoked.`
    await desk.report({ type: 'noted', text: text.charAt(0).toUpperCase() + text.slice(1) })
    return code
  })
}

/** Whose the new token is going to be, where that is a change. */
function heir(old: TriggerToken): string {
  if (isWhole(old) || old.owner === null) return ''
  return `The new one will be yours: its pipelines run as you, not as ${cleanLine(old.owner)}.\n`
}
