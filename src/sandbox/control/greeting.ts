import { playsOf } from '../script/plays.ts'
import type { Project } from '../world/projects.ts'
import type { World } from '../world/model.ts'

/** Lines in columns, each as wide as its widest text. */
function columns(rows: readonly (readonly string[])[], indent: string): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)))
  return rows.map(
    (row) =>
      indent +
      row
        .map((text, at) => text.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
  )
}

function projectLines(world: World, project: Project): string[] {
  const tokens = world.triggers.filter((trigger) => trigger.project === project && trigger.owner === 'seed')
  const refs = playsOf(world, project).map(({ name, kind, plays }) => [kind, name, plays])
  return [
    `project ${project.id}  ${project.path}  (${project.visibility})`,
    ...tokens.map(({ token }) => `  trigger token  ${token}`),
    ...columns(refs, '  '),
    '',
  ]
}

/** What a sandbox says of itself when it starts: its projects, their trigger tokens, and what each ref does. */
export function greeting(world: World, url: string): string {
  const first = world.triggers.find(({ owner }) => owner === 'seed')
  const line =
    first === undefined
      ? []
      : [
          'Try it in another terminal:',
          '',
          `  GITLAB_TRIGGER_TOKEN=${first.token} \\`,
          `    gitlab-trigger --server ${url} --project ${first.project.id} --ref ${first.project.defaultBranch} --var UPLOAD_TO_S3=true`,
          '',
        ]
  return [
    `A stand-in for GitLab is at ${url}`,
    'Open it in a browser to see its pipelines.',
    '',
    ...world.projects.flatMap((project) => projectLines(world, project)),
    `API token of seed  ${world.tokens.api}`,
    '',
    ...line,
    `Requests received: ${url}/sandbox/requests`,
    'Press Ctrl-C to stop it.',
    '',
  ].join('\n')
}
