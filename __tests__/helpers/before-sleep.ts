import type { World } from './world.ts'

/** Calls `act` before the sleep with this number, counted from 1. */
export function beforeSleep(world: World, number: number, act: () => unknown): void {
  const sleep = world.context.sleep.bind(world.context)
  world.context.sleep = async (ms, signal) => {
    if (world.sleeps.length === number - 1) await act()
    await sleep(ms, signal)
  }
}
