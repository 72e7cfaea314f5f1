import { lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expectRefusalMessage } from '../helpers/refusal-message.ts'
import { leaksBelow, useHome } from '../helpers/home.ts'
import { run, words, type Result } from '../helpers/run.ts'

// config set, get and unset: one key is changed, and nothing else.

const home = useHome()
const own = (name = 'config.yaml'): string => join(home().folder, name)
const typed = (line: string | readonly string[]): Promise<Result> => run(words(line), home().world())
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

const whole = `# mine
default: work   # the usual one

servers:
  # at the office
  work:
    url: https://gitlab.example.com     # behind the VPN
    projects:
      group/docs: { tokenFile: docs.token }   # by hand

      # the site
      "group/site.x":
        ref: main
    # token: later
  old: { url: 'https://old.example.com' }


recipes:
  nightly:
    project: group/docs
    variables:
        A: "1"   # one
        B: |
          two
          lines
    logs:   # whose
      - build
      - test
  # weekly: {}
`

/** The text with one line replaced, or taken out. */
const with_ = (line: string, by: string): string => {
  expect(whole).toContain(line)
  return whole.replace(line, by)
}

describe('config set keeps comments, order, blank lines and layout', () => {
  // prettier-ignore
  const rows: [line: readonly string[], after: string][] = [
    [['default', 'old'], with_('default: work ', 'default: old ')],
    [['ref', 'main'], whole.replace('  # weekly: {}\n', '  # weekly: {}\nref: main\n')],
    [['servers.work.url', 'https://new.example.com/git'], with_('https://gitlab.example.com', 'https://new.example.com/git')],
    [['servers.work.api', 'v4'], with_('        ref: main\n', '        ref: main\n    api: v4\n')],
    [['servers.work.projects.group/docs.ref', 'main'], with_('{ tokenFile: docs.token }', '{ tokenFile: docs.token, ref: main }')],
    [['servers.work.projects."group/site.x".ref', 'v1.0'], with_('ref: main', 'ref: v1.0')],
    [[`servers.work.projects.'group/site.x'.id`, '12'], with_('        ref: main\n', '        ref: main\n        id: 12\n')],
    [['servers.work.projects.7.ref', 'x'], with_('        ref: main\n', '        ref: main\n      "7":\n        ref: x\n')],
    [['servers.new.url', 'https://n.example.com'], with_("  old: { url: 'https://old.example.com' }\n", "  old: { url: 'https://old.example.com' }\n  new:\n    url: https://n.example.com\n")],
    [['servers.old.allowHttp', 'true'], with_("{ url: 'https://old.example.com' }", "{ url: 'https://old.example.com', allowHttp: true }")],
    [['recipes.nightly.variables.A', '2'], with_('A: "1" ', 'A: "2" ')],
    [['recipes.nightly.variables.A', 'yes'], with_('A: "1" ', 'A: "yes" ')],
    [['recipes.nightly.variables.A', '1.20'], with_('A: "1" ', 'A: "1.20" ')],
    [['recipes.nightly.variables.A', ''], with_('A: "1" ', 'A: "" ')],
    [['recipes.nightly.variables.A', '# no: [comment'], with_('A: "1" ', 'A: "# no: [comment" ')],
    [['recipes.nightly.variables.A', '"in quotes"'], with_('A: "1" ', 'A: "in quotes" ')],
    [['recipes.nightly.variables.B', 'one'], with_('B: |\n          two\n          lines\n', 'B: one\n')],
    [['recipes.nightly.variables.C', '2026-11-30'], with_('          lines\n', '          lines\n        C: "2026-11-30"\n')],
    [['recipes.nightly.variables', '{ A: 1, B: no }'], with_('    variables:\n        A: "1"   # one\n        B: |\n          two\n          lines\n', '    variables: { A: "1", B: "no" }\n')],
    [['recipes.nightly.logs', '[deploy, 1.20]'], with_('    logs:   # whose\n      - build\n      - test\n', '    logs: [deploy, "1.20"]   # whose\n')],
    [['recipes.nightly.project', '9'], with_('    project: group/docs\n', '    project: 9\n')],
    [['recipes.nightly.timeout', '90s'], with_('      - test\n', '      - test\n    timeout: 90s\n')],
    [['recipes.nightly.inputs.m', '3'], with_('      - test\n', '      - test\n    inputs:\n      m: 3\n')],
    [['recipes.nightly.exitCodes.3', '0'], with_('      - test\n', '      - test\n    exitCodes:\n      "3": 0\n')],
    [['recipes.nightly.wait', 'true'], with_('      - test\n', '      - test\n    wait: true\n')],
  ]
  test.each(rows)('config set %j', async (line, after) => {
    const path = home().config(whole)
    const { code, stdout, stderr } = await typed(['config', 'set', ...line])
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/^Set \S+ in \S+\/config\.yaml\.\n$/) as string,
    })
    expect(readFileSync(path, 'utf8')).toBe(after)
    expect(modeOf(path)).toBe('600')
    // No other file is next to it.
    expect(readdirSync(home().folder)).toEqual(['config.yaml'])
  })

  // prettier-ignore
  test.each<[name: string, before: string, line: string, after: string]>([
    ['a mapping that is empty', 'servers:\n  # none yet\n', 'servers.a.url https://a', 'servers:\n  a:\n    url: https://a\n  # none yet\n'],
    ['a value that is empty', 'servers:\n  a:\n    variables:   # all\n', 'servers.a.variables.A x', 'servers:\n  a:\n    variables:   # all\n      A: x\n'],
    ['an empty file', '', 'project a/b', 'project: a/b\n'],
    ['nothing but comments', '# mine', 'project a/b', '# mine\nproject: a/b'],
    ['no line end at the end', 'ref: x', 'project a/b', 'ref: x\nproject: a/b'],
    ['braces in lines', 'servers: {\n  a: { url: https://a },\n}\n', 'servers.b.url https://b', 'servers: {\n  a: { url: https://a },\n  b: { url: https://b },\n}\n'],
    ['empty braces', 'servers: {}\n', 'servers.a.url https://a', 'servers: { a: { url: https://a } }\n'],
    ['an indent of four', 'servers:\n    a:\n        url: https://a\n', 'servers.b.url https://b', 'servers:\n    a:\n        url: https://a\n    b:\n        url: https://b\n'],
    ['a comment below a block', 'servers:\n  a:\n    url: https://a\n    # token: x\n\n  # b: the other\n', 'servers.c.url https://c', 'servers:\n  a:\n    url: https://a\n    # token: x\n  c:\n    url: https://c\n\n  # b: the other\n'],
    ['a target', 'recipes:\n  r:\n    targets:\n      - project: 9   # nine\n        ref: main\n', 'recipes.r.targets.0.ref v1', 'recipes:\n  r:\n    targets:\n      - project: 9 # nine\n        ref: "v1"\n'],
    ['a list', 'recipes:\n  r:\n    logs: [a, b]\n', 'recipes.r.logs.1 2026-11-30', 'recipes:\n  r:\n    logs: [ a, "2026-11-30" ]\n'],
    ['the beginning of a document', '---\nref: x\n', 'project a/b', '---\nref: x\nproject: a/b\n'],
    ['line ends of Windows', 'ref: x\r\nretry: 1\r\n', 'ref z', 'ref: z\r\nretry: 1\r\n'],
  ])('%s', async (_, before, line, after) => {
    const path = home().config(before)
    expect(await typed(`config set ${line}`)).toMatchObject({ code: 0 })
    expect(readFileSync(path, 'utf8')).toBe(after)
  })

  // prettier-ignore
  test.each<[name: string, before: string, line: string, after: string]>([
    ['by two', '{\n  "servers": {\n    "a": {\n      "url": "https://a"\n    }\n  }\n}\n', 'servers.a.retry 3', '{\n  "servers": {\n    "a": {\n      "url": "https://a",\n      "retry": 3\n    }\n  }\n}\n'],
    ['by a tab', '{\n\t"ref": "x",\n\t"retry": 1\n}\n', 'ref z', '{\n\t"ref": "z",\n\t"retry": 1\n}\n'],
    ['by four, a list', '{\n    "recipes": {\n        "r": { "wait": true }\n    }\n}', 'recipes.r.logs [a]', '{\n    "recipes": {\n        "r": { "wait": true, "logs": [ "a" ] }\n    }\n}'],
    ['not at all', '{"ref":"x"}', 'project a/b', '{"ref":"x", "project": "a/b"}'],
    ['of nothing', '{}\n', 'servers.9.url https://a', '{ "servers": {"9":{"url":"https://a"}} }\n'],
  ])('JSON that is indented %s', async (_, before, line, after) => {
    const path = home().config(before, 'config.json')
    expect(await typed(`config set ${line}`)).toMatchObject({ code: 0 })
    expect(readFileSync(path, 'utf8')).toBe(after)
  })

  test('the key in a package.json', async () => {
    const before = '{\n  "name": "x",\n  "gitlab-trigger": {\n    "ref": "x"\n  },\n  "version": "1.0.0"\n}\n'
    const path = home().write('work/checkout/package.json', before)
    expect(await typed('config set ref z --config package.json')).toMatchObject({ code: 0 })
    expect(readFileSync(path, 'utf8')).toBe(before.replace('"ref": "x"', '"ref": "z"'))
    expect(await typed('config get ref --config package.json')).toMatchObject({ code: 0, stdout: 'z\n' })
  })
})

