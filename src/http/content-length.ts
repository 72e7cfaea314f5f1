import type { Answer } from './message.ts'

/** The length of a body that is not encoded, as its headers tell it, in bytes; undefined where they do not. */
export function announcedLength(headers: Answer['headers']): number | undefined {
  const length = headers['content-length'] ?? ''
  const isPlain = ['', 'identity'].includes((headers['content-encoding'] ?? '').trim().toLowerCase())
  return isPlain && /^\d{1,15}$/.test(length) ? Number(length) : undefined
}
