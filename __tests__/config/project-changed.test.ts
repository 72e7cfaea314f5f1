import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { posts } from '../helpers/gitlab.ts'
import type { Result } from '../helpers/run.ts'
import type { WorldOptions } from '../helpers/world.ts'
import { useProjectFile } from '../helpers/project-file.ts'

const { gitlab, home, typed, rc, sent } = useProjectFile()
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

  test.each<[flags: string, tty?: NonNullable<WorldOptions['tty']>]>([
    ['', []],
    ['', ['stdout', 'stdin']],
    [''],
    ['--json'],
    ['--verbose'],
    ['--jobs --json'],
    ['--jobs --json', []],
  ])('is mentioned once, whether stderr is a terminal or not: %s %j', async (flags, tty = ['stderr']) => {
    const env = { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }
    const result = await typed(`${line} ${flags}`, '', home().world({ tty, env }))
    expect(result.code).toBe(0)
    expect(mentions(result)).toBe(1)
    expect(result.stderr).toContain(join(home().checkout, '.gitlab-triggerrc.yaml'))
    expect(result.stdout + result.stderr).not.toContain('c4n4ry')
  })

  test('also where the run fails for want of what may stand there', async () => {
    const result = await typed('--ref master', '', { tty: ['stderr'] })
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(mentions(result)).toBe(1)
  })

  test.each<[name: string, flags: string, options: WorldOptions]>([
    ['with --quiet', '--quiet', {}],
    ['with --no-config', '--no-config', { tty: ['stderr'] }],
  ])('is not mentioned %s', async (_, flags, options) => {
    const env = { GITLAB_TRIGGER_SERVER: gitlab().url, GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger }
    const result = await typed(`${line} ${flags}`, '', home().world({ ...options, env }))
    expect(result.code).toBe(0)
    expect(mentions(result)).toBe(0)
    expect(sent()).toBeUndefined()
  })
})
