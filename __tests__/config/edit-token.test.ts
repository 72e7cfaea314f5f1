import { chmodSync, lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expectRefusalMessage } from '../helpers/refusal-message.ts'
import { lastFields, useGitlab } from '../helpers/gitlab.ts'
import { leaksBelow, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import type { WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()
const token = (): string => gitlab().tokens.trigger

const typed = (line: string, options: WorldOptions = {}): Promise<Result> => run(line, home().world(options))
const own = (name: string): string => join(home().folder, name)
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

/** The whole way: the token is stored, shown nowhere, kept in one private file, and the next run uses it. */
async function expectStored(
  options: WorldOptions,
  file = own('work.token'),
  line = 'config edit-token work',
): Promise<void> {
  const { code, stdout, stderr } = await typed(line, options)
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toContain(file)
  expect(stderr).not.toContain(token())
  expect(readFileSync(file, 'utf8')).toBe(`${token()}\n`)
  expect(modeOf(file)).toBe('600')
  expect(leaksBelow(home().root, token(), [file])).toEqual([])
  expect(await typed('--server work --project 9 --ref master')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^471\d\n$/) as string,
    stderr: '',
  })
  expect(lastFields(gitlab())['token']).toBe(token())
}

const yaml = (...more: string[]): string =>
  ['servers:', '  work:', `    url: ${gitlab().url}`, ...more, ''].join('\n')

describe('config edit-token', () => {
  test.each<[name: string, options: () => WorldOptions]>([
    ['from stdin', () => ({ stdin: token() })],
    ['from stdin, with a line end', () => ({ stdin: `${token()}\n` })],
    ['from stdin, with CR LF', () => ({ stdin: `${token()}\r\n` })],
    ['typed at a terminal', () => ({ stdin: token(), tty: ['stdin', 'stderr'] })],
  ])('%s', async (_, options) => {
    home().config(yaml())
    await expectStored(options())
  })

  test('asks at a terminal on stderr, and asks for it not to be shown', async () => {
    home().config(yaml())
    const { world, stderr, stdout } = await typed('config edit-token work', {
      stdin: token(),
      tty: ['stdin', 'stderr'],
    })
    expect(stderr).toMatch(/token of work.*:/i)
    expect(stdout).toBe('')
    expect(world.wasStdinRead()).toBe(true)
  })

  const texts: [name: string, text: () => string, kept: string[]][] = [
    [
      'comments',
      () => `# mine\n${yaml('    # its project', '    project: 9 # nine')}# the end\n`,
      ['# mine\n', '    # its project\n', '    project: 9 # nine\n', '# the end\n'],
    ],
    [
      'other servers',
      () =>
        `servers:\n  a:\n    url: https://a.example\n  work:\n    url: ${gitlab().url}\n  z:\n    url: https://z.example\n`,
      ['    url: https://a.example\n', '    url: https://z.example\n'],
    ],
    ['an indent of four', () => `servers:\n    work:\n        url: ${gitlab().url}\n`, ['        url: ']],
    ['a quoted name', () => `servers:\n  "work":\n    url: ${gitlab().url}\n`, ['  "work":\n']],
    [
      'a recipe of the same name',
      () => `recipes:\n  work:\n    project: 9\n${yaml()}`,
      ['recipes:\n  work:\n    project: 9\n'],
    ],
    [
      'a server whose name stands in another',
      () =>
        `servers:\n  old:\n    url: https://a.example\n    variables:\n      work: x\n  work:\n    url: ${gitlab().url}\n`,
      ['      work: x\n'],
    ],
    ['no line end at its end', () => yaml().trimEnd(), ['servers:\n']],
    ['braces', () => `servers: { work: { url: '${gitlab().url}' } } # mine\n`, [' } } # mine\n']],
    [
      'an entry in braces beside a recipe of its name',
      () => `servers:\n  work: { url: '${gitlab().url}' }\nrecipes:\n  work:\n    project: 9\n`,
      ['recipes:\n  work:\n    project: 9\n'],
    ],
    [
      'a name that is quoted in an odd way',
      () => `servers:\n  "\\x77ork":\n    url: ${gitlab().url}\n`,
      ['  "\\x77ork":\n'],
    ],
    ['line ends of Windows', () => yaml('    project: 9').replaceAll('\n', '\r\n'), ['    project: 9\r\n']],
    ['a literal token of before', () => yaml('    token: c4n4ry'), ['servers:\n']],
    ['a tokenEnv of before', () => yaml('    tokenEnv: WORK_TOKEN'), ['servers:\n']],
  ]
  test.each(texts)('YAML with %s: the rest stays as it is', async (_, text, kept) => {
    const path = home().config(text())
    await expectStored({ stdin: token() })
    for (const part of kept) expect(readFileSync(path, 'utf8')).toContain(part)
  })

  test('JSON', async () => {
    const path = home().config(
      JSON.stringify({ servers: { work: { url: gitlab().url, project: 9 } }, ref: 'x' }),
      'config.json',
    )
    await expectStored({ stdin: token() })
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      servers: { work: { project: 9 } },
      ref: 'x',
    })
  })

  test.each(['mine.token', '../mine.token', '~/mine.token'])(
    'where the entry names a file, that one: %s',
    async (name) => {
      const text = yaml(`    tokenFile: ${name}`)
      const path = home().config(text)
      const file = name.startsWith('~') ? join(home().home, 'mine.token') : join(home().folder, name)
      for (const before of ['', 'an-old-token\n']) {
        if (before !== '') home().write(file.slice(home().root.length + 1), before, 0o644)
        await expectStored({ stdin: token() }, file)
        expect(readFileSync(path, 'utf8')).toBe(text)
      }
    },
  )

  test('--api: the API token, beside the other one', async () => {
    const { api } = gitlab().tokens
    home().config(yaml())
    await expectStored({ stdin: token() })
    expect(await typed('config edit-token work --api', { stdin: api })).toMatchObject({ code: 0 })
    const { code, stdout } = await typed('--server work --project 9 --ref master --jobs')
    expect(code).toBe(0)
    expect(stdout.split('\n').length).toBeGreaterThan(2)
    expect(lastFields(gitlab())['token']).toBe(token())
  })

  test('again: the token is replaced, the entry has one key', async () => {
    const path = home().config(yaml())
    await typed('config edit-token work', { stdin: 'an-older-token' })
    await expectStored({ stdin: token() })
    expect(readFileSync(path, 'utf8').match(/tokenFile/g)).toHaveLength(1)
  })

  test('--config: the file that it names', async () => {
    const path = home().write('work/checkout/named.yaml', yaml())
    expect(await typed('config edit-token work --config named.yaml', { stdin: token() })).toMatchObject({
      code: 0,
    })
    expect(await typed('-s work -p 9 -r master --config named.yaml')).toMatchObject({
      code: 0,
      stdout: '4711\n',
    })
    expect(readFileSync(path, 'utf8')).toContain('tokenFile')
  })

  test('the config file keeps its mode: others may have to read it', async () => {
    const path = home().config(yaml(), 'config.yaml', 0o644)
    await typed('config edit-token work', { stdin: token() })
    expect(modeOf(path)).toBe('644')
  })

  test('a config file that is a link stays one', async () => {
    const real = home().write('dotfiles/trigger.yaml', yaml())
    home().write('home/.config/gitlab-trigger/x', '')
    symlinkSync(real, own('config.yaml'))
    expect(await typed('config edit-token work', { stdin: token() })).toMatchObject({ code: 0 })
    expect(lstatSync(own('config.yaml')).isSymbolicLink()).toBe(true)
    expect(readFileSync(real, 'utf8')).toContain('tokenFile')
    expect(await typed('-s work -p 9 -r master')).toMatchObject({ code: 0 })
  })
})

