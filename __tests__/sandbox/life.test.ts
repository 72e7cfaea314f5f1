import { startSandbox } from '../../src/sandbox/server.ts'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/server.ts'
import { get } from './helpers/raw.ts'

interface Told {
  status: string
  name: string
  duration: number | null
}

async function api<T>(sandbox: Sandbox, path: string): Promise<T> {
  const reply = await get(sandbox.url, `/api/v4/projects/9${path}`, [`PRIVATE-TOKEN: ${sandbox.tokens.api}`])
  const text = reply.body.toString()
  return (reply.headers['content-type'] === 'text/plain' ? text : JSON.parse(text)) as T
}

async function withSandbox(
  options: Partial<SandboxOptions>,
  use: (sandbox: Sandbox, setClock: (ms: number) => void) => Promise<void>,
): Promise<void> {
  let clock = 0
  const sandbox = await startSandbox({ now: () => clock, ...options })
  try {
    await use(sandbox, (ms) => {
      clock = ms
    })
  } finally {
    await sandbox.close()
  }
}

// prettier-ignore
const good: [at: number, pipeline: string, tests: string, build: string, upload: string][] = [
  [0, 'created', 'created', 'created', 'created'],
  [999, 'created', 'created', 'created', 'created'],
  [1000, 'pending', 'pending', 'created', 'created'],
  [2000, 'running', 'running', 'created', 'created'],
  [3000, 'running', 'success', 'pending', 'created'],
  [4000, 'running', 'success', 'running', 'created'],
  [5000, 'running', 'success', 'success', 'pending'],
  [6000, 'running', 'success', 'success', 'running'],
  [7000, 'success', 'success', 'success', 'success'],
  [9e9, 'success', 'success', 'success', 'success'],
]

// prettier-ignore
const bad: typeof good = [
  [4000, 'running', 'success', 'running', 'created'],
  [5000, 'failed', 'success', 'failed', 'skipped'],
]

const rows = [
  ...good.map((row) => ['good', undefined, ...row] as const),
  ...bad.map((row) => ['failing', 'build_package', ...row] as const),
]

test.each(rows)(
  '%s pipeline, failing job %s, at %i ms: %s (%s, %s, %s)',
  async (_, failingJob, at, ...told) => {
    await withSandbox({}, async (sandbox, setClock) => {
      const { id } = sandbox.addPipeline(failingJob === undefined ? {} : { failingJob })
      setClock(at)
      const { status } = await api<Told>(sandbox, `/pipelines/${id}`)
      const jobs = await api<Told[]>(sandbox, `/pipelines/${id}/jobs`)
      expect([status, ...jobs.reverse().map((job) => job.status)]).toEqual(told)
    })
  },
)

test('the times of a finished pipeline', () =>
  withSandbox({ paceMs: 2000 }, async (sandbox, setClock) => {
    const { id } = sandbox.addPipeline()
    setClock(60_000)
    expect(await api(sandbox, `/pipelines/${id}`)).toMatchObject({
      created_at: '1970-01-01T00:00:00.000Z',
      started_at: '1970-01-01T00:00:04.000Z',
      finished_at: '1970-01-01T00:00:14.000Z',
      updated_at: '1970-01-01T00:00:14.000Z',
      duration: 10,
      queued_duration: 4,
    })
  }))

test('with a pace of 0 everything is finished at once', () =>
  withSandbox({ paceMs: 0 }, async (sandbox) => {
    const { id } = sandbox.addPipeline()
    const jobs = await api<Told[]>(sandbox, `/pipelines/${id}/jobs`)
    expect(jobs.map(({ status, duration }) => [status, duration])).toEqual(Array(3).fill(['success', 0]))
  }))

test('a log grows from nothing to its end', () =>
  withSandbox({}, async (sandbox, setClock) => {
    const upload = sandbox.addPipeline().jobs[2]!
    const logs: string[] = []
    for (const at of [5000, 6000, 7000]) {
      setClock(at)
      logs.push(await api<string>(sandbox, `/jobs/${upload.id}/trace`))
    }
    const [before, during, after] = logs
    expect(before).toBe('')
    expect(during).toMatch(/\$ if \[ -n "\$\{UPLOAD_TO_S3\}" \]; then make upload; fi\u001b\[0;m\n$/)
    expect(after).toMatch(/nothing to upload\n.*Job succeeded.*\n$/)
    expect(after!.startsWith(during!)).toBe(true)
  }))

test('jobs may take some reads to appear', () =>
  withSandbox({ jobsAfterPolls: 2 }, async (sandbox) => {
    const { id } = sandbox.addPipeline()
    const counts: number[] = []
    for (let poll = 0; poll < 3; poll += 1) {
      counts.push((await api<Told[]>(sandbox, `/pipelines/${id}/jobs`)).length)
    }
    expect(counts).toEqual([0, 0, 3])
  }))

test('8.5 makes the builds of a stage when it is their turn', () =>
  withSandbox({ gitlab: '8.5' }, async (sandbox, setClock) => {
    sandbox.addPipeline()
    const counts: string[][] = []
    for (const at of [0, 3000, 7000]) {
      setClock(at)
      const { tokens, url } = sandbox
      const reply = await get(url, '/api/v3/projects/9/builds', [`PRIVATE-TOKEN: ${tokens.api}`])
      counts.push((JSON.parse(reply.body.toString()) as Told[]).map(({ status }) => status))
    }
    expect(counts).toEqual([['pending'], ['pending', 'success'], ['success', 'success', 'success']])
  }))

test('a pipeline may be given a status for good', () =>
  withSandbox({}, async (sandbox, setClock) => {
    const { id } = sandbox.addPipeline({ status: 'manual' })
    setClock(9e9)
    expect((await api<Told>(sandbox, `/pipelines/${id}`)).status).toBe('manual')
  }))
