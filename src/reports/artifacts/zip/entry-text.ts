import { isUtf8 } from 'node:buffer'
import { crc32 } from 'node:zlib'

/** The characters of code page 437 from 0x80 on. */
const cp437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\xa0'

/** An extra field of an entry. */
export interface ExtraField {
  id: number
  data: Buffer
}

/** The extra fields in these bytes, up to the first that is cut. */
export function extraFields(bytes: Buffer): ExtraField[] {
  const fields: ExtraField[] = []
  for (let at = 0; at + 4 <= bytes.length;) {
    const end = at + 4 + bytes.readUInt16LE(at + 2)
    if (end > bytes.length) break
    fields.push({ id: bytes.readUInt16LE(at), data: bytes.subarray(at + 4, end) })
    at = end
  }
  return fields
}

const utf8Flag = 0x0800
const unicodePath = 0x7075

/** The name in Info-ZIP's Unicode path field, if it belongs to this name (APPNOTE 4.6.9). */
function unicodeNameIn(fields: readonly ExtraField[], name: Buffer): Buffer | undefined {
  const field = fields.find(
    ({ id, data }) =>
      id === unicodePath && data.length > 5 && data[0] === 1 && data.readUInt32LE(1) === crc32(name),
  )
  return field?.data.subarray(5)
}

/**
 * The name of an entry: in UTF-8 where its flags, a Unicode path field or the bytes themselves say so, else in code page 437,
 * as the first zip programs wrote it.
 */
export function decodeName(
  name: Buffer,
  flags: number,
  fields: readonly ExtraField[],
): { name: string; isCp437: boolean } {
  const unicode = (flags & utf8Flag) === 0 ? unicodeNameIn(fields, name) : undefined
  const bytes = [unicode, name].find((each) => each !== undefined && isUtf8(each))
  if (bytes) return { name: bytes.toString(), isCp437: false }
  const chars = [...name].map((byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : (cp437[byte - 0x80] ?? ''),
  )
  return { name: chars.join(''), isCp437: true }
}

const extendedTimestamp = 0x5455

/** A moment in the format of DOS, which knows no time zone: it is taken for local. Null for one that is none. */
function dosTime(date: number, time: number): number | null {
  const [year, month, day] = [1980 + (date >> 9), (date >> 5) & 15, date & 31]
  if (month < 1 || month > 12 || day < 1) return null
  return new Date(year, month - 1, day, time >> 11, (time >> 5) & 63, (time & 31) * 2).getTime()
}

/** When the file of an entry was changed last, in ms since 1970; null where that is not told. */
export function modifiedAt(date: number, time: number, fields: readonly ExtraField[]): number | null {
  const field = fields.find(({ id, data }) => id === extendedTimestamp && data.length >= 5)
  const isTold = field !== undefined && ((field.data[0] ?? 0) & 1) === 1
  return isTold ? field.data.readInt32LE(1) * 1000 : dosTime(date, time)
}
