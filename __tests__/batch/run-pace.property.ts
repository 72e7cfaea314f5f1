import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { startSandbox } from '../../src/sandbox/server.ts'
import { runInTime } from '../helpers/clock.ts'
import { posts } from '../helpers/gitlab.ts'
import { holds } from '../helpers/property.ts'
import { newFolder, start } from '../helpers/world.ts'

/** Refs of project 9. */
const refs = ['master', 'develop', 'v1.0.0'] as const

test('random batches at a random rate: all are created, and none is refused by a server with that limit', async () => {
  const targets = fc.array(fc.constantFrom(...refs), { minLength: 1, maxLength: 40 })
  const limits = fc.record({
    rate: fc.integer({ min: 1, max: 12 }),
    parallel: fc.integer({ min: 1, max: 20 }),
    second: fc.nat(59),
  })
  await holds(
    fc.asyncProperty(targets, limits, async (some, { rate, parallel, second }) => {
      let now = (): number => start
      const gitlab = await startSandbox({ now: () => now(), paceMs: 0 })
      const folder = newFolder()
      try {
        gitlab.set('pipelines_per_minute', String(rate))
        const path = join(folder.path, 'plan.ndjson')
        const lines = some.map((ref, index) =>
          JSON.stringify({ name: `t${index}`, ref, variables: { N: String(index) } }),
        )
        writeFileSync(path, lines.join('\n'), { mode: 0o600 })
        const env = {
          HOME: folder.path,
          GITLAB_TRIGGER_SERVER: gitlab.url,
          GITLAB_TRIGGER_PROJECT: '9',
          GITLAB_TRIGGER_TOKEN: gitlab.tokens.trigger,
        }
        const words = [
          'batch',
          path,
          '--rate',
          String(rate),
          '--parallel',
          String(parallel),
          '--timeout',
          '5s',
        ]
        const { code, stderr } = await runInTime(gitlab, words, { env }, (world) => {
          // GitLab counts whole minutes, and a batch may begin at any second of one.
          world.advance(second * 1000)
          now = () => world.context.wallTime()
        })
        const statuses = posts(gitlab).map(({ status }) => status)
        expect({ stderr, code, statuses }).toEqual({ stderr, code: 0, statuses: some.map(() => 201) })
      } finally {
        await gitlab.close()
        folder.remove()
      }
    }),
    100,
  )
})

test('random limits of a project and a user that are not known: all are created all the same', async () => {
  const limits = fc.record({
    count: fc.integer({ min: 1, max: 12 }),
    ofProject: fc.integer({ min: 1, max: 6 }),
    ofUser: fc.integer({ min: 1, max: 6 }),
    parallel: fc.integer({ min: 1, max: 8 }),
  })
  await holds(
    fc.asyncProperty(limits, async ({ count, ofProject, ofUser, parallel }) => {
      let now = (): number => start
      const gitlab = await startSandbox({ now: () => now(), paceMs: 0 })
      const folder = newFolder()
      try {
        gitlab.set('pipelines_per_minute', String(ofProject))
        gitlab.set('pipelines_per_user', String(ofUser))
        const path = join(folder.path, 'plan.ndjson')
        const lines = Array.from({ length: count }, (_, index) =>
          JSON.stringify({ name: `t${index}`, ref: refs[index % 3], variables: { N: String(index) } }),
        )
        writeFileSync(path, lines.join('\n'), { mode: 0o600 })
        const env = {
          HOME: folder.path,
          GITLAB_TRIGGER_SERVER: gitlab.url,
          GITLAB_TRIGGER_PROJECT: '9',
          GITLAB_TRIGGER_TOKEN: gitlab.tokens.trigger,
        }
        const words = ['batch', path, '--parallel', String(parallel)]
        const { code, stderr } = await runInTime(gitlab, words, { env }, (world) => {
          now = () => world.context.wallTime()
        })
        expect({ stderr, code, made: gitlab.pipelines.length }).toEqual({ stderr, code: 0, made: count })
      } finally {
        await gitlab.close()
        folder.remove()
      }
    }),
    50,
  )
})
