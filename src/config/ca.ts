import { X509Certificate } from 'node:crypto'
import { configError } from '../errors.ts'
import { readFileSafely } from './file.ts'
import type { Setting } from './setting.ts'

/**
 * The certificates in a PEM file. Node accepts a file of garbage and then trusts nothing (guarantees 4.5), so at least one
 * certificate must be readable. Throws a configuration error that names the source.
 */
export async function readCa(path: Setting<string>): Promise<Setting<string> & { path: string }> {
  const bytes = await readFileSafely(path.value, path.origin, { maxSize: 1024 * 1024 })
  const text = bytes.toString()
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  const readable = blocks.filter((block) => {
    try {
      return new X509Certificate(block).subject !== ''
    } catch {
      return false
    }
  })
  if (readable.length === 0 || readable.length < blocks.length) {
    throw configError(
      `${path.origin}: ${path.value} holds no readable certificate in PEM form`,
      'Give the certificate of the authority that signed the server, as text.',
    )
  }
  return { value: blocks.join('\n'), origin: path.origin, path: path.value }
}
