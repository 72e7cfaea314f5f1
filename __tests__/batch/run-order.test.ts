import { chmodSync, existsSync } from 'node:fs'
import { useBatch } from '../helpers/batch.ts'

const { batch, sent, gitlab, home } = useBatch()

/** A target of project 9 whose variable N is its name. */
const target = (name: string, more = ''): string =>
  `  ${name}: { ref: master, variables: { N: ${name} }${more} }\n`

const failing = (name: string, more = ''): string =>
  `  ${name}: { ref: failing, variables: { N: ${name} }, wait: true${more} }\n`

const plan = (...targets: string[]): string => `targets:\n${targets.join('')}`

describe('which targets start, and when', () => {
  const a = target('a')
  test.each([
    ['in the order of the plan', plan(a, target('b'), target('c')), '', 'a b c', '4711 4712 4713', 0],
    ['one at a time', plan(a, target('b')), '--parallel 1', 'a b', '4711 4712', 0],
    [
      'after those that they need',
      plan(target('c', ', needs: [b]'), target('b', ', needs: [a]'), a),
      '',
      'a b c',
      '4713 4712 4711',
      0,
    ],
    [
      'not after one that failed, nor what needs those',
      plan(failing('a'), target('b', ', needs: [a]'), target('c', ', needs: [b]'), target('d')),
      '--parallel 1',
      'a d',
      '4711 - - 4712',
      3,
    ],
    [
      'with --fail-fast nothing after a failure',
      plan(failing('a'), target('b', ', needs: [a]'), target('d')),
      '--fail-fast --parallel 1',
      'a',
      '4711 - -',
      3,
    ],
    [
      'not after a failure whose code the plan replaces',
      plan(failing('a', ', exitCodes: { 3: 0 }'), target('b', ', needs: [a]')),
      '',
      'a',
      '4711 -',
      10,
    ],
    [
      'nor does it fail where the plan replaces the code of what was not started, too',
      plan(failing('a', ', exitCodes: { 3: 0 }'), target('b', ', needs: [a], exitCodes: { 10: 0 }')),
      '',
      'a',
      '4711 -',
      0,
    ],
    [
      'a success has the code that the plan gives it',
      plan(target('a', ', exitCodes: { 0: 21 }'), target('b', ', needs: [a]')),
      '',
      'a b',
      '4711 4712',
      21,
    ],
    [
      'of several codes for the same end the highest counts',
      plan(failing('a', ', exitCodes: { 3: 30 }'), failing('b', ', exitCodes: { 3: 40 }'), failing('c')),
      '--parallel 1',
      'a b c',
      '4711 4712 4713',
      40,
    ],
    [
      'a matrix in its order',
      plan('  a: { ref: master, matrix: { N: [x, y], M: ["1", "2"] } }\n'),
      '--parallel 1',
      'x x y y',
      '4711 4712 4713 4714',
      0,
    ],
  ])('%s', async (_, text, words, order, ids, code) => {
    const result = await batch(text, { words: words.split(' ').filter(Boolean) })
    expect(sent().join(' ')).toBe(order)
    expect({ stdout: result.stdout, code: result.code }).toEqual({
      stdout: `${ids.replaceAll(' ', '\n')}\n`,
      code,
    })
  })

  test('why a target was not started is said', async () => {
    const { stderr } = await batch(plan(failing('a'), target('b', ', needs: [a]')))
    expect(stderr).toContain('b: not started: a has not succeeded (3)\n')
    expect(stderr).toContain('0 of 2 targets succeeded, 1 failed, 1 was not started')
  })

  test('a target that others need is followed to its success', async () => {
    const { stderr, code } = await batch(plan(a, target('b', ', needs: [a]')))
    expect(stderr).toMatch(/a: success in \d+s \(1 of 2 done\)\n/)
    expect(code).toBe(0)
  })

  test('values of needed targets are sent, and nothing else is interpreted', async () => {
    const value = '${{ needs.a.id }}|${{needs.a.status}}|$${{ needs.a.id }}|${{ other }}'
    await batch(plan(a, `  b: { ref: master, needs: [a], variables: { N: "${value}" } }\n`))
    expect(sent()).toEqual(['a', '4711|success|${{ needs.a.id }}|${{ other }}'])
  })

  test('the commit of a needed target can be sent', async () => {
    await batch(plan(a, '  b: { ref: master, needs: [a], variables: { N: "${{ needs.a.sha }}" } }\n'))
    expect(sent()).toEqual(['a', gitlab().pipelines[0]?.sha])
  })

  test('the targets of a recipe keep their order, and who needs it waits for all of them', async () => {
    home().config(
      'recipes: { site: { targets: [{ ref: master }, { ref: develop }], variables: { K: v } } }\n',
    )
    const { stdout, code } = await batch('targets: { z: { ref: v1.0.0, needs: [s] }, s: { recipe: site } }\n')
    expect({ stdout, code, sent: sent() }).toEqual({
      stdout: '4713\n4711\n4712\n',
      code: 0,
      sent: ['master', 'develop', 'v1.0.0'],
    })
  })

  test.each([
    [
      'flags are defaults',
      'targets: { a: { project: 9 }, b: { ref: develop } }\n',
      '--ref master',
      'master develop',
    ],
    ['a recipe counts before flags', 'targets: { a: { recipe: r } }\n', '--ref master', 'develop'],
    [
      'flags count before the defaults of the plan',
      'defaults: { ref: v1.0.0 }\ntargets: { a: {} }\n',
      '--ref master',
      'master',
    ],
    [
      'defaults of the plan',
      'defaults: { ref: v1.0.0 }\ntargets: { a: {}, b: { ref: master } }\n',
      '',
      'v1.0.0 master',
    ],
  ])('settings: %s', async (_, text, words, refs) => {
    home().config('recipes: { r: { ref: develop } }\n')
    await batch(text, { words: ['--parallel', '1', ...words.split(' ').filter(Boolean)] })
    expect(sent().join(' ')).toBe(refs)
  })

  test('typed variables are defaults too', async () => {
    await batch('targets: { a: { variables: { N: own } }, b: { ref: develop } }\n', {
      words: ['--ref', 'master', '--var', 'N=typed', '--parallel', '1'],
    })
    expect(sent()).toEqual(['own', 'typed'])
  })

  test('the environment is a default too', async () => {
    await batch('targets: { a: { ref: develop }, b: { project: 9 } }\n', {
      env: { GITLAB_TRIGGER_REF: 'master' },
      words: ['--parallel', '1'],
    })
    expect(sent()).toEqual(['develop', 'master'])
  })
})

