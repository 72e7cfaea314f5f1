import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from '../../src/cli/program.ts'
import { lastFields, useGitlab } from '../helpers/gitlab.ts'
import { launcher, spawnProgram, type Spawned } from '../helpers/spawn.ts'
import { newFolder } from '../helpers/world.ts'

const readme = readFileSync('README.md', 'utf8')

/** The text of the README's code blocks of one language. */
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  )

test('the README has at most 200 lines, and every block of it is tried below', () => {
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(200)
  expect([...readme.matchAll(/^```(\w+)/gm)].map(([, language]) => language)).toEqual(
    ['sh', 'sh', 'sh', 'sh', 'sh', 'yaml', 'crontab', 'yaml', 'sh', 'text'], // prettier-ignore
  )
})

test('whatever the README links to is there', () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link = '']) => link)
  expect(links.length).toBeGreaterThan(10)
  expect(links.filter((link) => !link.startsWith('https:') && !existsSync(link))).toEqual([])
})

test('every line in its sentences is one that the program understands', () => {
  const lines = [...readme.matchAll(/`(?:source <\()?gitlab-trigger ([^`]*?)\)?`/g)].map(
    ([, line = '']) => line,
  )
  expect(lines.length).toBeGreaterThan(6)
  const words = (line: string): string[] =>
    (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''))
  // A word that is no command would be a recipe.
  const isUnderstood = (line: string): boolean => {
    const invocation = parse(words(line))
    if (invocation.kind !== 'command') return invocation.kind === 'text'
    return invocation.typed.nearCommand === undefined
  }
  expect(lines.filter((line) => !isUnderstood(line))).toEqual([])
})

describe('the examples of the README work as they are written', () => {
  const gitlab = useGitlab()
  let folder: ReturnType<typeof newFolder>

  beforeEach(() => {
    folder = newFolder()
    mkdirSync(join(folder.path, 'bin'))
    symlinkSync(launcher, join(folder.path, 'bin/gitlab-trigger'))
    writeFileSync(join(folder.path, 'CHANGELOG.md'), '# Changes\n')
    writeFileSync(join(folder.path, 'release.env'), 'VERSION=1.10\n')
    writeFileSync(join(folder.path, 'nightly.yml'), blocks('yaml')[1] ?? '')
  })
  afterEach(() => {
    folder.remove()
  })

  function shell(text: string, env: Record<string, string> = {}, cwd = folder.path): Promise<Spawned> {
    const script = text.replaceAll('https://gitlab.example.com', gitlab().url)
    const path = `${folder.path}/bin:${dirname(process.execPath)}:/usr/bin:/bin`
    const { trigger: TOKEN, api: API_TOKEN } = gitlab().tokens
    const base = { PATH: path, HOME: folder.path, TOKEN, API_TOKEN, HOSTNAME: 'here' }
    return spawnProgram('/bin/sh', ['-ec', script], { cwd, env: { ...base, ...env } })
  }

  const [setUp = '', sandbox = '', login = '', variables = '', waiting = '', batch = ''] = blocks('sh')
  const cronLine = (blocks('crontab')[0] ?? '')
    .replace(/^PATH=.*\n/, '')
    .replace(/^(\S+ ){5}/, '')
    .trim()
  const yamlLine = /- (gitlab-trigger .*)/.exec(blocks('yaml').join(''))?.[1] ?? ''

  test('install and uninstall', async () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>
    }
    const words = [...setUp.matchAll(/npm (?:run )?([\w-]+)/g)].map(([, word = '']) => word)
    expect(words).toEqual(['ci', 'demo', 'ci', 'test', 'ci', 'build', 'link'])
    expect(words.filter((word) => !['ci', 'link'].includes(word) && !(word in scripts))).toEqual([])
    const [uninstall = ''] = /npm uninstall --global gitlab-trigger/.exec(readme) ?? []
    const env = { npm_config_prefix: join(folder.path, 'prefix'), npm_config_offline: 'true' }
    const installed = join(folder.path, 'prefix/bin/gitlab-trigger')
    expect(await shell('npm link', env, process.cwd())).toMatchObject({ code: 0 })
    expect(await shell(`${installed} --version`)).toMatchObject({ code: 0, stderr: '' })
    expect(await shell(uninstall, env)).toMatchObject({ code: 0 })
    expect(existsSync(installed)).toBe(false)
  })

  test('the sandbox', async () => {
    const faster = sandbox.replace('sandbox --', 'sandbox --pace 10ms --')
    expect(await shell(faster)).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  })

  test('log in and trigger', async () => {
    expect(await shell(login)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^4711$/m) as string })
    expect(await shell('gitlab-trigger -p 9 -r master')).toEqual(
      expect.objectContaining({ code: 0, stdout: '4712\n', stderr: '' }),
    )
  })

  test('variables', async () => {
    await shell(login)
    expect(await shell(variables)).toMatchObject({ code: 0, stdout: '4712\n', stderr: '' })
    expect(lastFields(gitlab())).toMatchObject({
      'variables[UPLOAD_TO_S3]': 'true',
      'variables[GREETING]': 'a,b=c:d',
      'variables[HOSTNAME]': 'here',
      'variables[NOTES]': '# Changes\n',
      'variables[VERSION]': '1.10',
    })
  })

  test('waiting', async () => {
    await shell(login)
    const { code, stdout } = await shell(waiting)
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^4712$/m) as string })
    expect(existsSync(join(folder.path, 'out'))).toBe(true)
    expect(gitlab().pipelines.map(({ id }) => id)).toEqual([4711, 4712, 4713])
  })

  test('cron', async () => {
    await shell(login)
    expect(cronLine).toContain('--var NIGHTLY=true')
    expect(await shell(cronLine)).toMatchObject({ code: 0, stdout: '4712\n', stderr: '' })
  })

  test('several projects', async () => {
    await shell(login)
    const other =
      'umask 077; printf %s "$OTHER" > ~/.other-token; gitlab-trigger login --url https://gitlab.example.com --name work --project 11 --token-file ~/.other-token'
    expect(await shell(other, { OTHER: gitlab().tokens.otherTrigger })).toMatchObject({ code: 0 })
    const { code, stdout } = await shell(batch)
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/4712\n4713\n$/) as string })
    expect(lastFields(gitlab())).toMatchObject({ 'variables[APP_PIPELINE]': '4712' })
  })

  test('.gitlab-ci.yml', async () => {
    const { url, tokens } = gitlab()
    const env = {
      GITLAB_CI: 'true',
      CI_SERVER_URL: url,
      CI_API_V4_URL: `${url}/api/v4`,
      CI_JOB_TOKEN: tokens.job,
    }
    const done = await shell(yamlLine, env)
    expect(done).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(done.stderr).toBe(`Pipeline 4711 (ref master): created ${url}/seed/app/-/pipelines/4711\n`)
    expect(gitlab().pipelines[0]?.source).toBe('pipeline')
  })
})
