import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newAuthority } from '../helpers/certificates.ts'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { run, type Result } from '../helpers/run.ts'
import { newFolder } from '../helpers/world.ts'

const folder = newFolder()
const path = join(folder.path, 'value')
const dotenv = join(folder.path, 'some.env')
beforeAll(() => {
  writeFileSync(path, 'canary of the file\n')
  writeFileSync(dotenv, 'FROM_FILE=canary-of-dotenv\n')
})
afterAll(() => {
  folder.remove()
})

describe.each(['--dry-run', '-n', '--curl', '--dry-run --json', '--curl --verbose'])('%s', (flags) => {
  const gitlab = useGitlab()
  const typed = ['--ref', 'master', '--var', 'A=typed', '--var', 'SECRET', '--var-file', `F=${path}`]

  function preview(more: string[] = [], env: Record<string, string> = {}): Promise<Result> {
    const all = { SECRET: 'canary of the environment', GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api, ...env }
    return run([...typed, ...more, ...flags.split(' ')], environment(gitlab(), all))
  }

  test('sends nothing, shows what was typed, and no secret', async () => {
    const { code, stdout, stderr } = await preview(['--input', 'environment=prod'])
    expect(code).toBe(0)
    expect(stdout).toContain(`${gitlab().url}/api/v4/projects/9/trigger/pipeline`)
    expect(stdout).toMatch(/variables\[A\]\W.*typed/)
    expect(stdout).toMatch(/inputs\[environment\]\W.*prod/)
    expect(stdout).toMatch(/ref\W.*master/)
    expect(stdout + stderr).not.toMatch(/canary/)
    for (const token of Object.values(gitlab().tokens)) expect(stdout + stderr).not.toContain(token)
    expect(gitlab().requests).toHaveLength(0)
  })

  test('never shows a token, wherever it was put', async () => {
    const { trigger } = gitlab().tokens
    const { stdout, stderr } = await preview([
      '--var',
      `T=${trigger}`,
      '--var',
      `U=x${encodeURIComponent(trigger)}x`,
    ])
    expect(stdout + stderr).not.toContain(trigger)
  })

  test('with --api v3 shows that address', async () => {
    const { stdout } = await preview(['--api', 'v3'])
    expect(stdout).toContain('/api/v3/projects/9/trigger/builds')
    expect(stdout).not.toContain('/api/v4/')
  })

  test('bad input is refused as ever', async () => {
    const { code, stdout } = await preview(['--var', '1-2=x'])
    expect(code).toBe(2)
    if (flags.includes('--json')) expect(JSON.parse(stdout)).toMatchObject({ url: null, exit_code: 2 })
    else expect(stdout).toBe('')
  })

  test('the path of a project is encoded', async () => {
    const { stdout } = await preview(['--project', 'group/sub/name'])
    expect(stdout).toContain('/projects/group%2Fsub%2Fname/trigger/pipeline')
  })
})

describe('--dry-run', () => {
  const gitlab = useGitlab()

  test('says method, URL and fields; values by size and origin unless typed', async () => {
    const typed = `--ref master --api v4 --dry-run --var A=typed --var SECRET --var-file F=${path} --vars-from ${dotenv}`
    const { stdout, stderr } = await run(typed, environment(gitlab(), { SECRET: 'canary', CI: 'true' }))
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toBe(`POST ${gitlab().url}/api/v4/projects/9/trigger/pipeline`)
    expect(lines.slice(1).sort()).toEqual(
      [
        'token = *** (from environment variable GITLAB_TRIGGER_TOKEN)',
        'ref = master',
        'variables[A] = typed',
        'variables[SECRET] = (6 bytes from environment variable SECRET)',
        `variables[F] = (19 bytes from file ${path})`,
        `variables[FROM_FILE] = (16 bytes from file ${dotenv}:1)`,
      ].sort(),
    )
    expect(stderr).toBe('')
  })

  test('--json holds the same as one object', async () => {
    const { stdout } = await run('--ref master --dry-run --json --var A=typed --var SECRET', {
      ...environment(gitlab(), { SECRET: 'canary' }),
    })
    expect(JSON.parse(stdout)).toMatchObject({
      method: 'POST',
      url: `${gitlab().url}/api/v4/projects/9/trigger/pipeline`,
      fields: [
        { name: 'token', secret: true },
        { name: 'ref', value: 'master' },
        { name: 'variables[A]', value: 'typed' },
        { name: 'variables[SECRET]', bytes: 6, origin: 'environment variable SECRET' },
      ],
    })
    expect(stdout).not.toContain('canary')
  })

  test.each([
    ['', '""'],
    [' a', '" a"'],
    ['two\nlines', '"two\\nlines"'],
    ['a"b', '"a\\"b"'],
    ['a b', 'a b'],
    ['größe', 'größe'],
  ])('the value %j is shown so that it can be told apart', async (value, shown) => {
    const { stdout } = await run(['--ref', 'master', '-n', '--var', `A=${value}`], environment(gitlab()))
    expect(stdout).toContain(`variables[A] = ${shown}\n`)
  })

  test('a long value is cut, and its size said', async () => {
    const { stdout } = await run(`--ref master -n --var A=${'x'.repeat(5000)}`, environment(gitlab()))
    expect(stdout).toMatch(/variables\[A\] = "x+".*\(5000 bytes\)/)
    expect(stdout.length).toBeLessThan(1000)
  })
})

