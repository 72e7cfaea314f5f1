import { wrongValue } from '../core/text/wrong-value.ts'

/** As GNU programs read them: `kB` is 1000 bytes, `K` and `KiB` are 1024. */
const unit = /^(\d{1,15}(?:\.\d{1,3})?) ?(?:(B)|([kKMGT])(i?B)?)?$/
const powers = ['', 'K', 'M', 'G', 'T']
const largest = 1024 ** 5

/**
 * Parses a size such as `500MB`, `1.5GiB` or `20G` to bytes; a bare number is bytes, `none` is no limit. Throws a usage error
 * that names `where` unless it is at least 1 byte and at most 1024 TiB.
 */
export function parseSize(text: string, where: string): number {
  if (text === 'none') return Infinity
  const [, count = '', , letter = '', suffix] = unit.exec(text) ?? []
  const base = suffix === 'B' ? 1000 : 1024
  const bytes = count === '' ? NaN : Math.floor(Number(count) * base ** powers.indexOf(letter.toUpperCase()))
  if (!(bytes >= 1 && bytes <= largest))
    throw wrongValue(
      where,
      text,
      'not a size',
      'Write it as 500MB, 20GB or 1.5GiB: more than 0; none means no limit.',
    )
  return bytes
}
