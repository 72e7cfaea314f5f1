import fc from 'fast-check'
import { startSandbox } from '../../src/sandbox/server.ts'
import { runInTime } from '../helpers/clock.ts'
import { holds } from '../helpers/property.ts'
import { expectPromises, planText, randomFault, randomPlan } from '../helpers/random-plan.ts'
import { newFolder, start } from '../helpers/world.ts'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

test('random graphs and faults: none twice, none before its needs, none lost, the worst exit code', async () => {
  const faults = fc.array(fc.option(randomFault, { nil: undefined, freq: 2 }), { maxLength: 12 })
  await holds(
    fc.asyncProperty(
      randomPlan(10),
      faults,
      fc.constantFrom('1', '4', '16'),
      async (targets, some, parallel) => {
        let now = (): number => start
        const gitlab = await startSandbox({ now: () => now(), paceMs: 0 })
        const folder = newFolder()
        try {
          for (const fault of some) gitlab.failNext(fault ?? { method: 'POST', path: 'never', kind: 'reset' })
          const path = join(folder.path, 'plan.ndjson')
          writeFileSync(path, planText(targets), { mode: 0o600 })
          const env = {
            HOME: folder.path,
            GITLAB_TRIGGER_SERVER: gitlab.url,
            GITLAB_TRIGGER_PROJECT: '9',
            GITLAB_TRIGGER_TOKEN: gitlab.tokens.trigger,
            GITLAB_TRIGGER_API_TOKEN: gitlab.tokens.api,
          }
          const words = ['batch', path, '--json', '--parallel', parallel]
          const result = await runInTime(gitlab, words, { env }, (world) => {
            now = () => world.context.wallTime()
          })
          expectPromises({ targets, gitlab, result })
        } finally {
          await gitlab.close()
          folder.remove()
        }
      },
    ),
    100,
  )
})
