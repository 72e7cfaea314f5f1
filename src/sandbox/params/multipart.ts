import { partHead } from './part-head.ts'
import type { PartHead, RackVersion } from './part-head.ts'
import { Problem } from './problem.ts'
import type { Field } from './tree.ts'

/** Limits of a multipart body (docs/gitlab.md#10.5); Rack 1.6 has only the one on files. */
export const multipartLimits = { parts: 4095, files: 127, heldBytes: 16 * 1024 * 1024 }

const blankLine = Buffer.from('\r\n\r\n')

interface Mark {
  start: number
  end: number
  last: boolean
}

/**
 * The place behind the first boundary line, which may have a preamble in front; Rack 1.6 wants its exact
 * bytes.
 */
function afterFirstBoundary(body: Buffer, boundary: string, rack: RackVersion): number {
  for (let at = 0; at < body.length;) {
    const newline = body.indexOf(10, at)
    const end = newline < 0 ? body.length : newline + 1
    const line = body.toString('latin1', at, Math.min(end, at + boundary.length + 64))
    if (rack === '1.6' ? line === `${boundary}\r\n` : line.trim() === boundary) return end
    if (rack === '2.2' && line.trim() === `${boundary}--`) return -1
    at = end
  }
  throw new Problem('cut off')
}

/** The next boundary that ends a part, from `from` on. Rack 1.6 does not require the line end before it. */
function nextMark(body: Buffer, boundary: Buffer, from: number, rack: RackVersion): Mark {
  for (let at = body.indexOf(boundary, from); at >= 0; at = body.indexOf(boundary, at + 1)) {
    const end = at + boundary.length
    const tail = body.toString('latin1', end, end + 2)
    const lineEnd = at - 2 >= from && body[at - 2] === 13 && body[at - 1] === 10
    if (tail !== '\r\n' && tail !== '--') continue
    if (!lineEnd && rack === '2.2' && at !== from) continue
    return { start: lineEnd ? at - 2 : at, end: end + 2, last: tail === '--' }
  }
  throw new Problem('cut off')
}

/** Rack 1.6 hands on text in the charset that its part names, and JSON makes it UTF-8 later. */
function inUtf8(value: Buffer, charset: string | undefined, rack: RackVersion): Buffer {
  const single = rack === '1.6' && /^(iso-8859-1|windows-1252)$/i.test(charset ?? '')
  return single ? Buffer.from(value.toString('latin1')) : value
}

function addField(fields: Field[], head: PartHead, value: Buffer, rack: RackVersion): void {
  if (head.filename === '') return
  if (head.name === undefined) throw new Problem('nameless')
  const held = head.filename === undefined ? inUtf8(value, head.charset, rack) : { upload: head.filename }
  fields.push([head.name, held])
}

/**
 * The boundary named by a content type, with the two dashes that go before it; undefined if it names none.
 */
export function boundaryOf(contentType: string): string | undefined {
  const found = /^multipart\/.*boundary="?([^";,]+)"?/i.exec(contentType)
  return found?.[1] === undefined ? undefined : `--${found[1]}`
}

/**
 * The fields of a multipart body, values byte for byte, as Rack 1.6 (GitLab 8.5 to 10.3) or 2.2 (18.9) reads
 * them. Throws a Problem where Rack raises.
 */
export function multipartFields(body: Buffer, boundary: string, rack: RackVersion): Field[] {
  const limited = rack === '2.2'
  if (limited && body.length === 0) return []
  const mark = Buffer.from(boundary, 'latin1')
  const fields: Field[] = []
  let [parts, files, held] = [0, 0, 0]
  let at = afterFirstBoundary(body, boundary, rack)
  while (at >= 0 && at < body.length) {
    const headEnd = body.indexOf(blankLine, at)
    if (headEnd < 0) throw new Problem('cut off')
    const head = partHead(body.toString('latin1', at, headEnd + 2), rack)
    const valueStart = headEnd + blankLine.length
    parts += 1
    if (limited && parts > multipartLimits.parts) throw new Problem('parts')
    if (head.filename !== undefined) files += 1
    if (files > multipartLimits.files) throw new Problem('files')
    const end = nextMark(body, mark, valueStart, rack)
    if (head.filename === undefined) held += end.start - at
    if (limited && held > multipartLimits.heldBytes) throw new Problem('cut off')
    addField(fields, head, body.subarray(valueStart, end.start), rack)
    at = end.last ? -1 : end.end
  }
  return fields
}
