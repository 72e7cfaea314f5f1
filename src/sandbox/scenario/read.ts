import type { Problem } from './check.ts'
import { problemsOf } from './check.ts'
import type { Scenario, ScenarioJob } from './scenario.ts'
import { scenarioSchema } from './schema.ts'
import { readYaml } from './yaml.ts'

type Path = Problem['path']

function placeText(path: Path): string {
  return path
    .map((name, at) => (typeof name === 'number' ? `[${name}]` : `${at > 0 ? '.' : ''}${name}`))
    .join('')
}

function twice(values: readonly unknown[], pathOf: (at: number) => Path): Problem[] {
  return values.flatMap((value, at) =>
    value !== undefined && values.indexOf(value) < at ? [{ path: pathOf(at), says: 'is there twice' }] : [],
  )
}

function jobProblems({ projects }: Scenario, jobs: readonly ScenarioJob[], path: Path): Problem[] {
  return jobs.flatMap(({ downstream }, at): Problem[] => {
    const here = [...path, at, 'downstream']
    const id = downstream?.project
    const unknown = id !== undefined && projects.every((project) => project.id !== id)
    return [
      ...(unknown ? [{ path: [...here, 'project'], says: `the scenario has no project ${id}` }] : []),
      ...jobProblems({ projects }, downstream?.jobs ?? [], [...here, 'jobs']),
    ]
  })
}

/** What a schema cannot say: names that are there twice, and names of nothing. */
function meaningProblems(scenario: Scenario): Problem[] {
  const { projects, faults = [] } = scenario
  const ofRefs = projects.flatMap(({ refs }, at) =>
    refs.flatMap(({ jobs = [], actions = [] }, index): Problem[] => {
      const here = ['projects', at, 'refs', index]
      const lost = actions.flatMap(({ job }, number) =>
        job === undefined || jobs.some(({ name }) => name === job)
          ? []
          : [{ path: [...here, 'actions', number, 'job'], says: `the ref has no job ${job}` }],
      )
      const names = jobs.map(({ name }) => name)
      const doubled = twice(names, (number) => [...here, 'jobs', number, 'name'])
      return [...lost, ...doubled, ...jobProblems(scenario, jobs, [...here, 'jobs'])]
    }),
  )
  const ofFaults = faults.flatMap(({ kind = 'answer', status }, at) =>
    kind === 'answer' && status === undefined ? [{ path: ['faults', at], says: 'status is missing' }] : [],
  )
  return [
    ...twice(
      projects.map(({ id }) => id),
      (at) => ['projects', at, 'id'],
    ),
    ...twice(
      projects.map(({ path }) => path.toLowerCase()),
      (at) => ['projects', at, 'path'],
    ),
    ...ofRefs,
    ...ofFaults,
  ]
}

/** The problems of a scenario, of its form or, where that is good, of its meaning. */
function allProblems(value: unknown): Problem[] {
  const ofForm = problemsOf(scenarioSchema, value)
  return ofForm.length > 0 ? ofForm : meaningProblems(value as Scenario)
}

/**
 * The scenario in a YAML or JSON text. Throws a RangeError that names file and line of everything that is wrong, one to a line.
 */
export function readScenario(text: string, file: string): Scenario {
  let read: ReturnType<typeof readYaml>
  try {
    read = readYaml(text)
  } catch (error) {
    const { reason, mark } = error as { reason?: string; mark?: { line: number } }
    throw new RangeError(`${file}:${(mark?.line ?? 0) + 1}: ${reason ?? 'cannot be read as YAML'}`, {
      cause: error,
    })
  }
  const problems = allProblems(read.value)
  if (problems.length > 0) {
    const lines = problems.map(({ path, says }) => {
      const place = placeText(path)
      return `${file}:${read.lineOf(path)}: ${place === '' ? 'the scenario' : place}: ${says}`
    })
    throw new RangeError(lines.join('\n'))
  }
  return read.value as Scenario
}

/** A scenario that a program gives. Throws a RangeError that names the place of everything that is wrong. */
export function checkedScenario(scenario: Scenario): Scenario {
  const problems = allProblems(scenario)
  if (problems.length === 0) return scenario
  throw new RangeError(problems.map(({ path, says }) => `${placeText(path)}: ${says}`).join('\n'))
}
