import { needServer, readTransport, type ServerSettings } from '../../config/access.ts'
import type { Setting } from '../../config/setting.ts'
import type { Context } from '../../core/context.ts'
import type { Secret } from '../../core/secret.ts'
import type { TriggerError } from '../../core/errors.ts'
import { dialects, type Dialect } from '../../gitlab/api/dialect.ts'
import { readRequest } from '../../gitlab/api/requests.ts'
import { explainRead, presenceOf } from '../../gitlab/trigger/probe.ts'
import type { LoginFlags } from '../../options/login.ts'
import { canPrompt } from '../../output/terminal/prompt-streams.ts'
import { beginCommand } from '../../session/begin-command.ts'
import { sessionOf, type CommandSession } from '../../session/command-session.ts'
import { suggestedCommand, type CommandAbout } from '../../session/suggested-command.ts'

/** A GitLab that has answered. */
export interface LoginServer {
  base: string
  dialect: Dialect
  /** A session as the owner of an API token, or without a login. */
  as(apiToken: Setting<Secret> | undefined): CommandSession
}

/** Flags about the way to a server, as other commands take them. */
function serverFlags(flags: LoginFlags, server: string): Parameters<typeof beginCommand>[0] {
  const { config, api, timeout, allowHttp } = flags
  return {
    server,
    ...(config !== undefined && { config }),
    ...(api !== undefined && { api }),
    ...(timeout !== undefined && { timeout }),
    ...(allowHttp && { allowHttp }),
  }
}

/** Which API is at an address. Throws a TriggerError where no GitLab answers, with what is wrong with its certificate. */
async function findApi(session: CommandSession): Promise<Dialect> {
  const { api } = session.access
  const target = { base: session.access.server.value.base, project: '0' }
  const wanted = api.value === 'auto' ? [dialects.v4, dialects.v3] : [dialects[api.value]]
  return session.work(async ({ session: http }) => {
    let failure: TriggerError | undefined
    for (const dialect of wanted) {
      const outcome = await http.send(readRequest(target, dialect, '', undefined, 'probe'))
      http.signal.throwIfAborted()
      if (presenceOf(outcome) === 'there') return dialect
      failure ??= explainRead(outcome, target, dialect)
      if (outcome.kind === 'no answer') break
    }
    throw failure ?? new Error('no API was asked for')
  })
}

/**
 * Opens the GitLab at an address, or of an entry of that name: what the entry says of the way to it counts. Throws usage and configuration errors,
 * and a TriggerError where no GitLab answers.
 */
export async function openLoginServer(
  flags: LoginFlags,
  nameOrUrl: string,
  context: Context,
): Promise<LoginServer> {
  // What is reported in the meantime would be written into a question.
  const report = canPrompt(context) ? { report: () => Promise.resolve() } : {}
  const begun = await beginCommand(serverFlags(flags, nameOrUrl), context, report)
  const start = { ...begun, suggest: (about: CommandAbout) => suggestedCommand(about, flags) }
  const [target] = start.plan.targets
  const server = needServer(target ?? { server: undefined }, start.plan.config)
  const transport = await readTransport(server, start.plan, flags, context)
  const bare: ServerSettings = {
    server,
    api: target?.api ?? { value: 'auto', origin: '' },
    apiToken: undefined,
    jobToken: undefined,
    ...transport,
  }
  const dialect = await findApi(sessionOf(start, bare))
  return {
    base: server.value.base,
    dialect,
    as: (apiToken) => sessionOf(start, { ...bare, apiToken }),
  }
}
