/** The keys of an object literal with their types, which `Object.keys` turns into strings. */
export const keysOf = <T extends object>(literal: T): (keyof T & string)[] =>
  Object.keys(literal) as (keyof T & string)[]

/** Whether a word is a key of an object literal. */
export const isKeyOf = <T extends object>(literal: T, word: string): word is keyof T & string =>
  Object.hasOwn(literal, word)
