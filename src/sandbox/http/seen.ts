import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { readBody } from '../params/form.ts'
import { isUpload, nameText } from '../params/tree.ts'
import type { GitlabVersion } from '../version/version.ts'

/** How a request ended. */
export type Outcome = 'open' | 'answered' | 'broken off' | 'reset' | 'cut' | 'stalled'

/** A request as it arrived. */
export interface SeenRequest {
  method: string
  /** With the query and the prefix, as sent. */
  path: string
  headers: IncomingHttpHeaders
  /** Name, value, name, value … as sent. */
  rawHeaders: string[]
  body: Buffer
  /** The fields of a form in their order; a file shows as its name. Empty for anything but a form. */
  fields: [name: string, value: Buffer][]
  /** The status answered; undefined while, or if, there is none. */
  status: number | undefined
  outcome: Outcome
}

/** A record of a request whose body has not arrived yet. */
export function seenRequest(request: IncomingMessage): SeenRequest {
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    body: Buffer.alloc(0),
    fields: [],
    status: undefined,
    outcome: 'open',
  }
}

/** The fields of a form, as far as it can be read. */
export function fieldsOf(body: Buffer, contentType: string, gitlab: GitlabVersion): [string, Buffer][] {
  try {
    return readBody(body, contentType, gitlab).fields.map(([name, value]) => [
      nameText(name) ?? name,
      isUpload(value) ? Buffer.from(value.upload) : value,
    ])
  } catch {
    return []
  }
}
