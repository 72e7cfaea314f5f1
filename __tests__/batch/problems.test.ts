import { planOf, problemsOf } from '../helpers/plan.ts'

const whole =
  'a whole number as key would change the order; write targets as a list with "name", or give another name'
const badName = 'a name has 1 to 100 printable characters, no brackets, and no blanks at its ends'
const scope = 'values of needed targets go into ref, variables and texts of inputs only'
const form =
  "write ${{ needs.NAME.FIELD }}, or ${{ needs['NAME'].FIELD }} for a name with dots, blanks or brackets; $${{ is a literal ${{"

/** This many values of an axis. */
const upTo = (count: number): string => Array.from({ length: count }, (_, at) => at).join(', ')

/** A plan as lines, and the problems that are reported, without the file's name. */
const rows: [lines: string[], problems: string[]][] = [
  // The whole.
  [[''], [': there are no targets']],
  [['# nothing'], [': there are no targets']],
  [['targets:'], [':1 targets: there are no targets']],
  [['targets: []'], [':1 targets: there are no targets']],
  [['targets: {}'], [':1 targets: there are no targets']],
  [['targets: build'], [':1 targets: targets are a mapping by name, or a list']],
  [['- name: a'], [':1: a plan is a mapping with the key "targets"']],
  [['just text'], [':1: a plan is a mapping with the key "targets"']],
  [['target: { a: {} }'], [':1 target: unknown; did you mean "targets"?']],
  [['targets: { a: {} }', 'retry: 3'], [':2 retry: unknown']],
  [
    ['targets: { a: {}', ' b: {'],
    [':2: not valid YAML at column 2: missed comma between flow collection entries'],
  ],
  [['targets:', '\ta: {}'], [':2: not valid YAML: indent with spaces, not with a tab']],
  [['targets:', '  a: {}', '  a: {}'], [':3: the key "a" stands twice']],
  [
    ['targets: { a: {} }', '---', 'targets: { b: {} }'],
    [': not valid YAML: expected a single document in the stream, but found more'],
  ],
  [['targets:', '  a: &x { project: 1 }', '  b: *x'], [':3 targets.b: an alias; write it out']],
  [
    ['targets:', '  a: &x { ref: m, variables: { A: x } }', '  b: { <<: *x }'],
    [':3 targets.b.variables: an alias; write it out'],
  ],
  [['targets:', '  __proto__: { project: 1 }'], [':2 targets.__proto__: this name is not allowed']],
  [['targets:', '  a:', '    constructor: 1'], [':3 targets.a.constructor: this name is not allowed']],
  // What is left out of a plan hides nothing else, and nothing is said of it twice.
  [
    [
      'x: &x { ref: m }',
      'defaults: { ref: &r [1], variables: { __proto__: x } }',
      'targets:',
      '  a: *x',
      '  b: { __proto__: { y: z }, variables: { A: &l [1], constructor: *l, B: *l }, needs: [a, zz] }',
      '  c:',
      '    constructor: 1',
      '    prototype: 2',
      '    ref: *r',
      '    wait: u',
      '  d: { needs: *r, project: 9, variables: *x }',
    ],
    [
      ':1 x: unknown',
      ':2 defaults.variables.__proto__: this name is not allowed',
      ':2 defaults.ref: expected text, got a list',
      ':4 targets.a: an alias; write it out',
      ':5 targets.b.__proto__: this name is not allowed',
      ':5 targets.b.variables.constructor: this name is not allowed',
      ':5 targets.b.variables.B: an alias; write it out',
      ':5 targets.b.variables.A: expected text, got a list',
      ':5 targets.b.needs: there is no target "zz"',
      ':7 targets.c.constructor: this name is not allowed',
      ':8 targets.c.prototype: this name is not allowed',
      ':9 targets.c.ref: an alias; write it out',
      ':10 targets.c.wait: expected true or false, got "u"',
      ':11 targets.d.needs: an alias; write it out',
      ':11 targets.d.variables: an alias; write it out',
    ],
  ],
  // Defaults.
  [['defaults: [x]', 'targets: { a: {} }'], [':1 defaults: expected names and values, got a list']],
  [
    ['defaults: { needs: [a], recipe: b, extends: c, targets: [] }', 'targets: { a: {} }'],
    ['needs', 'recipe', 'extends', 'targets'].map((key) => `:1 defaults.${key}: unknown`),
  ],
  [
    ['defaults:', '  ref: "${{ needs.a.sha }}"', 'targets: { a: {} }'],
    [':2 defaults.ref: values of needed targets cannot stand in defaults'],
  ],
  // Keys of targets, all problems at once.
  [
    [
      'targets:',
      '  a:',
      '    project: [x]',
      '    reff: main',
      '    variables:',
      '      A: 1.20',
      '      B: x',
      '      C: yes',
      '      D: true',
      '    follow: "yes"',
      '  b: 7',
      '  c: [x]',
    ],
    [
      ':3 targets.a.project: expected text, got a list',
      ':4 targets.a.reff: unknown; did you mean "ref"?',
      ':6 targets.a.variables.A: this is a number; quote it',
      ':9 targets.a.variables.D: this is a boolean; quote it',
      ':10 targets.a.follow: expected true or false, got "yes"',
      ':11 targets.b: expected names and values, got a number',
      ':12 targets.c: expected names and values, got a list',
    ],
  ],
  [
    ['targets:', '  a: { extends: x, targets: [{}], name: b }'],
    [':2 targets.a.extends: unknown', ':2 targets.a.targets: unknown', ':2 targets.a.name: unknown'],
  ],
  [
    ['targets:', '  - { name: a, ref: 1.20 }', '  -', '    name: b', '    timeout: [1]'],
    [':2 targets.a.ref: this is a number; quote it', ':5 targets.b.timeout: expected text, got a list'],
  ],
  // Names.
  [
    ['targets:', '  7: {}', '  007a: {}', '  "8": {}', '  1.5: {}'],
    [`:2 targets.7: ${whole}`, `:4 targets.8: ${whole}`],
  ],
  [
    [
      'targets:',
      '  "": {}',
      '  "a[b]": {}',
      '  " a": {}',
      '  "a\\nb": {}',
      '  "a\\u200bb": {}',
      `  ${'x'.repeat(101)}: {}`,
    ],
    [
      `:2 targets.: ${badName}`,
      `:3 targets.a[b]: ${badName}`,
      `:4 targets. a: ${badName}`,
      `:5 targets.a\nb: ${badName}`,
      `:6 targets.a\u200bb: ${badName}`,
      `:7 targets.${'x'.repeat(60)}...: ${badName}`,
    ],
  ],
  [
    [
      'targets:',
      '  - project: 1',
      '  - ref: main',
      '  - name: 7',
      '  - name: "1@main"',
      '    project: 2',
      '  - { project: 1, ref: main }',
    ],
    [
      ':3 targets.1: it has neither name nor recipe nor project',
      ':4 targets.2.name: this is a number; quote it',
      ':7 targets.1@main: the name "1@main" is that of plan.yml:5, too',
    ],
  ],
  [
    ['targets:', '  - { name: a }', '  - { name: b, recipe: a }', '  - { recipe: a }'],
    [':4 targets.a: the name "a" is that of plan.yml:2, too'],
  ],
  // Needs.
  [
    [
      'targets:',
      '  build: {}',
      '  docs:',
      '    project: 1',
      '    needs:',
      '      - biuld',
      '      - build',
      '      - build',
      '      - docs',
      '      - zzzzzz',
    ],
    [
      ':5 targets.docs.needs: there is no target "biuld"; did you mean "build"?',
      ':5 targets.docs.needs: "build" is named twice',
      ':5 targets.docs.needs: the target needs itself',
      ':5 targets.docs.needs: there is no target "zzzzzz"',
    ],
  ],
  [
    ['targets: { a: { needs: "" }, b: { needs: [1] }, c: { needs: [[a]] }, d: { needs: { a: x } } }'],
    [
      ':1 targets.b.needs.0: this is a number; quote it',
      ':1 targets.c.needs.0: expected text, got a list',
      ':1 targets.d.needs: expected text, got a mapping',
      ':1 targets.a.needs: there is no target of that name',
    ],
  ],
  [
    [
      'targets:',
      '  a: { needs: c }',
      '  b: { needs: a }',
      '  c: { needs: b }',
      '  d: { needs: [a, e] }',
      '  e: { needs: d }',
    ],
    [':2 targets.a.needs: a cycle: a → c → b → a', ':5 targets.d.needs: a cycle: d → e → d'],
  ],
  // A matrix.
  [
    [
      'targets:',
      '  a:',
      '    matrix:',
      '      V: [1.20, "1.20", 1.2, 007, 0x1F, 1e3, True, true, 12345678901234567890]',
      '      W: []',
      '      X-Y: [a]',
      '      Z: [~, [1], 2026-01-01]',
      '      Q: a',
    ],
    [
      ':4 targets.a.matrix.V.8: this is a number; quote it',
      ':5 targets.a.matrix.W: the list is empty',
      ':6 targets.a.matrix.X-Y: this cannot be a name here: use letters, digits and _, at most 255',
      ':7 targets.a.matrix.Z.0: expected text, got nothing',
      ':7 targets.a.matrix.Z.1: expected text, got a list',
      ':7 targets.a.matrix.Z.2: this is a date; quote it',
      ':8 targets.a.matrix.Q: expected a list, got a string',
    ],
  ],
  [
    [
      'targets:',
      '  a:',
      '    variables: { W: x }',
      '    matrix:',
      '      V: [1.20, "1.20", 1.2, 007, 0x1F, 1e3, True, true]',
      '      W: [a, 1, "1"]',
    ],
    [
      ...['0', '3', '4', '5', '6'].map(
        (at) => `:5 targets.a.matrix.V.${at}: this does not stay as it is written; quote it`,
      ),
      ':6 targets.a.matrix.W.2: this value is listed twice',
      ':6 targets.a.matrix.W: this variable is among the variables, too',
    ],
  ],
  [
    ['targets:', '  a: { matrix: { L: [en] } }', '  b: { needs: ["a[L=de]", "a[L=en]", a] }'],
    [
      ':3 targets.b.needs: there is no target "a[L=de]"; did you mean "a[L=en]"?',
      ':3 targets.b.needs: "a[L=en]" is named twice',
    ],
  ],
  [
    ['targets:', '  a: { matrix: { L: [en, de] }, needs: a }'],
    [':2 targets.a.needs: the target needs itself'],
  ],
  [
    ['targets:', '  a: { matrix: { L: [1.20] } }', '  b: { needs: "a[L=1.20]" }'],
    [':2 targets.a.matrix.L.0: this does not stay as it is written; quote it'],
  ],
  [
    ['targets:', `  a: { matrix: { A: [${upTo(400)}], B: [${upTo(251)}] } }`],
    [':2 targets.a: with this the plan has more than 100000 targets'],
  ],
  [
    [
      'targets:',
      `  a: { matrix: { A: [${upTo(1001)}] } }`,
      `  b: { matrix: { A: [${upTo(1000)}] }, needs: a }`,
    ],
    [':3 targets.b.needs: with these the targets have more than 1000000 needs'],
  ],
  // Values of needed targets.
  [
    [
      'targets:',
      '  a: {}',
      '  b.c: {}',
      '  d: { matrix: { L: [en, de] } }',
      '  e:',
      '    needs: [a, b.c]',
      '    variables:',
      '      A: ${{ needs.d.id }}',
      '      B: ${{ needs.x.id }} ${{ needs.a.idd }}',
      "      C: ${{ needs['d[L=en]'].id }}",
      '      D: ${{ needs.b.c.id }}',
      "      E: ${{ needs['b.c'].sha }}",
      '      F: ${{ needs.a.id',
      '      G: ${{ needs.a }}',
      '      H: ${{ needs.a.outputs }}',
    ],
    [
      ':8 targets.e.variables.A: "d" became 2 targets by its matrix; name one: ${{ needs[\'d[...]\'].id }}',
      ':9 targets.e.variables.B: there is no target "x"',
      ':9 targets.e.variables.B: a needed target has no "idd"; did you mean "id"?',
      ':10 targets.e.variables.C: the target "d[L=en]" is not among the needs of this one',
      `:11 targets.e.variables.D: ${form}`,
      `:13 targets.e.variables.F: ${form}`,
      `:14 targets.e.variables.G: ${form}`,
      ':15 targets.e.variables.H: a needed target has no "outputs", but id, sha, web_url, status',
    ],
  ],
  [
    ['targets:', '  a: {}', '  b: { needs: a }', '  c: { needs: b, ref: "${{ needs.a.sha }}" }'],
    [':4 targets.c.ref: the target "a" is not among the needs of this one'],
  ],
  [
    [
      'targets:',
      '  a: {}',
      '  b:',
      '    needs: a',
      ...['project', 'server', 'recipe', 'token', 'tokenFile', 'tokenEnv', 'timeout'].map(
        (key) => `    ${key}: "\${{ needs.a.id }}"`,
      ),
      '    inputs: { A: ["${{ needs.a.id }}"] }',
      '    matrix: { M: ["${{ needs.a.id }}"] }',
    ],
    [
      ...['project', 'server', 'recipe', 'token', 'tokenFile'].map(
        (key, at) => `:${at + 5} targets.b.${key}: ${scope}`,
      ),
      ':10 targets.b.tokenEnv: expected the name of an environment variable: letters, digits and _',
      `:10 targets.b.tokenEnv: ${scope}`,
      `:11 targets.b.timeout: ${scope}`,
      `:12 targets.b.inputs.A.0: ${scope}`,
      `:13 targets.b.matrix.M.0: ${scope}`,
    ],
  ],
]