describe('config unset', () => {
  // prettier-ignore
  test.each<[key: string, after: string]>([
    ['default', with_('default: work   # the usual one\n', '')],
    ['servers.work.url', with_('    url: https://gitlab.example.com     # behind the VPN\n', '')],
    ['servers.work.projects.group/docs', with_('      group/docs: { tokenFile: docs.token }   # by hand\n', '')],
    ['servers.work.projects.group/docs.tokenFile', with_('      group/docs: { tokenFile: docs.token }   # by hand\n', '')],
    ['servers.work.projects."group/site.x".ref', with_('      "group/site.x":\n        ref: main\n', '')],
    ['servers.old', with_("  old: { url: 'https://old.example.com' }\n", '')],
    ['recipes.nightly.variables.B', with_('        B: |\n          two\n          lines\n', '')],
    ['recipes.nightly.logs', with_('    logs:   # whose\n      - build\n      - test\n', '')],
  ])('config unset %s', async (key, after) => {
    const path = home().config(whole)
    const { code, stdout, stderr } = await typed(['config', 'unset', key])
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: `Removed ${key} from ${path}.\n` })
    expect(readFileSync(path, 'utf8')).toBe(after)
  })

  test('comments of a mapping that becomes empty stay, and so does its key', async () => {
    const path = home().config('recipes:\n  # mine\n  a:\n    wait: true\n')
    expect(await typed('config unset recipes.a')).toMatchObject({ code: 0 })
    expect(readFileSync(path, 'utf8')).toBe('recipes:\n  # mine\n')
  })

  test.each(['ref', 'servers.nope', 'servers.work.projects.9.ref', 'recipes.nightly.targets.0'])(
    '%s is not set: exit 2, nothing is changed',
    async (key) => {
      const path = home().config(whole)
      const { code, stderr } = await typed(['config', 'unset', key])
      expect(code).toBe(2)
      expect(stderr).toContain(`config unset: ${key} is not set in ${path}`)
      expectRefusalMessage(stderr)
      expect(readFileSync(path, 'utf8')).toBe(whole)
    },
  )

  // prettier-ignore
  test.each<[key: string, text: string, says: string]>([
    ['servers', 'default: work\nservers: { work: { url: https://a.example.com } }\n', 'work'],
    ['servers.work', 'default: work\nservers: { work: { url: https://a.example.com } }\n', 'work'],
    ['servers.work', 'servers: { work: { url: https://a.example.com }, b: { url: https://b.example.com } }\nrecipes: { r: { server: work } }\n', 'work'],
    ['servers.work', 'servers: { work: { url: https://a.example.com }, b: { url: https://b.example.com } }\nrecipes: { r: { targets: [{ server: work }] } }\n', 'work'],
    ['recipes.a', 'recipes: { a: { wait: true }, b: { extends: a } }\n', 'a'],
  ])('%s is named by the rest of %j: exit 2, nothing is changed', async (key, text, says) => {
    const path = home().config(text)
    const { code, stderr } = await typed(['config', 'unset', key])
    expect(stderr).toMatch(new RegExp(`^gitlab-trigger: config unset: .*"${says}"`))
    expect({ code, text: readFileSync(path, 'utf8') }).toEqual({ code: 2, text })
  })

  test('what the rest needs stays', async () => {
    const text = 'recipes:\n  r:\n    logs: [a]\n'
    const path = home().config(text)
    const { code, stderr } = await typed('config unset recipes.r.logs.0')
    expect({ code, text: readFileSync(path, 'utf8') }).toEqual({ code: 2, text })
    expect(stderr).toContain('recipes.r.logs: the list is empty')
  })
})

