import { refusesConfig } from '../helpers/config-refusal.ts'
import { expectRefusalMessage } from '../helpers/refusal-message.ts'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { canary } from '../helpers/refusal.ts'
import { run, type Result } from '../helpers/run.ts'

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** Ten lists, each with ten aliases of the one before: 10^10 leaves. */
const aliasBomb = [
  'a0: &a0 x',
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => `a${n}: &a${n} [${`*a${n - 1}, `.repeat(10)}]`),
].join('\n')

const mergeBomb = [
  `b0: &b0 { ${Array.from({ length: 200 }, (_, n) => `k${n}: x`).join(', ')} }`,
  ...Array.from({ length: 100 }, (_, n) => `b${n + 1}: &b${n + 1} { <<: [${`*b${n}, `.repeat(100)}] }`),
].join('\n')

refusesConfig('keys that mean something to JavaScript', [
  ['__proto__:\n  ref: x', '{}:1 __proto__', { t: 'T11' }],
  ['constructor: x', '{}:1 constructor', { t: 'T11' }],
  ['prototype: x', '{}:1 prototype', { t: 'T11' }],
  ['servers:\n  constructor:\n    url: https://x.example', '{}:2 servers.constructor', { t: 'T11' }],
  ['servers:\n  __proto__:\n    url: https://x.example', '{}:2 servers.__proto__', { t: 'T11' }],
  ['servers:\n  work:\n    __proto__:\n      token: x', '{}:3 servers.work.__proto__', { t: 'T11' }],
  ['variables:\n  __proto__: x', '{}:2 variables.__proto__', { t: 'T11' }],
  ['recipes:\n  prototype: {}', '{}:2 recipes.prototype', { t: 'T11' }],
  ['inputs:\n  a: [{ __proto__: { b: 1 } }]', '{}:2 inputs.a.0.__proto__', { t: 'T11' }],
  ['{\n  "__proto__": {"ref": "x"}\n}', '{}:2 __proto__', { t: 'T11', file: 'config.json' }],
  [
    '{"servers": {\n  "__proto__": {"url": "https://x.example"}}}',
    '{}:2 servers.__proto__',
    { t: 'T11', file: 'config.json' },
  ],
  ['ref: x\n<<: { __proto__: { ref: y } }', ['{}:', '__proto__'], { t: 'T11' }],
  ['toString: x', '{}:1 toString', { t: 'T11' }],
  ['hasOwnProperty: x', '{}:1 hasOwnProperty', { t: 'T11' }],
])

refusesConfig('a name that JavaScript knows and no file defines', [
  ['ref: x', '--server', { t: 'T11', line: '--server constructor' }],
  ['ref: x', '--server', { t: 'T11', line: '--server __proto__' }],
  ['ref: x', '--server', { t: 'T11', line: '--server toString' }],
  ['ref: x', 'recipe', { t: 'T11', line: 'run constructor' }],
  ['ref: x', 'recipe', { t: 'T11', line: 'run __proto__' }],
  ['default: constructor', '{}:1', { t: 'T11', isBare: true }],
  ['recipes:\n  a:\n    extends: toString', '{}:3', { t: 'T11', line: 'run a' }],
])

refusesConfig('code and references', [
  ['$import: ./boom.js', '{}:1 $import', { t: 'T6' }],
  ['ref: x\n$import: ./other.yaml', '{}:2 $import', { t: 'T6' }],
  ['servers:\n  work:\n    $import: ./other.yaml', '{}:3 servers.work.$import', { t: 'T6' }],
  ['{"$import": "/etc/passwd"}', '{}:1 $import', { t: 'T6', file: 'config.json' }],
  ['{"$schema": 1}', '{}:1 $schema', { file: 'config.json' }],
  ['searchPlaces: [boom.js]', '{}:1 searchPlaces', { t: 'T2' }],
])

refusesConfig('too much', [
  [aliasBomb, '{}:', { t: 'T12', name: 'an alias bomb' }],
  [`recipes:\n  a: &a { ref: x }\n  b: *a`, ['{}:3 recipes.b', 'alias'], { t: 'T12' }],
  ['recipes: &a\n  a: *a', '{}', { t: 'T12', name: 'an alias of itself' }],
  [mergeBomb, '{}:', { t: 'T12', name: 'a merge bomb' }],
  [`ref: ${'x'.repeat(300_000)}`, ['{}', '262144'], { t: 'T12', name: '300 kB' }],
  [`ref: ${nested(10_000)}`, '{}:1', { t: 'T12', name: '10,000 deep' }],
  [`{"ref": ${nested(10_000)}}`, '{}:1', { t: 'T12', name: '10,000 deep', file: 'config.json' }],
  [`{"ref": ${nested(120_000)}}`, '{}:1', { t: 'T12', name: '120,000 deep', file: 'config.json' }],
  [
    `{"inputs": {"a": [${'0,'.repeat(50_000)}0]}}`,
    '{}:1',
    { t: 'T12', name: '50,000 values', file: 'config.json' },
  ],
  [`${'- '.repeat(20_000)}x`, '{}', { t: 'T12', name: '20,000 dashes' }],
  [`servers:\n  work:\n    ${'{a: '.repeat(40)}x${'}'.repeat(40)}`, '{}:', { t: 'T12', name: '40 deep' }],
])

