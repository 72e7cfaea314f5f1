import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { parseToken } from '../../src/config/credentials/parse-token.ts'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { holds } from '../helpers/property.ts'
import { canary, refuses, type Refusal } from '../helpers/refusal.ts'
import { run } from '../helpers/run.ts'

/** What stands in place of a token, and what it is said to look like. */
// prettier-ignore
const texts: [text: string, looksLike: RegExp][] = [
  ['$DOCS_TOKEN', /variable that was not expanded/],
  ['${DOCS_TOKEN}', /variable that was not expanded/],
  ['${DOCS_TOKEN:-}', /variable that was not expanded/],
  ['$env:DOCS_TOKEN', /variable that was not expanded/],
  ['glptt-$DOCS_TOKEN', /variable that was not expanded/],
  ['%DOCS_TOKEN%', /variable that was not expanded/],
  ['!DOCS_TOKEN!', /variable that was not expanded/],
  ['#{DocsToken}#', /variable that was not expanded/],
  ['$(DocsToken)', /command that was not run/],
  ['$(cat /run/secrets/t)', /command that was not run/],
  ['`cat token`', /command that was not run/],
  ['{{ docs_token }}', /template/],
  ['${{ secrets.DOCS_TOKEN }}', /template/],
  ['<%= token %>', /template/],
  ['DOCS_TOKEN', /name of a variable/],
  ['CI_JOB_TOKEN', /name of a variable/],
  [`"${canary}-0123456789"`, /quotes/],
  [`'${canary}-0123456789'`, /quotes/],
  [`"${canary}-0123456789`, /quotes/],
  [`“${canary}-0123456789”`, /quotes/],
  ['null', /missing value/],
  ['undefined', /missing value/],
  ['None', /missing value/],
  ['nil', /missing value/],
  ['<nil>', /missing value/],
  ['<no value>', /missing value/],
  ['[object Object]', /missing value/],
  ['[MASKED]', /masked/],
  ['[masked]', /masked/],
  ['<redacted>', /masked/],
  ['***', /masked/],
  ['********', /masked/],
  ['glptt-****', /masked/],
  ['xxxx', /masked/],
  ['XXXXXXXX', /masked/],
  ['glptt-xxxxxxxxxxxxxxxxxxxx', /masked/],
  ['GLPTT-XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX', /masked/],
  ['glptt-0123456789abcdef0123-xxxx', /masked/],
  ['glpat-0123456789abcdef0123_-XXXXXXXX', /masked/],
  ['glptt-abcd...', /shortened/],
  ['••••••••', /masked/],
  ['<your-token>', /placeholder/],
  ['<TOKEN>', /placeholder/],
  ['your-token', /placeholder/],
  ['YOUR_TRIGGER_TOKEN_HERE', /placeholder/],
  ['changeme', /placeholder/],
  ['replace-me', /placeholder/],
  ['__DOCS_TOKEN__', /placeholder/],
  [`DOCS_TOKEN=${canary}`, /assignment/],
  [`GITLAB_TRIGGER_TOKEN=glptt-${canary}0123456789`, /assignment/],
  [`export DOCS_TOKEN=${canary}`, /assignment/],
  [`token=${canary}`, /assignment/],
  [`token: ${canary}`, /YAML/],
  [`PRIVATE-TOKEN: ${canary}`, /header/],
  [`Authorization: Bearer ${canary}`, /header/],
  [`Bearer ${canary}`, /header/],
  [`{"token":"${canary}"}`, /JSON/],
  ['-----BEGIN OPENSSH PRIVATE KEY-----', /key/],
  [`https://git.example.com/?token=${canary}`, /URL/],
  ['/run/secrets/gitlab_trigger_token', /path/],
  ['/token', /path/],
  ['~/.trigger-token', /path/],
  ['./token', /path/],
  ['../secrets/token', /path/],
  ['secrets/token', /path/],
  ['token.txt', /path/],
  ['@token.txt', /path/],
  ['file:///run/secrets/t', /path/],
  ['C:\\Users\\me\\token', /path/],
  ['op://ci/gitlab/token', /secret store/],
  ['vault:secret/data/ci#token', /secret store/],
  ['vault://secret/ci', /secret store/],
  ['ref+vault://secret/ci#/token', /secret store/],
  ['arn:aws:secretsmanager:eu-west-1:1:secret:t', /secret store/],
  ['awssm://ci/token', /secret store/],
  ['!vault |', /secret store/],
  [`glptt-${canary}\\n`, /escaped line end/],
  [Buffer.from(`glptt-${canary}0123456789`).toString('base64'), /Base64/],
  ['--project', /flag/],
]

