import { environment, lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { refuses } from '../helpers/refusal.ts'
import { run } from '../helpers/run.ts'

const gitlab = useGitlab()
const home = useHome()

const empty: [name: string, text: string][] = [
  ['.env', ''],
  ['.env', '\n\n \t\r\n'],
  ['.env', '# only\n  # comments\n'],
  ['.env', '\uFEFF'],
  ['v.json', '{}'],
  ['v.json', '[]'],
  ['v.json', 'null'],
  ['v.yaml', ''],
  ['v.yaml', '# a comment\n'],
  ['v.yaml', '{}'],
  ['v.yml', '---\n'],
]

refuses('--vars-from without variables', [
  ...empty.map(
    ([name, text]) =>
      [
        `--vars-from {}/${name}`,
        [`{}/${name}`, 'holds no variables', '--allow-empty-vars'],
        { name: `${name} ${JSON.stringify(text)}`, files: { [name]: text } },
      ] as const,
  ),
  ['--vars-from -', ['standard input', '--allow-empty-vars'], { name: 'nothing on stdin', stdin: '' }],
  ['--vars-from -', ['standard input', '--allow-empty-vars'], { name: 'comments on stdin', stdin: '# x\n' }],
  [
    '--vars-from {}/a.env --vars-from {}/b.env',
    '{}/b.env',
    { name: 'one of two', files: { 'a.env': 'A=1', 'b.env': '' } },
  ],
  ['--vars-from {}/v.json', 'not valid JSON', { name: 'an empty JSON', files: { 'v.json': '' } }],
  [
    '--vars-from {}/v.json',
    '--vars-from {}/v.json:2: not valid JSON at column 11\n',
    { name: 'JSON that is not valid', files: { 'v.json': '{\n "A": "x" "B": 1}' } },
  ],
  [
    '--vars-from {}/v.json --allow-empty-vars',
    'names and values',
    { name: 'a list that is not empty', files: { 'v.json': '[1]' } },
  ],
])

test.each([...empty, ['v.json', ''] as const])('--allow-empty-vars accepts %s %j', async (name, text) => {
  const path = home().write(name, text)
  const { code } = await run(`--ref master --allow-empty-vars --vars-from ${path}`, environment(gitlab()))
  expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 0, posts: 1 })
})

refuses('dotenv that programs read in several ways (T95)', [
  [
    '--vars-from -',
    [':2', 'TITLE', "'...'", 'a line of its own'],
    { name: 'a blank and #', stdin: 'A=1\nTITLE=Fix crash #123\n' },
  ],
  ['--vars-from -', ':1', { name: 'a tab and #', stdin: 'A=1\t# one\n' }],
  ['--vars-from -', ':1', { name: 'nothing but a comment', stdin: 'A= # one\n' }],
  ['--vars-from -', ':1', { name: 'a blank and # at the end', stdin: 'A=x #' }],
  ['--vars-from -', ':1', { name: 'carriage returns as line ends', stdin: 'A=1\rB=2\r' }],
  ['--vars-from -', ':1', { name: 'carriage returns behind a comment', stdin: '# x\rA=1\nB=2\n' }],
])

const arrives: [name: string, text: string, sent: Record<string, string>][] = [
  [
    'a no-break space around a value',
    'A=\u00a0x\u00a0\nB=\u3000y\u3000\n',
    { A: '\u00a0x\u00a0', B: '\u3000y\u3000' },
  ],
  ['other white space around a value', 'A=\vx\f\u2028\n', { A: '\vx\f\u2028' }],
  ['blanks and tabs are trimmed', 'A= \t x y \t\n', { A: 'x y' }],
  ['a no-break space before #', 'A=x\u00a0#1\n', { A: 'x\u00a0#1' }],
  ['a hash without a blank', 'A=x#1\nB=#fff\n', { A: 'x#1', B: '#fff' }],
  ['a CR at the end of the text', 'A=x\r', { A: 'x\r' }],
  ['two CRs before the line feed', 'A=x\r\r\nB=y\r\n', { A: 'x\r', B: 'y' }],
]
test.each(arrives)('%s', async (_, stdin, sent) => {
  const { code } = await run('--ref master --vars-from -', { ...environment(gitlab()), stdin })
  expect(code).toBe(0)
  const fields = Object.entries(sent).map(([key, value]) => [`variables[${key}]`, value])
  expect(lastFields(gitlab())).toMatchObject(Object.fromEntries(fields))
})

