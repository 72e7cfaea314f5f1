import { useFollower } from '../helpers/follower.ts'
import type { World } from '../helpers/world.ts'

// A log that was cut is no whole one, however its pipeline ended: that it failed is no error here, and hides nothing.

const { gitlab, follow } = useFollower()

const rows: [ends: 'success' | 'failed', stop: 'the limit' | 'SIGINT', code: number][] = [
  ['success', 'the limit', 11],
  ['failed', 'the limit', 11],
  ['success', 'SIGINT', 130],
  ['failed', 'SIGINT', 130],
]
test.each(rows)('a pipeline that ends with %s, cut off by %s: %i', async (ends, stop, code) => {
  gitlab().script('master', { by: 'clock', jobs: [{ name: 'unit', stage: 'test', runs: 3, ends }] })
  gitlab().addPipeline()
  const result = await follow('logs -f 4711 --timeout 40s', undefined, {
    prepare: (world: World) => {
      for (let each = 0; each < 20; each += 1)
        gitlab().failNext({ kind: 'stall', method: 'GET', path: '/trace' })
      const interrupt = (): void => {
        world.interrupt('SIGINT')
      }
      if (stop === 'SIGINT') world.context.alarm(20_000, interrupt)
    },
  })
  expect(result.code).toBe(code)
  expect(result.stderr).toMatch(/^gitlab-trigger: .*(not printed to their end|stopped by SIGINT)/m)
})
