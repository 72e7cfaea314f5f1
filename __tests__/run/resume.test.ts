import { rmSync } from 'node:fs'
import { posts } from '../helpers/gitlab.ts'
import { useJournal } from '../helpers/journal.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'

const { gitlab, home, runOnce, failPost } = useJournal()
const start = Date.UTC(2026, 10, 22, 12)

/** A job of another project's pipeline, as GitLab's runner or GitHub's makes it. */
const jobs: Record<string, () => Record<string, string>> = {
  'GitLab CI': () => ({
    GITLAB_CI: 'true',
    CI_SERVER_URL: gitlab().url,
    CI_PROJECT_ID: '5',
    CI_PIPELINE_ID: '77',
    CI_JOB_NAME: 'deploy',
  }),
  'GitHub Actions': () => ({
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: 'seed/app',
    GITHUB_RUN_ID: '77',
    GITHUB_JOB: 'deploy',
  }),
}
const job = (changes: Record<string, string> = {}): Record<string, string> => ({
  ...jobs['GitLab CI']?.(),
  ...changes,
})
/** As on another machine. */
const forget = (): void => {
  rmSync(home().state, { recursive: true, force: true })
}
const made = (): number => posts(gitlab()).length

describe('a job that is run again goes on with its pipeline', () => {
  describe.each(Object.keys(jobs))('in %s', (system) => {
    test.each([
      ['with an API token, on another machine', true],
      ['with the journal of the same machine', false],
    ])('%s', async (_, hasToken) => {
      const env = jobs[system]?.() ?? {}
      const more = hasToken ? { env, withApiToken: true as const } : { env }
      expect(await runOnce('--ref master --resume', more)).toMatchObject({ code: 0, stdout: '4711\n' })
      if (hasToken) forget()
      expect(await runOnce('--ref master --resume', more)).toMatchObject({ code: 0, stdout: '4711\n' })
      expect(made()).toBe(1)
    })
  })

  test('and follows it to its end', async () => {
    gitlab().script('master', { failsInStage: 'test' })
    await runOnce('--ref master --resume', { env: job(), withApiToken: true })
    forget()
    const { code, stdout, stderr } = await runOnce('--ref master --resume --wait', {
      env: job(),
      withApiToken: true,
    })
    expect({ code, stdout, made: made() }).toEqual({ code: 3, stdout: '4711\n', made: 1 })
    expect(stderr).toContain('Pipeline 4711 failed')
  })
})

// prettier-ignore
const others: [name: string, first: Record<string, string>, second: Record<string, string>, firstLine: string, line: string][] = [
  ['another job', {}, { CI_JOB_NAME: 'other' }, '', ''],
  ['another pipeline', {}, { CI_PIPELINE_ID: '78' }, '', ''],
  ['another of parallel jobs', { CI_NODE_INDEX: '1' }, { CI_NODE_INDEX: '2' }, '', ''],
  ['another variable', {}, {}, '--var A=1', '--var A=2'],
  ['a variable more', {}, {}, '', '--var A=1'],
  ['another ref', {}, {}, '', '--ref v1.0.0'],
]
test.each(others)('%s triggers its own', async (_, first, second, firstLine, line) => {
  const ref = (words: string): string => (words.includes('--ref') ? words : `--ref master ${words}`)
  await runOnce(`${ref(firstLine)} --resume`, { env: job(first), withApiToken: true })
  const { code, stdout } = await runOnce(`${ref(line)} --resume`, { env: job(second), withApiToken: true })
  expect({ code, stdout, made: made() }).toEqual({ code: 0, stdout: '4712\n', made: 2 })
})

describe('how far it looks back', () => {
  const others = (count: number, createdAt: number): void => {
    for (let each = 0; each < count; each += 1) gitlab().addPipeline({ source: 'trigger', createdAt })
  }
  const looks = (): number => gitlab().requests.filter(({ path }) => path.endsWith('/variables')).length

  test('past ninety that others made since', async () => {
    await runOnce('--ref master --resume', { env: job(), withApiToken: true })
    others(90, start)
    forget()
    expect(await runOnce('--ref master --resume', { env: job(), withApiToken: true })).toMatchObject({
      stdout: '4711\n',
    })
    expect(made()).toBe(1)
  })

  test('not further than the beginning of its own pipeline', async () => {
    others(5, start - 3 * 3_600_000)
    others(2, start)
    const env = job({ CI_PIPELINE_CREATED_AT: new Date(start - 60_000).toISOString() })
    await runOnce('--ref master --resume', { env, withApiToken: true })
    expect({ looks: looks(), made: made() }).toEqual({ looks: 2, made: 1 })
  })
})

describe('what cannot be told starts nothing', () => {
  // prettier-ignore
  const rows: [name: string, status: number, code: number, says: string][] = [
    ['the variables may not be read', 403, 4, '--resume: it is not known whether an earlier run of this job started a pipeline:'],
    ['GitLab is down', 502, 6, 'It is safe to run the same command again.'],
  ]
  test.each(rows)('%s', async (_, status, code, says) => {
    await runOnce('--ref master --resume', { env: job(), withApiToken: true })
    forget()
    for (let each = 0; each < 20; each += 1)
      failPost({ method: 'GET', path: /variables$/, kind: 'answer', status })
    const result = await runOnce('--ref master --resume', { env: job(), withApiToken: true })
    expect({ code: result.code, stdout: result.stdout, made: made() }).toEqual({ code, stdout: '', made: 1 })
    expect(result.stderr).toContain(says)
    expect(statesIn(result.stderr)).toEqual([none])
  })
})

// prettier-ignore
const refused: [line: string, env: Record<string, string>, says: RegExp][] = [
  ['--resume', {}, /--resume: this is not a job of GitLab CI or GitHub Actions\n/],
  ['--resume', { GITLAB_CI: 'true', CI_SERVER_URL: 'https://gitlab.example.com' }, /--resume: this is not a job/],
  ['--resume --once K', { GITHUB_ACTIONS: 'true' }, /--once.*--resume|--resume.*--once/],
  ['--resume --marker', { GITHUB_ACTIONS: 'true' }, /--marker.*--resume|--resume.*--marker/],
]
test.each(refused)('%s %j: exit 2, nothing sent', async (line, env, says) => {
  const { code, stderr } = await runOnce(`--ref master ${line}`, { env })
  expect(code).toBe(2)
  expect(stderr).toMatch(says)
  expect(gitlab().requests).toEqual([])
})

test('the pipeline of a run without an API token is found by one that has it', async () => {
  await runOnce('--ref master --resume', { env: job() })
  forget()
  const again = await runOnce('--ref master --resume', { env: job(), withApiToken: true })
  expect(again).toMatchObject({ code: 0, stdout: '4711\n' })
  expect(made()).toBe(1)
})

test('its mark is sent only where it can be looked up', async () => {
  await runOnce('--ref master --resume', { env: job() })
  const names = (at: number): string[] => (posts(gitlab()).at(at)?.fields ?? []).map(([name]) => name)
  expect(names(0)).not.toContain('variables[GITLAB_TRIGGER_ID]')
  await runOnce('--ref master --resume', { env: job({ CI_JOB_NAME: 'other' }), withApiToken: true })
  expect(names(1)).toContain('variables[GITLAB_TRIGGER_ID]')
})
