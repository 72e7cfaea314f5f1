import { startSandbox, type Fault, type Sandbox } from '../../src/sandbox/server.ts'
import { runInTime } from '../helpers/clock.ts'
import { environment } from '../helpers/gitlab.ts'
import { newFolder, start } from '../helpers/world.ts'

/** What a line needs that is there before it is typed. */
type Prepare = (gitlab: Sandbox) => unknown

const over: Prepare = (gitlab) => {
  gitlab.script('master', { by: 'clock' })
  return gitlab.addPipeline({ ref: 'master', createdAt: start - 600_000 })
}
const running: Prepare = (gitlab) => {
  gitlab.script('master', { by: 'clock' })
  return gitlab.addPipeline({ ref: 'master' })
}
const failed: Prepare = (gitlab) => {
  gitlab.script('master', { by: 'clock' })
  return gitlab.addPipeline({ ref: 'master', failingJob: 'run_tests', createdAt: start - 600_000 })
}
const ours: Prepare = (gitlab) => {
  gitlab.script('master', { by: 'clock' })
}
const nothing: Prepare = () => undefined

/** A step of a pipeline's life that outlasts any fault. */
const slow = 200_000

/** `{}` stands for a folder of the run's own, `{sha}` for the commit of master. */
// prettier-ignore
const lines: [line: string, prepare: Prepare, paceMs?: number][] = [
  ['run --ref master', ours], ['run --ref master --verify', ours], ['run --ref master --jobs', ours],
  ['run --ref master --wait', ours], ['run --ref master --follow --logs all', ours],
  ['run --ref master --skip-if-running', ours], ['run --ref master --only-if-changed', ours],
  ['run --ref master --resume', ours], ['run --ref master --wait --json', ours],
  ['run --ref master --wait --junit {}/junit.xml', ours], ['run --ref master --wait --artifacts {}/out', ours],
  ['wait 4711', running], ['wait 4711 --json', over],
  ['status 4711', over], ['status 4711 --json', running, slow],
  ['logs 4711', over], ['logs 4711 --follow', running], ['logs 4711 --failed', failed],
  ['cancel 4711', running, slow], ['retry 4711', failed], ['retry 4711 --wait', failed],
  ['artifacts 4711 --to {}/out', over], ['artifacts 4711 --to {}/out --json', over],
  ['tokens list', nothing], ['tokens create --description x', nothing], ['tokens update 31 --description x', nothing],
  ['tokens revoke 31 --yes', nothing], ['tokens rotate 31 --yes --save-to {}/new.token', nothing], ['tokens test', nothing],
  ['projects docs', nothing], ['projects --mine', nothing], ['refs', nothing],
  ['schedule gitlab list', nothing], ["schedule gitlab create --ref master --at 30_0_*_*_*", nothing],
  ['doctor', nothing],
]

const some: readonly Fault[] = [
  { kind: 'answer', status: 502, body: '<html>502 Bad Gateway</html>', contentType: 'text/html' },
]
/** In the deep tier. */
const more: readonly Fault[] = [
  { kind: 'reset after' },
  { kind: 'answer', status: 500, body: '{"message":"500 Internal Server Error"}' },
  { kind: 'answer', status: 503 },
  { kind: 'answer', status: 429, headers: { 'retry-after': '1' }, body: 'Retry later\n' },
  { kind: 'reset' },
  { kind: 'cut' },
  { kind: 'stall' },
]
const faults = (process.env['TIER'] ?? 'test') === 'test' ? some : [...some, ...more]

const nameOf = (fault: Fault): string => (fault.kind === 'answer' ? String(fault.status) : fault.kind)

/** What a line came to, and the URLs that it read. */
interface Outcome {
  code: number
  stdout: string
  reads: string[]
}

/** Types a line at a new sandbox, of which the first read of one URL may fail. */
async function typed(line: string, prepare: Prepare, paceMs: number, fault?: Fault): Promise<Outcome> {
  let now = (): number => start
  const gitlab = await startSandbox({ now: () => now(), paceMs })
  const folder = newFolder()
  try {
    prepare(gitlab)
    if (fault) gitlab.failNext(fault)
    const words = line
      .replaceAll('{}', folder.path)
      .split(' ')
      .map((word) => word.replaceAll('_', word.startsWith('30_') ? ' ' : '_'))
    const options = environment(gitlab, {
      GITLAB_TRIGGER_API_TOKEN: gitlab.tokens.api,
      HOME: folder.path,
      ...(line.includes('--resume') && {
        GITHUB_ACTIONS: 'true',
        GITHUB_REPOSITORY: 'seed/app',
        GITHUB_RUN_ID: '77',
        GITHUB_JOB: 'deploy',
      }),
    })
    const { code, stdout } = await runInTime(gitlab, words, options, (world) => {
      now = () => world.context.now()
    })
    return {
      code,
      // Two jobs that run at the same time may write in any order. A port and a folder are the run's own; how long something took is what may change, and the token that was made.
      stdout: stdout
        .replaceAll(gitlab.url, 'URL')
        .replaceAll(folder.path, '{}')
        .replaceAll(
          /\b(\d+m )?\d+(\.\d+)? ?s\b|\d+ minutes|\d{4}-\d\d-\d\dT[\d:.]+Z|glptt-\w+|"(?:now|duration|queued_duration)":[\d.]+/g,
          '#',
        )
        .split('\n')
        .sort()
        .join('\n'),
      reads: gitlab.requests.filter(({ method }) => method === 'GET').map(({ path }) => path),
    }
  } finally {
    await gitlab.close()
    folder.remove()
  }
}

const exactly = (path: string): RegExp => new RegExp(`^${path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)

describe.each(lines)('%s', (line, prepare, paceMs = 1000) => {
  test(`any one of its reads may fail once: ${faults.map(nameOf).join(', ')}`, async () => {
    const { reads, ...expected } = await typed(line, prepare, paceMs)
    expect({ code: expected.code, hasReads: reads.length > 0 }).toEqual({ code: 0, hasReads: true })
    for (const path of new Set(reads)) {
      for (const fault of faults) {
        const { code, stdout } = await typed(line, prepare, paceMs, {
          ...fault,
          method: 'GET',
          path: exactly(path),
        })
        expect({ path, fault: nameOf(fault), code, stdout }).toEqual({
          path,
          fault: nameOf(fault),
          ...expected,
        })
      }
    }
  })
})
