import { refusesConfig } from '../helpers/config-refusal.ts'
import { canary } from '../helpers/refusal.ts'

const json = (data: unknown): string => JSON.stringify(data, null, 2)
const server = (...lines: string[]): string =>
  ['servers:', '  work:', ...lines.map((line) => `    ${line}`)].join('\n')

refusesConfig('a value that YAML would change', [
  ['ref: 1.20', ['{}:1 ref', 'quote it'], { t: 'T97' }],
  ['\n# the ref\nref: 007\n', ['{}:3 ref', 'quote it'], { t: 'T97' }],
  ['ref: 2024-05-01', ['{}:1 ref', 'quote it'], { t: 'T97' }],
  ['ref: 1234567e8', ['{}:1 ref', 'quote it'], { t: 'T97' }],
  ['ref: true', ['{}:1 ref', 'quote it'], { t: 'T97' }],
  ['ref: ~', '{}:1 ref'],
  ['ref: []', '{}:1 ref'],
  ['ref: { a: b }', '{}:1 ref'],
  [server('url: https://x.example', 'ref: 1.20'), ['{}:4 servers.work.ref', 'quote it'], { t: 'T97' }],
  ['recipes:\n  a:\n    project: 9\n    ref: 1.20\n', ['{}:4 recipes.a.ref', 'quote it'], { t: 'T97' }],
  [
    'recipes:\n  a:\n    targets:\n      - ref: x\n      - ref: 1.20\n',
    ['{}:5 recipes.a.targets.1.ref', 'quote it'],
    { t: 'T97' },
  ],
  [
    json({ recipes: { a: { targets: [{ ref: 'x' }, { ref: 1.2 }] } } }),
    ['{}:9 recipes.a.targets.1.ref', 'quote it'],
    { t: 'T97', file: 'config.json' },
  ],
  [json({ default: 'x', ref: 120 }), ['{}:3 ref', 'quote it'], { t: 'T97', file: 'config.json' }],
  ['variables:\n  A: 1.10', ['{}:2 variables.A', 'quote it']],
  ['variables:\n  A: x\n  B: 0123456789', ['{}:3 variables.B', 'quote it']],
  ['variables:\n  A: true', ['{}:2 variables.A', 'quote it']],
  ['variables:\n  A: 2024-05-01', ['{}:2 variables.A', 'quote it']],
  ['variables:\n  A: null', '{}:2 variables.A'],
  ['variables:\n  A:\n', '{}:2 variables.A'],
  ['variables:\n  A: [x]', '{}:2 variables.A'],
  ['variables: { A: x, B: 1.10 }', ['{}:1 variables.B', 'quote it']],
  [server('token: 0123456789'), ['{}:3 servers.work.token', 'quote it']],
  [server('token: 2024-05-01'), ['{}:3 servers.work.token', 'quote it']],
  [server('apiToken: 0123456789'), ['{}:3 servers.work.apiToken', 'quote it']],
  [server('tokenCommand: [pass, 1]'), ['{}:3 servers.work.tokenCommand', 'quote it']],
  ['default: 1', ['{}:1 default', 'quote it']],
  ['inputs:\n  a: 2024-05-01', '{}:2 inputs.a'],
  ['inputs:\n  a: { b: 1 }', '{}:2 inputs.a'],
  ['inputs:\n  a: null', '{}:2 inputs.a'],
  ['inputs:\n  a: .nan', '{}:2 inputs.a'],
  ['inputs:\n  a: .inf', '{}:2 inputs.a'],
  ['inputs:\n  a: 12345678901234567890', ['{}:2 inputs.a', 'quote it']],
  ['inputs:\n  a: "x\\0y"', '{}:2'],
])

