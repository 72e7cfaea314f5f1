import type { Call } from '../http/call.ts'
import type { Param, ParamHash } from '../params/tree.ts'
import { isUpload, nameText } from '../params/tree.ts'
import { has } from '../version/differences.ts'

function plain(param: Param): unknown {
  if (Buffer.isBuffer(param)) return param.toString()
  if (isUpload(param)) return { filename: param.upload }
  if (Array.isArray(param)) return param.map(plain)
  if (param instanceof Map) {
    return Object.fromEntries([...param].map(([key, item]) => [nameText(key) ?? key, plain(item)]))
  }
  return param
}

/** TRIGGER_PAYLOAD: every parameter except the token, stray ones too (docs/gitlab.md#7). Older versions have none. */
export function payloadOf(call: Call): string | undefined {
  if (!has(call.gitlab, 'payload')) return undefined
  const kept: ParamHash = new Map(call.params)
  kept.delete('token')
  // GitLab makes a hash of the variables even where none were sent, behind everything else.
  kept.set('variables', kept.get('variables') ?? (new Map() as ParamHash))
  return JSON.stringify(plain(kept))
}