const own = 'a: { ref: develop, project: 9, variables: { A: x }, wait: false }'
// prettier-ignore
test.each([
  ['-r develop -p 10', own, /warning: --ref, --project have no effect: each target sets its own\.\n/],
  ['-r develop -p 10', `${own}, b: { project: 9 }`, /warning: --project has no effect: /],
  ['-r develop --var A=y --var B=y', own, /warning: --ref, --var A have no effect: /],
  ['--var-file A=FILE --var-file B=FILE', own, /warning: --var-file A has no effect: /],
  ['--vars-from FILE', own, /warning: --vars-from \S+\/ab\.env \(A\) has no effect: /],
  ['--vars-from FILE --var C=y', 'a: { ref: develop, variables: { A: x, B: y } }', /warning: --vars-from \S+\/ab\.env has no effect: /],
  ['--vars-from FILE --var A=y', own, /warning: --var A has no effect: /],
  ['--vars-from FILE', 'a: { ref: develop, variables: { A: x } }, b: { ref: master, variables: { B: z } }', /^(?![^]*no effect)/],
  ['--check --input-json n=1 --input m=2 --input o=3', 'a: { ref: develop, inputs: { n: 2, m: x } }', /warning: --input m, --input-json n have no effect: /],
  ['--wait -q', own, /warning: --wait has no effect: /],
  ['-r develop --check', own, /warning: --ref has no effect: /],
  ['-r develop', 'a: { project: 9 }', /^(?![^]*no effect)/],
  ['--var A=y', `${own}, b: { ref: master }`, /^(?![^]*no effect)/],
  ['--var CI_COMMIT_SHA=y', own, /GitLab itself sets CI_COMMIT_SHA/],
])('warned of before it starts: %s with %s', async (words, targets, says) => {
  const typed = words.replaceAll('FILE', home().write('ab.env', 'A=1\nB=2\n'))
  const { code, stderr } = await batch(`targets: { ${targets} }\n`, { words: typed.split(' ') })
  expect(stderr).toMatch(says)
  expect(code).toBe(0)
})

