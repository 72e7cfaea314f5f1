/** A copy of an object without some of its members. */
export function without<T extends object, K extends keyof T>(of: T, keys: readonly K[]): Omit<T, K> {
  const names = new Set<PropertyKey>(keys)
  return Object.fromEntries(Object.entries(of).filter(([name]) => !names.has(name))) as Omit<T, K>
}
