import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { filesBelow, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'

const gitlab = useGitlab()
const home = useHome()

const config =
  'recipes:\n  app: { ref: master }\n  dev: { ref: develop, variables: { K: v } }\n  both: { targets: [{ ref: v1.0.0 }, { ref: größe }] }\n  lost: { ref: nowhere }\n  gone: { ref: gone }\n  some: { targets: [{ ref: nowhere }, { ref: develop }] }\n  more: { variables: { A: b }, targets: [{ ref: nowhere }, { ref: develop }] }\n'

const type = (line: string, more: Record<string, string> = {}): Promise<Result> => {
  home().config(config)
  return run(line, home().world(environment(gitlab(), more)))
}

/** Where the POSTs went, in their order: project and ref. */
const places = (): string =>
  posts(gitlab())
    .map(({ path, fields }) => {
      const ref = fields.find(([key]) => key === 'ref')?.[1].toString() ?? ''
      return `${/projects\/(\d+)/.exec(path)?.[1] ?? ''} ${ref}`
    })
    .join(', ')

const docs = (): string =>
  gitlab()
    .projects()
    .find(({ id }) => id === 10)?.triggerTokens[0] ?? ''

describe('several pipelines in one call', () => {
  test.each([
    ['run app dev', '9 master, 9 develop'],
    ['app dev', '9 master, 9 develop'],
    ['run both app', '9 v1.0.0, 9 größe, 9 master'],
    ['run -r master -r develop', '9 master, 9 develop'],
    ['-r master -r develop -r v1.0.0', '9 master, 9 develop, 9 v1.0.0'],
    ['run dev app --var N=1', '9 develop, 9 master'],
  ])('%s', async (line, expected) => {
    const { code, stdout } = await type(line)
    const wanted = expected.split(', ')
    expect({ code, places: places().split(', ').sort() }).toEqual({ code: 0, places: [...wanted].sort() })
    expect(stdout.trim().split('\n')).toHaveLength(wanted.length)
  })

  test('every combination of projects and refs, a line for each in this order', async () => {
    home().config(
      `servers: { s: { url: ${gitlab().url}, projects: { 10: { token: ${docs()} }, 9: { token: ${gitlab().tokens.trigger} } } } }\n`,
    )
    const env = { GITLAB_TRIGGER_SERVER: 's' }
    const { code, stdout } = await run('-p 9 -p 10 -r master -r v1.0.0', home().world({ env }))
    const made = new Map(gitlab().pipelines.map(({ id, ref, project }) => [id, `${project.id} ${ref}`]))
    const lines = stdout.trim().split('\n')
    expect(lines.map((id) => made.get(Number(id)))).toEqual([
      '9 master',
      '9 v1.0.0',
      '10 master',
      '10 v1.0.0',
    ])
    expect(code).toBe(0)
  })

  test('flags count before recipes, as for one', async () => {
    await type('run app dev --var K=typed --ref v1.0.0 --timeout 50s')
    expect(posts(gitlab())).toHaveLength(0)
    await type('run app dev -p 9 --var N=1')
    expect(places()).toMatch(/master|develop/)
  })

  test('one that fails leaves - in its place, the others go on', async () => {
    const { code, stdout, stderr } = await type('-r nowhere -r master')
    expect({ code, stdout }).toEqual({ code: 5, stdout: '-\n4711\n' })
    expect(stderr).toMatch(/nowhere: .*Reference not found/)
  })

  test.each([
    ['run app app', 2, /app: it was given more than once/],
    ['run app dev app app', 2, /2 of 4 targets[^]*\n {2}app: it was given more than once\nNo/],
    ['run app nono', 14, /there is no recipe "nono"/],
    [
      'run nono app nini',
      14,
      /2 of 3 targets[^]*\n {2}run: there is no recipe "nono".*\n {2}run: there is no recipe "nini".*\nNo/,
    ],
    ['nono nini', 2, /: unknown command or recipe "nono"\nNo/],
    ['statsu 4711', 2, /unknown command "statsu"; did you mean "status"\?/],
    ['run app dev --jobs', 2, /--jobs: that is about one pipeline/],
    ['run app dev --web', 2, /--web: that is about one pipeline/],
    ['run app dev --once', 2, /--once/],
    ['run app dev --play x', 2, /--play needs --wait or --follow/],
    ['-p 9 -p 9 -r x', 2, /--project is given twice, as "9"\n/],
    ['status 4711 -p 9 -p 10', 2, /--project is given twice, as "9" and "10"/],
    ['run app dev --dotenv d --dotenv e', 2, /--dotenv is given twice, as "d" and "e"/],
  ])('refused before anything is sent: %s', async (line, code, message) => {
    const result = await type(line)
    expect(result.stderr).toMatch(message)
    expect({ code: result.code, posts: posts(gitlab()).length }).toEqual({ code, posts: 0 })
  })

  const rerun = 'A plain rerun triggers again what has a pipeline already.\nTo trigger only the others'
  // prettier-ignore
  test.each([
    ['-r nowhere -r master', `${rerun}: gitlab-trigger run --ref nowhere\n`],
    ['-r nowhere -r master --once K', undefined],
    ['-r nowhere -r gone', undefined],
    ['run -p 9 -r nowhere -r master -r gone -q', `${rerun}: gitlab-trigger run --project 9 --ref nowhere --ref gone --quiet\n`],
    ['run -p 9 -p 11 -r master', `${rerun}: gitlab-trigger run --project 11 --ref master\n`],
    ['run -p 9 -p 11 -r master -r nowhere', `${rerun}, run each of them by itself.\n`],
    ['run app lost', `${rerun}: gitlab-trigger run lost\n`],
    ['run app lost --var A=b', `${rerun}, repeat the command with only: lost\n`],
    ['-r nowhere -r master --var A=b', `${rerun}, repeat the command with only: --ref nowhere\n`],
    ['run app both -p 11', undefined],
    ['run app some', `${rerun}: gitlab-trigger run --project 9 --ref nowhere\n`],
    ['run app some gone', `${rerun}, give each of them a recipe of its own.`],
    ['run app more', `${rerun}, give each of them a recipe of its own.`],
  ])('how to trigger the others after %s', async (line, says) => {
    const { stderr } = await type(line)
    if (says === undefined) expect(stderr).not.toMatch(/plain rerun|only the others/)
    else expect(stderr).toContain(says)
  })

  test('what may have been triggered is none of the others', async () => {
    gitlab().failNext({ kind: 'answer', method: 'POST', status: 500, body: 'oops' })
    const { stderr } = await type('-r nowhere -r master')
    expect(stderr).toContain('again what has or may have a pipeline already.\n')
  })

  test('--once holds for each of them', async () => {
    const first = await type('-r master -r develop --once K')
    const second = await type('-r master -r develop --once K')
    expect({ code: second.code, stdout: second.stdout, posts: posts(gitlab()).length }).toEqual({
      code: 0,
      stdout: first.stdout,
      posts: 2,
    })
  })

  test('--dry-run prints all requests and sends none', async () => {
    const { code, stdout } = await type('-r master -r develop --dry-run')
    expect(stdout.match(/ref\b.*(master|develop)/g)).toHaveLength(2)
    expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 0, posts: 0 })
  })

  test('--json prints an object for each, with its target', async () => {
    const { stdout } = await type('-r master -r develop --json')
    const objects = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(objects).toMatchObject([
      { target: 'master', ref: 'master', exit_code: 0 },
      { target: 'develop', ref: 'develop', exit_code: 0 },
    ])
  })

  test('--log-file has all of them in one line', async () => {
    const path = join(home().root, 'log')
    await type(`-r master -r develop --log-file ${path}`)
    const line = JSON.parse(readFileSync(path, 'utf8')) as { targets: { ref: string }[] }
    expect(line.targets.map(({ ref }) => ref).sort()).toEqual(['develop', 'master'])
  })

  test('no journal of a batch is kept', async () => {
    await type('-r master -r develop')
    expect(filesBelow(home().home).filter((path) => path.includes('/batch/'))).toEqual([])
  })
})
