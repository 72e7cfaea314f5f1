import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiEnvironment } from '../helpers/api.ts'
import { environment, posts } from '../helpers/gitlab.ts'
import { filesBelow } from '../helpers/home.ts'
import { useJournal } from '../helpers/journal.ts'
import { made, none, statesIn } from '../helpers/pipeline-sentences.ts'
import { run } from '../helpers/run.ts'
import { spawnShell } from '../helpers/spawn.ts'

// What runs at the same moment on one host, or is killed between two steps, keep on this disk.

const { gitlab, home, runOnce, journalFile, journalFolder } = useJournal()

const PATH = process.env['PATH'] ?? ''

test('12 × --only-if-changed at once: one pipeline, and the others say that it is there', async () => {
  const { env = {} } = apiEnvironment(gitlab(), { PATH })
  const line = '--ref master --only-if-changed'
  const ends = await Promise.all(Array.from({ length: 12 }, () => run(line, home().world({ env }))))
  expect(posts(gitlab())).toHaveLength(1)
  expect(ends.map(({ code }) => code)).toEqual(ends.map(() => 0))
  expect(ends.filter(({ stdout }) => stdout === '4711\n')).toHaveLength(1)
  expect(ends.filter(({ stderr }) => /^Not triggered: .* as build 4711\.$/m.test(stderr))).toHaveLength(11)
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
  // Blocks of 512 bytes, as POSIX has them: enough for the intent with its room, and for nothing after it.
  const line = 'ulimit -f 10; $CLIENT --ref master --once K'
  const done = await spawnShell(line, { env })
  expect(done).toMatchObject({ code: 0, stdout: '4711\n' })
  expect(statesIn(done.stderr)).not.toContain(made(1))
})
