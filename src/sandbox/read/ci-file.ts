import { Halt, message, text } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import { textParam } from '../http/call.ts'
import type { Reading } from '../auth/reading.ts'
import type { Project } from '../world/projects.ts'
import { shaOf } from './commits.ts'

const defaults = { string: "''", number: '1', boolean: 'false', array: '[]' } as const

/** A CI file whose header declares the inputs of a project. */
function declaring({ inputs, requiredInputs }: Project): string {
  const lines = Object.entries(inputs).flatMap(([name, type]) => [
    `    ${name}:`,
    `      type: ${type}`,
    ...(requiredInputs.includes(name) ? [] : [`      default: ${defaults[type]}`]),
  ])
  const header = lines.length === 0 ? [] : ['spec:', '  inputs:', ...lines, '---']
  return [...header, 'stages: [build, test, package]', ''].join('\n')
}

/** `GET /repository/files/:file_path/raw`: the only file of a repository here is the one for CI. */
export function ciFile({ call, project }: Reading): Answer {
  const ref = textParam(call, 'ref')
  if (ref !== undefined && ref !== 'HEAD' && shaOf(project, ref) === undefined)
    throw new Halt(message(404, '404 Commit Not Found'))
  if (call.path['path'] !== (project.ciConfigPath ?? '.gitlab-ci.yml'))
    throw new Halt(message(404, '404 File Not Found'))
  return text(200, project.ciFile ?? declaring(project))
}
