import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { load } from 'js-yaml'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { runInTime } from '../helpers/clock.ts'
import { startGateway, type Fate } from '../helpers/gateway.ts'
import { environment } from '../helpers/gitlab.ts'
import { filesBelow, serverYaml } from '../helpers/home.ts'
import { numberOfRuns, seed } from '../helpers/property.ts'
import type { Result } from '../helpers/run.ts'
import { readRecord, type Changes, type ServerRecord } from '../helpers/server-record.ts'
import { spawnClient } from '../helpers/spawn.ts'
import { newFolder, start } from '../helpers/world.ts'

// The real process is killed (SIGKILL) at any of its requests, and the same line is typed again: nothing is done twice that is promised once, what is
// on the disk is whole, and what the second call says is true.

/** What the second call has left. */
interface End extends Result {
  gitlab: Sandbox
  before: ServerRecord
  after: ServerRecord
  folder: string
}

interface Killed {
  line: string
  /** It sends at least this many requests. */
  requests: number
  /** What one call does at most. */
  effect: Partial<Changes>
  prepare?: (gitlab: Sandbox) => unknown
  /** Both calls together do it once. */
  isOnce?: true
  /** It may end after its first step, and names the token that it made then. */
  hasSteps?: true
  /** Whether everything is so as exit code 0 says. */
  isDone: (end: End) => boolean
}

const life = { by: 'clock', manual: ['run_tests'] } as const
const running = (gitlab: Sandbox): void => {
  gitlab.script('master', { by: 'clock' })
  gitlab.addPipeline({ ref: 'master' })
}
const failed = (gitlab: Sandbox): void => {
  gitlab.script('master', { by: 'clock' })
  gitlab.addPipeline({ ref: 'master', failingJob: 'run_tests', createdAt: Date.now() - 600_000_000 })
}
const waiting = (gitlab: Sandbox): void => {
  gitlab.script('master', life)
  gitlab.addPipeline({ ref: 'master' })
}

const idOf = ({ stdout }: Result): number => Number(/^\d+/m.exec(stdout)?.[0] ?? NaN)
const statusOf = ({ after }: End): unknown => after.pipelines.find(({ id }) => id === 4711)?.['status']
const isNew = (end: End): boolean =>
  end.after.pipelines.some(({ id }) => id === idOf(end)) &&
  !end.before.pipelines.some(({ id }) => id === idOf(end))
const lacks31 = ({ after }: End): boolean => after.tokens.every(({ id }) => id !== 31)
/** The token that a file holds is one of the project's. */
const isKept =
  (path: (end: End) => string) =>
  (end: End): boolean => {
    const file = path(end)
    const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
    return end.after.tokens.some(({ id, token }) => id !== 31 && token === text)
  }
const inFile = isKept(({ folder }) => join(folder, 'new.token'))
const inConfig = isKept(({ folder }) => join(folder, '.config/gitlab-trigger/work.token'))

const run = '--ref master --var A=1'
// prettier-ignore
const lines: Killed[] = [
  { line: run, requests: 2, effect: { pipelines: 1 }, isDone: isNew },
  { line: `${run} --once K --lock nightly`, requests: 2, effect: { pipelines: 1 }, isOnce: true, isDone: isNew },
  { line: `${run} --once K --everywhere`, requests: 3, effect: { pipelines: 1 }, isOnce: true, isDone: isNew },
  { line: `${run} --resume`, requests: 3, effect: { pipelines: 1 }, isOnce: true, isDone: isNew },
  { line: 'retry 4711', requests: 3, effect: { jobs: 1 }, prepare: failed, isDone: (end) => statusOf(end) !== 'failed' },
  { line: 'cancel 4711', requests: 5, effect: { canceled: 1 }, prepare: running, isDone: (end) => statusOf(end) === 'canceled' },
  { line: 'play 4711 run_tests', requests: 4, effect: { played: 1 }, prepare: waiting, isDone: ({ after }) => after.jobs.every(({ name, status }) => name !== 'run_tests' || status !== 'manual') },
  { line: 'tokens create --description mine --save-to {}/new.token', requests: 2, effect: { tokens: 1 }, isDone: inFile },
  { line: 'tokens rotate 31 --yes --save-to {}/new.token', requests: 4, effect: { tokens: 1, revoked: 1 }, hasSteps: true, isDone: (end) => lacks31(end) && inFile(end) },
  { line: 'tokens rotate 31 --yes --save-to-server work', requests: 4, effect: { tokens: 1, revoked: 1 }, hasSteps: true, isDone: (end) => lacks31(end) && inConfig(end) },
  { line: 'tokens revoke 31 --yes', requests: 2, effect: { revoked: 1 }, isDone: lacks31 },
  { line: 'schedule gitlab create --ref master --at @daily --var A=1 --description mine', requests: 5, effect: { schedules: 1 }, isDone: (end) => end.after.schedules.some(({ id, active }) => id === idOf(end) && active === true) },
]

/** Before the request is passed on, when it was carried out, or when its answer was sent; then a number of turns of the event loop later. */
const moments = ['before', 'done', 'answered'] as const

const when = fc.record({
  at: fc.nat(59),
  moment: fc.constantFrom(...moments),
  turns: fc.constantFrom(0, 1, 10, 100, 1000),
})

/** Each line in turn. */
const cases = fc.sample(when, { seed, numRuns: numberOfRuns(40) }).flatMap((each, index) => {
  const killed = lines[index % lines.length]
  if (!killed) return []
  const at = each.at % killed.requests
  const name = `${killed.line}: killed at request ${at + 1}, ${each.moment} + ${each.turns}`
  return [[name, { ...each, killed, at }] as const]
})

