import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { jobEnvironment } from '../helpers/environment.ts'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'
import { start } from '../helpers/world.ts'

const line = '--project 9 --ref master'
const gitlab = useGitlab()

/** Another GitLab, to which nothing of this job's may go. */
async function withOther(use: (other: Sandbox) => Promise<void>): Promise<void> {
  const other = await startSandbox({ now: () => start, paceMs: 0 })
  try {
    await use(other)
  } finally {
    await other.close()
  }
}

describe('in a job', () => {
  test('the server and the token are those of the job', async () => {
    const { code, stdout, stderr } = await run(line, jobEnvironment(gitlab()))
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
    expect(stderr).toMatch(/^Pipeline 4711 \(ref master\): created http\S+\n$/)
    expect(posts(gitlab()).map(({ path }) => path)).toEqual(['/api/v4/projects/9/trigger/pipeline'])
    expect(lastFields(gitlab())).toEqual({ token: gitlab().tokens.job, ref: 'master' })
    expect(gitlab().pipelines.map(({ source }) => source)).toEqual(['pipeline'])
  })

  test.each([
    ['without CI_API_V4_URL', { CI_API_V4_URL: undefined }],
    ['with an empty CI_API_V4_URL', { CI_API_V4_URL: '' }],
    [
      'with an empty GITLAB_TRIGGER_SERVER and token',
      { GITLAB_TRIGGER_SERVER: '', GITLAB_TRIGGER_TOKEN: '', GITLAB_TRIGGER_TOKEN_FILE: '' },
    ],
    ['with an empty CI_SERVER_TLS_CA_FILE', { CI_SERVER_TLS_CA_FILE: '' }],
  ])('also %s', async (_, changes) => {
    expect(await run(line, jobEnvironment(gitlab(), changes))).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(lastFields(gitlab())['token']).toBe(gitlab().tokens.job)
  })

  test('a slash at the end of CI_SERVER_URL changes nothing', async () => {
    const changes = { CI_SERVER_URL: `${gitlab().url}/`, CI_API_V4_URL: undefined }
    expect(await run(line, jobEnvironment(gitlab(), changes))).toMatchObject({ code: 0, stdout: '4711\n' })
  })

  test('project and ref may come from the environment', async () => {
    const options = jobEnvironment(gitlab(), { GITLAB_TRIGGER_PROJECT: '9', GITLAB_TRIGGER_REF: 'develop' })
    expect(await run('', options)).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(lastFields(gitlab())['ref']).toBe('develop')
  })

  test.each([
    ['--token', (token: string) => [`--token=${token}`, {}] as const],
    ['GITLAB_TRIGGER_TOKEN', (token: string) => ['', { GITLAB_TRIGGER_TOKEN: token }] as const],
  ])('a token given by %s wins over the job token', async (_, give) => {
    const { trigger, job: jobToken } = gitlab().tokens
    const [words, env] = give(trigger)
    const { code, stdout, stderr } = await run(`${line} ${words}`, jobEnvironment(gitlab(), env))
    expect(code).toBe(0)
    expect(lastFields(gitlab())['token']).toBe(trigger)
    expect(gitlab().pipelines.map(({ source }) => source)).toEqual(['trigger'])
    expect(
      gitlab()
        .requests.map(({ body, rawHeaders }) => body.toString() + rawHeaders.join())
        .join(),
    ).not.toContain(jobToken)
    expect(stdout + stderr).not.toContain(jobToken)
  })

  test.each([
    [
      'a flag over the environment and CI',
      (url: string) =>
        [
          `--server ${url}`,
          { GITLAB_TRIGGER_SERVER: 'https://a.example', CI_SERVER_URL: 'https://b.example' },
        ] as const,
    ],
    [
      'the environment over CI',
      (url: string) => ['', { GITLAB_TRIGGER_SERVER: url, CI_SERVER_URL: 'https://b.example' }] as const,
    ],
  ])('the server: %s', async (_, give) => {
    const { url, tokens } = gitlab()
    const [words, env] = give(url)
    const options = jobEnvironment(gitlab(), {
      ...env,
      CI_API_V4_URL: undefined,
      GITLAB_TRIGGER_TOKEN: tokens.trigger,
    })
    expect(await run(`${line} ${words}`, options)).toMatchObject({ code: 0, stdout: '4711\n' })
  })
})

describe('a path prefix', () => {
  const prefixed = useGitlab({ prefix: '/tools/gitlab' })
  test.each([
    ['of CI_API_V4_URL', () => ({ CI_SERVER_URL: new URL(prefixed().url).origin })],
    ['of CI_SERVER_URL', () => ({ CI_API_V4_URL: undefined })],
    ['of both', () => ({})],
  ])('%s survives', async (_, changes) => {
    expect(await run(line, jobEnvironment(prefixed(), changes()))).toMatchObject({
      code: 0,
      stdout: '4711\n',
    })
    expect(prefixed().requests.map(({ path }) => path)).toEqual([
      '/tools/gitlab/api/v4/projects/9/trigger/pipeline',
    ])
    expect(lastFields(prefixed())['token']).toBe(prefixed().tokens.job)
  })
})

