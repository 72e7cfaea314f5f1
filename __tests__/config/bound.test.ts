import { expectRefusalMessage } from '../helpers/refusal-message.ts'
import { posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'

const a = useGitlab()
const b = useGitlab()
const home = useHome()

const canary = 'c4n4ry-of-the-user'

const typed = (line: string, env: Record<string, string> = {}): Promise<Result> =>
  run(line, home().world({ env }))
const line = '--project 9 --ref master'

/** No request was sent, and no token was shown. */
function expectNothingSent({ code, stdout, stderr }: Result, ...says: string[]): void {
  for (const part of says) expect(stderr).toContain(part)
  expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
  expectRefusalMessage(stderr)
  expect(stderr).not.toContain(canary)
  for (const each of [a(), b()]) expect(each.requests).toEqual([])
}

describe('T17 a server that a project chose gets the token of its own entry only', () => {
  /** The user knows two servers; the project's own file, trusted, says `text`. */
  async function trusting(text: string): Promise<string> {
    home().config(
      `default: a\nservers:\n  a: { url: '${a().url}' }\n  b: { url: '${b().url}', tokenEnv: B_TOKEN }\n`,
    )
    const path = home().write('work/checkout/.gitlab-triggerrc.yaml', text)
    expect(await typed('config trust')).toMatchObject({ code: 0 })
    return path
  }
  const chosen: [name: string, text: string, line: string, at: number][] = [
    ['default', 'default: b\n', line, 1],
    ['a recipe', 'recipes:\n  docs:\n    server: b\n', `run docs ${line}`, 3],
    [
      'a recipe that another one extends',
      'recipes:\n  base:\n    server: b\n  docs: { extends: base }\n',
      `run docs ${line}`,
      3,
    ],
  ]
  const given: [name: string, line: () => string, env: Record<string, string>, names: string][] = [
    ['GITLAB_TRIGGER_TOKEN', () => '', { GITLAB_TRIGGER_TOKEN: canary }, 'GITLAB_TRIGGER_TOKEN'],
    [
      'GITLAB_TRIGGER_TOKEN_FILE',
      () => '',
      { GITLAB_TRIGGER_TOKEN_FILE: 'missing' },
      'GITLAB_TRIGGER_TOKEN_FILE',
    ],
    ['--token', () => `--token ${canary}`, {}, '--token'],
    ['--token-file', () => `--token-file ${home().write('t', canary)}`, {}, '--token-file'],
    ['--token-stdin', () => '--token-stdin', {}, '--token-stdin'],
    [
      'GITLAB_TRIGGER_API_TOKEN',
      () => '',
      { GITLAB_TRIGGER_API_TOKEN: canary, B_TOKEN: 'c4n4ry-b' },
      'GITLAB_TRIGGER_API_TOKEN',
    ],
    [
      '--api-token-file',
      () => `--api-token-file ${home().write('t', canary)}`,
      { B_TOKEN: 'c4n4ry-b' },
      '--api-token-file',
    ],
  ]
  describe.each(chosen)('by %s', (_, text, typedLine, at) => {
    test.each(given)('not that of %s: the rule and both sources are named', async (_, more, env, names) => {
      const path = await trusting(text)
      const done = await typed(`${typedLine} ${more()}`, env)
      expectNothingSent(done, `${path}:${at}`, names, 'at least as trusted')
    })

    test("the entry's own", async () => {
      await trusting(text)
      expect(await typed(typedLine, { B_TOKEN: b().tokens.trigger })).toMatchObject({ code: 0, stderr: '' })
      expect(posts(b())).toHaveLength(1)
    })

    test.each([
      ['--server b', {}],
      ['', { GITLAB_TRIGGER_SERVER: 'b' }],
    ])('where the user names it, that is the user’s choice: %s %j', async (more, env) => {
      await trusting(text)
      const all = { GITLAB_TRIGGER_TOKEN: b().tokens.trigger, ...env }
      expect(await typed(`${typedLine} ${more}`, all)).toMatchObject({ code: 0, stderr: '' })
      expect(posts(b())).toHaveLength(1)
    })
  })

  test('a project file that names no server changes nothing about tokens', async () => {
    await trusting('project: 9\nref: master\n')
    expect(await typed('', { GITLAB_TRIGGER_TOKEN: a().tokens.trigger })).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(posts(a())).toHaveLength(1)
  })

  test.each(['--dry-run', '--curl', '--dry-run --json'])('%s tells the same', async (flags) => {
    await trusting('default: b\n')
    const { code, stdout } = await typed(`${line} ${flags}`, { GITLAB_TRIGGER_TOKEN: canary })
    expect(code).toBe(14)
    if (flags.includes('--json')) expect(JSON.parse(stdout)).toMatchObject({ fields: null, exit_code: 14 })
    else expect(stdout).toBe('')
  })
})
