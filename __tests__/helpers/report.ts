import type { Event } from '../../src/events.ts'
import { reporterFor, type OutputFlags } from '../../src/output/reporters/reporter.ts'
import { withSink } from '../../src/output/terminal/sink.ts'
import { newWorld, type World, type WorldOptions } from './world.ts'

/** Reports events one after the other in a world of their own. */
export async function reportAll(
  events: readonly Event[],
  flags: OutputFlags = {},
  options: WorldOptions = {},
): Promise<{ stdout: string; stderr: string; world: World }> {
  const world = newWorld(options)
  const report = await reporterFor(flags, withSink(world.context))
  for (const event of events) await report(event)
  return { stdout: world.stdout(), stderr: world.stderr(), world }
}
