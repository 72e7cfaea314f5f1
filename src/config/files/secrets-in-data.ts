import { tokensIn } from '../../core/token-kind.ts'

/** User and password of a URL. */
const userInfo = /:\/\/[^\s/?#:@]*:([^\s/?#@]+)@/g

const passwordsIn = (text: string): string[] =>
  [...text.matchAll(userInfo)].flatMap(([, password = '']) => password)

/**
 * The texts in the data of a config file that look like secrets, wherever they stand: tokens, and passwords of URLs. They may stand by mistake where a
 * name, a path or an address belongs, which commands print.
 */
export function secretsInData(data: unknown): string[] {
  if (typeof data === 'string') return [...tokensIn(data), ...passwordsIn(data)]
  if (typeof data !== 'object' || data === null) return []
  const names = Array.isArray(data) ? [] : Object.keys(data)
  return [...names.flatMap(tokensIn), ...Object.values(data).flatMap(secretsInData)]
}
