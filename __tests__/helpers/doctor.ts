import { runIn, type Result } from './run.ts'
import { newWorld, type WorldOptions } from './world.ts'

/** One entry of `checks` in the object of doctor --json. */
export interface Check {
  name: string
  ok: boolean | null
  needed: boolean
  detail: string
  fix: string
}

/** How doctor ended: its result, and the checks by name where --json was typed. */
export interface Diagnosis extends Result {
  checks: Record<string, Check>
}

/** Types `doctor` and a line, in a world whose clock is ahead of the servers' by `skewMs`. */
export async function doctor(line = '', options: WorldOptions = {}, skewMs = 0): Promise<Diagnosis> {
  const world = newWorld(options)
  // A sandbox tells the time of the tests in its Date header.
  world.advance(skewMs)
  const result = await runIn(world, `doctor ${line}`)
  const isJson = line.includes('--json')
  const checks = isJson ? (JSON.parse(result.stdout) as { checks: Check[] }).checks : []
  return { ...result, checks: Object.fromEntries(checks.map((check) => [check.name, check])) }
}

/** The sign that each line of doctor's begins with, by the name of its check. */
export function signsIn(stdout: string): Record<string, string> {
  return Object.fromEntries(
    [...stdout.matchAll(/^(\S+) +([a-z]+) /gm)].map(([, sign = '', name = '']) => [name, sign]),
  )
}