test.each(texts)('%s', (text, looksLike) => {
  for (const use of ['token', 'apiToken'] as const) {
    for (const written of [text, `${text}\n`, `\uFEFF${text}\r\n`])
      expect(() => parseToken(written, 'here', use)).toThrow(looksLike)
  }
})

const where: [
  name: string,
  place: (text: string) => readonly [line: string[], more: object],
  says: string,
][] = [
  ['the environment', (text) => [[], { env: { GITLAB_TRIGGER_TOKEN: text } }], 'GITLAB_TRIGGER_TOKEN'],
  ['--token', (text) => [[`--token=${text}`], {}], '--token'],
  ['--token-file', (text) => [['--token-file', '{}/t'], { files: { t: text } }], '--token-file'],
  ['--token-stdin', (text) => [['--token-stdin'], { stdin: text }], 'standard input'],
  [
    '--api-token-file',
    (text) => [['--api-token-file', '{}/t', '--wait'], { files: { t: text } }],
    '--api-token-file',
  ],
  [
    '--api-token-file that nothing needs',
    (text) => [['--api-token-file', '{}/t'], { files: { t: text } }],
    '--api-token-file',
  ],
  [
    'GITLAB_TRIGGER_API_TOKEN',
    (text) => [[], { env: { GITLAB_TRIGGER_API_TOKEN: text } }],
    'GITLAB_TRIGGER_API_TOKEN',
  ],
]
refuses(
  'a text that is no token, from a flag or the environment: 2, nothing sent (T41)',
  where.flatMap(([name, place, says]) =>
    (['$DOCS_TOKEN', 'null', `DOCS_TOKEN=${canary}`, '"quoted"', '[MASKED]'] as const).map(
      (text): Refusal => {
        const [line, more] = place(text)
        return [line, [says, 'that is not a token'], { ...more, name: `${text} by ${name}` }]
      },
    ),
  ),
)

refuses('a token where the path of its file belongs: it is not shown', [
  [`--token-file glptt-${canary}0123456789`, ['--token-file', 'a trigger token'], { name: '--token-file' }],
  [
    `--api-token-file glpat-${canary}0123456789`,
    ['--api-token-file', 'access token'],
    { name: '--api-token-file' },
  ],
])

describe('in a config: 14, nothing sent', () => {
  const gitlab = useGitlab()
  const home = useHome()

  test.each([
    ['token', (text: string) => `token: '${text}'`],
    ['tokenEnv', () => 'tokenEnv: DOCS'],
    ['tokenFile', () => 'tokenFile: t'],
    ['tokenCommand', () => 'tokenCommand: [printf, "%s", "${X}"]'],
  ])('%s', async (_, entry) => {
    mkdirSync(home().folder, { recursive: true })
    home().config(serverYaml(gitlab(), entry('${X}')))
    home().write('home/.config/gitlab-trigger/t', '${X}\n')
    const env = { DOCS: '${X}', PATH: process.env['PATH'] ?? '' }
    const { code, stderr } = await run('--project 9 --ref master', home().world({ env }))
    expect(code).toBe(14)
    expect(stderr).toContain(join(home().folder, 'config.yaml'))
    expect(stderr).toContain('variable that was not expanded')
    expect(gitlab().requests).toEqual([])
  })

  test('a token that only looks odd is sent', async () => {
    const { code, stderr } = await run(
      '--ref master',
      environment(gitlab(), { GITLAB_TRIGGER_TOKEN: 'acme.corp/-glptt-0123' }),
    )
    expect(code).toBe(4)
    expect(stderr).toContain('GitLab does not say which is wrong')
  })
})

