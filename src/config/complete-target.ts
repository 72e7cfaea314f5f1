import { usageError } from '../core/errors.ts'
import { need, needProject, needServer, serverHint } from './access.ts'
import type { Config } from './files/find-config.ts'
import { namesOf } from './layers.ts'
import type { TriggerTarget } from './plan.ts'
import type { ServerChoice } from './server/server-choice.ts'
import type { Setting } from './setting.ts'

/** A target with everything that a trigger must name. */
export interface CompleteTarget extends TriggerTarget {
  server: ServerChoice
  project: Setting<string>
  ref: Setting<string>
}

/** Throws a usage error that lists everything missing, if that is more than one setting. */
function refuseIncomplete({ server, project, ref }: TriggerTarget, config: Config): void {
  const missing = Object.entries({ server, project, ref }).flatMap(([name, set]) => (set ? [] : [name]))
  if (missing.length < 2) return
  const listed = (form: (name: string) => string): string =>
    missing
      .map(form)
      .join(', ')
      .replace(/, (?=[^,]*$)/, ' and ')
  const isConfigured = !server && namesOf(config, 'servers').length > 0
  throw usageError(
    `${listed((name) => `no ${name}`)} given`,
    `${isConfigured ? `${serverHint(config)} ` : ''}Use ${listed((name) => `--${name}`)} (gitlab-trigger run --help shows examples), or set ${listed((name) => `GITLAB_TRIGGER_${name.toUpperCase()}`)}.`,
  )
}

/** The target, if it has a server, a project and a ref. Throws a usage error that names what is missing. */
export function checkTarget(target: TriggerTarget, config: Config): CompleteTarget {
  refuseIncomplete(target, config)
  return {
    ...target,
    server: needServer(target, config),
    project: needProject(target),
    ref: need(target.ref, 'ref', 'Use --ref with a branch or tag, or set GITLAB_TRIGGER_REF.'),
  }
}
