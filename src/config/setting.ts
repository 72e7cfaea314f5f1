/** Where a value came from, in words for people: `--server`, `environment variable CI_SERVER_URL`, `built-in`. */
export type Origin = string

/** A value and where it came from. Origins are kept to the end, so that every message can name its source. */
export interface Setting<T> {
  value: T
  origin: Origin
}

/** The origin of a value that was typed. */
export const flag = (name: string): Origin => name

/** The origin of a value from the environment. */
export const variable = (name: string): Origin => `environment variable ${name}`

/** The origin of a value that nobody chose. */
export const builtIn: Origin = 'built-in'

/** A typed value as a setting; undefined when it was not typed. */
export function fromFlag<T>(name: string, value: T | undefined): Setting<T> | undefined {
  return value === undefined ? undefined : { value, origin: flag(name) }
}

/** An environment variable as a setting; an empty one counts as unset (guarantees 7.3). */
export function fromEnv(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): Setting<string> | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  return value === undefined || value === '' ? undefined : { value, origin: variable(name) }
}