describe('a config file named on the command line or in the environment', () => {
  const gitlab = useGitlab()
  const home = useHome()

  const named: [file: string, t: string, says: string][] = [
    ...['js', 'cjs', 'mjs', 'ts', 'mts', 'cts', 'jsx', 'tsx'].map((ending): [string, string, string] => [
      `evil.${ending}`,
      'T5',
      'executable config is refused',
    ]),
    ['evil.config.JS', 'T5', '.yaml'],
    ['evil.sh', 'T5', 'evil.sh'],
    ['evil.toml', 'T5', '.yaml'],
    ['missing.yaml', 'T16', 'does not exist'],
  ]
  const ways: [name: string, as: (path: string) => [line: string[], env: Record<string, string>]][] = [
    ['--config', (path) => [['--config', path], {}]],
    ['GITLAB_TRIGGER_CONFIG', (path) => [[], { GITLAB_TRIGGER_CONFIG: path }]],
  ]
  describe.each(ways)('%s', (_, as) => {
    test.each(named)('%s (%s): %s', async (file, _t, says) => {
      const path = file.startsWith('missing')
        ? `${home().checkout}/${file}`
        : home().write(`work/checkout/${file}`, `throw new Error('${canary}')`)
      const [line, more] = as(path)
      const { env } = environment(gitlab(), { GITLAB_TRIGGER_REF: 'master', ...more })
      const { code, stdout, stderr } = await run(line, home().world(env ? { env } : {}))
      expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
      for (const part of [path, says]) expect(stderr).toContain(part)
      expectRefusalMessage(stderr)
      expect(stderr).not.toContain(canary)
      expect(gitlab().requests).toEqual([])
    })
  })
})

describe("a project's own file after trust", () => {
  const gitlab = useGitlab()
  const home = useHome()
  beforeEach(() => {
    home().config(serverYaml(gitlab(), 'tokenFile: token'))
    home().write('home/.config/gitlab-trigger/token', gitlab().tokens.trigger)
  })
  const typed = (line: string): Promise<Result> => run(line, home().world())

  const forbidden: [key: string, line: number, text: string][] = [
    ['servers', 1, 'servers:\n  work:\n    url: https://evil.example'],
    ['servers', 2, 'ref: x\nservers:\n  work:\n    token: c4n4ry'],
    ['servers', 1, 'servers: { work: { proxy: "http://evil.example:3128" } }'],
    ['servers', 1, 'servers: { work: { caFile: evil.pem } }'],
    ['servers', 1, 'servers: { other: { tokenCommand: [./steal] } }'],
    ['servers', 1, 'servers: {}'],
    ['default', 1, 'default: https://evil.example'],
    ['recipes.a.server', 3, 'recipes:\n  a:\n    server: https://evil.example'],
    ['url', 1, 'url: https://evil.example'],
    ['token', 1, 'token: c4n4ry'],
    ['tokenFile', 1, 'tokenFile: ../c4n4ry'],
    ['tokenCommand', 1, 'tokenCommand: [./steal]'],
    ['proxy', 2, 'project: 9\nproxy: http://evil.example:3128'],
    ['caFile', 1, 'caFile: evil.pem'],
    ['allowHttp', 1, 'allowHttp: true'],
    ['recipes.a.url', 3, 'recipes:\n  a:\n    url: https://evil.example'],
    ['recipes.a.token', 3, 'recipes:\n  a:\n    token: c4n4ry'],
    ['recipes.a.proxy', 3, 'recipes:\n  a:\n    proxy: http://evil.example'],
  ]
  test('T7 all that it may not hold is told, by line, with what else is wrong', async () => {
    const text =
      'servers: { work: { url: 1 } }\nrecipes:\n  a: { token: x, tokenFile: y, reff: z }\ndefault: https://evil.example\n'
    const path = home().write('work/checkout/.gitlab-triggerrc.yaml', text)
    const { code, stderr } = await typed('config trust')
    expect(code).toBe(14)
    const told = [...stderr.matchAll(/^ {2}\S+:(\d+) (\S+): /gm)].map(([, line, keys]) => `${line} ${keys}`)
    expect(stderr).toContain(`${path} has 5 problems\n`)
    expect(told).toEqual([
      '1 servers',
      '3 recipes.a.token',
      '3 recipes.a.tokenFile',
      '3 recipes.a.reff',
      '4 default',
    ])
  })

  describe('T7 what it may not hold', () => {
    test.each(forbidden)('%s, refused by config trust', async (key, line, text) => {
      const path = home().write('work/checkout/.gitlab-triggerrc.yaml', text)
      const { code, stdout, stderr } = await typed('config trust')
      expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
      expect(stderr).toContain(`${path}:${line} ${key}`)
      expectRefusalMessage(stderr)
      expect(stderr).not.toContain(canary)
      expect((await typed('config path')).stdout).toContain(`${path}  (project: not trusted)`)
    })
  })

  test('T8 changed since it was trusted: refused, before anything is sent', async () => {
    const path = home().write('work/checkout/.gitlab-triggerrc.yaml', 'project: 9\nref: master\n')
    expect(await typed('config trust')).toMatchObject({ code: 0 })
    expect(await typed('')).toMatchObject({ code: 0, stdout: '4711\n' })
    home().write('work/checkout/.gitlab-triggerrc.yaml', `project: 10\nref: ${canary}\n`)
    const before = gitlab().requests.length
    const { code, stdout, stderr } = await typed('')
    expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
    expect(stderr).toContain(path)
    expect(stderr).toContain('changed since it was trusted')
    expectRefusalMessage(stderr)
    expect(stderr).not.toContain(canary)
    expect(gitlab().requests).toHaveLength(before)
  })
})
