import { usageError } from '../../core/errors.ts'

/** The longest token that is taken for one, in characters. GitLab's are below 300. */
const longest = 4096

/**
 * The token in what a file, a stream or a variable held: one byte order mark and one line end at its end are dropped, anything
 * else that no token has is refused without showing it (T41, T43). `where` names the source.
 */
export function parseToken(text: string, where: string): string {
  const token = text.replace(/^\uFEFF/, '').replace(/\r?\n$/, '')
  const why =
    token === ''
      ? 'the token is empty'
      : token.length > longest
        ? `the token is longer than ${longest} characters`
        : /[^\x21-\x7e]/.test(token)
          ? 'the token holds a blank, a line end or another character that no token has'
          : ''
  if (why !== '') throw usageError(`${where}: ${why}`, 'Store the token alone, on one line.')
  return token
}
