import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment, lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'
import { useFolder, type WorldOptions } from '../helpers/world.ts'

/** Values that tools mangle (docs/guarantees.md#T92, #T94). */
const values = {
  empty: '',
  'commas and equals signs': 'a,b=c:d',
  JSON: '{"a":1}',
  'two lines': 'one\ntwo',
  'a line end at its end': 'one\n',
  'CR LF': 'one\r\ntwo\r\n',
  'a lone CR': 'one\rtwo',
  'a file to curl': '@x;type=y',
  'a flag': '--x',
  'a number': '1.10',
  octal: '0755',
  yes: 'yes',
  null: 'null',
  'blanks around': '  a\t',
  'quotes and backslashes': `"a" 'b' \\n \\\\ \\`,
  'a shell': '$HOME ${HOME} $(id) `id` #no %s',
  emoji: 'Grüße ✓ 日本 👩‍👩‍👧',
  'a byte order mark': '\uFEFFa',
  'control characters': '\x01\x1b[31m\x7f\u0085\u2028',
  'a boundary':
    '--boundary\r\nContent-Disposition: form-data; name="variables[B]"\r\n\r\nx\r\n--boundary--\r\n',
  'a boundary like ours': `\r\n----------------------------${'0123456789'.repeat(2)}1234\r\n`,
  '1 MB': 'Zeile für Zeile\r\n'.repeat(60_000),
}

/** A dotenv line; the value in double quotes, with as little escaped as a reader allows. */
const dotenv = (key: string, value: string): string => `${key}="${value.replace(/[\\"$]/g, '\\$&')}"\n`

/** The ways in which a value can be given: the words to type after the files, the environment and stdin are set up. */
const ways: Record<string, (value: string, folder: string) => WorldOptions & { line: string[] }> = {
  '--var': (value) => ({ line: ['--var', `V=${value}`] }),
  '--var=': (value) => ({ line: [`--var=V=${value}`] }),
  '--var KEY': (value) => ({ line: ['--var', 'V'], env: { V: value } }),
  '--var-file': (value, folder) => file(folder, 'value', value, (path) => ['--var-file', `V=${path}`]),
  'a dotenv file': (value, folder) => from(folder, 'vars.env', dotenv('V', value)),
  'dotenv on stdin': (value) => ({ line: ['--vars-from', '-'], stdin: dotenv('V', value) }),
  'a JSON file': (value, folder) => from(folder, 'vars.json', JSON.stringify({ V: value }, null, '\t')),
  'a YAML file': (value, folder) => from(folder, 'vars.yaml', `# comment\nV: ${JSON.stringify(value)}\n`),
  'a yml file': (value, folder) => from(folder, 'vars.yml', `{"V": ${JSON.stringify(value)}}`),
}

function file(folder: string, name: string, content: string | Buffer, line: (path: string) => string[]) {
  const path = join(folder, name)
  writeFileSync(path, content)
  return { line: line(path) }
}

const from = (folder: string, name: string, content: string) =>
  file(folder, name, content, (path) => ['--vars-from', path])

const gitlab = useGitlab()
const folder = useFolder()

