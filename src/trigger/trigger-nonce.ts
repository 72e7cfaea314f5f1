import { createHash, randomUUID } from 'node:crypto'
import type { Settings } from '../config/settings.ts'
import { isMarker } from '../core/marker.ts'

/**
 * What a trigger sends as form field so that its pipeline can be told from all others
 * (docs/decisions/0040-only-proof-makes-a-pipeline-ours.md). With an idempotency key it is a hash of key and trigger, the
 * same on every machine; otherwise it is random. Undefined where no pipeline is going to be looked for: with
 * --no-verify, and with neither a key nor an API token.
 */
export function triggerNonce(
  { server, project, ref, variables, inputs, apiToken, api }: Settings,
  key: string | undefined,
  verify: boolean | undefined,
): string | undefined {
  if (verify === false || api.value === 'v3') return undefined
  if (key === undefined) return apiToken && randomUUID()
  // A random marker must not make the same trigger another one.
  const given = variables.filter((each) => !isMarker(each))
  const pairs = [given, inputs].map((list) => list.map(({ key: name, value }) => [name, value]))
  const trigger = [key, server.value.base, project.value, ref.value, ...pairs]
  return createHash('sha256').update(JSON.stringify(trigger)).digest('hex')
}
