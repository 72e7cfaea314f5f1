import fc from 'fast-check'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { holds } from '../helpers/property.ts'
import { runIn, type Line, type Result } from '../helpers/run.ts'
import { newWorld, type World, type WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()

const dayMs = 86_400_000

/** A world this many days after the start. */
function after(days: number, options: WorldOptions = {}): World {
  const { env = {} } = environment(gitlab())
  const world = newWorld(home().world({ env, ...options }))
  world.advance(days * dayMs)
  return world
}
const typed = (days: number, line: Line, options?: WorldOptions): Promise<Result> =>
  runIn(after(days, options), line)
const folder = (): string => join(home().state, 'once')
const files = (): string[] => (existsSync(folder()) ? readdirSync(folder()).sort() : [])

interface Counts {
  removed: number
  kept: number
}
async function prune(days: number, span = '90d'): Promise<Counts> {
  const { code, stdout } = await typed(days, `history --prune ${span} --json`)
  expect(code).toBe(0)
  const { removed, kept } = JSON.parse(stdout) as Counts
  return { removed, kept }
}

test('what made a pipeline longer ago is forgotten, and its key is new', async () => {
  await typed(0, '--ref master --once old')
  await typed(50, '--ref master --once young')
  expect(await prune(91)).toEqual({ removed: 1, kept: 1 })
  expect(await typed(92, '--ref master --once young')).toMatchObject({ stdout: '4712\n' })
  expect(await typed(92, '--ref master --once old')).toMatchObject({ stdout: '4713\n' })
  expect((await typed(92, 'history')).stdout.split('\n').filter(Boolean)).toHaveLength(2)
})

test('a key that made something on its second trigger goes as a whole', async () => {
  await typed(0, '--ref nowhere --once K')
  await typed(0, '--ref master --once K')
  expect(files()).toHaveLength(2)
  expect(await prune(100)).toEqual({ removed: 2, kept: 0 })
  expect(files()).toEqual([])
})

// prettier-ignore
test.each<[what: string, make: () => Promise<unknown>]>([
  ['of which the answer was lost', async () => {
    gitlab().failNext({ kind: 'answer', method: 'POST', status: 502 })
    await typed(0, '--ref master --once K')
  }],
  ['of which the run did not end', async () => {
    await typed(0, '--ref master --once K')
    const path = join(folder(), files()[0] ?? '')
    writeFileSync(path, `${readFileSync(path, 'utf8').split('\n')[0] ?? ''}\n`)
  }],
  ['that has made nothing yet', () => typed(0, '--ref nowhere --once K')],
  ['whose file is broken', async () => {
    await typed(0, '--ref master --once K')
    writeFileSync(join(folder(), files()[0] ?? ''), '{"key"')
  }],
  ['whose first file is not there', async () => {
    await typed(0, '--ref nowhere --once K')
    await typed(0, '--ref master --once K')
    const [second = '', first = ''] = files()
    expect(first).toBe(second.replace('.1.', '.'))
    rmSync(join(folder(), first))
  }],
])('a key %s stays, however old', async (_, make) => {
  await make()
  const before = files()
  const { removed } = await prune(4000)
  expect({ removed, files: files() }).toEqual({ removed: 0, files: before })
})

test('other files of the folder are left alone', async () => {
  await typed(0, '--ref master --once K')
  writeFileSync(join(folder(), 'notes.txt'), 'x')
  expect(await prune(100)).toEqual({ removed: 1, kept: 0 })
  expect(files()).toEqual(['notes.txt'])
})

test('at a terminal it says how many; elsewhere it is silent, since cron mails all output', async () => {
  await typed(0, '--ref master --once K')
  expect(await typed(10, 'history --prune 1d', { tty: ['stderr'] })).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'Removed 1 entry older than 1d, kept 0.\n',
  })
  expect(await typed(10, 'history --prune 1d')).toMatchObject({ code: 0, stdout: '', stderr: '' })
})

test('nothing was ever kept: nothing is removed', async () => {
  expect(await prune(0)).toEqual({ removed: 0, kept: 0 })
  expect(await typed(0, 'history --prune 90d', { env: {}, home: '' })).toMatchObject({ code: 0 })
})

test.each(['soon', '0d', '23h', '90', '-1d', ''])('--prune %j is refused', async (span) => {
  await typed(0, '--ref master --once K')
  const { code, stderr } = await typed(1000, ['history', '--prune', span])
  expect(code).toBe(2)
  expect(stderr).toContain('not a span of a day or more')
  expect(files()).toHaveLength(1)
})

test('a journal that cannot be read is said so', async () => {
  home().write('home/.local/state/gitlab-trigger/once', 'x')
  const { code, stderr } = await typed(0, 'history --prune 90d')
  expect(code).toBe(14)
  expect(stderr).toContain('cannot be pruned')
})

test('however runs and prunes are mixed, a key makes no second pipeline until it is forgotten', async () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('run' as const),
      ref: fc.constantFrom('master', 'nowhere'),
      lost: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('prune' as const), days: fc.integer({ min: 1, max: 40 }) }),
  )
  let key = 0
  await holds(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      key += 1
      /** The day on which the key made a pipeline, or may have. */
      let made: number | undefined
      let isSure = true
      for (const [at, each] of steps.entries()) {
        const day = at * 10
        if (each.kind === 'prune') {
          await prune(day, `${each.days}d`)
          if (isSure && made !== undefined && made < day - each.days) made = undefined
          continue
        }
        if (each.lost && made === undefined)
          gitlab().failNext({ kind: 'answer', method: 'POST', status: 502 })
        const before = posts(gitlab()).length
        await typed(day, `--ref ${each.ref} --once k${key}`)
        const hasSent = posts(gitlab()).length > before
        expect(hasSent).toBe(made === undefined)
        if (!hasSent) continue
        isSure = !each.lost
        if (each.lost || each.ref === 'master') made = day
      }
    }),
    20,
  )
})

test('runs with a key that is forgotten at the same moment make one pipeline at most', async () => {
  for (let count = 0; count < 20; count += 1) {
    const key = `k${count}`
    await typed(0, `--ref nowhere --once ${key}`)
    await typed(0, `--ref master --once ${key}`)
    const before = posts(gitlab()).length
    const run = (): Promise<Result> => typed(100, `--ref master --once ${key}`)
    await Promise.all([run(), typed(100, 'history --prune 90d'), run(), run()])
    await run()
    expect(posts(gitlab()).length - before).toBeLessThanOrEqual(1)
  }
})

test('a run that is reading the files of a key while they are forgotten begins anew', async () => {
  await typed(0, '--ref nowhere --once K')
  const [name = ''] = files()
  const first = join(folder(), name)
  const second = first.replace('.jsonl', '.1.jsonl')
  const text = readFileSync(first)
  // Reading a pipe waits for a writer: the run has read the first file then.
  execFileSync('mkfifo', [second])
  const running = typed(100, '--ref master --once K')
  const answer = async (meanwhile: () => void): Promise<void> => {
    const pipe = await open(second, 'w')
    meanwhile()
    await pipe.writeFile(text)
    await pipe.close()
  }
  // It looks twice whether the key was used, then it claims its place: each time at a pipe of its own.
  for (let count = 0; count < 2; count += 1)
    await answer(() => {
      rmSync(second)
      execFileSync('mkfifo', [second])
    })
  await answer(() => {
    rmSync(first)
    rmSync(second)
  })
  expect(await running).toMatchObject({ code: 0, stdout: '4711\n' })
  expect(files()).toEqual([name])
  expect(await typed(100, '--ref master --once K')).toMatchObject({ code: 0, stdout: '4711\n' })
})
