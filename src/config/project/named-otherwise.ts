/** Whether a project is given by its number. */
export const isProjectNumber = (project: string): boolean => /^\d+$/.test(project)

/** The projects that a config knows by their paths only, where this one is given by number, or the other way round: it may be one of those. */
export function namedOtherwise(
  project: string,
  projects: Readonly<Record<string, { id?: number }>>,
): string[] {
  return Object.entries(projects)
    .filter(([name, { id }]) => id === undefined && isProjectNumber(name) !== isProjectNumber(project))
    .map(([name]) => name)
}
