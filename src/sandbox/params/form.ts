import { error } from '../http/answer.ts'
import { Halt } from '../http/answer.ts'
import { has } from '../version/differences.ts'
import type { GitlabVersion } from '../version/version.ts'
import { jsonParams } from './json.ts'
import { boundaryOf, multipartFields } from './multipart.ts'
import { nest } from './nested.ts'
import type { Field, ParamHash } from './tree.ts'
import { urlencodedFields } from './urlencoded.ts'

/** A body as Rack and Grape see it: the fields of a form in their order, and the tree of parameters. */
export interface ReadBody {
  fields: Field[]
  params: ParamHash
}

const empty = (): ReadBody => ({ fields: [], params: new Map() })

/** The media type of a content type, lower case, without its parameters. */
export function mediaType(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase()
}

function formFields(body: Buffer, contentType: string, gitlab: GitlabVersion): Field[] {
  const now = has(gitlab, 'rack2')
  const boundary = boundaryOf(contentType)
  if (boundary !== undefined) return multipartFields(body, boundary, now ? '2.2' : '1.6')
  // Without a boundary Rack reads a multipart body as a urlencoded one, and finds junk (docs/gitlab.md#6).
  return urlencodedFields(body.toString('latin1'), 'body', now)
}

/** The media types whose bodies the old Grape knows how to pass by without a word. */
const readAsNothing = ['text/plain', 'application/octet-stream']

/** Reads a body by its content type. Throws a Problem from the parsers, or halts with a 415. */
export function readBody(body: Buffer, contentType: string, gitlab: GitlabVersion): ReadBody {
  const type = mediaType(contentType)
  const now = has(gitlab, 'contentTypes')
  const isForm = type === 'application/x-www-form-urlencoded' || type.startsWith('multipart/')
  if (isForm || (type === '' && !now)) {
    const fields = formFields(body, contentType, gitlab)
    return { fields, params: nest(fields) }
  }
  if (body.length === 0) return empty()
  if (type === 'application/json') return { fields: [], params: jsonParams(body, now) }
  if (!now && readAsNothing.includes(type)) return empty()
  throw new Halt(error(415, `The provided content-type '${type}' is not supported.`))
}
