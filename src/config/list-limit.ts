import { usageError } from '../core/errors.ts'

/** The count of --limit, `usual` where none was typed. Throws a usage error. */
export function listLimit(text: string | undefined, usual: number): number {
  if (text === undefined) return usual
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw usageError(`--limit: "${text.slice(0, 60)}" is not a whole number from 1 to 999999`)
  }
  return Number(text)
}
