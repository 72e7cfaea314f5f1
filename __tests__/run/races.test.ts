import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiEnvironment } from '../helpers/api.ts'
import { environment, posts } from '../helpers/gitlab.ts'
import { filesBelow } from '../helpers/home.ts'
import { useJournal } from '../helpers/journal.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'
import { run } from '../helpers/run.ts'
import { spawnShell } from '../helpers/spawn.ts'

// What runs at the same moment on one host, or is killed between two steps, keep on this disk.

const { gitlab, home, runOnce, journalFile, journalFolder } = useJournal()

const PATH = process.env['PATH'] ?? ''

/** What a journal takes besides its first line, in bytes: room for a result, and a line end (src/state/journal.ts). */
const room = 4096 + 1

test('12 × --only-if-changed at once: one pipeline, and the others say that it is there', async () => {
  const { env = {} } = apiEnvironment(gitlab(), { PATH })
  const line = '--ref master --only-if-changed'
  const ends = await Promise.all(Array.from({ length: 12 }, () => run(line, home().world({ env }))))
  expect(posts(gitlab())).toHaveLength(1)
  expect(ends.map(({ code }) => code)).toEqual(ends.map(() => 0))
  expect(ends.filter(({ stdout }) => stdout === '4711\n')).toHaveLength(1)
  expect(ends.filter(({ stderr }) => /^Not triggered: .* as pipeline 4711\.$/m.test(stderr))).toHaveLength(11)
})

test('10 × config trust at once: all are recorded', async () => {
  const paths = Array.from({ length: 10 }, (_, at) =>
    home().write(`home/checkout${at}/.gitlab-triggerrc.yaml`, `project: ${at + 1}\n`),
  )
  const ends = await Promise.all(
    paths.map((path) => run(['config', 'trust', path], home().world({ env: { PATH } }))),
  )
  expect(ends.map(({ code }) => code)).toEqual(paths.map(() => 0))
  const trusted = JSON.parse(readFileSync(join(home().state, 'trusted.json'), 'utf8')) as object
  expect(Object.keys(trusted).sort()).toEqual([...paths].sort())
})

test('--once: a run that was killed after it recorded that nothing was created: the key is free', async () => {
  await runOnce()
  const [intent = '', result = ''] = readFileSync(journalFile(), 'utf8')
    .split('\n')
    .filter((line) => line.trim())
  const nothing = { ...(JSON.parse(result) as object), outcome: 'none', build: null, exitCode: 6 }
  writeFileSync(journalFile(), `${intent}\n${JSON.stringify(nothing)}\n`)
  expect(await runOnce()).toMatchObject({ code: 0, stdout: '4712\n' })
  expect(await runOnce()).toMatchObject({ code: 0, stdout: '4712\n' })
  expect(posts(gitlab())).toHaveLength(2)
})

test('--once: of several runs that find a free key, one triggers', async () => {
  gitlab().failNext({ kind: 'answer', status: 404, body: '{"message":"404 Not Found"}', method: 'POST' })
  await runOnce()
  const ends = await Promise.all(
    Array.from({ length: 8 }, (_, at) => runOnce(undefined, { pid: 100 + at, running: [] })),
  )
  expect(posts(gitlab())).toHaveLength(2)
  expect(ends.filter(({ stdout }) => stdout === '4711\n').length).toBeGreaterThan(0)
  expect(filesBelow(journalFolder())).toHaveLength(2)
})

test.each([
  ['--once', '--once K'],
  ['--only-if-changed', '--only-if-changed'],
])('%s: a full disk is found out before the POST', async (_, flags) => {
  const { env = {} } = apiEnvironment(gitlab(), { PATH, HOME: home().home })
  const line = `ulimit -f 0; $CLIENT --ref master ${flags}`
  const done = await spawnShell(line, { env })
  expect({ code: done.code, states: statesIn(done.stderr) }).toEqual({ code: 14, states: [none] })
  expect(posts(gitlab())).toEqual([])
})

test('--once: the result is written where there is room for it already', async () => {
  const { env = {} } = environment(gitlab(), { PATH, HOME: home().home })
  await spawnShell('$CLIENT --ref master --once K', { env })
  const [intent = ''] = readFileSync(journalFile(), 'utf8').split('\n')
  // With a key that ends in the middle of a block of 512 bytes, so that a longer process id changes nothing.
  const size = Buffer.byteLength(intent) + 1 + room
  const key = 'K'.repeat(1 + ((512 + 256 - (size % 512)) % 512))
  const blocks = Math.ceil((size + key.length - 1) / 512)
  const line = (most: number): string => `ulimit -f ${most}; $CLIENT --ref master --once ${key}`
  const tooFew = await spawnShell(line(blocks - 1), { env })
  expect({ code: tooFew.code, builds: gitlab().pipelines.length }).toEqual({ code: 14, builds: 1 })
  const done = await spawnShell(line(blocks), { env })
  expect(done).toMatchObject({ code: 0, stdout: '4712\n', stderr: '' })
  expect(await spawnShell(line(blocks), { env })).toMatchObject({ code: 0, stdout: '4712\n' })
  expect(gitlab().pipelines).toHaveLength(2)
})
