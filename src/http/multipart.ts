import FormData from 'form-data'

/** A form as it goes out: one buffer, and the content type that names its boundary. */
export interface MultipartForm {
  body: Buffer
  contentType: string
}

type Field = readonly [name: string, value: string]

/** combined-stream shifts a long array once per piece; groups keep the whole linear (performance.md section 6). */
const groupSize = 256

/** With text fields the form emits all its data while resume() runs. */
function drain(form: FormData): Buffer {
  const chunks: Buffer[] = []
  form.on('data', (chunk: Buffer | string) => chunks.push(Buffer.from(chunk)))
  form.resume()
  return Buffer.concat(chunks)
}

const mark = 'gitlab-trigger-'

/** What parts the fields: it stands in none of them. That is looked up, not left to chance; Node's random numbers would also take longer than a form. */
function boundaryFor(fields: readonly Field[]): string {
  const suspects = fields.flat().filter((text) => text.includes(mark))
  const taken = new Set(
    suspects.flatMap((text) => Array.from(text.matchAll(/gitlab-trigger-(\d+)/g), ([, number]) => number)),
  )
  let number = 0
  while (taken.has(String(number))) number += 1
  return `----------------${mark}${number}-form`
}

/**
 * The fields as multipart/form-data, in order, values byte for byte and without a file name: a part with one is an upload to
 * GitLab, not text (facts section 6). Takes time linear in the number of fields, unlike form-data's own getBuffer(). Names must have been
 * checked before.
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
