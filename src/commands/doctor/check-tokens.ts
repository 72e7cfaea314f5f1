import { resolveSettings, type Settings } from '../../config/settings.ts'
import type { DoctorFlags } from '../../options/setup.ts'
import type { Setting } from '../../config/setting.ts'
import type { Context } from '../../core/context.ts'
import { TriggerError, usageError } from '../../core/errors.ts'
import { apiTokenSources } from '../../core/hints.ts'
import type { Dialect } from '../../gitlab/api/dialect.ts'
import { candidates } from '../../gitlab/api/first-allowed.ts'
import { tryReading, testTriggerToken } from '../../gitlab/trigger/probe.ts'
import { isJobToken, tokenKind } from '../../core/token-kind.ts'
import type { RequestSender } from '../../http/http-session.ts'
import type { PostOptions } from '../../http/retry/post.ts'
import type { Secret } from '../../core/secret.ts'
import type { Credentials } from './credentials.ts'
import { isUndecided, tokenIsWrong } from '../../gitlab/errors/advice.ts'
import type { Project } from '../../gitlab/resources/projects.ts'
import { checkProject, checkRef, checkVariables, seeProject, type ReadingTokens } from './check-project.ts'
import { bad, good, skipped, warning, type Finding } from './finding.ts'
import { attempt, type Setup } from './check-setup.ts'

/** What is sent with. */
interface Connection {
  sender: RequestSender
  posts: PostOptions
}

const ofProject = ['trigger', 'project', 'ref', 'variables'] as const

/** Why there is no token, in the words of `run`. Nothing is read for that. */
async function whyNoToken(
  { plan, target }: Setup,
  flags: DoctorFlags,
  context: Context,
): Promise<TriggerError> {
  const [project, ref] = [target.project, target.ref].map((set) => set ?? { value: '0', origin: '' })
  const whole = { ...plan, targets: [{ ...target, project, ref }] }
  const why = await attempt(() => resolveSettings(whole, flags, context, context.interrupted))
  return why instanceof TriggerError ? why : usageError('no token given')
}

async function checkToken(
  setup: Setup,
  { token, jobToken }: Credentials,
  flags: DoctorFlags,
  context: Context,
): Promise<Finding> {
  if (token instanceof TriggerError) return bad('token', token)
  if (!token) {
    if (setup.isOpen) return skipped('token', "the token may be in the server's entry")
    if (setup.target.server?.entry && !setup.target.project)
      return skipped('token', 'no project is given; a trigger token belongs to one')
    if (setup.target.server) return bad('token', await whyNoToken(setup, flags, context))
    const hint = 'Set GITLAB_TRIGGER_TOKEN, or use --token-file PATH or --token-stdin.'
    return bad('token', usageError('no token given', hint))
  }
  const kind = tokenKind(token.value.reveal())
  const detail = `from ${token.origin}, ${kind === undefined ? 'of no known form' : `looks like ${kind}`}`
  if (token === jobToken) return good('token', `from ${token.origin}`)
  if (isJobToken(token.value.reveal(), context.env))
    return good('token', `from ${token.origin}, a CI job's token, which works while its job runs`)
  if (flags.token !== undefined)
    return warning(
      'token',
      `${detail}; --token can be read by every user of this machine`,
      'Use --token-file or GITLAB_TRIGGER_TOKEN.',
    )
  if (kind === undefined || kind.startsWith('a trigger token')) return good('token', detail)
  return warning(
    'token',
    detail,
    'Take a trigger token of the project: Settings > CI/CD > Pipeline trigger tokens.',
  )
}

async function checkTrigger(
  settings: Settings,
  dialect: Dialect,
  token: Setting<Secret>,
  isJobToken: boolean,
  options: PostOptions,
): Promise<Finding> {
  const { server, project } = settings
  const order = {
    base: server.value.base,
    project: project.value,
    token: token.value,
    tokenOrigin: token.origin,
    isJobToken,
    dialect,
  }
  const words = await attempt(() => testTriggerToken(order, options))
  if (words instanceof TriggerError) return bad('trigger', words)
  return good('trigger', `the token is valid for project ${project.value}`)
}

