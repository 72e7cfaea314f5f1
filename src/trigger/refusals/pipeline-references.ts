import { isProjectNumber } from '../../config/project/named-otherwise.ts'
import {
  namesById,
  resolveReferences,
  type PipelineReference,
  type ReferenceFlags,
} from '../../config/project/resolve-references.ts'
import type { Plan } from '../../config/plan.ts'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import { projectNumbers } from './project-number.ts'

const isOtherKind = (one: string, other: string): boolean => isProjectNumber(one) !== isProjectNumber(other)

/**
 * The pipelines and jobs that the words of a command name. Throws as `resolveReferences`, and a usage error where a project was typed that no word needs, and
 * that is another than that of a URL, as far as that is known without asking a server.
 */
export async function pipelineReferences(
  words: readonly string[],
  plan: Plan,
  flags: ReferenceFlags,
  context: Context,
  signal: AbortSignal,
): Promise<PipelineReference[]> {
  const references = await resolveReferences(words, plan, flags, context, signal)
  const typed = plan.targets[0]?.project
  if (flags.project === undefined || !typed || namesById(words)) return references
  const numberOf = projectNumbers(plan.config.places.state, context)
  for (const { project, access } of references) {
    const { server } = access
    const shown = await numberOf({ server, project: { ...typed, value: project } })
    const wanted = await numberOf({ server, project: typed })
    // A number and a path of which no server has told the number may be the same project.
    if (shown === wanted || (isOtherKind(shown, wanted) && isOtherKind(project, typed.value))) continue
    throw usageError(
      `--project and the URL are of different projects: the URL is of ${project}, and --project is ${typed.value}`,
      'Leave --project out: the URL says it.',
    )
  }
  return references
}