describe('refused before anything is sent, all at once', () => {
  test.each([
    [
      'no ref',
      'targets: { a: { project: 9 }, b: {} }\n',
      /2 of 2 targets.*\n.*a: no ref given\n.*b: no ref/s,
      2,
    ],
    ['two that send the same', plan(a2('a'), a2('b')), /b: it sends the same as a \(.*plan.yml:2\)/, 2],
    ['a recipe that there is not', 'targets: { a: { recipe: nono } }\n', /there is no recipe "nono"/, 14],
    [
      'an unknown need',
      'targets: { a: { ref: x, needs: [biuld] }, build: { ref: y } }\n',
      /did you mean "build"/,
      2,
    ],
    [
      'a cycle',
      'targets: { a: { ref: x, needs: [b] }, b: { ref: y, needs: [a] } }\n',
      /a → b → a|b → a → b/,
      2,
    ],
    [
      'recipes that there are not, with their lines',
      'targets:\n  a: { recipe: nono }\n  b: { recipe: nini }\n  c: {}\n',
      /3 of 3 targets.*\n.*plan.yml:2 a: there is no recipe "nono".*\n.*plan.yml:3 b: there is no recipe "nini".*\n.*plan.yml:4 c: no ref/,
      14,
    ],
    [
      'the place of a setting once, and a place in the defaults once for all targets',
      'targets:\n  a: { ref: x, project: "a b" }\n  b:\n    variables: { A: x }\n    ref: "x y"\n  c: { variables: { N: "1" } }\n  d: { variables: { N: "2" } }\ndefaults:\n  ref: "y z"\n',
      /4 of 4 targets[^\n]*\n {2}\S*plan.yml:2 a: project: the project path[^\n]*\n {2}\S*plan.yml:5 b: ref: the ref "x y"[^\n]*\n {2}\S*plan.yml:9 defaults: ref: the ref "y z"[^\n]*\nNo pipeline/,
      2,
    ],
    [
      'values of the plan that cannot be, as all that is wrong with it',
      'targets:\n  a: { ref: x, timeout: 1h30m }\n  b: { ref: x, variables: { V: "\\0" } }\n',
      /2 of 2 targets.*\n.*plan.yml:2 a: timeout: .*\n.*plan.yml:3 b: variables.V: the value holds a NUL byte/,
      2,
    ],
    [
      'what is wrong with the graph, and with the settings of targets',
      'targets:\n  a: { ref: x, needs: [b, nono] }\n  b: { ref: x, needs: [a] }\n  c: { server: nini, ref: x }\n  d: { recipe: nini }\n',
      /plan.yml has 5 problems\n.*2 targets.a.needs: there is no target "nono"\n.*2 targets.a.needs: a cycle: a → b → a\n.*3 b: it sends the same as a .*\n.*4 c: there is no server "nini".*\n.*5 d: there is no recipe "nini"/,
      2,
    ],
    [
      'nothing that comes of a target that is wrong itself',
      'targets:\n  a: { refe: x }\n  b: { ref: 5 }\n  c: {}\n',
      /plan.yml has 3 problems\n.*2 targets.a.refe: unknown; did you mean "ref"\?\n.*3 targets.b.ref: .*\n.*4 c: no ref given/,
      2,
    ],
    [
      'nothing that comes of defaults that are wrong',
      'defaults: { refe: x }\ntargets: { a: {} }\n',
      /plan.yml:1 defaults.refe: unknown; did you mean "ref"\?\nNo/,
      2,
    ],
  ])('%s', async (_, text, message, code) => {
    const result = await batch(text)
    expect(result.stderr).toMatch(message)
    expect({ code: result.code, stdout: result.stdout, sent: sent() }).toEqual({ code, stdout: '', sent: [] })
  })

  test.each([
    ['--parallel 0', /--parallel: "0" is not a whole number from 1 to 256/],
    ['--rate many', /--rate: "many" is not a whole number/],
    ['--batch-timeout soon', /--batch-timeout: "soon" is not a duration/],
    ['--graph dot', /--graph needs --check/],
    [
      '--check --json',
      /--json and --check cannot be used together\n.*\n--check prints the graph of the plan: --graph tree, mermaid, dot/,
    ],
    ['--check --events', /--events and --check cannot be used together/],
    ['--check --graph svg', /--graph: "svg" is not one of tree, mermaid, dot/],
    ['--resume --restart', /--resume/],
    ['--fail-fast --keep-going', /--fail-fast/],
  ])('%s', async (words, message) => {
    const { code, stderr } = await batch(plan(target('a')), { words: words.split(' ') })
    expect(stderr).toMatch(message)
    expect({ code, sent: sent() }).toEqual({ code: 2, sent: [] })
  })
})

