/**
 * From this many tasks on a run is long: functions that are used often are worth optimising, and what each task leaves behind adds up.
 */
const long = 2000
/** For fewer nothing is gained. */
const few = 200

/** Flags for V8, by its version, for a run of a few hundred tasks. Later versions have a compiler between the two, and wait by themselves. */
const forShort: Record<string, readonly string[]> = {
  '11.3': ['--interrupt-budget=1000000', '--no-parallel-scavenge'],
  '12.4': ['--no-parallel-scavenge'],
  '13.6': ['--no-parallel-scavenge'],
  '14.6': ['--no-parallel-scavenge'],
}

/** For a long one: a heap that grows by a third of what is in use, not to four times that. */
const forLong = ['--heap-growing-percent=30', '--semi-space-growth-factor=1', '--no-parallel-scavenge']

/**
 * Tunes V8 for a run of many short tasks, one like the other (docs/decisions/0113-v8-is-tuned-for-batches.md). V8 reads these flags whenever it decides to
 * optimise or to collect. A version whose flags are not known is left alone.
 */
export function tuneForMany(count: number): void {
  const short = forShort[/^\d+\.\d+/.exec(process.versions.v8)?.[0] ?? '']
  if (count < few || !short) return
  const v8 = process.getBuiltinModule('node:v8')
  for (const flag of count < long ? short : forLong) v8.setFlagsFromString(flag)
}