describe('config edit-token: refused, and nothing is changed', () => {
  const rows: [line: string, options: () => WorldOptions, code: number, says: string][] = [
    ['config edit-token wrok', () => ({ stdin: token() }), 14, 'did you mean "work"?'],
    ['config edit-token constructor', () => ({ stdin: token() }), 14, 'no server "constructor"'],
    ['config edit-token', () => ({ stdin: token() }), 2, '<server> is missing'],
    ['config edit-token work --no-config', () => ({ stdin: token() }), 14, 'no server "work"'],
    ['config edit-token work', () => ({}), 2, 'standard input'],
    ['config edit-token work', () => ({ stdin: '\n' }), 2, 'standard input'],
    ['config edit-token work', () => ({ stdin: `${token()} x` }), 2, 'standard input'],
    ['config edit-token work', () => ({ stdin: `${token()}\n${token()}\n` }), 2, 'standard input'],
    ['config edit-token work', () => ({ stdin: '', tty: ['stdin', 'stderr'] }), 2, 'typed'],
  ]
  test.each(rows)('%s (%#): %s %s', async (line, options, code, says) => {
    const path = home().config(yaml())
    const before = readFileSync(path, 'utf8')
    const result = await typed(line, options())
    expect(result).toMatchObject({ code, stdout: '' })
    expect(result.stderr).toContain(says)
    expect(result.stderr).not.toContain(token())
    expect(readFileSync(path, 'utf8')).toBe(before)
    expect(leaksBelow(home().root, token())).toEqual([])
  })

  test('the token as a word of the line is refused, and not shown', async () => {
    home().config(yaml())
    const { code, stdout, stderr } = await typed(`config edit-token work ${token()}`)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).not.toContain(token())
  })

  test('a token file below something that is no folder', async () => {
    const text = yaml('    tokenFile: config.yaml/token')
    home().config(text)
    const { code, stderr } = await typed('config edit-token work', { stdin: token() })
    expect(code).toBe(14)
    expect(stderr).toContain('config.yaml/token')
    expectRefusalMessage(stderr)
  })

  test('a config that others can write is not touched', async () => {
    const path = home().config(yaml())
    chmodSync(path, 0o666)
    expect(await typed('config edit-token work', { stdin: token() })).toMatchObject({ code: 14 })
    expect(leaksBelow(home().root, token())).toEqual([])
  })
})
