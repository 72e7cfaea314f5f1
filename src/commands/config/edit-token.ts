import { findConfig } from '../../config/files/find-config.ts'
import { refuseUnseen } from '../../config/plan.ts'
import type { EditTokenFlags } from '../../options/setup.ts'
import { parseToken, type TokenUse } from '../../config/credentials/parse-token.ts'
import { decodeText } from '../../config/files/decode-text.ts'
import type { Context } from '../../core/context.ts'
import { codeOf, configError, TriggerError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { escapeLine } from '../../output/terminal/escape.ts'
import { serverToken } from '../../config/credentials/store-token.ts'

async function askToken(what: string, use: TokenUse, context: Context): Promise<string> {
  const { stdin, stderr, interrupted } = context
  if (!stdin.isTTY)
    return parseToken(decodeText(await stdin.read(interrupted), 'standard input'), 'standard input', use)
  await stderr.write(`${what} (it is not shown): `)
  const typed = await stdin.readLine(interrupted, true)
  await stderr.write('\n')
  return parseToken(typed, 'what was typed', use)
}

/**
 * Stores a token, typed at a terminal without being shown or read from stdin, in a file of mode 0600, and points the server's entry at
 * it: `config edit-token NAME`. Where the entry names a file already, that one is replaced. Throws configuration errors.
 */
export async function configEditToken(
  name: string,
  flags: EditTokenFlags,
  context: Context,
): Promise<number> {
  const config = await findConfig(flags, context)
  refuseUnseen(config)
  const use = flags.api ? 'apiToken' : 'token'
  const place = serverToken(config, name, use, 'config edit-token')
  const { path } = place
  const what = flags.api ? 'API token' : 'Trigger token'
  const token = context.secrets.keep(await askToken(`${what} of ${name}`, use, context))
  try {
    await place.keep(token)
  } catch (error) {
    if (error instanceof TriggerError) throw error
    throw configError(`config edit-token: the token cannot be stored in ${path} (${codeOf(error)})`)
  }
  await context.stderr.write(`Stored in ${escapeLine(path)}, for server ${escapeLine(name)} only.\n`)
  return exitCodes.success.code
}
