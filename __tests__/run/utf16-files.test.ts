import { environment, lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { refuses, type Refusal } from '../helpers/refusal.ts'
import { run } from '../helpers/run.ts'

const gitlab = useGitlab()
const home = useHome()

const little = (text: string): Buffer => Buffer.from(text, 'utf16le')
const big = (text: string): Buffer => little(text).swap16()

/** What `>` of Windows PowerShell, .NET and Java make of a text. */
const encodings: [name: string, encode: (text: string) => Buffer][] = [
  ['UTF-8 with a byte order mark', (text) => Buffer.from(`\uFEFF${text}`)],
  ['UTF-16LE', (text) => little(`\uFEFF${text}`)],
  ['UTF-16BE', (text) => big(`\uFEFF${text}`)],
]

describe.each(encodings)('%s is read', (_, encode) => {
  test.each([
    ['v.env', 'A=größe 😀\r\nB=2\r\n'],
    ['v.json', '{"A":"größe 😀","B":"2"}\r\n'],
    ['v.yaml', 'A: größe 😀\r\nB: "2"\r\n'],
  ])('%s', async (name, text) => {
    const path = home().write(name, encode(text))
    const { code } = await run(`--ref master --vars-from ${path}`, environment(gitlab()))
    expect(code).toBe(0)
    expect(lastFields(gitlab())).toMatchObject({ 'variables[A]': 'größe 😀', 'variables[B]': '2' })
  })

  test('variables on stdin', async () => {
    const { code } = await run('--ref master --vars-from -', {
      ...environment(gitlab()),
      stdin: encode('A=1\r\n'),
    })
    expect(code).toBe(0)
    expect(lastFields(gitlab())).toMatchObject({ 'variables[A]': '1' })
  })

  test('tokens: --token-file, --token-stdin, --api-token-file', async () => {
    const env = { ...environment(gitlab()).env, GITLAB_TRIGGER_TOKEN: '' }
    const token = encode(`${gitlab().tokens.trigger}\r\n`)
    const api = home().write('api', encode(`${gitlab().tokens.api}\r\n`))
    const line = `--ref master --api-token-file ${api}`
    const typed = await run(`${line} --token-file ${home().write('t', token)}`, { env })
    const piped = await run(`${line} --token-stdin`, { env, stdin: token })
    expect([typed.code, piped.code]).toEqual([0, 0])
  })

  test('a config and its token', async () => {
    home().write('home/.config/gitlab-trigger/t', encode(`${gitlab().tokens.trigger}\r\n`))
    home().config(encode(serverYaml(gitlab(), 'tokenFile: t', 'project: 9').replaceAll('\n', '\r\n')))
    expect(await run('--ref master', home().world())).toMatchObject({ code: 0, stderr: '' })
    expect(posts(gitlab())).toHaveLength(1)
  })
})

const named = (name: string, content: Buffer): [string, string[], object] => [
  `--vars-from {}/${name}`,
  [`{}/${name}`, 'UTF-16'],
  { name, files: { [name]: content } },
]

refuses('UTF-16 that cannot be read is named', [
  named('le.env', little('A=1\nB=2\n')),
  named('be.env', big('A=1\nB=2\n')),
  named('le.json', little('{"A":"1"}')),
  named('half.env', Buffer.concat([little('\uFEFFA=1\n'), Buffer.from('B')])),
  named('lone.env', little('\uFEFFA=\uD800\n')),
  ['--vars-from -', ['standard input', 'UTF-16LE'], { name: 'on stdin', stdin: little('A=1\n') }],
  ['--token-file {}/t', ['{}/t', 'UTF-16LE'], { name: 'a token', files: { t: little('glptt-0123456789') } }],
  [
    '--config {}/c.yaml',
    ['{}/c.yaml', 'UTF-16LE'],
    { name: 'a config', code: 14, files: { 'c.yaml': little('default: work\n') } },
  ],
  [
    '--var-file A={}/v',
    ['--var-file A', 'UTF-16LE', 'iconv'],
    { name: 'a value with a mark', files: { v: little('\uFEFFx') } },
  ],
  [
    '--var-file A={}/v',
    ['--var-file A', 'UTF-16LE', 'iconv'],
    { name: 'a value without', files: { v: little('xyz') } },
  ],
  // A NUL alone does not make a text UTF-16.
  ...['a\0b', '\0ab', 'ab\0c', 'a\0b\0c', 'abc\0defg'].map((text): Refusal => [
    '--var-file A={}/v',
    '--var-file A={}/v: the value holds a NUL byte, which GitLab refuses\n',
    { name: `a value ${JSON.stringify(text)}`, files: { v: text } },
  ]),
  ['--vars-from {}/v.env', 'NUL byte', { name: 'a short line', files: { 'v.env': 'A=\0' + 'b\0' } }],
  [
    '--var-file A={}/v',
    'it holds NUL bytes and looks like UTF-16BE',
    { name: 'big', files: { v: big('xy') } },
  ],
  [
    '--vars-from {}/v.env',
    'not valid UTF-8',
    { name: 'Latin-1', files: { 'v.env': Buffer.from('A=größe\n', 'latin1') } },
  ],
  ['--vars-from {}/v.env', 'NUL byte', { name: 'a NUL', files: { 'v.env': 'A=a long value with one\0\n' } }],
])
