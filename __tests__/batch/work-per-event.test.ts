import type { TargetProgress } from '../../src/batch-events.ts'
import type { Context, StickyLines } from '../../src/core/context.ts'
import { SecretRegistry } from '../../src/core/secret.ts'
import { batchTable } from '../../src/output/batch/table.ts'
import { plain } from '../../src/output/terminal/style.ts'

/** How often members of targets were read while the table of a number of targets got one that begins and ends, and was drawn each time. */
async function readsFor(count: number): Promise<number> {
  let reads = 0
  let time = 0
  const targets = Array.from({ length: count }, (_, at): TargetProgress => {
    const progress: TargetProgress = {
      ...{ name: `t${at}`, needs: [], state: 'waiting', server: 'https://gitlab.example.com' },
      ...{ project: 'a/b', ref: 'main', id: null, sha: null, webUrl: null, status: null, exit: undefined },
      ...{
        exitCode: 0,
        why: '',
        isFollowed: false,
        wasRecorded: false,
        hasRun: false,
        mayExist: false,
        begunAt: undefined,
        createdAt: undefined,
      },
      ...{ runningAt: undefined, endedAt: undefined },
    }
    return new Proxy(progress, {
      get(target, key) {
        reads += 1
        return Reflect.get(target, key) as unknown
      },
    })
  })
  const world: Partial<Context> = {
    env: {},
    secrets: new SecretRegistry(),
    platform: 'linux',
    now: () => (time += 1000),
    wallTime: () => time,
    alarm: () => () => undefined,
    stderr: {
      write: () => Promise.resolve(),
      writeBytes: () => Promise.resolve(),
      isTTY: true,
      columns: 80,
      rows: 24,
      keepBelow(bottom: StickyLines | undefined) {
        bottom?.(80, 24)
        return Promise.resolve()
      },
    },
  }
  const report = batchTable(world as Context, plain, { parallel: 4, perMinute: () => Infinity })
  await report({ type: 'planned', targets, now: time })
  reads = 0
  const target = targets[count / 2]
  if (!target) throw new Error('no target')
  for (const change of [{ state: 'starting' }, { state: 'over', exit: 'success', id: 1 }] as const) {
    Object.assign(target, change)
    await report({ type: 'changed', target, now: time })
  }
  return reads
}

test('what an event takes does not depend on how many targets there are', async () => {
  const few = await readsFor(1000)
  expect(few).toBeGreaterThan(0)
  expect(await readsFor(10_000)).toBe(few)
})
