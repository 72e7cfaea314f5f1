import { useFollower } from '../helpers/follower.ts'
import { burst, children, mostInAMinute, perMinute, timed } from '../helpers/request-rate.ts'

describe('requests per minute are bounded for large trees', () => {
  const follower = useFollower()

  test('90 downstream pipelines', async () => {
    const { follow, times } = timed(follower)
    await follow('--ref master --wait --run-timeout 5m', children(90))
    // One look is never cut in two: three requests for each pipeline.
    expect(mostInAMinute(times())).toBeLessThanOrEqual(perMinute + burst + 3 * 91)
    expect(times().length).toBeLessThanOrEqual(5 * perMinute + burst + 3 * 91)
  })

  test('faults do not make it faster', async () => {
    const { follow, times } = timed(follower)
    for (let each = 0; each < 400; each += 1)
      follower.gitlab().failNext({ kind: 'answer', status: 502, path: /pipelines\/4711\/jobs/ })
    await follow('--ref master --wait --run-timeout 5m --poll-grace 5m', children(60))
    expect(mostInAMinute(times())).toBeLessThanOrEqual(perMinute + burst + 3 * 61)
  })
})