function a2(name: string): string {
  return `  ${name}: { ref: master }\n`
}

test.each(['--verify', '--skip-if-running', '--expect-sha abcdef0', '--wait --cancel-on-timeout'])(
  'without an API token, %s is refused before anything is sent',
  async (words) => {
    const { code, stderr } = await batch(plan(target('a'), target('b')), {
      words: words.split(' '),
      env: { GITLAB_TRIGGER_API_TOKEN: '' },
    })
    expect(stderr).toMatch(/2 of 2 targets.*\n.*a: --.*no API token given/)
    expect({ code, sent: sent() }).toEqual({ code: 2, sent: [] })
  },
)

describe('--check', () => {
  test('draws the graph and sends nothing', async () => {
    const { code, stdout } = await batch(plan(target('a'), target('b', ', needs: [a]')), {
      words: ['--check'],
    })
    expect(stdout).toMatch(/^a .*9 on master/)
    expect({ code, requests: gitlab().requests.length }).toEqual({ code: 0, requests: 0 })
  })

  test('names what is wrong', async () => {
    const { code, stderr } = await batch('targets: { a: {} }\n', { words: ['--check'] })
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no ref given') as string,
    })
  })
})

test('a plan on standard input', async () => {
  const { stdout, code } = await batch('{"name":"a","ref":"master"}\n{"name":"b","ref":"develop"}\n', {
    name: '-',
  })
  expect({ stdout, code }).toEqual({ stdout: '4711\n4712\n', code: 0 })
})

test('of several problems each says what to do about it', async () => {
  const secret = home().write('secret', 'x')
  chmodSync(secret, 0o644)
  const { code, stderr } = await batch(
    `targets:\n  a: { ref: master, tokenFile: ${secret} }\n  b: { ref: develop, tokenEnv: NOPE }\n`,
  )
  expect({ code, sent: sent() }).toEqual({ code: 14, sent: [] })
  expect(stderr).toContain('2 of 2 targets cannot be triggered as planned\n')
  expect(stderr).toMatch(/:2 a: .* \(mode 0644\)\. Run: chmod 600 /)
  expect(stderr).toMatch(/:3 b: the environment variable NOPE is not set/)
})

test('the line that continues the plan has the same options, without what is secret', async () => {
  const text = plan(failing('a'))
  const line = async (words: string[]): Promise<string | undefined> =>
    /^To continue the plan: (.*)$/m.exec((await batch(text, { words })).stderr)?.[1]
  const path = `${home().root}/plans/plan.yml`
  expect(await line([])).toBe(`gitlab-trigger batch ${path} --resume`)
  expect(await line(['--restart'])).toBe(`gitlab-trigger batch ${path} --resume`)
  expect(await line(['--parallel', '1', '--restart'])).toBe(
    `gitlab-trigger batch ${path} --parallel 1 --resume`,
  )
  expect(await line(['--var', 'A=1'])).toBe(
    `gitlab-trigger batch ${path} --var A=*** --resume, with your values in place of ***`,
  )
})

test.each([
  ['one of ours', 'ref: master, exitCodes: { 0: 5 }', '5'],
  ['none of ours', 'ref: nowhere, exitCodes: { 5: 42 }', '42'],
  ['ours', 'ref: nowhere', '5 (GitLab refused otherwise (400, 3xx, 405, 410, 413 ...))'],
])('an exit code that the plan gives has no meaning here: %s', async (_, keys, shown) => {
  const { mail } = await batch(`targets: { a: { ${keys} } }\n`)
  expect(/^exit code +(.*)$/m.exec(mail)?.[1]).toBe(shown)
})

