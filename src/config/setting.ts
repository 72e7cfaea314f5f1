/** Where a value came from, for messages: `--server`, `environment variable CI_SERVER_URL`, `built-in`. */
export type Origin = string

/** A value with its origin. Origins are kept to the end, so that every message can name the source. */
export interface Setting<T> {
  value: T
  origin: Origin
}

/** The origin of a flag's value. */
export const flag = (name: string): Origin => name

/** The origin of an environment variable's value. */
export const variable = (name: string): Origin => `environment variable ${name}`

/** The origin of a default. */
export const builtIn: Origin = 'built-in'

/** The value of a flag as a setting. Undefined if it was not typed. */
export function fromFlag<T>(name: string, value: T | undefined): Setting<T> | undefined {
  return value === undefined ? undefined : { value, origin: flag(name) }
}

/** An environment variable as a setting. An empty variable counts as unset (guarantees 7.3). */
export function fromEnv(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): Setting<string> | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  return value === undefined || value === '' ? undefined : { value, origin: variable(name) }
}
