import { checkSavable, ownConfig } from '../../config/edit/own-config.ts'
import type { ServerEntry } from '../../config/schema/config-keys.ts'
import type { Context } from '../../core/context.ts'
import { TriggerError, usageError } from '../../core/errors.ts'
import type { LoginFlags } from '../../options/login.ts'
import { escapeLine } from '../../output/terminal/escape.ts'
import { canPrompt } from '../../output/terminal/prompt-streams.ts'
import { prompterFor } from '../../output/terminal/prompt.ts'
import { insecureWarning } from '../../session/settings-summary.ts'
import { ownEntry, planEntry } from './entry.ts'
import { finish, type CheckSetup } from './finish.ts'
import {
  isComplete,
  refuseContradictions,
  refuseMissing,
  tokensOfFlags,
  withServerOf,
  withUrlOfEntry,
} from './flags.ts'
import { namedProject, type ChosenProject } from '../../session/choosing/choose-project.ts'
import { askProject, askRef } from './project.ts'
import {
  chooseApiToken,
  chooseName,
  chooseLoginServer,
  chooseToken,
  type Dialogue,
  type TokenChoice,
} from './steps.ts'
import { newTriggerToken, presentApiToken } from './tokens.ts'
import { planText, writeEntry } from './write.ts'

/** Whether an entry has a trigger token for a project: its own, or that of the server. */
function hasTokenFor(data: ServerEntry, { name, found }: ChosenProject): boolean {
  const names = [name, String(found?.id ?? '')]
  const has = (node: object = {}): boolean => Object.keys(node).some((key) => key.startsWith('token'))
  const known = Object.entries(data.projects ?? {}).find(([key]) => names.includes(key))?.[1]
  const isForProject = data.project === undefined || names.includes(String(data.project))
  return has(known) || (has(data) && isForProject && data.projects === undefined)
}

/**
 * Sets a server up: `login`. Asks at a terminal for what flags do not say; shows what it will write, and writes the entry of the config, and files of
 * mode 0600 with the tokens. Run again, it changes the entry. Ends with `check`, whose code it resolves to. Throws a TriggerError; nothing is
 * written before everything was answered.
 */
export async function login(typed: LoginFlags, context: Context, check: CheckSetup): Promise<number> {
  refuseContradictions(typed)
  const before = await ownConfig(typed, 'login', context)
  // Checked first: a user should not answer every question, and create a token, for nothing.
  await checkSavable(before, 'login', context)
  const named = withUrlOfEntry(typed, before.file)
  const whole = withServerOf(named, context)
  const isAsking = canPrompt(context) && !isComplete(whole)
  const flags = isAsking ? named : whole
  if (!isAsking) refuseMissing(flags, before.file)
  const dialogue: Dialogue = {
    flags,
    context,
    prompter: isAsking ? await prompterFor(context) : undefined,
    say: (line) => context.stderr.write(`${escapeLine(line)}\n`),
  }
  const { prompter, say } = dialogue
  const given = await tokensOfFlags(flags, context)
  const server = await chooseLoginServer(dialogue)
  await say(`GitLab answers at ${server.base} (API ${server.dialect.name}).`)
  if (flags.insecure) await say(`warning: ${insecureWarning}`)
  const name = await chooseName(dialogue, server, before)
  const present = await presentApiToken(name, before.config, server, dialogue)
  const api = await chooseApiToken(dialogue, given.apiToken, present, server)
  const session = server.as(api.token)
  const project =
    flags.project !== undefined
      ? await namedProject(flags.project, session)
      : prompter && (await askProject(prompter, session))
  const entry = ownEntry(before, name)
  const hasPresent = project !== undefined && entry !== undefined && hasTokenFor(entry.data, project)
  const token: TokenChoice = project
    ? await chooseToken(dialogue, given.token, project, server, session, hasPresent)
    : { kind: 'none' }
  const isRefAsked = prompter && project && flags.ref === undefined
  const ref = flags.ref ?? (isRefAsked ? await askRef(prompter, project, session) : '')

  // The file may have been changed since it was first read.
  const own = await ownConfig(flags, 'login', context)
  const hasToken = token.kind !== 'none'
  const wanted = { name, url: server.base, project, ref, hasApiToken: api.isNew, hasToken }
  const plan = planEntry(wanted, own, flags, context)
  for (const line of ['This is written:', ...planText(plan)]) await say(line)
  if (prompter && !(await prompter.confirm('Write it?', true)))
    throw usageError('nothing was written: not confirmed')
  const created = token.kind === 'create' && project ? await newTriggerToken(project, session) : undefined
  const secret = token.kind === 'given' ? token.token : created?.token
  try {
    await writeEntry(plan, api.isNew ? api.token?.value : undefined, secret, context)
  } catch (error) {
    if (!(error instanceof TriggerError) || !created) throw error
    const undo = session.suggest({
      verb: 'tokens revoke',
      project: project?.name ?? '',
      access: session.access,
      words: [created.id],
    })
    throw error.with({ hint: `The trigger token that was created is not stored. To revoke it: ${undo}` })
  }
  const done = { name, project: plan.projectKey, ref, hasToken: hasToken || hasPresent }
  return finish(done, flags, context, check)
}
