import fc from 'fast-check'

/** The tier that runs (jest.config.js), and how many of a property's cases it tries: of the bundle as many as of the source in the quick tier. */
const shares: Record<string, number> = { test: 0.2, bundle: 0.2, deep: 1, night: 10 }

/** The seed of the cases: always the same, so that no landing depends on chance. `npm run test:night` draws a seed and prints it. */
export const seed = Number(process.env['FC_SEED'] ?? 20261122)

const share = shares[process.env['TIER'] ?? 'test'] ?? 1

/** Whether this is the quick tier, for properties whose cases take too long for a fifth of them. */
export const isQuick = share < 1

/** How many of a number of cases this tier tries. */
export const numberOfRuns = (runs: number): number => Math.ceil(runs * share)

/**
 * Of a table with many rows that differ little, a fifth in the quick tier: every fifth from `offset` on, so that tests with other
 * offsets take other rows; all of them in the other tiers, so that their file ends in .property.ts.
 */
export const fifthOf = <T>(rows: readonly T[], offset: number): T[] =>
  share < 1 ? rows.filter((_, at) => (at + offset) % 5 === 0) : [...rows]

/**
 * Holds a property against random cases: `runs` of them in the deep tier, a fifth in the quick one, ten times as many at night; `examples` come first. Throws the smallest
 * counterexample that is found, with the seed that finds it again (FC_SEED).
 */
export function holds<T>(property: fc.IAsyncProperty<T>, runs?: number, examples?: T[]): Promise<void>
export function holds<T>(property: fc.IProperty<T>, runs?: number, examples?: T[]): void
export function holds<T>(property: fc.IRawProperty<T>, runs = 100, examples: T[] = []): unknown {
  return fc.assert(property, { seed, numRuns: numberOfRuns(runs), examples })
}
