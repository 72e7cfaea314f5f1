import type { RunFlags } from '../../options/run.ts'
import type { Plan } from '../../config/plan.ts'
import type { Context } from '../../core/context.ts'
import { escapeLine } from '../../output/terminal/escape.ts'
import type { Reporter } from '../../events.ts'

/** Says that the checkout has a file that is not used, since it is not trusted, with a terminal or without. */
export async function noticeUntrustedFile(
  plan: Plan,
  flags: Pick<RunFlags, 'quiet'>,
  { stderr }: Context,
): Promise<void> {
  const found = plan.config.searched.find(({ state }) => state === 'not trusted')
  if (!found || flags.quiet) return
  const text = `${escapeLine(found.path)} is not used: to trust it, run gitlab-trigger config trust\n`
  await stderr.write(text).catch(() => undefined)
}

/** Warns that there may be a config file that was not read, because the folders above it cannot be searched. */
export async function warnOfUnseenConfig({ config: { unseen } }: Plan, report: Reporter): Promise<void> {
  if (!unseen) return
  const text = `${unseen.message}; continuing without a config file.`
  await report({ type: 'warned', text, isGrave: true })
}

/**
 * Says, where a user watches, that a file of the checkout has a part in what is triggered: a name in it can start the wrong build on the right
 * server (docs/guarantees.md#3.7).
 */
export async function noticeProjectFile({ config, targets }: Plan, report: Reporter): Promise<void> {
  const file = config.files.find(({ kind }) => kind === 'project')
  const server = targets[0]?.server
  const projects = new Set(targets.flatMap(({ project }) => (project ? [project.value] : [])))
  // Without one of them nothing will be triggered.
  if (!file || !server || projects.size === 0) return
  const what = `project ${[...projects].join(', ')} at ${server.value.base}`
  await report({ type: 'noted', text: `Using ${file.path}: ${what}` })
}
