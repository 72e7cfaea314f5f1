/** The type of a config value: what the checks, the TypeScript types and the JSON Schema are made from. */
export type Shape =
  | { is: 'text'; about: string; isSecret?: true; form?: { pattern: RegExp; wanted: string } }
  | { is: 'whole number'; about: string; most: number }
  | { is: 'yes or no'; about: string }
  | { is: 'one of'; about: string; words: readonly string[] }
  /** For projects and durations. */
  | { is: 'number or text'; about: string }
  | { is: 'list of texts'; about: string }
  | { is: 'text or list of texts'; about: string }
  | { is: 'lists by name'; about: string; name: RegExp }
  | { is: 'texts by name'; about: string; name: RegExp }
  | { is: 'input values by name'; about: string; name: RegExp }
  | { is: 'codes by code'; about: string }
  | { is: 'entries by name'; about: string; name: RegExp; entry: Keys }
  | { is: 'list of entries'; about: string; entry: Keys }

/** The keys that a mapping may have. */
export type Keys = Readonly<Record<string, Shape>>

type ValueOf<S extends Shape> = S extends { is: 'text' }
  ? string
  : S extends { is: 'whole number' }
    ? number
    : S extends { is: 'yes or no' }
      ? boolean
      : S extends { is: 'one of'; words: readonly (infer Word)[] }
        ? Word
        : S extends { is: 'number or text' }
          ? number | string
          : S extends { is: 'list of texts' }
            ? string[]
            : S extends { is: 'text or list of texts' }
              ? string | string[]
              : S extends { is: 'lists by name' }
                ? Record<string, (string | number | boolean)[]>
                : S extends { is: 'texts by name' }
                  ? Record<string, string>
                  : S extends { is: 'input values by name' }
                    ? Record<string, string | number | boolean | unknown[]>
                    : S extends { is: 'codes by code' }
                      ? Record<string, number>
                      : S extends { is: 'entries by name'; entry: infer Entry extends Keys }
                        ? Record<string, ValuesOf<Entry>>
                        : S extends { is: 'list of entries'; entry: infer Entry extends Keys }
                          ? ValuesOf<Entry>[]
                          : never

/** The TypeScript type of a mapping with these keys. */
export type ValuesOf<K extends Keys> = { readonly [P in keyof K]?: ValueOf<K[P]> }
