import { missingError } from '../core/errors.ts'
import { keysOf } from '../core/keys-of.ts'
import { maybePageOfProject } from '../core/text/page-of-project.ts'
import { need, needProject, needServer, serverHint } from './access.ts'
import type { Config } from './files/find-config.ts'
import { namesOf } from './layers.ts'
import type { TriggerTarget } from './plan.ts'
import { otherNameAdvice } from './project/other-name-advice.ts'
import { configuredBases } from './server/known-servers.ts'
import type { ServerChoice } from './server/server-choice.ts'
import type { Setting } from './setting.ts'

/** A target with everything that a trigger must name. */
export interface CompleteTarget extends TriggerTarget {
  server: ServerChoice
  project: Setting<string>
  ref: Setting<string>
}

/** Where each of the settings that a trigger needs may come from: flag, environment variable, config key. */
const places = {
  server: ['--server', 'GITLAB_TRIGGER_SERVER', 'default'],
  project: ['--project', 'GITLAB_TRIGGER_PROJECT', 'project'],
  ref: ['--ref', 'GITLAB_TRIGGER_REF', 'ref'],
  token: ['--token-file', 'GITLAB_TRIGGER_TOKEN', 'tokenFile'],
} as const

/** Throws a usage error that lists everything missing, if that is more than one setting. */
function refuseIncomplete({ server, project, ref }: TriggerTarget, hasToken: boolean, config: Config): void {
  const isSet = { server, project, ref, token: hasToken || undefined }
  const missing = keysOf(places).filter((name) => isSet[name] === undefined)
  if (missing.length < 2) return
  const listed = (form: (name: keyof typeof places) => string): string =>
    missing
      .map(form)
      .join(', ')
      .replace(/, (?=[^,]*$)/, ' and ')
  const isConfigured = !server && namesOf(config, 'servers').length > 0
  const entry = server && project && !hasToken ? otherNameAdvice(server, project.value) : ''
  const page = server && !project ? maybePageOfProject(server.value.base, configuredBases(config)) : ''
  throw missingError(
    `${listed((name) => `no ${name}`)} given`,
    `${isConfigured ? `${serverHint(config)} ` : entry}Use ${listed((name) => places[name][0])} (gitlab-trigger run --help shows examples), or set ${listed((name) => places[name][1])}, or ${listed((name) => places[name][2])} in a config file (gitlab-trigger help config).${page}`,
  )
}

/** The target, if it has a server, a project and a ref. Throws a usage error that names what is missing, the token too. */
export function checkTarget(target: TriggerTarget, hasToken: boolean, config: Config): CompleteTarget {
  refuseIncomplete(target, hasToken, config)
  return {
    ...target,
    server: needServer(target, config),
    project: needProject(target, config),
    ref: need(target.ref, 'ref', () => 'Use --ref with a branch or tag, or set GITLAB_TRIGGER_REF.'),
  }
}
