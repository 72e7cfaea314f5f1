import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import type { WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()
beforeEach(() => {
  home().write('home/.config/gitlab-trigger/work.token', gitlab().tokens.trigger)
  home().config(serverYaml(gitlab(), 'tokenFile: work.token'))
})

/** Types a line in the checkout, or in a folder below it, or anywhere below the root of the test. */
function typed(line: string, cwd = '', options: WorldOptions = {}): Promise<Result> {
  return run(line, home().world({ cwd: join(home().checkout, cwd), ...options }))
}

const rc = (text: string, name = '.gitlab-triggerrc.yaml'): string =>
  home().write(`work/checkout/${name}`, text)

/** The variable A of the last build; undefined where none was triggered. */
const sent = (): string | undefined => lastFields(gitlab())['variables[A]']
const line = '--project 9 --ref master'

describe('T8 a trusted file that changed', () => {
  test.each(['.gitlab-triggerrc.yaml', 'package.json'])('%s: the hints work', async (name) => {
    const text = (value: string): string => `{"gitlab-trigger": {"variables": {"A": "${value}"}}}`
    const content = (value: string): string =>
      name === 'package.json' ? text(value) : `variables: { A: ${value} }\n`
    rc(content('x'), name)
    expect(await typed(`config trust ${name}`)).toMatchObject({ code: 0 })
    rc(content('y'), name)
    const { code, stderr } = await typed(line)
    expect(code).toBe(14)
    expect(posts(gitlab())).toEqual([])
    const [, diff = ''] = /(diff [^;\n]+)/.exec(stderr) ?? []
    expect(spawnSync('/bin/sh', ['-c', diff], { encoding: 'utf8' })).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^< .*x[^]*^> .*y/m) as string,
    })
    const [, again = ''] = /gitlab-trigger (config trust[^;\n]*)/.exec(stderr) ?? []
    expect(await typed(again.trim())).toMatchObject({ code: 0 })
    expect(await typed(line)).toMatchObject({ code: 0 })
    expect(sent()).toBe('y')
  })

  test('also below a folder with a blank and a quote in its name', async () => {
    home().write("it's a checkout/.git/HEAD", '')
    const path = home().write("it's a checkout/.gitlab-triggerrc", 'variables: { A: x }\n')
    const cwd = "../../it's a checkout"
    await typed('config trust', cwd)
    home().write("it's a checkout/.gitlab-triggerrc", 'variables: { A: y }\n')
    const { stderr } = await typed(line, cwd)
    expect(stderr).toContain(path)
    const [, diff = ''] = /(diff .*?)(?:; then|\n)/.exec(stderr) ?? []
    expect(spawnSync('/bin/sh', ['-c', diff]).status).toBe(1)
  })

  test('changed back, it is trusted again; gone, it is not missed', async () => {
    const path = rc('variables: { A: x }\n')
    await typed('config trust')
    rc('variables: { A: y }\n')
    expect(await typed(line)).toMatchObject({ code: 14 })
    rc('variables: { A: x }\n')
    expect(await typed(line)).toMatchObject({ code: 0 })
    rmSync(path)
    expect(await typed(line)).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('a file that is not trusted', () => {
  const mentions = ({ stderr }: Result): number => stderr.split('config trust').length - 1
  beforeEach(() => {
    rc('project: 9\nref: master\nvariables: { A: c4n4ry }\n')
  })

  test.each(['', '--json', '--verbose', '--jobs --json'])(
    'is mentioned once on a terminal: %s',
    async (flags) => {
      const env = { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }
      const result = await typed(`${line} ${flags}`, '', home().world({ tty: ['stderr'], env }))
      expect(result.code).toBe(0)
      expect(mentions(result)).toBe(1)
      expect(result.stderr).toContain(join(home().checkout, '.gitlab-triggerrc.yaml'))
      expect(result.stdout + result.stderr).not.toContain('c4n4ry')
    },
  )

  test('also where the run fails for want of what may stand there', async () => {
    const result = await typed('--ref master', '', { tty: ['stderr'] })
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(mentions(result)).toBe(1)
  })

  test.each<[name: string, flags: string, options: WorldOptions]>([
    ['without a terminal', '', {}],
    ['where only stdout is one', '', { tty: ['stdout', 'stdin'] }],
    ['with --quiet', '--quiet', { tty: ['stderr'] }],
    ['with --no-config', '--no-config', { tty: ['stderr'] }],
  ])('is not mentioned %s', async (_, flags, options) => {
    const env = { GITLAB_TRIGGER_SERVER: gitlab().url, GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger }
    const result = await typed(`${line} ${flags}`, '', home().world({ ...options, env }))
    expect(result.code).toBe(0)
    expect(mentions(result)).toBe(0)
    expect(sent()).toBeUndefined()
  })
})
