import { mkdirSync } from 'node:fs'
import type { Sandbox } from '../../src/sandbox/server.ts'
import { jobEnvironment } from '../helpers/environment.ts'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome, type Home } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import type { WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const other = useGitlab()
const home = useHome()

interface Place {
  line: string
  env?: Record<string, string>
  stdin?: string
  /** Further lines of the server's entry in the config. */
  entry?: string[]
}

/** Every source of a job token, besides CI_JOB_TOKEN itself. */
const places: [name: string, place: (token: string, files: Home) => Place][] = [
  ['GITLAB_TRIGGER_TOKEN', (token) => ({ line: '', env: { GITLAB_TRIGGER_TOKEN: token } })],
  ['--token', (token) => ({ line: `--token ${token}` })],
  ['--token-file', (token, files) => ({ line: `--token-file ${files.write('t', token)}` })],
  ['--token-stdin', (token) => ({ line: '--token-stdin', stdin: `${token}\n` })],
  [
    'GITLAB_TRIGGER_TOKEN_FILE',
    (token, files) => ({ line: '', env: { GITLAB_TRIGGER_TOKEN_FILE: files.write('t', token) } }),
  ],
  ['token in the config', (token) => ({ line: '', entry: [`token: ${token}`] })],
  ['tokenEnv', (token) => ({ line: '', env: { DOCS: token }, entry: ['tokenEnv: DOCS'] })],
  ['tokenFile', (token, files) => ({ line: '', entry: [`tokenFile: ${files.write('t', token)}`] })],
  ['tokenCommand', (token) => ({ line: '', entry: [`tokenCommand: [echo, ${token}]`] })],
]

function worldOf({ env, stdin, entry }: Place, base: Record<string, string>): WorldOptions {
  if (entry) {
    mkdirSync(home().folder, { recursive: true })
    home().config(serverYaml(gitlab(), ...entry))
  }
  return home().world({
    env: { PATH: process.env['PATH'] ?? '', ...base, ...env },
    ...(stdin !== undefined && { stdin }),
  })
}

const inJob = (sandbox: Sandbox, place: Place, more: string): Promise<Result> =>
  run(
    `--project 9 --ref master ${place.line} ${more}`,
    worldOf(place, { ...jobEnvironment(sandbox).env, GITLAB_TRIGGER_API_TOKEN: sandbox.tokens.api }),
  )

describe.each(places)('a job token by %s', (_, place) => {
  test('--skip-if-running sees a pipeline of source pipeline', async () => {
    gitlab().addPipeline({ source: 'pipeline', status: 'running', username: 'seed' })
    const { code } = await inJob(gitlab(), place(gitlab().tokens.job, home()), '--skip-if-running')
    expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 10, posts: 0 })
  })

  test('the printed check lists its pipeline', async () => {
    gitlab().failNext({ kind: 'reset after', method: 'POST', createThen: true })
    const { code, stderr } = await inJob(gitlab(), place(gitlab().tokens.job, home()), '--no-verify')
    expect(code).toBe(7)
    expect(stderr).toMatch(/--ref master --source pipeline$/m)
  })

  test('it goes to the own server of the job only (T22)', async () => {
    const env = { CI_SERVER_URL: other().url, CI_API_V4_URL: `${other().url}/api/v4` }
    const given = place(gitlab().tokens.job, home())
    const base = { ...jobEnvironment(gitlab()).env, ...env, GITLAB_TRIGGER_SERVER: gitlab().url }
    const { code, stderr } = await run(`--project 9 --ref master ${given.line}`, worldOf(given, base))
    expect(code).toBe(14)
    for (const server of [gitlab().url, other().url]) expect(stderr).toContain(server)
    expect([...gitlab().requests, ...other().requests]).toEqual([])
  })
})

/** Forms of a job's token; the last is known only because it is the value of CI_JOB_TOKEN. */
const forms: [form: string, source: string, isValue?: true][] = [
  ['glcbt-64_aBcDeFgHiJkLmNoPqRsT', 'pipeline'],
  [`glcbt-eyJraWQiOiJ.${'a'.repeat(1500)}.${'b'.repeat(300)}`, 'pipeline'],
  ['acme-glcbt-eyJraWQiOiJ.abcdef.abcdef', 'pipeline'],
  ['64_aBcDeFgHiJkLmNoPqRsT', 'pipeline'],
  ['aBcDeFgHiJkLmNoPqRsT', 'pipeline', true],
  ['aBcDeFgHiJkLmNoPqRsT', 'pipeline trigger'],
  ['0123456789abcdef0123456789abcd', 'trigger'],
  ['glptt-0123456789abcdef0123456789abcdef01234567', 'trigger'],
  ['acme-glptt-0123456789abcdef0123456789abcdef01234567', 'trigger'],
]
describe.each(forms.map(([token, ...rest]) => [token.slice(0, 30), token, ...rest] as const))(
  '%s',
  (_, token, sources, isValue) => {
    const env = (): Record<string, string> => ({
      ...environment(gitlab()).env,
      GITLAB_TRIGGER_TOKEN: token,
      GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api,
      ...(isValue && { CI_JOB_TOKEN: token }),
    })

    test.each(['trigger', 'pipeline'] as const)(
      `--skip-if-running of ${sources}: a running one of %s`,
      async (source) => {
        gitlab().addPipeline({ source, status: 'running', username: 'seed' })
        const { code } = await run('--ref master --skip-if-running', { env: env() })
        expect(code).toBe(sources.includes(source) ? 10 : 4)
      },
    )

    test(`the printed check: ${sources}`, async () => {
      gitlab().failNext({ kind: 'reset after', method: 'POST' })
      const { code, stderr } = await run('--ref master --no-verify', { env: env() })
      expect(code).toBe(7)
      // Without a source both kinds are listed.
      expect(/--ref master(?: --source (\w+))?$/m.exec(stderr)?.[1] ?? 'pipeline trigger').toBe(sources)
    })
  },
)

test('of both sources, the newest pipeline counts before a lost answer', async () => {
  const old = gitlab().addPipeline({ source: 'pipeline', username: 'seed' })
  gitlab().failNext({ kind: 'reset after', method: 'POST' })
  const { code, stderr } = await run(
    '--ref master --verify --timeout 20s',
    environment(gitlab(), {
      GITLAB_TRIGGER_TOKEN: 'aBcDeFgHiJkLmNoPqRsT',
      GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api,
    }),
  )
  expect(code).toBe(7)
  expect(stderr).not.toContain(String(old.id))
})

test.each(['--wait', ''])('as API token a job token is refused, with what to do instead %s', async (line) => {
  const { job } = gitlab().tokens
  const { code, stderr } = await run(
    `--ref master ${line}`,
    environment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: job, CI_JOB_TOKEN: job }),
  )
  expect(code).toBe(2)
  expect(stderr).toContain('CI_JOB_TOKEN is used for reading by itself')
  expect(gitlab().requests).toEqual([])
})