/** Triggers with these words; resolves to the variables that arrived, by name. */
async function arrived(line: string[], options: WorldOptions = {}): Promise<Record<string, string>> {
  const env = { ...environment(gitlab(), options.env).env }
  const { code, stderr } = await run(['--ref', 'master', ...line], { ...options, env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const variables = Object.entries(lastFields(gitlab())).map(([name, value]) => [
    /^variables\[(.*)\]$/.exec(name)?.[1],
    value,
  ])
  return Object.fromEntries(variables.filter(([key]) => key !== undefined)) as Record<string, string>
}

describe.each(Object.entries(ways))('byte for byte through %s (T92, T94)', (_, way) => {
  test.each(Object.entries(values))('%s', async (_, value) => {
    const { line, ...options } = way(value, folder().path)
    // Compared as one truth: a difference in 1 MB is no reading.
    expect((await arrived(line, options))['V'] === value).toBe(true)
    expect(Object.keys(lastFields(gitlab()))).toEqual(['token', 'ref', 'variables[V]'])
    const part = Buffer.from(`name="variables[V]"\r\n\r\n${value}\r\n--`)
    expect(posts(gitlab()).at(-1)?.body.includes(part)).toBe(true)
  })
})

describe('names that programs stumble over', () => {
  test.each(['__proto__', 'constructor', 'toString', '0', '00', '_', 'a', 'K'.repeat(255), 'token', 'ref'])(
    '%s',
    async (key) => {
      const json = from(folder().path, 'v.json', `{${JSON.stringify(key)}: "json"}`).line
      const yaml = from(folder().path, 'v.yaml', `"${key}": "yaml"`).line
      for (const [line, value, options] of [
        [['--var', `${key}=typed`], 'typed', {}],
        [['--var', key], 'env', { env: Object.fromEntries([[key, 'env']]) }],
        [json, 'json', {}],
        [yaml, 'yaml', {}],
        [['--vars-from', '-'], 'dotenv', { stdin: `${key}=dotenv` }],
      ] as [string[], string, WorldOptions][]) {
        const variables = await arrived(line, options)
        expect(Object.entries(variables)).toEqual([[key, value]])
      }
      expect(lastFields(gitlab())).toMatchObject({ token: gitlab().tokens.trigger, ref: 'master' })
    },
  )
})

describe('dotenv (T95)', () => {
  test.each<[name: string, text: string, expected: Record<string, string>]>([
    ['lines', 'A=1\nB=2\n', { A: '1', B: '2' }],
    ['CR LF', 'A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['no final line end', 'A=1\nB=2', { A: '1', B: '2' }],
    ['a byte order mark', '\uFEFFA=1\n', { A: '1' }],
    ['blank lines and comments', '\n# x=1\n  \t\n  # y\nA=1\n\n#\n', { A: '1' }],
    ['export', 'export A=1\n  export\tB="2"\n', { A: '1', B: '2' }],
    ['a name like export', 'export=1\nexportA=2\n', { export: '1', exportA: '2' }],
    ['blanks around', '  A = a b  \nB=\tx\t\n', { A: 'a b', B: 'x' }],
    ['nothing', 'A=\nB=""\nC=\'\'\nD=', { A: '', B: '', C: '', D: '' }],
    ['a comment behind a quoted value', 'B="2" # two\nC=\'3\'#three\nD="" # four', { B: '2', C: '3', D: '' }],
    [
      'a hash in a value',
      'A=a#b\nB="a # b"\nC=\'a # b\'\nD=#x',
      { A: 'a#b', B: 'a # b', C: 'a # b', D: '#x' },
    ],
    ['equals signs', 'A=b=c==\n', { A: 'b=c==' }],
    ['double quotes', 'A="a \\"b\\" \\\\ \\n \\t \\x"\n', { A: 'a "b" \\ \n \t \\x' }],
    ['single quotes', `A='a "b" \\n $C'\n`, { A: 'a "b" \\n $C' }],
    ['quotes inside', `A=it's\nB=say "x"\n`, { A: "it's", B: 'say "x"' }],
    ['several lines', `A="1\n2\n"\nB='3\r\n4'\nC=5`, { A: '1\n2\n', B: '3\r\n4', C: '5' }],
    [
      'nothing is expanded',
      'A=$HOME\nB="${HOME} \\$HOME"\nC=`id`\n',
      { A: '$HOME', B: '${HOME} $HOME', C: '`id`' },
    ],
    ['nothing is typed', 'A=1.10\nB=yes\nC=null\nD=0755\n', { A: '1.10', B: 'yes', C: 'null', D: '0755' }],
    ['backslashes without quotes', 'A=a\\nb\\\n', { A: 'a\\nb\\' }],
  ])('%s', async (_, text, expected) => {
    expect(await arrived(from(folder().path, '.env', text).line)).toEqual(expected)
    expect(await arrived(['--vars-from', '-'], { stdin: text })).toEqual(expected)
  })
})

describe('YAML and JSON', () => {
  test.each<[name: string, file: string, text: string, expected: Record<string, string>]>([
    [
      'a block',
      'v.yaml',
      'A: |\n  one\n  two\nB: >-\n  three\n  four\n',
      { A: 'one\ntwo\n', B: 'three four' },
    ],
    ['plain words', 'v.yml', 'A: master\nB: yes\nC: "1.10"\n', { A: 'master', B: 'yes', C: '1.10' }],
    ['an alias', 'v.yaml', 'A: &x "1"\nB: *x\n', { A: '1', B: '1' }],
    ['a byte order mark', 'v.json', '\uFEFF{"A": "1"}', { A: '1' }],
    ['CR LF', 'v.json', '{\r\n"A": "1"\r\n}\r\n', { A: '1' }],
    ['escapes', 'v.json', '{"A": "\\ud83d\\ude00\\u00e9\\/"}', { A: '😀é/' }],
    ['an ending in capitals', 'V.JSON', '{"A": "1"}', { A: '1' }],
    ['the sign for undecodable bytes, written so', 'v.json', '{"A": "\uFFFD\\ufffd"}', { A: '\uFFFD\uFFFD' }],
  ])('%s', async (_, name, text, expected) => {
    expect(await arrived(from(folder().path, name, text).line)).toEqual(expected)
  })
})

describe('which source wins', () => {
  test.each<[line: string, expected: Record<string, string>]>([
    ['--vars-from {}/1.env --vars-from {}/2.json', { A: '2', B: '1', C: '2' }],
    ['--vars-from {}/2.json --vars-from {}/1.env', { A: '1', B: '1', C: '2' }],
    ['--vars-from {}/1.env --vars-from {}/2.json --vars-from {}/3.yaml', { A: '3', B: '1', C: '2' }],
    ['--var A=typed --vars-from {}/1.env', { A: 'typed', B: '1' }],
    ['--vars-from {}/1.env --var A', { A: 'env', B: '1' }],
    ['--vars-from {}/1.env --var A=', { A: '', B: '1' }],
    ['--var-file A={}/value --vars-from {}/1.env', { A: 'file', B: '1' }],
    ['--vars-from - --vars-from {}/1.env', { A: '1', B: '1', D: 'stdin' }],
    ['--vars-from {}/1.env --vars-from -', { A: 'stdin', B: '1', D: 'stdin' }],
  ])('%s', async (line, expected) => {
    const files = {
      '1.env': 'A=1\nB=1\n',
      '2.json': '{"A": "2", "C": "2"}',
      '3.yaml': 'A: "3"',
      value: 'file',
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder().path, name), text)
    const words = line.replaceAll('{}', folder().path).split(' ')
    const options = { env: { A: 'env' }, stdin: 'A=stdin\nD=stdin\n' }
    expect(await arrived(words, options)).toEqual(expected)
  })

  test('an empty environment variable is a value, where --var asks for it', async () => {
    expect(await arrived(['--var', 'A'], { env: { A: '' } })).toEqual({ A: '' })
  })
})
