import { usageError } from '../core/errors.ts'

/** The count of --limit, `usual` where none was typed. Throws a usage error. */
export function listLimit(text: string | undefined, usual: number): number {
  if (text === undefined) return usual
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw usageError(`--limit: not a whole number above 0: ${JSON.stringify(text.slice(0, 60))}`)
  }
  return Number(text)
}