refusesConfig('a value of another kind than is wanted', [
  [
    server(`tokenEnv: glptt-${canary}`),
    ['{}:3 servers.work.tokenEnv', 'the name of an environment variable'],
  ],
  [server(`apiTokenEnv: $TOKEN`), ['{}:3 servers.work.apiTokenEnv', 'the name of an environment variable']],
  [
    'recipes: { a: { tokenEnv: c4a4e0123456789abcdef012345678 } }',
    ['{}:1 recipes.a.tokenEnv', 'the name of'],
  ],
  ['servers: [a]', '{}:1 servers'],
  ['servers: https://gitlab.example.com', '{}:1 servers'],
  ['servers:\n  work: https://gitlab.example.com', '{}:2 servers.work'],
  ['servers:\n  work:\n', '{}:2 servers.work'],
  ['recipes:\n  a: []', '{}:2 recipes.a'],
  ['variables: [A=1]', '{}:1 variables'],
  ['variables: A=1', '{}:1 variables'],
  ['timeout: ten', ['{}:1', 'timeout', '90s']],
  ['timeout: 0', '{}:1'],
  ['timeout: [1]', '{}:1 timeout'],
  ['api: v5', ['{}:1 api', 'v4']],
  ['retry: -1', '{}:1 retry'],
  ['retry: 1.5', '{}:1 retry'],
  ['retry: many', '{}:1 retry'],
  ['project: 1.5', '{}:1 project'],
  ['project: true', '{}:1 project'],
  ['ref: ""', ['{}:1 ref', 'empty']],
  [server('url: ""'), ['{}:3 servers.work.url', 'empty']],
  [server('url: [a]'), '{}:3 servers.work.url'],
  [server('allowHttp: "yes"'), ['{}:3 servers.work.allowHttp', 'true or false']],
  [server('tokenCommand: pass show x'), ['{}:3 servers.work.tokenCommand', 'list']],
  [server('tokenCommand: []'), ['{}:3 servers.work.tokenCommand', 'empty']],
  [server('tokenCommand: [""]', 'url: {url}'), '{}:3', { isBare: true, line: '--server work -p 9 -r x' }],
  [
    server('tokenCommand: ["a\\0b"]', 'url: {url}'),
    '{}:3',
    { isBare: true, line: '--server work -p 9 -r x' },
  ],
  [server('ref: x'), ['{}:2 servers.work', 'url'], { line: '--server work' }],
  ['recipes:\n  a:\n    targets: []', ['{}:3 recipes.a.targets', 'empty']],
  ['recipes:\n  a:\n    targets: { project: 9 }', ['{}:3 recipes.a.targets', 'list']],
  ['recipes:\n  a:\n    targets: [9]', '{}:3 recipes.a.targets'],
  ['recipes:\n  a:\n    jobs: 1', ['{}:3 recipes.a.jobs', 'true or false']],
  ['recipes:\n  a:\n    exitCodes: { 3: 256 }', '{}:3 recipes.a.exitCodes.3'],
  ['recipes:\n  a:\n    exitCodes: { 3: "0" }', '{}:3 recipes.a.exitCodes.3'],
  ['recipes:\n  a:\n    exitCodes: { x: 0 }', '{}:3 recipes.a.exitCodes.x'],
])

refusesConfig('a key that is unknown, with the nearest name', [
  ['rfe: master', ['{}:1 rfe', 'did you mean "ref"?']],
  ['Ref: master', ['{}:1 Ref', 'did you mean "ref"?']],
  ['variable:\n  A: x', ['{}:1 variable', 'did you mean "variables"?']],
  ['server:\n  work: {}', ['{}:1 server', 'did you mean "servers"?']],
  [server('ulr: x'), ['{}:3 servers.work.ulr', 'did you mean "url"?']],
  [server('tokenfile: x'), ['{}:3 servers.work.tokenfile', 'did you mean "tokenFile"?']],
  [server('token_file: x'), ['{}:3 servers.work.token_file', 'did you mean "tokenFile"?']],
  [server('tokenComand: [x]'), ['{}:3 servers.work.tokenComand', 'did you mean "tokenCommand"?']],
  ['recipes:\n  a:\n    extend: b', ['{}:3 recipes.a.extend', 'did you mean "extends"?']],
  [
    'recipes:\n  a:\n    targets:\n      - projekt: 9',
    ['{}:4 recipes.a.targets.0.projekt', 'did you mean "project"?'],
  ],
  [json({ ref: 'a', server: {} }), ['{}:3 server', 'did you mean "servers"?'], { file: 'config.json' }],
  [`frobnicate: ${canary}`, '{}:1 frobnicate'],
  ['\n\n\nfrobnicate: x', '{}:4 frobnicate'],
  ['# frobnicate: y\nref: x\nfrobnicate: x', '{}:3 frobnicate'],
  [`${'k'.repeat(100_000)}: x`, '{}:1', { name: 'a key of 100,000 letters' }],
  ['"\\e[31mred": x', '{}:1', { name: 'a key that would colour a terminal' }],
  ['"a\\nb": x', '{}:1', { name: 'a key of two lines' }],
  ['servers:\n  a b: {}', '{}:2 servers.a b'],
  ['servers:\n  https://gitlab.example.com: {}', '{}:2 servers.https://gitlab.example.com'],
  ['variables:\n  A-B: x', '{}:2 variables.A-B'],
  ['variables:\n  TRIGGER_PAYLOAD: x', ['{}:2', 'TRIGGER_PAYLOAD']],
])

