import type { Readable, Transform } from 'node:stream'
import type * as Zlib from 'node:zlib'

/** An answer in an encoding that is not known here. Its message may be shown. */
export class EncodingError extends Error {
  override name = 'EncodingError'
}

/** Makes the decoder of an encoding, by its name in Content-Encoding. */
const decoders: Record<string, (zlib: typeof Zlib) => Transform> = {
  gzip: ({ createGunzip }) => createGunzip(),
  'x-gzip': ({ createGunzip }) => createGunzip(),
  deflate: ({ createInflate }) => createInflate(),
  br: ({ createBrotliDecompress }) => createBrotliDecompress(),
}

/**
 * The body of an answer as it was before a proxy encoded it: we ask for `identity`, and some
 * proxies ignore that (RFC 9110, section 12.5.3). The body throws where it cannot be decoded; the code that
 * reads it bounds how much is decoded.
 */
export function decodedBody(body: Readable, encoding: string): AsyncIterable<Buffer> {
  const name = encoding.trim().toLowerCase()
  return name === '' || name === 'identity' ? body : decode(body, name)
}

async function* decode(body: Readable, name: string): AsyncGenerator<Buffer> {
  const make = Object.hasOwn(decoders, name) ? decoders[name] : undefined
  if (!make) {
    body.on('error', () => undefined).destroy()
    throw new EncodingError(
      `the answer is encoded as ${JSON.stringify(name.slice(0, 40))}, which was not requested`,
    )
  }
  const decoder = make(await import('node:zlib'))
  body.on('error', (error) => decoder.destroy(error))
  body.pipe(decoder)
  try {
    for await (const chunk of decoder) yield chunk as Buffer
  } finally {
    body.destroy()
  }
}
