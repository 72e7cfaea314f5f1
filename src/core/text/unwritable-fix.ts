import { dirname } from 'node:path'
import { codeOf } from '../errors.ts'
import { shellQuote } from './shell-quote.ts'

/** Why, and what the user can do about it; '' where that depends on what was to be written. */
type Kind = readonly [reason: string, fix: string]

const forbidden: Kind = ['no permission to write it', '']
const notFolder = 'A part of that path is a file, not a folder: rename that file'

/** By Node's code. */
const kinds: Readonly<Record<string, Kind>> = {
  ENOENT: ['there is no such folder', ''],
  EACCES: forbidden,
  EPERM: forbidden,
  ENOTDIR: ['there is no such folder, a part of its path is a file', notFolder],
  // What Node answers where a folder was to be created.
  EEXIST: ['it is not a folder', notFolder],
  EISDIR: ['it is a directory', 'It is a folder: rename it'],
  ENXIO: ['it is not a regular file', 'It is a pipe that no program reads from: start one that does'],
  ETIMEDOUT: ['its file system does not answer', 'Repair or unmount that file system'],
  EROFS: ['the file system is read-only', 'Its file system is read-only: mount it writable'],
  ENOSPC: ['the disk is full', 'The disk is full: make room on it'],
  EDQUOT: ['the quota is used up', 'Your quota of that disk is used up: make room on it'],
  // Also where a link is not followed.
  ELOOP: [
    'a symbolic link is in the way',
    'That path is, or holds, a symbolic link that is not followed: remove it',
  ],
  ENAMETOOLONG: ['the name is too long', 'The path is too long: shorten it'],
}

/** Why something could not be written, in words, from Node's error. */
export function describeIoError(error: unknown): string {
  return kinds[codeOf(error)]?.[0] ?? `it failed with ${codeOf(error) || 'an unknown error'}`
}

/** The same as its code, which users look up, where that says enough. */
export const unwritableReason = (error: unknown): string =>
  codeOf(error) === 'ETIMEDOUT' ? describeIoError(error) : codeOf(error)

/**
 * What is in the way of writing something and what to do about it, from Node's error, and behind it what may be done instead: `Make its folder writable, or
 * ...`. `usual` is for what was forbidden, and for a folder that is missing where this program would make it.
 */
export function unwritableFix(error: unknown, instead: string, usual = 'Make its folder writable'): string {
  const fix = kinds[codeOf(error)]?.[1]
  if (fix === undefined) return instead.charAt(0).toUpperCase() + instead.slice(1)
  return `${fix || usual}, or ${instead}`
}

/** The same of a file that a user has named, whose folder is to be there already. */
export const unwritableFileFix = (path: string, error: unknown, instead = 'name another file.'): string =>
  unwritableFix(
    error,
    instead,
    codeOf(error) === 'ENOENT'
      ? `Create its folder (mkdir -p ${shellQuote(dirname(path))})`
      : 'Make it and its folder writable',
  )
