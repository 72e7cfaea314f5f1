import { mask } from '../../core/secret.ts'
import { tokenLike } from '../../core/token-kind.ts'
import { shownProxy } from '../server/proxy-address.ts'
import { isMapping } from '../schema/mapping.ts'
import { below, type Place } from './place.ts'

/** Returns what stands for a secret at a key. */
export type Conceal = (path: readonly string[]) => unknown

/** A value in which whatever is secret, by its place, is replaced; passwords of proxies are masked, and tokens that stand where a name belongs. */
export function withoutSecrets(
  value: unknown,
  place: Place | undefined,
  path: readonly string[],
  conceal: Conceal,
): unknown {
  if (place?.is === 'text' && place.isSecret) return conceal(path)
  if (place?.is === 'text' && path.at(-1) === 'proxy' && typeof value === 'string') return shownProxy(value)
  const inner = (each: unknown, part: string): unknown =>
    withoutSecrets(each, place && below(place, part), [...path, part], conceal)
  if (Array.isArray(value)) return value.map((each, at) => inner(each, String(at)))
  if (!isMapping(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key.replace(tokenLike, mask), inner(each, key)]),
  )
}

/** The keys of all secrets in a value. */
export function secretKeys(value: unknown, place: Place, path: readonly string[]): (readonly string[])[] {
  const found: (readonly string[])[] = []
  withoutSecrets(value, place, path, (key) => found.push(key))
  return found
}
