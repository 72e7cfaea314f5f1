import type { Sandbox } from '../../src/sandbox/server.ts'
import { jobEnvironment } from '../helpers/environment.ts'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { run, type Result } from '../helpers/run.ts'

const gitlab = useGitlab()

/** A job whose token came by another variable than CI_JOB_TOKEN, as a job's YAML can give it. */
const renamed = (sandbox: Sandbox, more: Record<string, string> = {}): Promise<Result> =>
  run(`--project 9 --ref master ${more['line'] ?? ''}`, {
    env: {
      ...jobEnvironment(sandbox).env,
      GITLAB_TRIGGER_TOKEN: sandbox.tokens.job,
      GITLAB_TRIGGER_API_TOKEN: sandbox.tokens.api,
    },
  })

// The rows that fail are faults of the client that are known; each is to be turned into a plain test by its mend.
describe('a job token that comes by GITLAB_TRIGGER_TOKEN', () => {
  test('--skip-if-running knows the pipelines of job tokens', async () => {
    gitlab().addPipeline({ source: 'pipeline', status: 'running', username: 'seed' })
    const { code } = await renamed(gitlab(), { line: '--skip-if-running' })
    expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 10, posts: 0 })
  })

  test('a lost answer is found', async () => {
    gitlab().failNext({ kind: 'reset after', method: 'POST', createThen: true })
    const { code, stdout } = await renamed(gitlab(), { line: '--verify' })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
  })
})

describe('what a job token is refused for', () => {
  test('where nobody may set variables: no inputs are recommended, a trigger token is', async () => {
    const project = gitlab().addProject({
      path: 'seed/closed',
      variablesRole: 'no_one_allowed',
      jobTokenAllowlist: [9],
    })
    const { stderr } = await run(`--project ${project} --ref main`, jobEnvironment(gitlab()))
    expect(stderr).toContain('Insufficient permissions to set pipeline variables')
    expect(stderr).not.toContain('--input')
    expect(stderr).toMatch(/trigger token/)
  })

  test('by a public project that does not list ours: the allowlist is named', async () => {
    const { stderr } = await run(
      '--project 10 --ref master',
      jobEnvironment(gitlab(), { CI_JOB_TOKEN: gitlab().tokens.outsideJob }),
    )
    expect(stderr).toContain('Insufficient permissions to create a new pipeline')
    expect(stderr).not.toContain('acts as its owner')
    expect(stderr).toMatch(/allow-?list/i)
  })
})

test('inputs that the CI file refuses: the advice is about spec:inputs, not about the page', async () => {
  const { code, stderr } = await run('--ref master --input nope=1', environment(gitlab()))
  expect(code).toBe(3)
  expect(stderr).toContain('spec:inputs')
})
