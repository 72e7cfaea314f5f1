import { codeOf } from '../errors.ts'

const notFolder = 'A part of that path is a file, not a folder: rename that file'

const fixes: Readonly<Record<string, string>> = {
  ENOTDIR: notFolder,
  // What Node answers where a folder was to be created.
  EEXIST: notFolder,
  EISDIR: 'It is a folder: rename it',
  ETIMEDOUT: 'Repair or unmount that file system',
  EROFS: 'Its file system is read-only: mount it writable',
  ENOSPC: 'The disk is full: make room on it',
  EDQUOT: 'Your quota of that disk is used up: make room on it',
  ELOOP: 'A symbolic link in that path leads to itself: remove it',
  ENAMETOOLONG: 'The path is too long: shorten it',
}

/** Why something could not be written, from Node's error: its code, which users look up, where that says enough. */
export const unwritableReason = (error: unknown): string =>
  codeOf(error) === 'ETIMEDOUT' ? 'its file system does not answer' : codeOf(error)

/** What is in the way of writing a file and what to do about it, from Node's error, and behind it what may be done instead: `Make its folder writable, or ...`. */
export function unwritableFix(error: unknown, instead: string, usual = 'Make its folder writable'): string {
  return `${fixes[codeOf(error)] ?? usual}, or ${instead}`
}
