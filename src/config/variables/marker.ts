import { randomUUID } from 'node:crypto'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import { markerKey } from '../../core/marker.ts'
import type { RunFlags } from '../../options/run.ts'
import { resumeKey, resumeMarker, type TriggerIdentity } from './resume.ts'
import type { Variable } from './variable.ts'

/** The CI variable by which the pipeline can be identified (--marker, --resume), if any. */
export function markerFor(
  { marker, resume }: Pick<RunFlags, 'marker' | 'resume'>,
  { env }: Context,
  identity: TriggerIdentity,
  canReadPipelines: boolean,
): Variable[] {
  const variable = (value: string, origin: string): Variable[] => [
    { key: markerKey, value, origin, source: { kind: 'typed' } },
  ]
  if (resume && canReadPipelines) return variable(resumeMarker(resumeKey(env), identity), '--resume')
  return marker ? variable(randomUUID(), '--marker') : []
}

/** The variables, if none of them has the name of the marker that is sent too. Throws a usage error. */
export function refuseMarker(variables: Variable[], marker: readonly Variable[]): Variable[] {
  const conflict = variables.find(({ key }) => key === markerKey)
  if (conflict && marker.length > 0)
    throw usageError(
      `${conflict.origin}: ${markerKey} is what ${marker[0]?.origin ?? ''} sends`,
      'Leave one of them out.',
    )
  return variables
}
