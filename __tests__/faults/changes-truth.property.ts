import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { runInTime } from '../helpers/clock.ts'
import { startGateway, type Fate } from '../helpers/gateway.ts'
import { environment } from '../helpers/gitlab.ts'
import { filesBelow } from '../helpers/home.ts'
import { holds } from '../helpers/property.ts'
import { readRecord, type Changes, type ServerRecord } from '../helpers/server-record.ts'
import { newFolder, start } from '../helpers/world.ts'

/** How a command changes what the server has: the number of each kind. */
type Effect = Partial<Changes>

/** A command that changes something, what must be there before, and its effect when it is carried out once. */
interface Change {
  line: string
  effect: Effect
  prepare?: (gitlab: Sandbox) => unknown
  /** It is typed so often, and must have its effect once at most. */
  times?: number
  /** It makes a token before it can know that the rest is refused: it names the one that it made. */
  hasSteps?: true
}

const running = (gitlab: Sandbox): void => {
  gitlab.script('master', { by: 'clock' })
  gitlab.addPipeline({ ref: 'master' })
}
const failed = (gitlab: Sandbox): void => {
  gitlab.script('master', { by: 'clock' })
  gitlab.addPipeline({ ref: 'master', failingJob: 'run_tests', createdAt: start - 600_000 })
}

/** `{}` stands for a folder of the run's own. */
const changes: Change[] = [
  { line: '--ref master --var A=1', effect: { pipelines: 1 } },
  { line: '--ref master --var A=1 --no-verify', effect: { pipelines: 1 } },
  { line: '--ref master --var A=1 --marker', effect: { pipelines: 1 } },
  { line: '--ref master --var A=1 --once K', effect: { pipelines: 1 }, times: 3 },
  { line: '--ref master --var A=1 --once K --everywhere', effect: { pipelines: 1 }, times: 3 },
  { line: '--ref master --var A=1 --resume', effect: { pipelines: 1 }, times: 3 },
  { line: '--ref master --var A=1 --only-if-changed', effect: { pipelines: 1 } },
  { line: 'cancel 4711', effect: { canceled: 1 }, prepare: running },
  { line: 'retry 4711', effect: { jobs: 1 }, prepare: failed },
  { line: 'tokens create --description mine --save-to {}/new.token', effect: { tokens: 1 } },
  {
    line: 'tokens rotate 31 --yes --save-to {}/new.token',
    effect: { tokens: 1, revoked: 1 },
    hasSteps: true,
  },
  { line: 'tokens revoke 31 --yes', effect: { revoked: 1 } },
  {
    line: 'schedule gitlab create --ref master --at @daily --var A=1 --description mine',
    effect: { schedules: 1 },
  },
]

/** What another user does at the same moment: the same. */
async function doAsOther(gitlab: Sandbox): Promise<void> {
  gitlab.addPipeline({
    source: 'trigger',
    variables: { A: '1' },
    payload: { ref: 'master', variables: { A: '1' } },
  })
  gitlab.addToken({ description: 'mine' })
  await fetch(`${gitlab.url}/api/v4/projects/9/pipeline_schedules`, {
    method: 'POST',
    headers: { 'private-token': gitlab.tokens.api, 'content-type': 'application/json' },
    body: JSON.stringify({ ref: 'master', cron: '0 3 * * *', description: 'mine' }),
  })
}

const page = '<html><title>Sign in</title></html>'
const shown = (status: number, body: string, type = 'text/html'): Fate['shows'] => ({ status, type, body })
const json = 'application/json'
/** Answers of something in between, whether or not GitLab has done what was asked. */
const doubtful = [
  shown(200, page),
  shown(201, page),
  shown(200, '{}', json),
  shown(201, '[]', json),
  shown(202, '', json),
  shown(500, page),
  shown(502, page),
  shown(503, '', json),
  shown(504, page),
  'reset',
  'nothing',
] as const
/** Answers that come only where it has not. */
const refusals = [
  shown(403, page),
  shown(404, page),
  shown(401, '{"message":"401 Unauthorized"}', json),
  shown(429, 'Retry later'),
] as const

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Fate>({ does: true, shows: 'answer' }) },
  { weight: 6, arbitrary: fc.record({ does: fc.boolean(), shows: fc.constantFrom(...doubtful) }) },
  { weight: 1, arbitrary: fc.constant<Fate>({ does: true, shows: 'cut' }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant(false), shows: fc.constantFrom(...refusals) }) },
)

/** A change that works, while no other user does the same. */
const usual = { fate: { does: true, shows: 'answer' } as Fate, hasOther: false }
const isUsual = (write: typeof usual): boolean =>
  write.fate.does && write.fate.shows === 'answer' && !write.hasOther

interface Scenario {
  change: Change
  writes: (typeof usual)[]
  reads: (Fate | null)[]
  hidesVariables: boolean
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  change: fc.constantFrom(...changes),
  writes: fc.array(fc.record({ fate, hasOther: fc.boolean() }), { minLength: 1, maxLength: 3 }),
  reads: fc.array(fc.option(fate), { maxLength: 4 }),
  hidesVariables: fc.boolean(),
})