describe('config get', () => {
  test.each(['a\nb\r', 'two  blanks\t', '\u001b[31mred', '\u202E', ' '])(
    'a text in a pipe is as it stands in the file: %j',
    async (value) => {
      home().config(`variables: { C: ${JSON.stringify(value)} }\n`)
      expect((await typed('config get variables.C')).stdout).toBe(`${value}\n`)
    },
  )

  // prettier-ignore
  test.each<[key: string, stdout: string]>([
    ['default', 'work'],
    ['servers.work.projects."group/site.x".ref', 'main'],
    ['recipes.nightly.variables.A', '1'],
    ['recipes.nightly.logs', '["build","test"]'],
    ['recipes.nightly.logs.1', 'test'],
    ['servers.old', '{"url":"https://old.example.com"}'],
    ['servers.work.projects.group/docs', '{"tokenFile":"docs.token"}'],
  ])('%s', async (key, stdout) => {
    home().config(whole)
    expect(await typed(['config', 'get', key])).toMatchObject({ code: 0, stdout: `${stdout}\n`, stderr: '' })
  })

  test('--json', async () => {
    const path = home().config(whole)
    const { code, stdout } = await typed('config get recipes.nightly.logs --json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      key: 'recipes.nightly.logs',
      value: ['build', 'test'],
      origin: `${path}:26`,
      is_secret: false,
      exit_code: 0,
      error: null,
    })
  })

  test.each([
    'config get ref',
    'config get servers.nope.url',
    'config get servers.work.projects.9',
    'config get ref --json',
  ])('%s is not set: exit 2', async (line) => {
    const path = home().config(whole)
    const { code, stdout, stderr } = await typed(line)
    expect(code).toBe(2)
    expect(stderr).toContain(`is not set in ${path}`)
    if (line.endsWith('--json'))
      expect(JSON.parse(stdout)).toMatchObject({ key: null, value: null, exit_code: 2 })
    else expect(stdout).toBe('')
  })

  const secret = 'c4n4ry-7f3a9'
  const secrets = `servers:
  work:
    url: https://gitlab.example.com
    token: ${secret}-1
    apiToken: ${secret}-2
    proxy: http://me:${secret}-3@proxy.example.com:3128
    projects: { 9: { token: ${secret}-4 } }
recipes: { r: { token: ${secret}-5, variables: { token: shown } } }
`
  test.each<[key: string, stdout: RegExp]>([
    ['servers.work.token', /^\(secret, set in \S+config\.yaml:4\)\n$/],
    ['servers.work.apiToken', /^\(secret, set in \S+config\.yaml:5\)\n$/],
    ['servers.work.proxy', /^http:\/\/\*\*\*@proxy\.example\.com:3128\/?\n$/],
    [
      'servers',
      /"token":"\(secret, set in \S+:4\)".*"projects":\{"9":\{"token":"\(secret, set in \S+:7\)"\}\}/,
    ],
    ['recipes', /"token":"\(secret, set in \S+:8\)","variables":\{"token":"shown"\}/],
    ['recipes.r.variables.token', /^shown\n$/],
  ])('%s: a secret is not printed, but where it stands', async (key, expected) => {
    home().config(secrets)
    for (const more of [[], ['--json']]) {
      const { code, stdout, stderr } = await typed(['config', 'get', key, ...more])
      expect(code).toBe(0)
      if (more.length === 0) expect(stdout).toMatch(expected)
      expect(stdout + stderr).not.toContain(secret)
    }
  })
})

