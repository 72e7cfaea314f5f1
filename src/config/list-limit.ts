import { wrongValue } from '../core/text/wrong-value.ts'

/** The count of --limit, `usual` where none was typed. Throws a usage error. */
export function listLimit(text: string | undefined, usual: number): number {
  if (text === undefined) return usual
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw wrongValue('--limit', text, 'not a whole number above 0')
  }
  return Number(text)
}
