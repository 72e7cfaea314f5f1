import type { World } from './world.ts'

/** Calls `act` before the nap with this number, counted from 1. */
export function beforeNap(world: World, number: number, act: () => unknown): void {
  const sleep = world.context.sleep.bind(world.context)
  world.context.sleep = async (ms, signal) => {
    if (world.naps.length === number - 1) await act()
    await sleep(ms, signal)
  }
}