describe('config set: refused, and nothing is changed', () => {
  const token = 'glptt-0123456789abcdefghij'
  // prettier-ignore
  const rows: [line: readonly string[], says: string][] = [
    [['serverz.work.url', 'x'], 'serverz: unknown; did you mean "servers"?'],
    [['servers.work.urll', 'x'], 'servers.work.urll: unknown; did you mean "url"?'],
    [['servers.work.url.x', 'x'], 'servers.work.url.x: unknown'],
    [['servers.work.retry', 'many'], 'servers.work.retry: expected a whole number from 0 to 100, got "many"'],
    [['servers.work.retry', '101'], 'servers.work.retry: expected a whole number from 0 to 100, got 101'],
    [['servers.work.api', 'v5'], 'servers.work.api: expected one of v4, v3, auto; got "v5"'],
    [['servers.work.allowHttp', 'maybe'], 'servers.work.allowHttp: expected true or false, got "maybe"'],
    [['servers.work.url', 'ftp://x'], 'servers.work.url: "ftp://x" is not an http(s) URL'],
    [['servers.work.project', 'seed'], 'servers.work.project: "seed" is not a project id or a full path such as group/name'],
    [['recipes.nightly.timeout', '5x'], 'recipes.nightly.timeout: "5x" is not a duration'],
    [['recipes.nightly.runTimeout', '0'], 'recipes.nightly.runTimeout: "0" is not a duration'],
    [['servers.work.ref', ''], 'servers.work.ref: it is empty'],
    [['servers.work', 'x'], 'servers.work: expected names and values, got a string'],
    [['servers.work.tokenCommand', 'pass show x'], 'servers.work.tokenCommand: expected a list'],
    [['recipes.nightly.logs', '[a'], 'recipes.nightly.logs: the value is not a number, text or list in YAML'],
    [['recipes.nightly.inputs.x', '{ a: 1 }'], 'recipes.nightly.inputs.x: an input cannot be a mapping'],
    [['recipes.nightly.variables.A-B', 'x'], 'recipes.nightly.variables.A-B: this cannot be a name here: use letters, digits and _, at most 255'],
    [['servers.__proto__.url', 'x'], 'servers.__proto__: this name is not allowed'],
    [['servers.-x.url', 'x'], 'servers.-x: this cannot be a name here: use letters, digits, _, . and -, first a letter or digit, at most 64'],
    [['servers.new.api', 'v4'], 'server "new" has no url yet\nFirst: gitlab-trigger config set servers.new.url https://gitlab.example.com'],
    [['servers.new.projects.9.ref', 'main'], 'Or set it up: gitlab-trigger login --name new'],
    [['servers.new', '{ ref: main }'], 'server "new" has no url yet'],
    [['default', 'wrk'], 'config.yaml:2: there is no server "wrk"; did you mean "work"?'],
    [['recipes.nightly.server', 'wrk'], 'there is no server "wrk"; did you mean "work"?'],
    [['recipes.nightly.extends', 'nope'], 'there is no recipe "nope"'],
    [['recipes.nightly.extends', 'nightly'], 'recipe "nightly" extends itself'],
    [['recipes.new.extends', 'nitely'], 'there is no recipe "nitely"'],
    [['recipes.nightly.targets', '[{ ref: a }, { server: wrk }]'], 'there is no server "wrk"'],
    [['recipes.nightly.exitCodes.99', '1'], 'recipes.nightly.exitCodes.99: no run ends with 99'],
    [['default.x', 'x'], 'default.x: unknown'],
    [['', 'x'], 'is not a key'],
    [['.default', 'x'], 'is not a key'],
    [['servers..url', 'x'], 'is not a key'],
    [['servers.work.', 'x'], 'is not a key'],
    [['servers."work', 'x'], 'is not a key'],
    [['servers."".url', 'x'], 'is not a key'],
  ]
  test.each(rows)('config set %j', async (line, says) => {
    const path = home().config(whole)
    const { code, stdout, stderr } = await typed(['config', 'set', ...line])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('config set: ')
    expect(stderr).toContain(says)
    expectRefusalMessage(stderr)
    expect(readFileSync(path, 'utf8')).toBe(whole)
  })

  // prettier-ignore
  test.each<[line: readonly string[], advice: string]>([
    [['servers.work.token', token], 'Run: gitlab-trigger config edit-token work\n'],
    [['servers.work.token', 'c4n4ry'], 'Run: gitlab-trigger config edit-token work\n'],
    [['servers.work.apiToken', token], 'Run: gitlab-trigger config edit-token work --api\n'],
    [['servers.work.projects."group/site.x".token', token], 'Run: gitlab-trigger config edit-token work --project group/site.x\n'],
    [['servers.work.tokenFile', token], 'Run: gitlab-trigger config edit-token work\n'],
    [['servers.work', `{ url: 'https://x', token: ${token} }`], 'Run: gitlab-trigger config edit-token work\n'],
    [['recipes.nightly.token', token], 'Name its source instead: tokenFile, tokenEnv, tokenFrom or tokenCommand.\n'],
  ])('a secret does not come from the command line: %j', async (line, advice) => {
    const path = home().config(whole)
    const { code, stdout, stderr } = await typed(['config', 'set', ...line])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(advice)
    expect(stderr).not.toMatch(/glptt|c4n4ry/)
    expect(readFileSync(path, 'utf8')).toBe(whole)
    expect(leaksBelow(home().root, token)).toEqual([])
  })

  test.each<[name: string, text: string, mode: number]>([
    ['others can write it', whole, 0o666],
    ['it is not valid', 'servers: [', 0o600],
  ])('a file that cannot be used: %s', async (_, text, mode) => {
    const path = home().config(text, 'config.yaml', mode)
    for (const line of ['config set default old', 'config unset default', 'config get default'])
      expect(await typed(line)).toMatchObject({ code: 14, stdout: '' })
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  test('a folder that cannot be written to: exit 14', async () => {
    const path = home().config(whole)
    const options = {
      ...home().world(),
      env: { ...home().world().env, GITLAB_TRIGGER_CONFIG: '/proc/self/environ' },
    }
    expect(await run('config set default old', options)).toMatchObject({ code: 14 })
    expect(readFileSync(path, 'utf8')).toBe(whole)
  })
})

describe('which file', () => {
  test('the first key makes the file, for this user alone', async () => {
    expect(await typed('config set servers.work.url https://gitlab.example.com')).toMatchObject({ code: 0 })
    expect(readFileSync(own(), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\S+\nservers:\n {2}work:\n {4}url: https:\/\/gitlab\.example\.com\n$/,
    )
    expect(modeOf(own())).toBe('600')
  })

  test.each(['--config named.yaml', ''])("with %j: that one, and not one's own", async (flag) => {
    const path = home().write('work/checkout/named.yaml', 'ref: x\n', 0o644)
    const mine = home().config(whole)
    const env = flag === '' ? { GITLAB_TRIGGER_CONFIG: path } : {}
    const there = (line: string): Promise<Result> => run(`${line} ${flag}`, home().world({ env }))
    expect(await there('config set ref z')).toMatchObject({ code: 0 })
    expect(await there('config get ref')).toMatchObject({ code: 0, stdout: 'z\n' })
    expect(readFileSync(path, 'utf8')).toBe('ref: z\n')
    expect(modeOf(path)).toBe('644')
    expect(await there('config unset ref')).toMatchObject({ code: 0 })
    expect(readFileSync(path, 'utf8')).toBe('')
    expect(readFileSync(mine, 'utf8')).toBe(whole)
  })

  test('one that is a link stays one', async () => {
    const real = home().write('dotfiles/trigger.yaml', whole, 0o640)
    home().write('home/.config/gitlab-trigger/x', '')
    symlinkSync(real, own())
    expect(await typed('config set default old')).toMatchObject({ code: 0 })
    expect(lstatSync(own()).isSymbolicLink()).toBe(true)
    expect(readFileSync(real, 'utf8')).toBe(with_('default: work ', 'default: old '))
    expect(modeOf(real)).toBe('640')
  })

  test('no home, no file', async () => {
    const { code, stderr } = await run('config set ref x', { cwd: home().checkout })
    expect(code).toBe(14)
    expect(stderr).toContain('HOME')
  })
})