test.each(rows)('%j', (lines, problems) => {
  expect(problemsOf(lines.join('\n') + '\n')).toEqual(problems.map((each) => `plan.yml${each}`))
})

test('in JSON the lines are known, too', () => {
  expect(
    problemsOf('{\n "targets": {\n  "a": { "ref": 1, "matrix": { "A": [1.0] } }\n }\n}', 'p.json'),
  ).toEqual([
    'p.json:3 targets.a.ref: this is a number; quote it',
    'p.json:3 targets.a.matrix.A.0: this does not stay as it is written; quote it',
  ])
  expect(problemsOf('{\n "targets": {\n  "a": {},\n  "a": {}\n }\n}', 'p.json')).toEqual([
    'p.json:4: the key "a" stands twice',
  ])
  const rows: [text: string, place: string][] = [
    ['{\n "targets": {\n  "a": {},\n }\n}', '4: not valid JSON at column 2'],
    ['{\n "targets": {\n  "a": {} "b": {}\n }\n}', '3: not valid JSON at column 11'],
    ['{"targets": {"a": {"ref": nope}}}', '1: not valid JSON at column 28'],
    ['{"targets": {"a": {"ref": "x\ny"}}}', '1: not valid JSON at column 29'],
    ['{\n "targets": {', '2: not valid JSON at column 14: it ends too early'],
    ['{\n "targets": {"a": {}}\n}\n}', '4: not valid JSON at column 1'],
  ]
  for (const [text, place] of rows) expect(problemsOf(text, 'p.json')).toEqual([`p.json:${place}`])
})

