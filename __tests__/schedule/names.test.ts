import { load } from 'js-yaml'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'

const home = useHome()

const forms = ['systemd', 'kubernetes', 'gitlab-ci'] as const
type Form = (typeof forms)[number]

const printed = (form: string, ...line: string[]): Promise<Result> =>
  run(['schedule', form, ...line], home().world())

const named = {
  systemd: (text: string) => /cat > \/etc\/systemd\/system\/(.*)\.service /.exec(text)?.[1] ?? '',
  kubernetes: (text: string) => (load(text) as { metadata: { name: string } }).metadata.name,
  'gitlab-ci': (text: string) => Object.keys(load(text) as object).join(),
}

async function nameOf(form: Form, ...line: string[]): Promise<string> {
  const { code, stdout, stderr } = await printed(form, ...line)
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return named[form](stdout)
}

const where = (server: string, project: string, ref: string): string[] => [
  ...['--server', server, '--project', project, '--ref', ref],
]
const [one, two] = ['https://one.example.com', 'https://two.example.com']
const long = 'group/'.repeat(20)

describe.each(forms)('the name in %s', (form) => {
  // prettier-ignore
  test.each([
    ['refs', where(one, '9', 'rel_1'), where(one, '9', 'Rel/1')],
    ['refs that differ in case', where(one, '9', 'rel'), where(one, '9', 'REL')],
    ['refs of other letters', where(one, '9', '主'), where(one, '9', '副')],
    ['long paths', where(one, `${long}a`, 'main'), where(one, `${long}b`, 'main')],
    ['servers', where(one, '9', 'main'), where(two, '9', 'main')],
    ['ports', where(one, '9', 'main'), where(`${one}:8443`, '9', 'main')],
    ['what is project and what is ref', where(one, 'g/a-b', 'x'), where(one, 'g/a', 'b-x')],
  ])('tells two %s apart', async (_, a, b) => {
    const names = [await nameOf(form, ...a), await nameOf(form, ...b)]
    expect(new Set(names).size).toBe(2)
    for (const name of names) expect(name).toMatch(/^gitlab-trigger-[a-z0-9-]{1,28}-[0-9a-f]{8}$/)
  })

  test('can be read', async () => {
    expect(await nameOf(form, ...where(one, 'group/docs', 'release/1.2'))).toMatch(
      /^gitlab-trigger-group-docs-release-1-2-[0-9a-f]{8}$/,
    )
  })

  test('stays when variables, time or flags change: an edited schedule replaces its old self', async () => {
    const before = await nameOf(form, ...where(one, '9', 'main'))
    for (const more of [
      ['--var', 'A=1'],
      ['--at', '@daily'],
      ['--timeout', '9s'],
    ])
      expect(await nameOf(form, ...where(one, '9', 'main'), ...more)).toBe(before)
  })

  test('of a recipe is not that of its target, nor of another recipe', async () => {
    home().config(
      `${serverYaml({ url: one })}recipes: { a: { project: 9, ref: main }, A: { project: 9, ref: main } }\n`,
    )
    const names = [
      await nameOf(form, 'a'),
      await nameOf(form, 'A'),
      await nameOf(form, ...where(one, '9', 'main')),
    ]
    expect(new Set(names).size).toBe(3)
  })

  test('is said on stderr, with the flag that makes a second one', async () => {
    const { stdout, stderr } = await printed(form, ...where(one, '9', 'main'))
    expect(stderr).toMatch(/^This replaces the .* named \S+, if there is one\. .*--name NAME\.$/m)
    expect(stderr).toContain(` named ${named[form](stdout)},`)
  })

  test.each(['nightly', 'a', '9', 'x'.repeat(52), 'a-1'])('--name %s', async (name) => {
    const { stdout, stderr } = await printed(form, ...where(one, '9', 'main'), '--name', name)
    expect(named[form](stdout)).toBe(name)
    expect(stderr).toContain(` named ${name},`)
  })

  test.each(['', 'A', 'a b', 'a_b', '-a', 'a-', '../x', 'x'.repeat(53), 'größe', 'a\nb', 'default', 'true'])(
    '--name %j is refused',
    async (name) => {
      const { code, stdout, stderr } = await printed(form, ...where(one, '9', 'main'), `--name=${name}`)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain('--name')
    },
  )
})

test('each CronJob has its own secret: a token belongs to one project of one server', async () => {
  for (const server of [one, two]) {
    const { stdout } = await printed('kubernetes', ...where(server, '9', 'main'))
    const name = named.kubernetes(stdout)
    expect(stdout).toContain(
      `# Run this once before: kubectl create secret generic ${name} --from-file=gitlab_trigger_token=`,
    )
    expect(stdout).toContain(`secretName: ${name}\n`)
    expect(stdout).toContain(`kubectl create job ${name}-now --from=cronjob/${name}\n`)
  }
})

test.each(['cron', 'curl', 'github-actions'])('%s has no name', async (form) => {
  const { code, stderr } = await printed(form, ...where(one, '9', 'main'), '--name', 'x')
  expect(code).toBe(2)
  expect(stderr).toContain('unknown flag --name')
})
