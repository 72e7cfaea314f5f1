import type { Plan, TriggerTarget } from '../config/plan.ts'
import { accessForNames, mayBeNamedOtherwise, type AccessFlags } from '../config/project/other-name.ts'
import type { Context } from '../core/context.ts'
import type { Reporter } from '../events.ts'
import { readProject } from '../gitlab/resources/projects.ts'
import { lookUpBriefly } from '../session/brief-look-up.ts'
import { readKnownProjects, rememberProject, type KnownProject } from '../state/known-projects.ts'

/** How a server is asked for the names of a project. */
interface Asking {
  plan: Plan
  flags: AccessFlags
  context: Context
  report: Reporter
}

/**
 * What the server says of a project. Undefined where it cannot be asked, or names another project than the one that was asked for: only a project
 * that has moved may have another path.
 */
async function askForNames(
  asked: string,
  target: TriggerTarget,
  { plan, flags, context, report }: Asking,
): Promise<KnownProject | undefined> {
  const settings = await accessForNames(target, plan, flags, context)
  if (!settings) return undefined
  const running = { context, signal: context.interrupted, report }
  return lookUpBriefly(settings, running, async (lookUp) => {
    const tried = await lookUp('', (reader) => readProject(reader, asked))
    if (!tried.isAllowed || !tried.found) return undefined
    const { project, movedTo } = tried.found
    const { id, path } = project
    const isIt = String(id) === asked || path.toLowerCase() === asked.toLowerCase() || movedTo === String(id)
    return isIt && path !== '' ? { asked, id, path } : undefined
  })
}

/** A target over the entry that the config has of its project under another name, where its server has told that name once, or does now. */
async function overOwnEntry(
  target: TriggerTarget,
  state: string | undefined,
  context: Context,
  asking: Asking | undefined,
): Promise<TriggerTarget> {
  const { server, project } = target
  if (!server || !project) return target
  const { base } = server.value
  const all = state === undefined ? [] : await readKnownProjects(state, base, context)
  const remembered = all.find(({ asked }) => asked === project.value)
  const known = remembered && target.over(project, remembered)
  // What was told once may be of a project that was deleted since: a run without any token asks again.
  if (known && known.tokens.length > 0) return known
  const told = asking && (await askForNames(project.value, target, asking))
  if (!told) return known ?? target
  if (state !== undefined) await rememberProject(state, base, told, context)
  return target.over(project, told)
}

/**
 * The plan with the config's entry for each target's project, also if the entry names the project by its other name (path
 * or number). A token of the config is sent to the server of its entry only, with the project as it was typed: if the two
 * are not the same project, that server answers 404 (docs/decisions/0112-a-project-is-known-by-path-and-number.md).
 * `report` gets the event of each request; without it no server is asked.
 */
export async function findProjectEntries(
  plan: Plan,
  flags: AccessFlags,
  context: Context,
  report?: Reporter,
): Promise<Plan> {
  const asking = report && { plan, flags, context, report }
  const targets: TriggerTarget[] = []
  for (const target of plan.targets)
    targets.push(
      mayBeNamedOtherwise(target, flags, context)
        ? await overOwnEntry(target, plan.config.places.state, context, asking)
        : target,
    )
  return { ...plan, targets }
}
