import type { Context } from '../../core/context.ts'
import { TriggerError, usageError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { isWhole, updateToken, type TriggerToken } from '../../gitlab/resources/trigger-tokens.ts'
import type { TokensUpdateFlags } from '../../options/tokens.ts'
import { printJsonResult } from '../../session/json-result.ts'
import { checkTokenKeys, registerTokens, tokenName, tokenNamed, tokenObject } from './token-format.ts'
import { openTokenSession, readTokens, refusedAct } from './token-session.ts'

/** What a 403 means to who is no owner: the role of Maintainer is enough to see and revoke a token, not to change it (docs/gitlab.md#3). */
function onlyItsOwner({ id, owner }: TriggerToken): string {
  const who = owner === null ? '' : ` (${owner})`
  return `Only its owner${who} may change it; a Maintainer may revoke it: gitlab-trigger tokens revoke ${id ?? 'ID'}`
}

/** Changes the description of a trigger token: `tokens update ID --description TEXT`. Resolves to the exit code; throws a TriggerError. */
export async function tokensUpdate(
  word: string,
  flags: TokensUpdateFlags,
  context: Context,
): Promise<number> {
  const { description } = flags
  checkTokenKeys([word], context)
  if (description === undefined) throw usageError('nothing to change was given', 'Use --description TEXT.')
  if (description.trim() === '') throw usageError('--description: it is blank')
  const session = await openTokenSession(flags, context)
  const { client, token } = await session.work(async (server) => {
    const { client: opened, tokens } = await readTokens(session, server)
    registerTokens(tokens, false, context)
    const old = tokenNamed(word, tokens, opened)
    if (old.id === null) {
      const message = 'on API v3 a trigger token has no description, and cannot be changed'
      throw new TriggerError({ exit: 'refused', message, hint: 'GitLab 9 and later have them.' })
    }
    const name = tokenName(old)
    const updated = await updateToken(opened, old.id, description).catch((error: unknown) => {
      throw refusedAct(error, session, opened, {
        failed: `${name} of project ${session.project} cannot be changed`,
        doubt: `whether ${name} was changed`,
        check: 'Check with gitlab-trigger tokens list, or run the same command again; that is safe.',
        ...(!isWhole(old) && { forbidden: onlyItsOwner(old) }),
      })
    })
    return { client: opened, token: updated }
  })
  const { code } = exitCodes.success
  if (flags.json) {
    const about = { server: client.target.base, project: session.project, api: client.dialect.name }
    await printJsonResult({ ...about, token: tokenObject(token, false) }, code, context)
  }
  await session.report({ type: 'noted', text: `Changed ${tokenName(token)}: ${description}` })
  return code
}
