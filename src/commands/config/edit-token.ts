import { findConfig, type Config } from '../../config/files/find-config.ts'
import { serverNamed } from '../../config/layers.ts'
import { projectFrom } from '../../config/project/project.ts'
import { urlOf } from '../../config/server/server-choice.ts'
import { refuseUnseen } from '../../config/plan.ts'
import type { EditTokenFlags } from '../../options/setup.ts'
import { parseToken, type TokenUse } from '../../config/credentials/parse-token.ts'
import { stdinOnce } from '../../config/credentials/stdin.ts'
import { maxTokenBytes } from '../../config/credentials/token-source.ts'
import { decodeText } from '../../config/files/decode-text.ts'
import { unwritableToken } from '../../config/files/unwritable.ts'
import type { Context } from '../../core/context.ts'
import { TriggerError, usageError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import { escapeLine } from '../../output/terminal/escape.ts'
import { serverToken } from '../../config/credentials/store-token.ts'

async function askToken(what: string, use: TokenUse, context: Context): Promise<string> {
  const { stdin, stderr, interrupted } = context
  if (!stdin.isTTY) {
    const bytes = await stdinOnce(context, interrupted)('config edit-token', maxTokenBytes)
    return parseToken(decodeText(bytes, 'standard input'), 'standard input', use)
  }
  await stderr.write(`${what} (it is not shown): `)
  const typed = await stdin.readLine(interrupted, true)
  await stderr.write('\n')
  return parseToken(typed, 'what was typed', use)
}

/** The number or path of the project that was typed, which may be the URL of its page. */
function projectOf({ project }: EditTokenFlags, config: Config, name: string): string | undefined {
  const entry = serverNamed(config, name)
  return project === undefined || !entry
    ? undefined
    : projectFrom(project, '--project', urlOf(entry).value.base)
}

/**
 * Stores a token, typed at a terminal without being shown or read from stdin, in a file of mode 0600, and points the server's entry at
 * it: `config edit-token NAME [--project PROJECT]`. Where the entry names a file already, that one is replaced. Throws configuration errors.
 */
export async function configEditToken(
  name: string,
  flags: EditTokenFlags,
  context: Context,
): Promise<number> {
  const config = await findConfig(flags, context)
  refuseUnseen(config)
  const use = flags.api ? 'apiToken' : 'token'
  if (flags.api && flags.project !== undefined)
    throw usageError('--api and --project cannot be used together', 'An API token is one of a server.')
  const project = projectOf(flags, config, name)
  const place = serverToken(config, name, use, 'config edit-token', context, project)
  const { path } = place
  const what = flags.api ? 'API token' : 'Trigger token'
  const whose = project === undefined ? name : `${project} on ${name}`
  const token = context.secrets.keep(await askToken(`${what} of ${whose}`, use, context))
  try {
    await place.keep(token)
  } catch (error) {
    if (error instanceof TriggerError) throw error
    throw unwritableToken('config edit-token', path, error, place.entry.file.path)
  }
  await context.stderr.write(
    `Stored in ${escapeLine(path)}, for ${escapeLine(project === undefined ? `server ${name}` : `project ${whose}`)} only.\n`,
  )
  const typed = typeof flags.config === 'string' ? ` --config ${shellQuote(flags.config)}` : ''
  const ofProject = project === undefined ? '' : ` -p ${shellQuote(project)}`
  await context.stderr.write(
    escapeLine(`Next: gitlab-trigger doctor -s ${shellQuote(name)}${ofProject}${typed}`) + '\n',
  )
  return exitCodes.success.code
}
