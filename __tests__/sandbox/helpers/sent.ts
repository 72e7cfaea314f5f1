/** Where a request goes: the column of the table. */
export interface Target {
  api: 'v3' | 'v4'
  /** The trigger path of the column for project 9. */
  path: string
  token: string
  otherToken: string
}

/** A request before its first line and its length. */
export interface Sent {
  method?: string
  path?: string
  headers: string[]
  body: Buffer
  chunked?: true
}

export type Build = (to: Target) => Sent

const boundary = '----seed'

const bytes = (text: string | Buffer): Buffer => (typeof text === 'string' ? Buffer.from(text) : text)

/** A part from its header lines and its value. */
export function rawPart(head: string | Buffer, value: string | Buffer): Buffer {
  return Buffer.concat([bytes(head), Buffer.from('\r\n\r\n'), bytes(value)])
}

/** An ordinary part. */
export function part(name: string | Buffer, value: string | Buffer, more = ''): Buffer {
  const head = [Buffer.from('Content-Disposition: form-data; name="'), bytes(name), Buffer.from(`"${more}`)]
  return rawPart(Buffer.concat(head), value)
}

/** Parts between boundaries. */
export function multipart(parts: Buffer[], mark: string = boundary, end = `\r\n--${mark}--\r\n`): Buffer {
  const joined = parts.flatMap((one, index) => [
    Buffer.from(`${index === 0 ? '' : '\r\n'}--${mark}\r\n`),
    one,
  ])
  return Buffer.concat([...joined, Buffer.from(end)])
}

const formType = `Content-Type: multipart/form-data; boundary=${boundary}`

/** A form of token, ref and more parts; the parts may depend on the target. */
export function form(...more: (Buffer | ((to: Target) => Buffer))[]): Build {
  return (to) => {
    const parts = [
      part('token', to.token),
      part('ref', 'master'),
      ...more.map((one) => (Buffer.isBuffer(one) ? one : one(to))),
    ]
    return { headers: [formType], body: multipart(parts) }
  }
}

/** A form of exactly these fields; `TOKEN` and `OTHER` stand for the tokens. */
export function fields(...pairs: [string | Buffer, string | Buffer][]): Build {
  return (to) => {
    const filled = pairs.map(([name, value]) => part(name, fill(to, value)))
    return { headers: [formType], body: multipart(filled) }
  }
}

function fill(to: Target, value: string | Buffer): string | Buffer {
  return typeof value === 'string'
    ? value.replaceAll('TOKEN', to.token).replaceAll('OTHER', to.otherToken)
    : value
}

/** A body as it is, with `TOKEN` filled in. */
export function body(contentType: string | undefined, text: string | Buffer): Build {
  return (to) => ({
    headers: contentType === undefined ? [] : [`Content-Type: ${contentType}`],
    body: bytes(fill(to, text)),
  })
}

/** The seed's form, sent elsewhere or otherwise. */
export function seed(change: (to: Target) => Partial<Sent> = () => ({})): Build {
  return (to) => ({ ...form()(to), ...change(to) })
}

/** One variable in a form. */
export function variable(key: string | Buffer, value: string | Buffer = 'v'): Build {
  return form(part(Buffer.concat([Buffer.from('variables['), bytes(key), Buffer.from(']')]), value))
}

/** Many variables in a form. */
export function many(count: number): Build {
  return form(...Array.from({ length: count }, (_, index) => part(`variables[V${index}]`, 'v')))
}

/** The same as a urlencoded body. */
export function manyEncoded(count: number): Build {
  const pairs = Array.from({ length: count }, (_, index) => `&variables[V${index}]=v`)
  return body('application/x-www-form-urlencoded', `token=TOKEN&ref=master${pairs.join('')}`)
}
