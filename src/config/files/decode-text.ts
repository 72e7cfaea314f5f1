import { isUtf8 } from 'node:buffer'
import { usageError, type TriggerError } from '../../core/errors.ts'

/** How a file is encoded in UTF-16. */
export interface Utf16 {
  name: 'UTF-16LE' | 'UTF-16BE'
  /** Whether it says so by a byte order mark. */
  isMarked: boolean
}

/** The UTF-16 encoding of a file by its byte order mark or, without one, as its zero bytes look like: more than a quarter, of one half of each pair. Undefined for any other. */
export function utf16Of(bytes: Buffer): Utf16 | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { name: 'UTF-16LE', isMarked: true }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { name: 'UTF-16BE', isMarked: true }
  if (bytes.length % 2 === 1) return undefined
  const sample = bytes.subarray(0, 4096)
  const zerosAt = (parity: number): number =>
    sample.filter((byte, at) => byte === 0 && at % 2 === parity).length
  const [even, odd] = [zerosAt(0), zerosAt(1)]
  if (even > 0 === odd > 0 || even + odd <= sample.length / 4) return undefined
  return { name: odd > 0 ? 'UTF-16LE' : 'UTF-16BE', isMarked: false }
}

/** The hint for a file that is in UTF-16 and must be in UTF-8. */
export const convertUtf16 = ({ name }: Utf16): string => `Convert it: iconv -f ${name} -t UTF-8 FILE`

/**
 * Decodes a text file: UTF-8, or UTF-16 with a byte order mark, which `>` of Windows PowerShell writes. Drops the mark.
 * Throws `fail`, a usage error by default, for anything else; the message begins with `where`.
 */
export function decodeText(
  bytes: Buffer,
  where: string,
  fail: (message: string, hint: string) => TriggerError = usageError,
): string {
  const utf16 = utf16Of(bytes)
  if (!utf16) {
    if (!isUtf8(bytes)) throw fail(`${where}: it is not valid UTF-8`, 'Store it as UTF-8.')
    return bytes.toString().replace(/^\uFEFF/, '')
  }
  const { name, isMarked } = utf16
  if (!isMarked) throw fail(`${where}: it looks like ${name} without a byte order mark`, convertUtf16(utf16))
  const content = Buffer.from(bytes.subarray(2))
  const isWhole = content.length % 2 === 0
  if (isWhole && name === 'UTF-16BE') content.swap16()
  const text = content.toString('utf16le')
  if (isWhole && text.isWellFormed()) return text
  throw fail(`${where}: it begins as ${name} and is not valid`, 'Store it as UTF-8.')
}