/** Tries the trigger token on the project, and reads what may be read of that. */
async function* examineProject(
  { target }: Setup,
  settings: Settings,
  dialect: Dialect,
  { token, ...tokens }: ReadingTokens & { token: Credentials['token'] },
  env: Context['env'],
  { sender, posts }: Connection,
  flags: DoctorFlags,
): AsyncGenerator<Finding> {
  const usable = token instanceof TriggerError ? undefined : token
  const trial = usable
    ? await checkTrigger(settings, dialect, usable, isJobToken(usable.value.reveal(), env), posts)
    : skipped('trigger', 'there is no token')
  const isOpen = trial.mark === 'bad' && isUndecided(trial.fix)
  if (!isOpen) yield trial
  const seen = target.project && (await seeProject(settings, dialect, tokens, sender))
  if (isOpen)
    yield seen?.project && usable ? { ...trial, fix: tokenOf(seen.project, settings, usable, env) } : trial
  yield checkProject(seen, trial.mark === 'good', settings, tokens, flags)
  yield await checkRef(seen, settings, target.ref !== undefined)
  yield checkVariables(seen, settings)
}

/** What is wrong where the project is there: the token. */
function tokenOf(found: Project, { project }: Settings, token: Setting<Secret>, env: Context['env']): string {
  const text = token.value.reveal()
  return tokenIsWrong(found, {
    token: text,
    tokenOrigin: token.origin,
    isJobToken: isJobToken(text, env),
    project: project.value,
  })
}

async function checkReading(
  settings: Settings,
  dialect: Dialect,
  tokens: { apiToken: Setting<Secret> | undefined; jobToken: Setting<Secret> | undefined },
  sender: RequestSender,
): Promise<Finding> {
  const { server, project } = settings
  const target = { base: server.value.base, project: project.value }
  const tries = candidates(tokens.apiToken?.value, tokens.jobToken?.value)
  const { reader, refusals, moved } = await tryReading(target, dialect, tries, sender)
  const refused = refusals.join('; ')
  if (moved !== undefined) {
    return warning(
      'reading',
      `project ${project.value} has moved; its id is ${moved}`,
      `Use --project ${moved}: a trigger finds the project by its old path, reading does not.`,
    )
  }
  if (reader === undefined) {
    return warning(
      'reading',
      `pipelines may not be read (${refused})`,
      `Only --jobs needs it: set ${apiTokenSources}, with a token that has read_api.`,
    )
  }
  const detail = `pipelines may be read ${reader}, so that --jobs works`
  if (refused === '') return good('reading', detail)
  return warning('reading', `${detail}; but not ${refused}`, 'Replace the token that is refused.')
}

/** Checks the tokens: whether they are there, whether GitLab takes the trigger token, what may be read. */
export async function* examineTokens(
  setup: Setup,
  credentials: Credentials,
  dialect: Dialect | undefined,
  flags: DoctorFlags,
  context: Context,
  connection: Connection | undefined,
): AsyncGenerator<Finding> {
  const { target, settings } = setup
  const { token, apiToken, jobToken } = credentials
  yield await checkToken(setup, credentials, flags, context)
  const isOn = settings !== undefined && dialect !== undefined && target.project !== undefined && connection
  const why = dialect ? 'no project is given' : 'no GitLab was reached'
  const tokens = { token, jobToken, apiToken: apiToken instanceof TriggerError ? undefined : apiToken }
  if (!isOn) for (const name of ofProject) yield skipped(name, why)
  else yield* examineProject(setup, settings, dialect, tokens, context.env, connection, flags)
  if (apiToken instanceof TriggerError) yield bad('reading', apiToken)
  else if (!isOn) yield skipped('reading', why)
  else yield await checkReading(settings, dialect, { apiToken, jobToken }, connection.sender)
}
