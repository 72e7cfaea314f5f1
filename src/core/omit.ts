/** A copy of an object without some of its members. */
export function omit<T extends object, Key extends keyof T & string>(
  from: T,
  keys: readonly Key[],
): Omit<T, Key> {
  const left: readonly string[] = keys
  return Object.fromEntries(Object.entries(from).filter(([key]) => !left.includes(key))) as Omit<T, Key>
}
