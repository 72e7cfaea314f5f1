import { meaningOf, planOf, problemsOf } from '../helpers/plan.ts'

const two = {
  defaults: undefined,
  targets: [
    { name: 'build', needs: [], project: 'g/build', ref: 'main', variables: { A: 'x' } },
    { name: 'docs', needs: ['build'], project: 'g/docs', ref: 'main' },
  ],
}

const yaml = `targets:
  build: { project: g/build, ref: main, variables: { A: x } }
  docs:
    project: g/docs
    ref: main
    needs: [build]
`
const list = `targets:
  - { name: build, project: g/build, ref: main, variables: { A: x } }
  - name: docs
    project: g/docs
    ref: main
    needs: build
`
const rows = [
  { name: 'build', project: 'g/build', ref: 'main', variables: { A: 'x' } },
  { name: 'docs', project: 'g/docs', ref: 'main', needs: ['build'] },
]
const json = JSON.stringify({ targets: rows })
const pretty = JSON.stringify({ targets: rows }, null, 2)
const ndjson = rows.map((row) => JSON.stringify(row)).join('\n')
const csv = 'name,project,ref,needs,variables.A\nbuild,g/build,main,,x\ndocs,g/docs,main,build,\n'

describe('all forms of a plan mean the same', () => {
  const forms: [place: string, text: string][] = [
    ['plan.yml', yaml],
    ['plan.yaml', list],
    ['plan.YML', yaml],
    ['plan.json', json],
    ['plan.json', pretty],
    ['plan.yml', json],
    ['plan.ndjson', ndjson],
    ['plan.jsonl', `\n${ndjson}\n\n`],
    ['plan.csv', csv],
    ['-', yaml],
    ['-', list],
    ['-', json],
    ['-', pretty],
    ['-', ndjson],
    ['-', csv],
    ['plan.txt', yaml],
    ['plan', ndjson],
    ['/dev/fd/63', csv],
    ['-', `name , project, ref, needs, variables.A\nbuild, g/build , main, ,x\ndocs,g/docs,main,build,\n`],
    [
      '-',
      `"name","project","ref","needs","variables.A"\n"build","g/build","main","","x"\ndocs,g/docs,main,build,\n`,
    ],
  ]
  test.each(forms)('%s %#', (place, text) => {
    expect(meaningOf(planOf(text, place))).toEqual(two)
  })
  test.each(forms)('with a byte order mark and the line ends of Windows: %s %#', (place, text) => {
    expect(meaningOf(planOf(`\uFEFF${text.replaceAll('\n', '\r\n')}`, place))).toEqual(two)
  })
})

test('a plan on standard input that is one line of NDJSON is one target', () => {
  expect(meaningOf(planOf('{"project":9,"ref":"main"}', '-'))).toEqual({
    defaults: undefined,
    targets: [{ name: '9@main', needs: [], project: 9, ref: 'main' }],
  })
})

describe('CSV', () => {
  const data = (text: string): unknown =>
    planOf(`name,project,ref,${text}`, 'f.csv').targets.map(({ node }) => ({
      ...node.data,
      project: undefined,
      ref: undefined,
    }))
  const cells: [text: string, data: unknown][] = [
    ['variables.A\na,1,m,"x\ny, ""z"""\n', { variables: { A: 'x\ny, "z"' } }],
    ['variables.A\na,1,m, x \n', { variables: { A: ' x ' } }],
    ['variables.A\na,1,m,\n', {}],
    ['variables.A\na,1,m,""\n', { variables: { A: '' } }],
    ['variables.A\na,1,m,""""""\n', { variables: { A: '""' } }],
    ['inputs.a.b-c\na,1,m,true\n', { inputs: { 'a.b-c': 'true' } }],
    [
      'follow,retry,timeout,onManual\na,1,m,true,3,90,fail\n',
      { follow: true, retry: 3, timeout: '90', onManual: 'fail' },
    ],
    ['follow\na,1,m,""\n', {}],
    ['tokenEnv\na,1,m,DOCS_TOKEN\n', { tokenEnv: 'DOCS_TOKEN' }],
  ]
  test.each(cells)('%j', (text, expected) => {
    expect(data(text)).toEqual([expected])
  })

  test('rows of nothing, as spreadsheets write them below a table, are passed over', () => {
    expect(
      planOf('name,project\n\na,1\n,\n" ",""\nb,2\n', 'f.csv').targets.map(({ name, origin }) => [
        name,
        origin,
      ]),
    ).toEqual([
      ['a', 'f.csv:3'],
      ['b', 'f.csv:6'],
    ])
  })

  const refused: [text: string, problems: string[]][] = [
    ['name,projct\na,1\n', ['f.csv:1: there is no column "projct"; did you mean "project"?']],
    ['name,project,name\na,1,b\n', ['f.csv:1: there are two columns "name"']],
    ['name;project\na;1\n', ['f.csv:1: the columns are not separated by commas']],
    ['name,play\na,x\n', ['f.csv:1: there is no column "play"']],
    ['name,variables.__proto__\na,x\n', ['f.csv:1: there is no column "variables.__proto__"']],
    ['name,variables.A-B\na,x\n', ['f.csv:1: there is no column "variables.A-B"']],
    [
      'name,project\na,1,2\nb\n',
      [
        'f.csv:2: the row has 3 cells, and the first line 2',
        'f.csv:3: the row has 1 cells, and the first line 2',
      ],
    ],
    ['name,project\na,"1\nb,2\n', ['f.csv:3: the end is inside a quoted cell; close its quotation mark']],
    ['name,project\na,x"y\n', ['f.csv:2: a quotation mark stands inside a cell; double it']],
    ['name,project\na,"x"y\n', ['f.csv:2: a quotation mark stands inside a cell; double it']],
    ['name,project\n', ['f.csv: there are no targets']],
    ['', ['f.csv: there are no targets']],
    [
      'name,project,follow\na,"1\n",yes\nb,2,no\n',
      [
        'f.csv:2 a.follow: expected true or false, got "yes"',
        'f.csv:4 b.follow: expected true or false, got "no"',
      ],
    ],
  ]
  test.each([
    ['Name,Project,Ref\na,1,m\n', 'there is no column "Name"'],
    ['sep=,\nname,project\na,1\n', 'there is no column "sep="'],
  ])('%j on standard input is seen to be a table', (text, problem) => {
    expect(problemsOf(text, '-')[0]).toContain(problem)
  })

  test.each(refused)('%j is refused', (text, problems) => {
    expect(problemsOf(text, 'f.csv')).toEqual(problems)
  })
})

describe('NDJSON', () => {
  test('each bad line is told by its number', () => {
    const text =
      '{"project":1}\n{"project":2\n[]\n{"name":"a","name":"b"}\n{"name":"c","__proto__":1,"wait":2}\n{"name":"d","projet":3}\n'
    expect(problemsOf(text, 'p.ndjson')).toEqual([
      'p.ndjson:2: not valid JSON at column 13: it ends too early',
      'p.ndjson:3: a target is an object: {"project": ...}',
      'p.ndjson:4: the key "name" stands twice',
      'p.ndjson:5 __proto__: this name is not allowed',
      'p.ndjson:5 c.wait: expected true or false, got 2',
      'p.ndjson:6 d.projet: unknown; did you mean "project"?',
    ])
    expect(problemsOf(text, '-')).toHaveLength(6)
  })
})