/** Each line does what it is for where nothing goes wrong. A fifth of all cases counts in the quick tier, and these are always among them. */
const calm = changes.map((change): [Scenario] => [
  { change, writes: [usual], reads: [], hidesVariables: false },
])

/** Exit codes that say that nothing was changed (docs/guarantees.md#11). */
const nothingDone = [2, 4, 5, 6, 10, 12, 14]

const idOf = (stdout: string): number => Number(/^\d+$/m.exec(stdout)?.[0] ?? NaN)

test('whatever goes wrong, and whoever does the same: nothing is done twice, and every claim is true', async () => {
  await holds(
    fc.asyncProperty(scenario, async ({ change, writes, reads, hidesVariables }) => {
      let now = (): number => start
      const gitlab = await startSandbox({ now: () => now(), paceMs: 200_000 })
      const folder = newFolder()
      const theirs = { before: [] as ServerRecord[], after: [] as ServerRecord[] }
      const fates = { writes: [...writes], reads: [...reads] }
      const gateway = await startGateway(gitlab.url, ({ method, path }) => {
        if (method === 'GET') {
          if (hidesVariables && path.endsWith('/variables'))
            return { does: false, shows: shown(403, '{"message":"403 Forbidden"}', json) }
          return fates.reads.shift() ?? undefined
        }
        const next = fates.writes.shift()
        if (!next?.hasOther) return next?.fate
        return {
          ...next.fate,
          meanwhile: async () => {
            theirs.before.push(await readRecord(gitlab))
            await doAsOther(gitlab)
            theirs.after.push(await readRecord(gitlab))
          },
        }
      })
      try {
        change.prepare?.(gitlab)
        const before = await readRecord(gitlab)
        const words = change.line.replaceAll('{}', folder.path).split(' ')
        const env = {
          ...environment(gitlab).env,
          GITLAB_TRIGGER_SERVER: gateway.url,
          GITLAB_TRIGGER_API_TOKEN: gitlab.tokens.api,
          HOME: folder.path,
          GITHUB_ACTIONS: 'true',
          GITHUB_REPOSITORY: 'a/b',
          GITHUB_RUN_ID: '7',
          GITHUB_JOB: 'deploy',
        }
        for (let time = 0; time < (change.times ?? 1); time += 1) {
          const { code, stdout, stderr, tookMs } = await runInTime(
            gateway as never,
            words,
            { env },
            (world) => {
              now = () => world.context.now()
            },
          )
          const others = theirs.after.flatMap((record, at) => record.added(theirs.before[at]))
          const after = await readRecord(gitlab)
          const done = after.changes(before, others)
          const isOwn = (id: number): boolean => after.added(before).includes(id) && !others.includes(id)
          const said = { line: change.line, code, stdout, stderr, done }
          // Nothing is done twice.
          for (const [kind, count] of Object.entries(done))
            expect({ ...said, kind, isTwice: count > (change.effect[kind as keyof Effect] ?? 0) }).toEqual({
              ...said,
              kind,
              isTwice: false,
            })
          const isCalm = !hidesVariables && writes.every(isUsual) && reads.every((each) => each === null)
          if (isCalm) expect({ ...said, code }).toEqual({ ...said, code: 0 })
          if (code === 0) {
            expect({ ...said, done }).toEqual({ ...said, done: { ...noEffect, ...change.effect } })
            expect({ ...said, isTheirs: others.includes(idOf(stdout)) }).toEqual({ ...said, isTheirs: false })
          }
          if (nothingDone.includes(code) && time === 0) {
            const made = change.hasSteps ? after.tokens.find(({ id }) => isOwn(id)) : undefined
            expect(said).toEqual({ ...said, done: { ...noEffect, ...(made && { tokens: 1 }) } })
            if (made) expect(stderr).toMatch(new RegExp(`token ${made.id}\\b`))
          }
          expect({ ...said, isKnown: [0, 3, 7, 8, ...nothingDone].includes(code) }).toEqual({
            ...said,
            isKnown: true,
          })
          expect(tookMs).toBeLessThanOrEqual(91_000)
          const written = filesBelow(folder.path).filter((path) => !path.endsWith('new.token'))
          const bytes = [stdout, stderr, ...written.map((path) => readFileSync(path, 'utf8'))].join('\n')
          for (const secret of Object.values(gitlab.tokens)) expect(bytes).not.toContain(secret)
        }
      } finally {
        await gateway.close()
        await gitlab.close()
        folder.remove()
      }
    }),
    200 + 5 * calm.length,
    calm,
  )
})

const noEffect: Changes = {
  pipelines: 0,
  canceled: 0,
  jobs: 0,
  played: 0,
  tokens: 0,
  revoked: 0,
  schedules: 0,
  dropped: 0,
}
