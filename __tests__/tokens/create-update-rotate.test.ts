import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { requestsBy, apiEnvironment } from '../helpers/api.ts'
import { posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, type Line, type Result } from '../helpers/run.ts'
import { start } from '../helpers/world.ts'
import type { GitlabVersion } from '../../src/sandbox/server.ts'

const home = useHome()

interface Listed {
  id: number | null
  token: string
  description: string | null
  last_used: string | null
}

function tokensIn({ stdout }: Result): Listed[] {
  return (JSON.parse(stdout) as { tokens: Listed[] }).tokens
}

describe.each<GitlabVersion>(['18.9', '10.3', '8.17', '8.5'])(
  'the whole life of a trigger token on %s',
  (version) => {
    const gitlab = useGitlab({ gitlab: version })
    const isV3 = version.startsWith('8')

    test('made, triggered with, seen to be used, replaced, and revoked: then it triggers no more', async () => {
      const type = (line: Line): Promise<Result> =>
        run(line, home().world(apiEnvironment(gitlab(), { GITLAB_TRIGGER_TOKEN: '' })))
      const file = (name: string): string => join(home().root, name)
      const triggered = (name: string): Promise<Result> => type(`--ref master --token-file ${file(name)}`)
      const one = async (text: string): Promise<Listed> => {
        const found = tokensIn(await type('tokens list --json')).filter(({ token }) =>
          text.replace('glptt-', '').startsWith(token),
        )
        expect(found).toHaveLength(1)
        return found[0]!
      }

      expect(
        await type(['tokens', 'create', '--description', 'nightly docs', '--save-to', file('a')]),
      ).toMatchObject({ code: 0, stdout: '', stderr: '' })
      expect(statSync(file('a')).mode & 0o777).toBe(0o600)
      const first = readFileSync(file('a'), 'utf8').trim()
      const made = await one(first)
      expect(made).toMatchObject({ description: isV3 ? null : 'nightly docs', last_used: null })

      expect((await triggered('a')).code).toBe(0)
      expect((await one(first)).last_used).toBe(new Date(start).toISOString())

      const key = String(made.id ?? made.token)
      expect((await type(`tokens rotate ${key} --yes --save-to ${file('b')}`)).code).toBe(0)
      const second = readFileSync(file('b'), 'utf8').trim()
      expect(second).not.toBe(first)
      expect((await triggered('a')).code).toBe(4)
      expect((await triggered('b')).code).toBe(0)
      const heir = await one(second)
      expect(heir).toMatchObject({ description: made.description, last_used: new Date(start).toISOString() })

      expect((await type(`tokens revoke ${String(heir.id ?? heir.token)} --yes`)).code).toBe(0)
      expect((await triggered('b')).code).toBe(4)
      expect(tokensIn(await type('tokens list --json'))).toHaveLength(2)
      expect(gitlab().pipelines).toHaveLength(2)
    })
  },
)

describe('for a server of the config', () => {
  const gitlab = useGitlab()

  test('a token is made, used, replaced and used without ever being seen', async () => {
    home().config(serverYaml(gitlab(), 'project: 9', 'ref: master'))
    const env = { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }
    const type = (line: Line): Promise<Result> => run(line, home().world({ env }))
    const token = (): string => readFileSync(join(home().folder, 'work.9.token'), 'utf8').trim()
    const all: Result[] = []
    all.push(await type(['tokens', 'create', '--description', 'x', '--save-to-server', 'work']))
    const first = token()
    all.push(await type('--server work'))
    all.push(await type('tokens test'))
    all.push(await type('tokens rotate 41 --save-to-server work --yes --verbose'))
    const second = token()
    all.push(await type('--server work'))
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0])
    expect(gitlab().pipelines.map(({ trigger }) => trigger?.token)).toEqual([first, second])
    for (const { stdout, stderr } of all) {
      for (const secret of [first, second, gitlab().tokens.api]) expect(stdout + stderr).not.toContain(secret)
    }
  })
})

describe('no token in any output unless it was asked for (T49)', () => {
  const gitlab = useGitlab()
  const old = useGitlab({ gitlab: '8.17' })

  test.each([
    'tokens list',
    'tokens list --json',
    'tokens list --verbose',
    'tokens list --unused-for 1d --json',
    'tokens create --description x --save-to {}',
    'tokens create --description x --save-to {} --json --verbose',
    'tokens update {id} --description x --json',
    'tokens revoke {id} --yes --json',
    'tokens revoke {id} --yes --verbose',
    'tokens rotate {id} --yes --save-to {}',
    'tokens rotate {id} --yes --save-to {} --json --verbose',
    'tokens test',
    'tokens test --json --verbose',
    'projects seed --json --verbose',
    'refs --json --verbose',
    '--ref nope --json --verbose',
  ])('%s', async (line) => {
    for (const sandbox of [gitlab(), old()]) {
      const isV3 = sandbox === old()
      const id = isV3 ? sandbox.tokens.trigger.slice(0, 4) : '31'
      const file = join(home().root, isV3 ? 'old' : 'new')
      const typed = line.replace('{}', file).replace('{id}', id)
      const { stdout, stderr } = await run(typed, home().world(apiEnvironment(sandbox)))
      const { trigger, colleagueTrigger, api } = sandbox.tokens
      const made = requestsBy(sandbox, 'POST').some(({ path }) => path.endsWith('/triggers'))
        ? [readFileSync(file, 'utf8').trim()]
        : []
      for (const secret of [trigger, colleagueTrigger, api, ...made]) {
        expect(secret.length).toBeGreaterThan(10)
        expect(stdout + stderr).not.toContain(secret)
        expect(stdout + stderr).not.toContain(Buffer.from(secret).toString('base64').slice(0, -4))
      }
    }
  })

  test.each(['', '--json'])('tokens create prints the new one, this once, and no other %s', async (json) => {
    const { stdout, stderr } = await run(`tokens create --description x ${json}`, apiEnvironment(gitlab()))
    const text =
      json === '' ? stdout.trim() : (JSON.parse(stdout) as { token: { token: string } }).token.token
    expect(text).toMatch(/^glptt-[0-9a-f]{40}$/)
    expect(stdout.split(text)).toHaveLength(2)
    expect(stderr).not.toContain(text)
    expect(stdout + stderr).not.toContain(gitlab().tokens.trigger)
  })

  test.each(['', '--json'])(
    'tokens list --show-token shows whole what is ours, also what is in the environment %s',
    async (json) => {
      const { stdout } = await run(`tokens list --show-token ${json}`, apiEnvironment(gitlab()))
      expect(stdout).toContain(gitlab().tokens.trigger)
      expect(stdout).not.toContain(gitlab().tokens.colleagueTrigger)
      expect(stdout).not.toContain(gitlab().tokens.api)
    },
  )

  test('tokens go into the body or a header, on v4 never into a URL', async () => {
    await run('tokens create --description x', apiEnvironment(gitlab()))
    await run('tokens revoke 31 --yes', apiEnvironment(gitlab()))
    await run('tokens test', apiEnvironment(gitlab()))
    expect(posts(gitlab()).length).toBeGreaterThan(1)
    for (const { path } of gitlab().requests) expect(path).not.toMatch(/token|glptt|glpat/)
  })
})
