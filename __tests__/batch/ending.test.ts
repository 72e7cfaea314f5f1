import { useBatch } from '../helpers/batch.ts'
import { when } from '../helpers/clock.ts'

// A target whose pipeline was created, and that asks for no more, makes room for others while its id is recorded and printed.

const { batch, sent } = useBatch()

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']

/** A plan of these targets, with more about each. */
const plan = (more = ''): string =>
  `targets:\n${names.map((name) => `  ${name}: { ref: master, variables: { N: ${name} }${more} }\n`).join('')}`

// prettier-ignore
test.each([
  ['as many again as may run', '--parallel 2', '', 4],
  ['one more', '--parallel 1', '', 2],
  ['none where the next one waits for how each ends', '--parallel 2 --fail-fast', '', 2],
  ['none where pipelines are followed', '--parallel 2 --wait', '', 2],
  ['none where jobs are looked for', '--parallel 2', ', jobs: true', 2],
  ['none where the commit is checked', '--parallel 2 --expect-sha 0123456', '', 2],
] as const)('with a reader that takes nothing: %s', async (_, words, more, count) => {
  let seen: readonly string[] = []
  await batch(plan(more), {
    words: words.split(' '),
    prepare(world) {
      world.stall('stdout')
      when(world.isStalled, () => {
        // The clock moves once the program does nothing but wait.
        void world.context.sleep(1, new AbortController().signal).then(() => {
          seen = sent()
          world.interrupt('SIGTERM')
        })
      })
    },
  })
  expect(seen).toEqual(names.slice(0, count))
})