const notices = (stderr: string, pattern: RegExp): string[] =>
  stderr.split('\n').filter((line) => pattern.test(line))

describe('a CR at the end of a value: sent, with one warning', () => {
  const rows: [name: string, line: string[], more?: { env?: Record<string, string>; stdin?: string }][] = [
    ['--var', ['--var', 'ENV=prod\r', '--var', 'B=x\r', '--var', 'C=\rx']],
    ['--var of the environment', ['--var', 'ENV', '--var', 'B=x\r'], { env: { ENV: 'prod\r' } }],
    ['--vars-from', ['--vars-from', '-'], { stdin: 'ENV="prod\\r"\nB="x\\r"\n' }],
    ['with --json', ['--var', 'ENV=prod\r', '--var', 'B=x\r', '--json']],
    ['with --events', ['--var', 'ENV=prod\r', '--var', 'B=x\r', '--events']],
    ['several refs', ['--var', 'ENV=prod\r', '--var', 'B=x\r', '--ref', 'develop']],
    ['with --quiet', ['--var', 'ENV=prod\r', '--var', 'B=x\r', '--quiet']],
  ]
  test.each(rows)('%s', async (_, line, { env = {}, stdin = '' } = {}) => {
    const options = { ...environment(gitlab(), env), stdin }
    const { code, stderr } = await run(['--ref', 'master', ...line], options)
    expect(code).toBe(0)
    expect(lastFields(gitlab())).toMatchObject({ 'variables[ENV]': 'prod\r' })
    expect(notices(stderr, /carriage return/)).toEqual([expect.stringContaining('ENV, B')])
  })

  test('of a recipe with two targets too, and of an input', async () => {
    home().config(
      `${serverYaml(gitlab())}recipes:\n  docs:\n    variables: { ENV: "prod\\r" }\n    targets: [{ project: 9, ref: master }, { project: 10, ref: master }]\n`,
    )
    const env = { GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger }
    const { stderr } = await run(['run', 'docs', '--input', 'i=x\r'], home().world({ env }))
    expect(notices(stderr, /carriage return/)).toEqual([expect.stringMatching(/: ENV, i\./)])
  })
})

test.each<[name: string, isNoted: boolean, more?: string]>([
  ['CI_COMMIT_SHA', true],
  ['CI', true],
  ['CI_PIPELINE_SOURCE', true],
  ['CI_JOB_TOKEN', true],
  ['GITLAB_USER_LOGIN', true],
  ['GITLAB_CI', true],
  ['CI_DEBUG_TRACE', false],
  ['CITY', false],
  ['GITLAB_DOCS', false],
  ['MY_CI_X', false],
  ['CI_COMMIT_SHA', true, '--ref develop'],
])('a name that GitLab sets itself is noted: %s %s %s', async (name, isNoted, more = '') => {
  const { code, stderr } = await run(
    `--ref master ${more} --var ${name}=x`.replace('  ', ' '),
    environment(gitlab()),
  )
  expect(code).toBe(0)
  expect(notices(stderr, /GitLab itself sets/)).toEqual(isNoted ? [expect.stringContaining(name)] : [])
})

refuses('- as a file to write', [
  ['--dotenv -', ['--dotenv', 'standard output']],
  ['--wait --junit -', ['--junit', 'standard output']],
  ['--wait --artifacts -', ['--artifacts', 'standard output']],
  ['--log-file -', ['--log-file', 'standard output']],
])

test.each([
  'tokens create --description x --save-to -',
  'tokens rotate 31 --save-to -',
  'wait 1 --junit -',
  'config init -',
])('%s is refused', async (line) => {
  const env = environment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api })
  const { code, stderr } = await run(line, env)
  expect(code).toBe(2)
  expect(stderr).toContain('not a file to write')
  expect(gitlab().requests).toEqual([])
})