refusesConfig('a text that is no config', [
  [`token: "${canary}\nref: x`, '{}', { t: 'T48', name: 'a quote that does not end' }],
  [`ref: master\nservers:\n  work:\n    token: '${canary}' x`, '{}:4', { t: 'T48' }],
  [`ref: master\ntoken: ${canary}: x`, '{}:2', { t: 'T48' }],
  [`ref: master\n\ttoken: ${canary}`, '{}:', { t: 'T48' }],
  [`{\n  "ref": "x",\n  "token": "${canary}",,\n}`, '{}:3', { t: 'T48', file: 'config.json' }],
  [`{\n  "token": ${canary}\n}`, '{}:2', { t: 'T48', file: 'config.json' }],
  [`{\n  "ref": "${canary}"`, '{}:', { t: 'T48', file: 'config.json', name: 'cut off' }],
  ['', '{}', { file: 'config.json', name: 'empty, as JSON' }],
  ['ref: a\nref: b', ['{}:2', 'twice']],
  ['servers:\n  work: {}\n  work: {}', ['{}:3', 'twice']],
  ['variables: { A: x, A: y }', ['{}:1', 'twice']],
  ['{\n  "ref": "a",\n  "ref": "b"\n}', ['{}:3', 'twice'], { file: 'config.json' }],
  [
    '{\n\t"ref": "a",\n\t"ref": "b"\n}',
    ['{}:3', 'twice'],
    { file: 'config.json', name: 'twice, indented with tabs' },
  ],
  ['{"variables": {"A": "a", "\\u0041": "b"}}', ['{}:1', 'twice'], { file: 'config.json' }],
  ['--- \nref: a\n---\nref: b', '{}', { name: 'two documents' }],
  [canary, '{}:1', { name: 'a pasted token' }],
  [`"${canary}"`, '{}:1', { file: 'config.json' }],
  [`- ${canary}`, '{}:1'],
  ['[]', '{}:1', { file: 'config.json' }],
  ['7', '{}:1'],
  ['ref: !!js/function "function () {}"', '{}:1'],
  ['ref: !!js/undefined ""', '{}:1'],
  ['ref: !!binary aGVsbG8=', '{}:1 ref'],
  [Buffer.from([0xff, 0xfe, 0x72, 0, 0x65, 0]), '{}', { name: 'UTF-16' }],
  [Buffer.from('variables:\n  A: gr\xfcn', 'latin1'), ['{}', 'UTF-8'], { name: 'Latin-1' }],
])

refusesConfig('a value that cannot be, which is not shown', [
  [`project: ${canary}`, '{}:1', { isBare: true }],
  [`project: ${canary}/../x`, '{}:1', { t: 'T25', isBare: true }],
  [`ref: "${canary} x"`, '{}:1', { isBare: true }],
  [`timeout: ${canary}`, '{}:1'],
  [`api: ${canary}`, '{}:1 api'],
  [`default: ${canary}`, '{}:1', { isBare: true }],
  [
    server(`token: "${canary} x"`, 'url: {url}'),
    '{}:3',
    { line: '--server work --project 9 --ref x', isBare: true },
  ],
  [server(`url: https://me:${canary}@x.example`), '{}:3', { t: 'T21', line: '--server work' }],
  [server(`url: https://x.example?${canary}`), '{}:3', { t: 'T21', line: '--server work' }],
  [server(`url: https://x.example#${canary}`), '{}:3', { t: 'T21', line: '--server work' }],
  [server(`url: ${canary}`), '{}:3', { line: '--server work' }],
  [server('url: https://gitlab.example.com@evil.example'), '{}:3', { t: 'T20', line: '--server work' }],
  [server('url: https://gitl\u0430b.example'), ['{}:3', 'xn--'], { t: 'T20', line: '--server work' }],
  [server('url: https://gitlab.example.'), '{}:3', { t: 'T20', line: '--server work' }],
  [server('url: https://gitlab%2eexample'), '{}:3', { t: 'T20', line: '--server work' }],
])

refusesConfig('JSON that is not valid', [
  ['{\n  "ref": "x",\n}', '{}:3: not valid JSON at column 1\n', { file: 'config.json' }],
  ['{"ref": "x"', '{}:1: not valid JSON at column 12: it ends too early\n', { file: 'config.json' }],
])

// A file is corrected once, whatever is wrong with it.
refusesConfig('all that is wrong is told, by line', [
  [
    'recipes:\n  a: { ref: 1, reff: x }\nservers: { w: { url: 7, token: [] } }\ntimeuot: 3s\n',
    [
      '{} has 5 problems\n',
      '\n  {}:2 recipes.a.ref: this is a number; quote it\n  {}:2 recipes.a.reff: unknown; did you mean "ref"?\n  {}:3 servers.w.url: this is a number; quote it\n  {}:3 servers.w.token: expected text, got a list\n  {}:4 timeuot: unknown; did you mean "timeout"?\n',
    ],
    { name: 'keys and values' },
  ],
  [
    'recipes:\n  a: &a { ref: [x] }\n  b: *a\n  c: *a\n  d: { __proto__: 1, constructor: { e: 1 } }\nx: 1\n',
    [
      '{} has 6 problems\n  {}:2 recipes.a.ref: expected text, got a list\n  {}:3 recipes.b: an alias; write it out\n  {}:4 recipes.c: an alias; write it out\n  {}:5 recipes.d.__proto__: this name is not allowed\n  {}:5 recipes.d.constructor: this name is not allowed\n  {}:6 x: unknown\n',
    ],
    { name: 'aliases and names that are not allowed' },
  ],
  [
    json({ a: 1, ref: 2, variables: { A: 1, B: 'x', C: null } }),
    [
      '{} has 4 problems\n  {}:2 a: unknown\n  {}:3 ref: ',
      '\n  {}:5 variables.A: ',
      '\n  {}:7 variables.C: ',
    ],
    { name: 'JSON', file: 'config.json' },
  ],
])
