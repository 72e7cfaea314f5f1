import type { Plan } from '../../config/plan.ts'
import type { Context } from '../../core/context.ts'

const page = `gitlab-trigger starts GitLab CI pipelines. Three ways to begin:
  gitlab-trigger sandbox   try everything on a stand-in GitLab on this machine
  gitlab-trigger login     set up a server, its tokens and a project
  gitlab-trigger -h        list all commands; see also: help run, help config

`

/** Shows three ways to begin where a user at a terminal typed nothing, and nothing is set up yet. */
export async function showStartPage(
  { targets, config }: Plan,
  flags: object,
  { stderr }: Context,
): Promise<void> {
  const [target] = targets
  const isSet = Boolean(target?.server ?? target?.project ?? target?.ref)
  const isBeginning = stderr.isTTY && Object.keys(flags).length === 0 && !isSet && config.files.length === 0
  if (isBeginning) await stderr.write(page)
}
