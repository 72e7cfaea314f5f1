import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { when } from '../helpers/clock.ts'
import { numberOfRuns, seed } from '../helpers/property.ts'
import { expectPromises, planText, randomPlan, type RandomTarget } from '../helpers/random-plan.ts'
import { spawnClient, type Spawned } from '../helpers/spawn.ts'
import { newFolder } from '../helpers/world.ts'

// The real process is killed (SIGKILL) after a number of requests, and the batch is continued until one call is not killed.

/** One call, killed once the server has had `requests` of it. */
async function call(
  gitlab: Sandbox,
  args: readonly string[],
  env: Record<string, string>,
  requests: number,
): Promise<Spawned> {
  const before = gitlab.requests.length
  let stop: () => void = () => undefined
  try {
    return await spawnClient(args, {
      env,
      started(pid) {
        const isDue = (): boolean => gitlab.requests.length - before >= requests
        if (requests !== Infinity) stop = when(isDue, () => process.kill(pid, 'SIGKILL'))
      },
    })
  } finally {
    stop()
  }
}

async function killedAndResumed(targets: readonly RandomTarget[], kills: readonly number[]): Promise<void> {
  const gitlab = await startSandbox({ now: () => Date.now(), paceMs: 0 })
  const folder = newFolder()
  try {
    const path = join(folder.path, 'plan.ndjson')
    writeFileSync(path, planText(targets), { mode: 0o600 })
    const env = {
      HOME: folder.path,
      GITLAB_TRIGGER_SERVER: gitlab.url,
      GITLAB_TRIGGER_PROJECT: '9',
      GITLAB_TRIGGER_TOKEN: gitlab.tokens.trigger,
      GITLAB_TRIGGER_API_TOKEN: gitlab.tokens.api,
    }
    const isAnyFollowed = targets.some(({ isFollowed, needs }) => isFollowed || needs.length > 0)
    const fast = [
      '--timeout',
      '3s',
      ...(isAnyFollowed ? ['--poll-interval', '20ms', '--retry-grace', '0'] : []),
    ]
    const args = ['batch', path, '--json', ...fast]
    let result: Spawned | undefined
    for (const requests of [...kills, Infinity]) {
      result = await call(gitlab, [...args, '--resume'], env, requests)
      // Nothing is recorded yet.
      if (result.code === 14) result = await call(gitlab, args, env, requests)
      if (result.signal === null) break
    }
    if (!result) throw new Error('no call was made')
    expect(result.signal).toBeNull()
    expectPromises({ targets, gitlab, result })
  } finally {
    await gitlab.close()
    folder.remove()
  }
}

const cases = fc.sample(
  fc.tuple(randomPlan(7), fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 3 })),
  { seed, numRuns: numberOfRuns(12) },
)

test.each(cases.map((each, index) => [index, ...each] as const))(
  'case %i: killed at any request and gone on with, all promises hold',
  async (_, targets, kills) => killedAndResumed(targets, kills),
  60_000,
)
