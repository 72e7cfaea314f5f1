import { useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, type Line, type Result } from '../helpers/run.ts'

// A home or config folder that cannot be written: which path that is, and what to do instead. (Tests run as root, so a file stands where the folder belongs.)

const gitlab = useGitlab()
const home = useHome()

const typed = (line: Line, env: Record<string, string>): Promise<Result> =>
  run(line, home().world({ env, stdin: gitlab().tokens.trigger }))

const fileInPath = 'A part of that path is a file, not a folder: rename that file, or '
const usual = 'Make its folder writable, or '
const elsewhere =
  'keep the config in another place: gitlab-trigger config init PATH, then add --config PATH to each command or set GITLAB_TRIGGER_CONFIG.\n'

describe.each<[what: string, env: () => Record<string, string>, fix: string, isSeen: boolean]>([
  ['a file stands in its place', () => ({ XDG_CONFIG_HOME: home().write('file', '') }), fileInPath, true],
  ['no folder can be created', () => ({ XDG_CONFIG_HOME: '/proc' }), usual, false],
  ['HOME is no folder', () => ({ HOME: '/dev/null', XDG_CONFIG_HOME: '' }), fileInPath, true],
])('%s', (_, env, fix, isSeen) => {
  test.each<[line: () => Line]>([
    [() => 'config init'],
    [() => 'config set servers.work.url https://gitlab.example.com'],
    [() => `login --url ${gitlab().url} --name work -p 9 --token-stdin`],
  ])('%s', async (line) => {
    const result = await typed(line(), env())
    expect(result).toMatchObject({ code: 14, stdout: '' })
    expect(result.stderr).toMatch(
      /^gitlab-trigger: (config init|config set|login): .*\/\S+( cannot be written)? \(E[A-Z]+\)\n/m,
    )
    expect(result.stderr).toContain(`${fix}${elsewhere}`)
    // The user is not asked questions for nothing, as far as that is known before.
    if (isSeen) expect(gitlab().requests).toEqual([])
  })
})

test('a path that was typed: the folder is a file, which is no file that exists already', async () => {
  home().write('file', '')
  const result = await typed('config init ../../file/config.yaml', {})
  expect(result).toMatchObject({ code: 14, stdout: '' })
  expect(result.stderr).toContain(`file/config.yaml cannot be written (EEXIST)\n${fileInPath}${elsewhere}`)
})

test.each([
  ['config edit-token work', 'token'],
  ['config edit-token work --api', 'apiToken'],
])('%s: the file of the token cannot be written', async (line, key) => {
  const file = home().write('file', '')
  const config = home().config(serverYaml(gitlab(), `${key}File: ${file}/work.token`))
  const result = await typed(line, {})
  expect(result).toMatchObject({ code: 14, stdout: '' })
  expect(result.stderr).toContain(
    `the token cannot be stored in ${file}/work.token (EEXIST)\n${fileInPath}name another file for it in ${config}.\n`,
  )
})

test('config trust: the folder of what is remembered', async () => {
  home().write('work/checkout/.gitlab-triggerrc.yaml', 'ref: master\n')
  const { code, stderr } = await typed('config trust', { XDG_STATE_HOME: home().write('file', '') })
  expect(code).toBe(14)
  expect(stderr).toContain(
    'A part of that path is a file, not a folder: rename that file, or set XDG_STATE_HOME.',
  )
})
