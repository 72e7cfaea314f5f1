import { TriggerError } from '../../src/core/errors.ts'
import type { BatchPlan } from '../../src/batch/plan/batch-plan.ts'
import { allProblems } from '../../src/core/text/all-problems.ts'
import { readPlan } from '../../src/batch/plan/read-plan.ts'

/** Reads a plan; its place is a file name, or `-` for standard input. */
export function planOf(text: string, place = 'plan.yml'): BatchPlan {
  const plan =
    place === '-'
      ? readPlan({ place: 'standard input', realPath: undefined, text })
      : readPlan({ place, realPath: `/plans/${place}`, text })
  if (plan.problems.length > 0)
    throw allProblems(
      plan.problems.map(({ error }) => error),
      `${plan.place} has ${plan.problems.length} problems`,
    )
  return plan
}

/** What a plan means, without where it stands. */
export const meaningOf = ({ defaults, targets }: BatchPlan): unknown => ({
  defaults: defaults && plain(defaults.data),
  targets: targets.map(({ name, node, recipe, needs }) => ({
    name,
    needs,
    recipe: recipe?.value,
    ...(plain(node.data) as object),
  })),
})

const plain = (data: unknown): unknown => JSON.parse(JSON.stringify(data)) as unknown

/** The problems of a plan, one a line, as a user sees them; none for a plan that is taken. Its exit code must be that of bad input. */
export function problemsOf(text: string, place?: string): string[] {
  try {
    planOf(text, place)
    return []
  } catch (error) {
    if (!(error instanceof TriggerError)) throw error
    expect([error.exit, error.exitCode]).toEqual(['usage', 2])
    return error.details.length > 0 ? [...error.details] : [error.message]
  }
}
