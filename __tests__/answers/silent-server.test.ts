import { failTimes, useFollower } from '../helpers/follower.ts'

// A server that takes requests and never answers: the error names what was asked, not only that a limit has passed.

const { gitlab, follow } = useFollower()

// prettier-ignore
const rows: [line: string, says: RegExp][] = [
  ...['cancel 4711', 'status 4711', 'wait 4711', 'logs 4711', 'logs -f 4711', 'retry 4711', 'play 4711 deploy']
    .map((line): [string, RegExp] => [line, /^gitlab-trigger: pipeline 4711 of project 9 could not be read: .*the time limit of 5 s has passed\n(.*\n)?It is safe to run the same command again\.\n/]),
  ...['pipelines', 'refs', 'projects app', 'projects --mine', 'tokens list', 'tokens create --description x', 'tokens revoke 31 --yes', 'tokens update 31 --description y', 'schedule gitlab list', 'schedule gitlab run 13']
    .map((line): [string, RegExp] => [line, /^gitlab-trigger: no answer came from http:\/\/127\.0\.0\.1:\d+: the time limit of 5 s has passed\n/]),
]
test.each(rows)('%s', async (line, says) => {
  gitlab().addPipeline()
  const { code, stdout, stderr, tookMs } = await follow(`${line} --timeout 5s`, undefined, {
    prepare: () => {
      failTimes(gitlab(), 99, { kind: 'stall' })
    },
  })
  expect({ code, stdout }).toEqual({ code: 6, stdout: '' })
  expect(stderr).toMatch(says)
  expect(tookMs).toBeLessThanOrEqual(5000)
})

test('the first look works, the next one does not', async () => {
  gitlab().addPipeline()
  const { code, stderr } = await follow('status 4711 --timeout 5s', undefined, {
    prepare: () => {
      failTimes(gitlab(), 99, { kind: 'stall', path: /jobs|bridges|variables/ })
    },
  })
  expect(code).not.toBe(0)
  expect(stderr).toContain('pipeline 4711 was not read completely: the time limit of 5 s has passed\n')
})