describe('--curl', () => {
  const gitlab = useGitlab()

  test('is a line to paste: --form-string, the token from the environment', async () => {
    const { stdout } = await run(`--ref master --curl --var A=typed --var SECRET --var-file F=${path}`, {
      ...environment(gitlab(), { SECRET: 'canary' }),
    })
    expect(stdout).toMatch(/^curl /)
    expect(stdout).toContain('--form-string "token=$GITLAB_TRIGGER_TOKEN"')
    expect(stdout).toMatch(/--form-string '?ref=master'?/)
    expect(stdout).toMatch(/--form-string '?variables\[A\]=typed'?/)
    expect(stdout).toContain('"variables[SECRET]=$SECRET"')
    expect(stdout).toContain(`variables[F]=<"${path}"`)
    expect(stdout.trimEnd().endsWith(`${gitlab().url}/api/v4/projects/9/trigger/pipeline`)).toBe(true)
    expect(stdout).not.toMatch(/--location| -L /)
  })

  test('needs no token', async () => {
    const env = { GITLAB_TRIGGER_SERVER: gitlab().url, GITLAB_TRIGGER_PROJECT: '9' }
    const { code, stdout } = await run('--ref master --curl', { env })
    expect(code).toBe(0)
    expect(stdout).toContain('$GITLAB_TRIGGER_TOKEN')
  })
})

describe('--curl goes the same way', () => {
  const gitlab = useGitlab()
  const own = newAuthority(folder.path, 'own')
  const client = own.sign('client', 'DNS:client')
  const pair = ['--cert', client.certFile, '--key', client.keyFile]
  // prettier-ignore
  const rows: [line: string[], env: Record<string, string>, says: string[]][] = [
    [['--cacert', own.certFile], {}, [`--cacert ${own.certFile}`]],
    [pair, {}, [`--cert ${client.certFile}`, `--key ${client.keyFile}`]],
    [['--insecure'], {}, ['--insecure']],
    [['--proxy', 'proxy.example:3128'], {}, ['--proxy http://proxy.example:3128']],
    [['--proxy', 'socks5h://me:c4n4ry@proxy.example'], {}, ['--proxy socks5h://proxy.example', '--proxy-user me']],
    [['--proxy', 'none'], { https_proxy: 'http://me:c4n4ry@proxy.example' }, ["--noproxy '*'"]],
    [[], { https_proxy: 'http://me:c4n4ry@proxy.example' }, []],
    [[], {}, []],
  ]
  test.each(rows)('%j with %j', async (line, env, says) => {
    const server = { GITLAB_TRIGGER_SERVER: 'https://gitlab.example.com' }
    const { env: complete = {} } = environment(gitlab(), server)
    const words = ['--ref', 'master', '--curl', ...line]
    const { code, stdout } = await run(words, { env: { ...complete, ...env } })
    expect(code).toBe(0)
    expect(stdout).not.toContain('c4n4ry')
    const options = stdout
      .split(' \\\n  ')
      .filter((option) => !/^(curl|--form-string|https:|--max-time)/.test(option))
    expect(options).toEqual(says)
  })
})