test('a plan with problems runs no program for its tokens', async () => {
  const marker = `${home().root}/asked`
  const text = `targets: { a: { refe: x }, b: { ref: master, tokenCommand: [/bin/sh, -c, "touch ${marker}; echo glptt-0123456789"] } }\n`
  expect((await batch(text)).code).toBe(2)
  expect(existsSync(marker)).toBe(false)
})

describe('what is wrong with the plan hides nothing that is wrong with its targets', () => {
  const faulty = `targets:
  b: { ref: x, needs: [nono] }
  c: { ref: y, server: nini }
  d: { ref: z, recipe: nini }
  e: { ref: v, tokenEnv: NOPE }
  f: { refe: w, server: nini }
  g: { ref: 5, tokenFile: /nowhere/x }
  h: {}
`
  const found = [
    'targets.b.needs: there is no target "nono"',
    'c: there is no server "nini"',
    'd: there is no recipe "nini"',
    'e: the environment variable NOPE is not set',
    'targets.f.refe: unknown; did you mean "ref"?',
    'f: there is no server "nini"',
    'targets.g.ref: this is a number; quote it',
    'g: /nowhere/x does not exist',
  ]
  const rows = [
    'name,ref,server,tokenEnv\n',
    'a,m,,\n',
    'b,m,nini,\n',
    'c,m,"x"y,\n',
    'd,m,,NOPE\n',
    'e,,nini,\n',
  ]
  const json = '{"recipe":"a","server":"nini"}\n'
  test.each<[name: string, text: string, problems: string[]]>([
    ['plan.yml', `defaults: { refe: x }\n${faulty}`, ['1 defaults.refe: unknown', ...found]],
    ['plan.yml', `defaults: { variables: { A: 1 } }\n${faulty}`, ['1 defaults.variables.A: ', ...found]],
    ['plan.yml', `defaults: { ref: "\${{ needs.b.id }}" }\n${faulty}`, ['1 defaults.ref: values', ...found]],
    ['plan.yml', `defaults: [x]\n${faulty}`, ['1 defaults: expected names and values', ...found]],
    ['plan.yml', `default: { ref: x }\n${faulty}`, ['1 default: unknown; did you mean "def', ...found]],
    ['plan.yml', `${faulty}retry: 3\n`, [...found, '9 retry: unknown']],
    ['open.yml', `defaults: { token: x }\n${faulty}`, ['holds a secret', ...found, '9 h: no ref given']],
    [
      'plan.ndjson',
      `{"ref":"x"\n${json}{"name":"c","ref":5}\n`,
      ['1: not valid JSON', '2 a: there is no recipe', '3 c.ref: '],
    ],
    ['plan.ndjson', `${json}[]\n{"ref":"y","recipe":"nini"}\n`, ['1 ', '2: a target is', '3 nini: there is']],
    ['-', `${json}[]\n{"ref":"y","recipe":"nini"}\n`, ['1 ', '2: a target is', '3 nini: there is']],
    ['plan.csv', rows.join(''), ['3 b: there is no', '4: a quotation']],
    ['plan.csv', rows.toSpliced(3, 1, 'c,m\n').join(''), ['3 b: there', '4: the row', '5 d: ', '6 e: ']],
    ['plan.csv', rows.toSpliced(3, 1, 'c,m,x"y,\n').join(''), ['3 b: there', '4: a quo', '5 d: ', '6 e: ']],
    [
      'plan.csv',
      rows.toSpliced(0, 1, 'name,reff,server,x\n').join(''),
      ['1: there', '1: ', '3 b: ', '4: a quotation'],
    ],
  ])('%s %j', async (name, text, problems) => {
    const prepare = (): void => {
      if (name === 'open.yml') chmodSync(`${home().root}/plans/${name}`, 0o644)
    }
    const { code, stderr } = await batch(text, { name, prepare })
    const lines = stderr.split('\n').filter((line) => /^ +/.test(line))
    expect(lines).toEqual(
      problems.map((each) => expect.stringMatching(each.replace(/[?[(]/g, '\\$&')) as string),
    )
    expect({ code, sent: sent() }).toEqual({ code: 2, sent: [] })
  })
})