async function turn(times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await new Promise((resolve) => setImmediate(resolve))
}

function fateAt(moment: (typeof moments)[number], turns: number, kill: () => void): Fate {
  if (moment === 'before') return { does: false, shows: 'reset', meanwhile: kill }
  const afterwards = async (): Promise<void> => {
    await turn(moment === 'answered' ? turns : 0)
    kill()
  }
  return { does: true, shows: moment === 'answered' ? 'answer' : 'reset', afterwards }
}

/** Exit codes that say that nothing was changed (docs/guarantees.md#11). */
const nothingDone = [2, 4, 5, 6, 10, 12, 14]

/** The files of gitlab-trigger, without those of the test, and what is in them. */
function expectWhole(folder: string, { tokens }: ServerRecord): void {
  for (const path of filesBelow(folder)) {
    const text = readFileSync(path, 'utf8')
    const name = path.slice(folder.length)
    // A file that was half written has a name of its own.
    expect(name).not.toMatch(/\.[0-9a-f]{12}$/)
    if (name.endsWith('.jsonl'))
      for (const line of text.split('\n').filter((each) => each.trim() !== ''))
        expect(JSON.parse(line)).toBeTruthy()
    if (name.endsWith('.token') && text !== '')
      expect(tokens.map(({ token }) => `${String(token)}\n`)).toContain(text)
    if (name.endsWith('config.yaml'))
      expect(load(text)).toMatchObject({ servers: { work: { url: expect.any(String) as string } } })
  }
}

/** What is wrong with what was done and said; nothing is right. */
function liesOf(killed: Killed, between: ServerRecord, end: End): string[] {
  const { code, stderr, before, after, folder } = end
  const done = after.changes(between, [])
  const most = (kind: string): number => killed.effect[kind as keyof Changes] ?? 0
  const twice = [between.changes(before, []), done]
    .flatMap((each) => Object.entries(each))
    .filter(([kind, count]) => count > most(kind))
  const made = killed.hasSteps && after.tokens.find(({ id }) => after.added(between).includes(id))
  const rest = Object.entries(done).filter(([kind, count]) => count > 0 && !(made && kind === 'tokens'))
  const isNothing = nothingDone.includes(code)
  const lies: Record<string, boolean> = {
    'one call did it twice': twice.length > 0,
    'both calls did it': killed.isOnce === true && after.changes(before, []).pipelines > 1,
    'it is not done, and exit 0': code === 0 && !killed.isDone(end),
    'it is done, and its exit code says that nothing is': isNothing && rest.length > 0,
    'the token that was made is not named': isNothing && !!made && !stderr.includes(`token ${made.id}`),
    'the same key or job gets another answer': killed.isOnce === true && code !== 0 && code !== 7,
    'a lock is held': code === 10,
    'a token was revoked, and no other is kept':
      killed.hasSteps === true && lacks31(end) && !killed.isDone(end),
    'an unknown exit code': ![0, 3, 7, 8, ...nothingDone].includes(code),
  }
  expectWhole(folder, after)
  return Object.keys(lies).filter((name) => lies[name])
}

test.each(cases)('%s', async (_, { killed, at, moment, turns }) => {
  let now = (): number => Date.now()
  const gitlab = await startSandbox({ now: () => now(), paceMs: 200_000_000 })
  const { path: folder, remove } = newFolder()
  let pid = 0
  let count = 0
  let isAgain = false
  const gateway = await startGateway(gitlab.url, () => {
    if (isAgain || count++ !== at) return undefined
    return fateAt(moment, turns, () => {
      if (pid !== 0) process.kill(pid, 'SIGKILL')
    })
  })
  try {
    killed.prepare?.(gitlab)
    const config = join(folder, '.config/gitlab-trigger')
    mkdirSync(config, { recursive: true })
    const yaml = serverYaml({ url: gateway.url }, `token: ${gitlab.tokens.trigger}`)
    writeFileSync(join(config, 'config.yaml'), yaml, { mode: 0o600 })
    const env = {
      ...environment(gitlab).env,
      GITLAB_TRIGGER_SERVER: killed.line.includes('-to-server') ? 'work' : gateway.url,
      GITLAB_TRIGGER_API_TOKEN: gitlab.tokens.api,
      HOME: folder,
      PATH: process.env['PATH'] ?? '',
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'a/b',
      GITHUB_RUN_ID: '7',
      GITHUB_JOB: 'deploy',
    }
    const words = killed.line.replaceAll('{}', folder).split(' ')
    const before = await readRecord(gitlab)
    const first = await spawnClient(words, { env, cwd: folder, started: (number) => (pid = number) })
    pid = 0
    // It may have ended in the turns after its last answer.
    const isEarly = moment === 'answered' && first.code === 0
    expect({ ...first, isKilled: first.signal === 'SIGKILL' }).toMatchObject({ isKilled: !isEarly })
    const between = await readRecord(gitlab)
    expectWhole(folder, between)

    isAgain = true
    const second = await runInTime(gateway as never, words, { env, cwd: folder }, (world) => {
      world.advance(Date.now() - start)
      world.context.me = () => ({ user: 'tester', host: hostname(), pid: process.pid })
      now = () => world.context.now()
    })
    const after = await readRecord(gitlab)
    const { code, stdout, stderr } = second
    const said = { code, stdout, stderr, done: after.changes(between, []) }
    const lies = liesOf(killed, between, { ...second, gitlab, before, after, folder })
    expect({ ...said, lies }).toEqual({ ...said, lies: [] })
  } finally {
    await gateway.close()
    await gitlab.close()
    remove()
  }
})