test('of many problems twenty are shown, those of the first lines', () => {
  const problems = problemsOf(
    `targets:\n${Array.from({ length: 5000 }, (_, at) => `  t${at}: { needs: x${at}, ref: 1 }\n`).join('')}`,
  )
  expect(problems).toHaveLength(21)
  expect(problems.slice(0, 2)).toEqual([
    'plan.yml:2 targets.t0.ref: this is a number; quote it',
    'plan.yml:2 targets.t0.needs: there is no target "x0"; did you mean "t0"?',
  ])
  expect(problems.at(-1)).toBe('and 9980 more: correct these first')
})

test('what may be a token is not repeated', () => {
  const token = 'glptt-0123456789abcdef0123456789abcdef01234567'
  expect(problemsOf(`targets: { a: { needs: ${token} } }`).join()).not.toContain('glptt')
  expect(
    problemsOf(`targets: { a: { variables: { A: "\${{ needs.${token}.id }}" } } }`).join(),
  ).not.toContain('glptt')
})

test('a plan that is too large or too deep is refused', () => {
  expect(problemsOf('#'.repeat(16 * 1024 * 1024 + 1))).toEqual(['plan.yml: the plan is larger than 16 MB'])
  expect(problemsOf(`targets: ${'['.repeat(40)}${']'.repeat(40)}`)).toEqual([
    expect.stringContaining('too much, or nested too deeply'),
  ])
})

test('on standard input a relative path has no folder', () => {
  const lines = [
    'defaults: { tokenCommand: [./get] }',
    'targets:',
    '  a: { tokenFile: x.token }',
    '  b: { tokenFile: ~/x.token }',
    '  c: { tokenCommand: [get, ./x] }',
    '  d: { tokenFile: /x.token }',
  ]
  expect(problemsOf(lines.join('\n'))).toEqual([])
  expect(problemsOf(lines.join('\n'), '-')).toEqual([
    'standard input:1 defaults.tokenCommand: a plan on standard input needs the whole path',
    'standard input:3 targets.a.tokenFile: a plan on standard input needs the whole path',
  ])
  expect(planOf('targets: { a: { tokenFile: x } }', 'b/p.yml').targets[0]?.node.file.folder).toBe('/plans/b')
})