describe('the job token goes to the server of the job only (T22)', () => {
  /** Servers that are not the job's own, seen from the job's. */
  const others: [name: string, url: (own: Sandbox, other: Sandbox) => string, more: string][] = [
    ['another port', (_, other) => other.url, ''],
    ['another name of the same machine', ({ url }) => url.replace('127.0.0.1', 'localhost'), ''],
    ['another path prefix', ({ url }) => `${url}/gitlab`, ''],
    ['another scheme', ({ url }) => url.replace('http:', 'https:'), ''],
    ['another host', () => 'https://gitlab.com', ''],
    ['another host over http', () => 'http://gitlab.example.com', '--allow-http'],
  ]
  describe.each(['--server', 'GITLAB_TRIGGER_SERVER'])('%s', (way) => {
    test.each(others)('%s', (_, url, more) =>
      withOther(async (other) => {
        const address = url(gitlab(), other)
        const isFlag = way === '--server'
        const options = jobEnvironment(gitlab(), isFlag ? {} : { GITLAB_TRIGGER_SERVER: address })
        for (const mode of ['', '--dry-run', '--jobs']) {
          const { code, stdout, stderr } = await run(
            `${line} ${mode} ${more} ${isFlag ? `--server ${address}` : ''}`,
            options,
          )
          expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
          for (const part of ['CI_JOB_TOKEN', gitlab().url, address, way, 'No pipeline was created.\n'])
            expect(stderr).toContain(part)
          expect(stderr).not.toContain(gitlab().tokens.job)
        }
        expect([...gitlab().requests, ...other.requests]).toEqual([])
      }),
    )
  })

  test('also where CI_API_V4_URL says otherwise than CI_SERVER_URL', () =>
    withOther(async (other) => {
      await run(line, jobEnvironment(gitlab(), { CI_API_V4_URL: `${other.url}/api/v4` }))
      expect(other.requests).toEqual([])
    }))

  test('also where there is no CI_SERVER_URL', async () => {
    const options = jobEnvironment(gitlab(), { CI_SERVER_URL: undefined, CI_API_V4_URL: undefined })
    const { code, stderr } = await run(`${line} --server ${gitlab().url}`, options)
    expect(code).toBe(14)
    expect(stderr).toContain('CI_JOB_TOKEN')
    expect(gitlab().requests).toEqual([])
  })

  test('not even to read the jobs of a build that another token started', () =>
    withOther(async (other) => {
      const options = jobEnvironment(gitlab(), {
        GITLAB_TRIGGER_TOKEN: other.tokens.trigger,
        GITLAB_TRIGGER_API_TOKEN: other.tokens.api,
      })
      const { code } = await run(`${line} --jobs --server ${other.url}`, options)
      expect(code).toBe(0)
      expect(other.requests.length).toBeGreaterThan(1)
      const sent = other.requests.map(({ body, rawHeaders }) => body.toString() + rawHeaders.join()).join()
      expect(sent).not.toContain(gitlab().tokens.job)
      expect(sent.toLowerCase()).not.toContain('job-token')
    }))

  test('with a token of its own, another server is as good as any', () =>
    withOther(async (other) => {
      const options = jobEnvironment(gitlab(), { GITLAB_TRIGGER_TOKEN: other.tokens.trigger })
      expect(await run(`${line} --server ${other.url}`, options)).toMatchObject({ code: 0, stdout: '4711\n' })
      expect(lastFields(other)['token']).toBe(other.tokens.trigger)
      expect(gitlab().requests).toEqual([])
    }))
})

describe('outside of a job', () => {
  test.each<[name: string, changes: Record<string, string | undefined>, server: boolean, says: string]>([
    ['CI_SERVER_URL is nobody’s server', { GITLAB_CI: undefined }, false, '--server'],
    ['CI_JOB_TOKEN is nobody’s token', { GITLAB_CI: undefined }, true, '--token-file'],
    ['an empty GITLAB_CI is none', { GITLAB_CI: '' }, false, '--server'],
    ['an empty CI_JOB_TOKEN is none', { CI_JOB_TOKEN: '' }, false, '--token-file'],
    ['an empty CI_SERVER_URL is none', { CI_SERVER_URL: '', CI_API_V4_URL: '' }, false, '--server'],
  ])('%s', async (_, changes, isServerGiven, says) => {
    const options = jobEnvironment(gitlab(), changes)
    const { code, stdout, stderr } = await run(
      `${line} ${isServerGiven ? `--server ${gitlab().url}` : ''}`,
      options,
    )
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(says)
    expect(stderr).toContain('No pipeline was created.\n')
    expect(gitlab().requests).toEqual([])
  })
})
