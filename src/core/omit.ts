/** A copy of an object without some of its members. */
export function omit<T extends object, Key extends keyof T & string>(
  from: T,
  keys: readonly Key[],
): Omit<T, Key> {
  const left: readonly string[] = keys
  const copy: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(from)) if (!left.includes(key)) copy[key] = value
  return copy as Omit<T, Key>
}
