import { runInNewContext } from 'node:vm'

/** A pattern that takes longer is left to GitLab, in ms. */
const limitMs = 200

/**
 * Whether a text matches a pattern of a CI file, as far as that can be told here: GitLab's RE2 knows other forms than JavaScript, and matches in linear
 * time, which a pattern that another user has written may not do here. True where it cannot be told.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  if (pattern.startsWith('/')) return true
  try {
    // Only the engine's own time limit ends a pattern that goes back and forth.
    return (
      runInNewContext('new RegExp(pattern, "u").test(text)', { pattern, text }, { timeout: limitMs }) !==
      false
    )
  } catch {
    return true
  }
}
