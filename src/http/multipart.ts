import FormData from 'form-data'

/** An encoded form: its bytes, and the content type with the boundary. */
export interface MultipartForm {
  body: Buffer
  contentType: string
}

type Field = readonly [name: string, value: string]

/**
 * combined-stream shifts its whole list for each part; groups keep this linear (performance.md section 6).
 */
const groupSize = 256

/** A form of text fields emits all its data synchronously in resume(). */
function drain(form: FormData): Buffer {
  const chunks: Buffer[] = []
  form.on('data', (chunk: Buffer | string) => chunks.push(Buffer.from(chunk)))
  form.resume()
  return Buffer.concat(chunks)
}

const boundaryMarker = 'gitlab-trigger-'

/**
 * A boundary that occurs in no field, which is checked rather than left to chance. Loading Node's random
 * numbers would also take longer than encoding the form.
 */
function boundaryFor(fields: readonly Field[]): string {
  const suspects = fields.flat().filter((text) => text.includes(boundaryMarker))
  const taken = new Set(
    suspects.flatMap((text) => Array.from(text.matchAll(/gitlab-trigger-(\d+)/g), ([, number]) => number)),
  )
  let number = 0
  while (taken.has(String(number))) number += 1
  return `----------------${boundaryMarker}${number}-form`
}

/**
 * Encodes fields as multipart/form-data, in order and byte for byte. Parts have no file name, since GitLab
 * takes a part with one for an upload (facts section 6). It takes linear time, unlike form-data's
 * getBuffer(). The caller has validated the names.
 */
export function encodeForm(fields: readonly Field[]): MultipartForm {
  const boundary = boundaryFor(fields)
  const closing = Buffer.byteLength(`--${boundary}--\r\n`)
  const groups: Buffer[] = []
  for (let start = 0; start < fields.length; start += groupSize) {
    const form = new FormData()
    form.setBoundary(boundary)
    for (const [name, value] of fields.slice(start, start + groupSize)) form.append(name, value)
    const bytes = drain(form)
    const isLast = start + groupSize >= fields.length
    groups.push(isLast ? bytes : bytes.subarray(0, bytes.length - closing))
  }
  return { body: Buffer.concat(groups), contentType: `multipart/form-data; boundary=${boundary}` }
}
