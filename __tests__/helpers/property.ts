import fc from 'fast-check'

/** The tier that runs (jest.config.js), and how many of a property's cases it tries. */
const shares: Record<string, number> = { test: 0.2, deep: 1, night: 10 }

/** Always the same cases, so that no landing depends on chance. `npm run test:night` draws a seed and prints it. */
const seed = Number(process.env['FC_SEED'] ?? 20261122)

const share = shares[process.env['TIER'] ?? 'test'] ?? 1

/**
 * Holds a property against random cases: `runs` of them in the deep tier, a fifth in the quick one, ten times as many at night; `examples` come first. Throws the smallest
 * counterexample that is found, with the seed that finds it again (FC_SEED).
 */
export function holds<T>(property: fc.IAsyncProperty<T>, runs?: number, examples?: T[]): Promise<void>
export function holds<T>(property: fc.IProperty<T>, runs?: number, examples?: T[]): void
export function holds<T>(property: fc.IRawProperty<T>, runs = 100, examples: T[] = []): unknown {
  return fc.assert(property, { seed, numRuns: Math.ceil(runs * share), examples })
}