describe('where a name, a path or an address belongs in a config, no command that prints it shows a secret', () => {
  const gitlab = useGitlab()
  const home = useHome()
  const token = `glptt-${canary}`

  test.each([
    ['tokenEnv', `tokenEnv: ${token}`],
    ['tokenEnv of an older token', 'tokenEnv: c4a4e0123456789abcdef012345678'],
    ['apiTokenEnv', `apiTokenEnv: ${token}`],
    ['tokenFile', `tokenFile: ${token}`],
    ['tokenFile in a folder', `tokenFile: secrets/${token}`],
    ['apiTokenFile', `apiTokenFile: ${token}`],
    ['tokenCommand', `tokenCommand: [${token}]`],
    ['an argument of tokenCommand', `tokenCommand: [echo, --token=${token}]`],
    ['tokenFrom', `tokenFrom: 'pass:${token}'`],
    ['project', `project: ${token}`],
    ['ref', `ref: ${token}`],
    ['caFile', `caFile: ${token}`],
    ['certFile', `certFile: ${token}`],
    ['proxy', `proxy: http://ci:${canary}@proxy.example`],
    ['a variable', `variables: { A: ${token} }`],
    ['an input', `inputs: { a: [${token}] }`],
    ['an unknown key', `${token}: x`],
    [
      'the name of a project',
      `projects: { ${token}: { ref: x }, c4a4e0123456789abcdef012345678: { ref: y } }`,
    ],
    ['the name of an input', `inputs: { ${token}: x }`],
    ['the name of a variable', 'variables: { c4a4e0123456789abcdef012345678: x }'],
    ['url', `url: http://ci:${canary}@git.example`],
  ])('%s', async (name, entry) => {
    const yaml = serverYaml(gitlab(), entry)
    home().config(name === 'url' ? yaml.replace(/ {4}url: .*\n/, '') : yaml)
    const show = ['config show', 'config list', 'config get servers', 'config get servers.work', 'doctor', '']
    for (const line of show.flatMap((each) => [each, `${each} --json`])) {
      const { stdout, stderr } = await run(line, home().world())
      expect(stdout + stderr).not.toMatch(new RegExp(`${canary}|c4a4e0123456789`))
    }
  })
})

const characters = (set: string, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from(set)), minLength, maxLength })

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const urlSafe = `${letters}-_`

/** Tokens as GitLab makes them, old and new, with the prefixes that instances use. */
const realTokens = fc.oneof(
  characters('0123456789abcdef', 30, 30),
  characters(urlSafe, 20, 64),
  fc
    .tuple(
      fc.constantFrom('', 'ACME-', 'acme.corp-', 'my_co-', 'co/', 'a@b:'),
      characters('0123456789abcdef', 40, 40),
    )
    .map(([prefix, hex]) => `${prefix}glptt-${hex}`),
  fc
    .tuple(
      characters(letters, 1, 10),
      fc.constantFrom('-', '_', '.', '/', ':', '@', '+'),
      characters(urlSafe, 20, 20),
    )
    .map((parts) => parts.join('')),
  fc
    .tuple(characters(urlSafe, 27, 60), characters('0123456789abcdefghijklmnopqrstuvwxyz', 9, 9))
    .map(([body, end]) => `glpat-${body}.01.${end}`),
  fc
    .tuple(characters(urlSafe, 20, 40), characters(urlSafe, 100, 300), characters(urlSafe, 43, 86))
    .map((parts) => `eyJ${parts.join('.')}`),
)

test('no real token is taken for anything else', () => {
  holds(
    fc.property(realTokens, (token) => {
      expect(parseToken(`${token}\n`, 'here', 'token')).toBe(token)
    }),
    2000,
  )
})
