import type { Context } from '../../core/context.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import type { LoginFlags } from '../../options/login.ts'
import type { DoctorFlags } from '../../options/setup.ts'
import { sayTo } from '../../output/terminal/wrap-words.ts'

/** Checks a set-up as `doctor` does. */
export type CheckSetup = (flags: DoctorFlags, context: Context) => Promise<number>

/** What was configured. */
interface Done {
  name: string
  /** As the config names it; '' for none. */
  project: string
  ref: string
  hasToken: boolean
}

/** The environment without what would stand in for what was just configured. */
const withoutOurs = (env: Context['env']): Context['env'] =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^GITLAB_TRIGGER_(?!CONFIG$)/.test(name)))

/** Checks what was configured, and says how to try it. */
export async function finish(
  { name, project, ref, hasToken }: Done,
  flags: LoginFlags,
  context: Context,
  check: CheckSetup,
): Promise<number> {
  const say = (line: string): Promise<void> => sayTo(context.stderr, line)
  const config = flags.config === undefined ? '' : ` --config ${shellQuote(flags.config)}`
  const where = `-s ${shellQuote(name)}${project === '' ? '' : ` -p ${shellQuote(project)}`}`
  if (!hasToken) {
    await say(
      `No trigger token is stored. To add one: gitlab-trigger config edit-token ${shellQuote(name)} --project GROUP/NAME${config}`,
    )
    return exitCodes.success.code
  }
  const tried = `gitlab-trigger ${where} -r ${ref === '' ? 'REF' : shellQuote(ref)}${config} --dry-run`
  await say(`Try it: ${tried}`)
  const { insecure } = flags
  return check(
    {
      server: name,
      ...(project !== '' && { project }),
      ...(ref !== '' && { ref }),
      ...(flags.config !== undefined && { config: flags.config }),
      ...(insecure && { insecure }),
    },
    { ...context, env: withoutOurs(context.env), stdout: context.stderr },
  )
}
