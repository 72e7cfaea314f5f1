import {
  startSandbox,
  type GitlabVersion,
  type PipelineRequest,
  type Sandbox,
} from '../../src/sandbox/server.ts'
import { environment, posts } from '../helpers/gitlab.ts'
import { run, type Result } from '../helpers/run.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'
import { start } from '../helpers/world.ts'

/** A sandbox whose world changes when the trigger has arrived; `after` is called once, with the next request. */
async function sandboxWith(
  gitlab: GitlabVersion,
  after: (sandbox: Sandbox) => void = () => undefined,
  times: { paceMs: number; before: number; after: number } = { paceMs: 0, before: start, after: start },
): Promise<Sandbox> {
  let isDone = false
  const sandbox = await startSandbox({
    gitlab,
    paceMs: times.paceMs,
    now: () => {
      const last = sandbox.requests.at(-1)
      const isAfter = posts(sandbox).length > 0 && last?.method === 'GET'
      if (isAfter && !isDone) {
        isDone = true
        after(sandbox)
      }
      return posts(sandbox).length > 0 ? times.after : times.before
    },
  })
  return sandbox
}

async function jobsOf(sandbox: Sandbox, api = 'v3'): Promise<Result & { ids: number[] }> {
  try {
    const env = { GITLAB_TRIGGER_API_TOKEN: sandbox.tokens.api }
    const result = await run(`--ref master --jobs --api ${api}`, environment(sandbox, env))
    return { ...result, ids: result.stdout.trim().split('\n').map(Number) }
  } finally {
    await sandbox.close()
  }
}

/** The ids of the jobs (v3: builds) of the pipeline that the trigger made. */
const oursIn = ({ pipelines }: Sandbox): number[] =>
  pipelines.filter(({ source }) => source === 'trigger').flatMap(({ jobs }) => jobs.map(({ id }) => id))

describe.each(['8.5', '8.17', '10.3'] as const)('--jobs on v3 of GitLab %s', (version) => {
  test('prints the id of the trigger request, then the builds', async () => {
    const sandbox = await sandboxWith(version)
    sandbox.addPipeline()
    const { code, ids, stderr } = await jobsOf(sandbox)
    expect(code).toBe(0)
    expect(ids).toEqual([101, ...oursIn(sandbox)])
    expect(ids).toHaveLength(4)
    expect(stderr).toBe('')
    expect(posts(sandbox)).toHaveLength(1)
  })

  test.each<[string, PipelineRequest]>([
    ['another ref', { ref: 'develop' }],
    ['another commit of the ref', { sha: 'f'.repeat(40) }],
    ['another project', { project: 10 }],
  ])('a pipeline of %s meanwhile is not taken for ours', async (_, request) => {
    const sandbox = await sandboxWith(version, (other) => other.addPipeline(request))
    const { code, ids } = await jobsOf(sandbox)
    expect(code).toBe(0)
    expect(ids).toEqual([101, ...oursIn(sandbox)])
  })

  test('another pipeline of the same ref and commit meanwhile: says that it is not certain', async () => {
    const sandbox = await sandboxWith(version, (other) => other.addPipeline())
    const { code, ids, stderr } = await jobsOf(sandbox)
    expect(code).toBe(0)
    expect(ids).toEqual(expect.arrayContaining([101, ...oursIn(sandbox)]))
    expect(stderr).toMatch(/not certain/)
  })

  test('the ref moves right after the trigger: ours are found all the same, or it says that it is not certain', async () => {
    const moved = 'e'.repeat(40)
    const sandbox = await sandboxWith(version, (other) => {
      other.addPipeline({ sha: moved })
      const body = JSON.stringify({ name: 'master', commit: { id: moved } })
      other.failNext({ kind: 'answer', path: '/repository/branches/master', status: 200, body })
    })
    const { code, ids, stderr } = await jobsOf(sandbox)
    expect(code).toBe(0)
    const isCertain = !stderr.includes('not certain')
    expect({ isCertain, ids }).toEqual(
      isCertain ? { isCertain, ids: [101, ...oursIn(sandbox)] } : { isCertain, ids },
    )
  })

  test('more than a page of newer builds: ours are found behind them', async () => {
    const sandbox = await sandboxWith(version, (other) => {
      for (let count = 0; count < 70; count++) other.addPipeline({ ref: 'develop' })
    })
    const { code, ids, stderr } = await jobsOf(sandbox)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(ids).toEqual([101, ...oursIn(sandbox)])
    expect(sandbox.requests.some(({ path }) => /\/builds\?.*\bpage=3\b/.test(path))).toBe(true)
  })

  test.each([
    ['nobody', {}],
    ['a wrong token', { GITLAB_TRIGGER_API_TOKEN: 'nobody-at-all' }],
  ])('%s may read: refused before the POST', async (_, env) => {
    const sandbox = await sandboxWith(version)
    const { code, stdout, stderr } = await run('--ref master --jobs --api v3', environment(sandbox, env))
    await sandbox.close()
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(statesIn(stderr)).toEqual([none])
    expect(stderr).toMatch(/GITLAB_TRIGGER_API_TOKEN/)
    expect(posts(sandbox)).toHaveLength(0)
  })
})

describe('--jobs --api auto', () => {
  test.each([
    ['8.5', 101],
    ['8.17', 101],
    ['10.3', 4711],
    ['18.9', 4711],
  ] as const)('of GitLab %s: id %i, and its jobs', async (version, id) => {
    const sandbox = await sandboxWith(version)
    const { code, ids } = await jobsOf(sandbox, 'auto')
    expect(code).toBe(0)
    expect(ids).toEqual([id, ...oursIn(sandbox)])
    expect(posts(sandbox)).toHaveLength(1)
  })
})

test('8.5: a stage of an older pipeline that begins meanwhile is not taken for ours without a word', async () => {
  // The other pipeline is in its first stage before our trigger, and in its second after it.
  const times = { paceMs: 1000, before: start, after: start + 600 }
  const sandbox = await sandboxWith('8.5', undefined, times)
  const other = sandbox.addPipeline({ createdAt: start - 2500 })
  const { code, ids, stderr } = await jobsOf(sandbox)
  expect(code).toBe(0)
  const foreign = ids.filter((id) => other.jobs.some((job) => job.id === id))
  if (foreign.length > 0) expect(stderr).toMatch(/not certain/)
})
