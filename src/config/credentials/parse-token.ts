import { usageError } from '../../core/errors.ts'

/** Longest accepted token, in characters. GitLab's are shorter than 300. */
const maxLength = 4096

/**
 * Extracts the token from the content of a file, stream or variable: drops a byte order mark and one final
 * line end. Throws a usage error that names `where`, without showing the text, for anything that cannot be a
 * token (T41, T43).
 */
export function parseToken(text: string, where: string): string {
  const token = text.replace(/^\uFEFF/, '').replace(/\r?\n$/, '')
  const problem =
    token === ''
      ? 'the token is empty'
      : token.length > maxLength
        ? `the token is longer than ${maxLength} characters`
        : /[^\x21-\x7e]/.test(token)
          ? 'the token holds a blank, a line end or another character that no token has'
          : ''
  if (problem !== '') throw usageError(`${where}: ${problem}`, 'Store the token alone, on one line.')
  return token
}
