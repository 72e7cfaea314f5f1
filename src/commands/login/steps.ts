import type { OwnConfig } from '../../config/edit/own-config.ts'
import { parseServerUrl, withScheme } from '../../config/server/server-url.ts'
import type { Setting } from '../../config/setting.ts'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { wrongValue } from '../../core/text/wrong-value.ts'
import type { LoginFlags } from '../../options/login.ts'
import { matching, type Choice, type Prompter } from '../../output/terminal/prompt.ts'
import type { CommandSession } from '../../session/command-session.ts'
import { ownEntry } from './entry.ts'
import type { ChosenProject } from '../../session/choosing/choose-project.ts'
import { openLoginServer, type LoginServer } from './server.ts'
import { askApiToken, askTriggerToken, describeApiToken, tryTriggerToken } from './tokens.ts'

/** What a dialogue has so far; each step says what it found. */
export interface Dialogue {
  flags: LoginFlags
  context: Context
  /** Undefined where nothing is asked. */
  prompter: Prompter | undefined
  say: (line: string) => Promise<void>
}

const whole = (text: string): string =>
  text.includes('://') ? text : (withScheme(text) ?? `https://${text}`)

/** The server, which has answered: that of the flag, or the first that is typed and is a GitLab. */
export async function chooseLoginServer({ flags, context, prompter }: Dialogue): Promise<LoginServer> {
  const open = async (text: string): Promise<LoginServer> => {
    const url = whole(text.trim())
    parseServerUrl(url, '--url')
    return openLoginServer(flags, url, context)
  }
  if (flags.url !== undefined || !prompter) return open(flags.url ?? '')
  let server: LoginServer | undefined
  await prompter.input('Address of GitLab, as https://gitlab.example.com', {
    preset: context.env['GITLAB_TRIGGER_SERVER'],
    check: async (text) => {
      server = await open(text)
    },
  })
  if (!server) throw new Error('the prompt ended without an answer')
  return server
}

/** The name that a host gives an entry. */
const nameOfHost = (base: string): string => new URL(base).hostname.replace(/[^\w.-]+/g, '') || 'gitlab'

/** The name of the entry: one that is there for this address, or a new one. */
export async function chooseName(
  { flags, prompter }: Dialogue,
  { base }: LoginServer,
  own: OwnConfig,
): Promise<string> {
  const entries = Object.entries(own.file.data.servers ?? {})
  const present = entries.find(([, { url }]) => url?.replace(/\/+$/, '') === base)?.[0]
  const check = (text: string): void => {
    const name = text.trim()
    if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(name))
      throw wrongValue('--name', name, 'not a name of letters, digits, dots, - and _', 'Choose another one.')
    const url = ownEntry(own, name)?.data.url
    if (url !== undefined && url.replace(/\/+$/, '') !== base)
      throw usageError(
        `--name: server "${name}" is ${url}`,
        `Choose another name; or first: gitlab-trigger config set servers.${name}.url ${base}`,
      )
  }
  const preset = flags.name ?? present ?? nameOfHost(base)
  const isAsked = prompter && flags.name === undefined
  const name = isAsked
    ? (await prompter.input('Name for it in your config', { preset, check })).trim()
    : preset
  check(name)
  return name
}

/** The API token to work with, and whether it is new. */
export async function chooseApiToken(
  { context, prompter, say }: Dialogue,
  given: Setting<Secret> | undefined,
  present: Setting<Secret> | undefined,
  server: LoginServer,
): Promise<{ token: Setting<Secret> | undefined; isNew: boolean }> {
  if (given) {
    await say(await describeApiToken(server.as(given)))
    return { token: given, isNew: true }
  }
  if (present && (!prompter || (await prompter.confirm('Keep the API token that is configured?', true))))
    return { token: present, isNew: false }
  if (prompter) {
    await say('An API token finds projects and refs, and creates trigger tokens.')
    await say('Create one in GitLab: User settings > Access tokens, scope api.')
  }
  const asked = prompter && (await askApiToken(prompter, server, context))
  if (asked) await say(asked.about)
  return { token: asked?.token, isNew: asked !== undefined }
}

/** How the project gets its trigger token. */
export type TokenChoice = { kind: 'given'; token: Secret } | { kind: 'create' } | { kind: 'none' }

/** The trigger token of the project: given, to be created, or none. Throws as `tryTriggerToken`. */
export async function chooseToken(
  { flags, prompter, say }: Dialogue,
  given: Setting<Secret> | undefined,
  project: ChosenProject,
  server: LoginServer,
  session: CommandSession,
  hasPresent: boolean,
): Promise<TokenChoice> {
  if (flags.createToken) return { kind: 'create' }
  if (given) {
    await tryTriggerToken(given, project, server, session)
    return { kind: 'given', token: given.value }
  }
  if (!prompter) return { kind: 'none' }
  const paste = { name: 'paste one', value: 'paste' as const }
  const choices = [
    ...(hasPresent ? [{ name: 'keep the one that is configured', value: 'none' as const }] : []),
    ...(session.access.apiToken ? [{ name: 'create one with the API token', value: 'create' as const }] : []),
    paste,
  ]
  // Who pastes a token here is asked for it where it can be taken.
  const early = { ...paste, about: 'The text typed here is not used. The token is asked for next.' }
  const find = (typed: string): Promise<readonly Choice<'none' | 'create' | 'paste'>[]> => {
    const found = matching(choices, typed)
    return Promise.resolve(found.length > 0 ? found : [early])
  }
  const how =
    choices.length === 1
      ? 'paste'
      : await prompter.select(`Trigger token of ${project.name}`, find, { isSecret: true })
  if (how !== 'paste') return { kind: how }
  await say('Trigger tokens are in the project: Settings > CI/CD > Pipeline trigger tokens.')
  return { kind: 'given', token: await askTriggerToken(prompter, project, server, session) }
}
