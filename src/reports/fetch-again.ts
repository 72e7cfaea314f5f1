import type { ProjectAddress } from '../gitlab/api/requests.ts'
import { suggestedCommand, type RepeatedFlags } from '../session/suggested-command.ts'
import type { ReportOptions } from './destinations.ts'

/** What to do where reports about a pipeline that has finished could not be fetched: the command that fetches them again, artifacts into a new folder next to `folder`. */
export function fetchAgain(
  id: number,
  { base, project }: ProjectAddress,
  options: ReportOptions & RepeatedFlags,
  folder: string | undefined,
): string {
  const { dotenv, annotations, junit, artifactsOf = [], artifactsMaxSize } = options
  const valued = Object.entries({
    '--dotenv': dotenv,
    '--annotations': annotations,
    '--junit': junit,
    '--artifacts': folder === undefined ? undefined : `${folder}-again`,
    '--artifacts-max-size': artifactsMaxSize,
  })
  const own = [
    ...valued.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
    ...artifactsOf.flatMap((name) => ['--artifacts-of', name]),
  ]
  const access = { server: { name: undefined, value: { base } } }
  const command = suggestedCommand({ verb: 'wait', id, project, access, own }, options)
  return `The pipeline has finished; do not start another one. To fetch again: ${command}`
}
