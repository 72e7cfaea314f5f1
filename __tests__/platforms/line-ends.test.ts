import { environment, lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'

// Every kind of file that is read, with the line ends of Windows: as editors and git write them there.

const gitlab = useGitlab()
const home = useHome()
const crlf = (text: string): string => text.replaceAll('\n', '\r\n')

/** Types a line on Windows. */
function typed(line: string, env: Record<string, string> = {}, stdin = ''): Promise<Result> {
  const own = environment(gitlab(), { GITLAB_TRIGGER_REF: 'master', ...env }).env
  return run(line, home().world({ platform: 'win32', stdin, env: own ?? {} }))
}

/** What `typed` has come to. */
function expectSent(result: Result, fields: Record<string, string>): void {
  expect(result).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  expect(lastFields(gitlab())).toMatchObject({ ref: 'master', ...fields })
}

test.each<[name: string, text: string]>([
  ['v.env', 'A=1\nB="x y"\n'],
  ['v.json', '{\n  "A": "1",\n  "B": "x y"\n}\n'],
  ['v.yaml', 'A: "1"\nB: x y\n'],
])('--vars-from %s', async (name, text) => {
  const path = home().write(name, crlf(text))
  expectSent(await typed(`--vars-from ${path}`), { 'variables[A]': '1', 'variables[B]': 'x y' })
})

test('--vars-from -', async () => {
  expectSent(await typed('--vars-from -', {}, crlf('A=1\nB=2\n')), {
    'variables[A]': '1',
    'variables[B]': '2',
  })
})

test('--token-file, --token-stdin', async () => {
  const token = crlf(`${gitlab().tokens.trigger}\n`)
  const none = { GITLAB_TRIGGER_TOKEN: '' }
  expectSent(await typed(`--token-file ${home().write('token', token)}`, none), {
    token: gitlab().tokens.trigger,
  })
  expect(await typed('--token-stdin', none, token)).toMatchObject({ code: 0, stdout: '4712\n' })
})

test.each<[name: string, text: () => string]>([
  ['config.yaml', () => serverYaml(gitlab(), 'project: 9', 'tokenFile: token')],
  [
    'config.json',
    () =>
      JSON.stringify(
        { servers: { work: { url: gitlab().url, project: 9, tokenFile: 'token' } }, default: 'work' },
        null,
        2,
      ),
  ],
])('%s, and the token file that it names', async (name, text) => {
  home().config(crlf(text()), name)
  home().write('home/.config/gitlab-trigger/token', crlf(`${gitlab().tokens.trigger}\n`))
  expectSent(await run('-r master', home().world({ platform: 'win32' })), { token: gitlab().tokens.trigger })
})

test.each<[name: string, text: string]>([
  ['plan.csv', 'name,project,ref,variables.A\none,9,master,x y\n'],
  ['plan.ndjson', '{"name":"one","project":9,"ref":"master","variables":{"A":"x y"}}\n'],
  ['plan.yaml', 'targets:\n  - name: one\n    project: 9\n    ref: master\n    variables: { A: x y }\n'],
  [
    'plan.json',
    '{\n  "targets": [\n{ "name": "one", "project": 9, "ref": "master", "variables": { "A": "x y" } }\n]\n}\n',
  ],
])('batch %s', async (name, text) => {
  const result = await typed(`batch ${home().write(name, crlf(text))}`)
  expect(result).toMatchObject({ code: 0, stdout: '4711\n' })
  expect(posts(gitlab())).toHaveLength(1)
  expect(lastFields(gitlab())).toMatchObject({ 'variables[A]': 'x y' })
})

test('--var-file keeps every byte, and a value that ends in a carriage return is warned of', async () => {
  const result = await typed(`--var-file A=${home().write('value', 'x\r\n')}`)
  expect(lastFields(gitlab())['variables[A]']).toBe('x\r\n')
  expect(result).toMatchObject({ code: 0, stderr: '' })
  const cut = await typed(`--var-file A=${home().write('value', 'x\r')}`)
  expect(cut.stderr).toContain('warning: these values end in a carriage return (CR) and are sent with it: A.')
})
