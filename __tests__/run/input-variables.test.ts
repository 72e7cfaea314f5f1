import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment, lastFields, useGitlab } from '../helpers/gitlab.ts'
import { canary, refuses, type Refusal } from '../helpers/refusal.ts'
import { run } from '../helpers/run.ts'
import { newFolder } from '../helpers/world.ts'

const badKeys: [key: string, name: string][] = [
  ['', 'an empty name'],
  ['A]', 'A]'],
  ['A[B', 'A[B'],
  ['A B', 'a blank'],
  [' A', 'a blank before'],
  ['A"', 'A"'],
  ["A'", "A'"],
  ['A\r\nB', 'CR LF'],
  ['A\n', 'a line end'],
  ['A-B', 'A-B'],
  ['A.B', 'A.B'],
  ['É', 'É'],
  ['K'.repeat(256), '256 characters'],
  ['TRIGGER_PAYLOAD', 'TRIGGER_PAYLOAD'],
]

refuses('--var', [
  ...badKeys.map(([key, name]): Refusal => [['--var', `${key}=${canary}`], '--var', { t: 'T91', name }]),
  ['--var A', ['--var A', 'not set'], { t: 'T91' }],
  ['--var toString', ['--var toString', 'not set'], { t: 'T91' }],
  ['--var __proto__', ['--var __proto__', 'not set'], { t: 'T91' }],
  ['--var TRIGGER_PAYLOAD', 'TRIGGER_PAYLOAD', { t: 'T91', env: { TRIGGER_PAYLOAD: canary } }],
  [`--var A=${canary} --var A=${canary}`, ['--var', 'A', 'twice'], { t: 'T91' }],
  [`--var A --var A=${canary}`, ['--var', 'A', 'twice'], { t: 'T91', env: { A: canary } }],
  [['--var', `A=${canary}\0`], ['--var A', 'NUL'], { t: 'T93' }],
  [['--var', `A=${canary}\uFFFD`], ['--var A', 'UTF-8', '--var-file'], { t: 'T93' }],
  [['--var', `A=${canary}\uD83D`], ['--var A', 'UTF-8'], { t: 'T93', name: 'half an emoji' }],
  [
    '--var A',
    ['--var A', 'UTF-8', '--var-file'],
    { t: 'T93', name: 'U+FFFD from the environment', env: { A: `${canary}\uFFFD` } },
  ],
])

refuses('--var-file', [
  ['--var-file A', '--var-file', { t: 'T91' }],
  ['--var-file A=', '--var-file'],
  ['--var-file A=missing', ['--var-file A', 'missing', 'does not exist', '(looked in /']],
  ['--var-file A={}', ['--var-file A', '{}', 'directory']],
  ['--var-file A=/dev/null', ['--var-file A', '/dev/null', 'not a regular file']],
  ['--var-file A-B={}/a', ['--var-file', 'A-B'], { t: 'T91', files: { a: canary } }],
  ['--var-file TRIGGER_PAYLOAD={}/a', ['--var-file', 'TRIGGER_PAYLOAD'], { t: 'T91', files: { a: canary } }],
  ['--var-file A={}/a --var-file A={}/a', ['--var-file', 'A', 'twice'], { t: 'T91', files: { a: canary } }],
  ['--var A=1 --var-file A={}/a', ['--var-file', 'A', 'twice'], { t: 'T91', files: { a: canary } }],
  ['--var-file A={}/a', ['--var-file A', 'NUL'], { t: 'T93', files: { a: `${canary}\0` } }],
  [
    '--var-file A={}/a',
    ['--var-file A', 'UTF-8'],
    { t: 'T93', name: 'bytes that are no UTF-8', files: { a: Buffer.from([0x61, 0xff]) } },
  ],
  [
    '--var-file A={}/a',
    ['--var-file A', 'UTF-8'],
    { t: 'T93', name: 'half a character', files: { a: Buffer.from('é').subarray(0, 1) } },
  ],
  [
    '--var-file A={}/a',
    ['--var-file A', 'UTF-8'],
    { t: 'T93', name: 'half an emoji as UTF-8', files: { a: Buffer.from([0xed, 0xa0, 0xbd]) } },
  ],
])

/** A file of variables that is refused for what stands in it. */
const from = (file: string, content: string | Buffer, says: string[], name: string): Refusal => [
  `--vars-from {}/${file}`,
  says,
  { files: { [file]: content }, name: `${file}: ${name}`, t: 'T95' },
]

refuses('--vars-from', [
  ['--vars-from missing.env', ['--vars-from', 'missing.env', 'does not exist'], { t: 'T95' }],
  ['--vars-from missing.json', ['--vars-from', 'missing.json', 'does not exist'], { t: 'T95' }],
  ['--vars-from {}', ['--vars-from', '{}', 'directory'], { t: 'T95' }],
  ['--vars-from /dev/null', ['--vars-from', '/dev/null', 'not a regular file'], { t: 'T95' }],
  from('v.env', `A=1\n\n# x\n${canary}\nB=2\n`, ['{}/v.env:4'], 'a line without ='),
  from('v.env', `A=1\r\n\r\n${canary}\r\n`, ['{}/v.env:3'], 'a line without = after CR LF'),
  from('v.env', `A="1\n2\n3"\n${canary}`, ['{}/v.env:4'], 'a line without = after a value of three lines'),
  from('v.env', `=${canary}\n`, ['{}/v.env:1'], 'an empty name'),
  from('v.env', `A=1\nB="${canary}\nC=2\n`, ['{}/v.env:2', 'not closed'], 'a quote that is not closed'),
  from('v.env', `A=1\nB='${canary}\n`, ['{}/v.env:2', 'not closed'], 'a single quote that is not closed'),
  from('v.env', `A="1" ${canary}\n`, ['{}/v.env:1'], 'text after the quote'),
  from('v.env', `A=1\nB-C=${canary}\n`, ['{}/v.env:2', 'B-C'], 'a name that is none'),
  from('v.env', `A=1\nTRIGGER_PAYLOAD=${canary}\n`, ['{}/v.env:2', 'TRIGGER_PAYLOAD'], 'TRIGGER_PAYLOAD'),
  from('v.env', `A=1\nB=2\nA=${canary}\n`, ['{}/v.env:3', 'A', 'twice'], 'a name twice'),
  from('v.env', `A=1\nB=${canary}\0\n`, ['{}/v.env', 'NUL'], 'NUL'),
  from('v.env', Buffer.from([0x41, 0x3d, 0xff]), ['{}/v.env', 'UTF-8'], 'bytes that are no UTF-8'),
  from('v.json', `{\n  "A": "1",\n  "B": ${canary}\n}`, ['{}/v.json:3', 'JSON'], 'not JSON'),
  from('v.json', `{\n  "A": "1",\n  "B": "${canary}",\n}`, ['{}/v.json:4', 'JSON'], 'a comma too much'),
  from('v.json', `{\n  "A": "${canary}"`, ['{}/v.json:2', 'JSON'], 'cut off'),
  from('v.json', '', ['{}/v.json', 'JSON'], 'empty'),
  from('v.json', `["${canary}"]`, ['{}/v.json'], 'a list'),
  from('v.json', `"${canary}"`, ['{}/v.json'], 'a text'),
  from('v.json', 'null', ['{}/v.json'], 'null'),
  from('v.json', '{"A": 1.10}', ['{}/v.json', 'A', 'quotes'], 'a number'),
  from('v.json', '{"A": true}', ['{}/v.json', 'A', 'quotes'], 'true'),
  from('v.json', '{"A": null}', ['{}/v.json', 'A'], 'a null'),
  from('v.json', `{"A": ["${canary}"]}`, ['{}/v.json', 'A'], 'a list in it'),
  from('v.json', `{"A": {"B": "${canary}"}}`, ['{}/v.json', 'A'], 'an object in it'),
  from('v.json', `{"A": "1", "A": "${canary}"}`, ['{}/v.json', 'twice'], 'a name twice'),
  from(
    'v.json',
    `{\n\t"A": "1",\n\t"A": "${canary}"\n}`,
    ['{}/v.json', 'twice'],
    'a name twice, tabs before it',
  ),
  from('v.json', `{"A":"1","A":"${canary}"}`, ['{}/v.json', 'twice'], 'a name twice, no blanks'),
  from('v.json', `{"A": "1", "\\u0041": "${canary}"}`, ['{}/v.json', 'twice'], 'a name twice, once escaped'),
  from('v.json', `{"A-B": "${canary}"}`, ['{}/v.json', 'A-B'], 'a name that is none'),
  from('v.json', `{"TRIGGER_PAYLOAD": "${canary}"}`, ['{}/v.json', 'TRIGGER_PAYLOAD'], 'TRIGGER_PAYLOAD'),
  from('v.json', `{"A": "${canary}\\u0000"}`, ['{}/v.json', 'A', 'NUL'], 'NUL'),
  from('v.json', `{"A": "${canary}\\ud83d"}`, ['{}/v.json', 'A', 'UTF-8'], 'half an emoji'),
  from('v.yaml', `A: "1"\nB: "${canary}\n`, ['{}/v.yaml:', 'YAML'], 'a quote that is not closed'),
  from('v.yaml', `A: "1"\n\tB: "${canary}"\n`, ['{}/v.yaml:2', 'YAML'], 'a tab'),
  from('v.yml', `A: "1"\nB: x: ${canary}\n`, ['{}/v.yml:2', 'YAML'], 'two colons'),
  from('v.yaml', `A: "1"\nB: "2"\nA: "${canary}"\n`, ['{}/v.yaml:3', 'twice'], 'a name twice'),
  from('v.yaml', 'A: 1.10\n', ['{}/v.yaml', 'A', 'quotes'], 'a number'),
  from('v.yaml', 'A: 0755\n', ['{}/v.yaml', 'A', 'quotes'], 'an octal number'),
  from('v.yaml', 'A: true\n', ['{}/v.yaml', 'A', 'quotes'], 'true'),
  from('v.yaml', 'A: 2026-11-22\n', ['{}/v.yaml', 'A', 'quotes'], 'a date'),
  from('v.yaml', 'A:\n', ['{}/v.yaml', 'A'], 'nothing'),
  from('v.yaml', `A: !!js/function "${canary}"\n`, ['{}/v.yaml:1'], 'a tag that runs code elsewhere'),
  from('v.yaml', `- ${canary}\n`, ['{}/v.yaml'], 'a list'),
  from('v.yaml', '', ['{}/v.yaml'], 'empty'),
  from('v.yaml', `A: "1"\n---\nA: "${canary}"\n`, ['{}/v.yaml'], 'two documents'),
  ['--vars-from -', ['standard input', ':2'], { t: 'T95', stdin: `A=1\n${canary}\n` }],
  [
    '--vars-from -',
    ['standard input', 'UTF-8'],
    { t: 'T95', name: 'stdin, no UTF-8', stdin: Buffer.from([0x41, 0x3d, 0xff]) },
  ],
])

describe('a named pipe', () => {
  const gitlab = useGitlab()
  test.each(['--vars-from', '--var-file A', '--token-file'])(
    '%s is refused and does not wait for a writer',
    async (flag) => {
      const folder = newFolder()
      try {
        const path = join(folder.path, 'fifo')
        execFileSync('mkfifo', [path])
        const [name = '', key] = flag.split(' ')
        const { code, stderr } = await run(
          [name, key === undefined ? path : `${key}=${path}`, '-r', 'master'],
          environment(gitlab()),
        )
        expect(code).toBe(2)
        expect(stderr).toContain(name)
        expect(stderr).toContain(`${path}: it is a pipe`)
        expect(gitlab().requests).toEqual([])
      } finally {
        folder.remove()
      }
    },
  )
})

const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `--var=V${at}=${canary}`)

/** Names of 255 characters and a last shorter one, which together have this many. */
function names(total: number): string[] {
  const long = Array.from({ length: Math.floor(total / 255) }, (_, at) => String(at).padStart(255, 'K'))
  return [...long, 'L'.repeat(total % 255)].map((name) => `--var=${name}=`)
}

const MiB = 1024 * 1024

refuses('more than GitLab takes', [
  [many(4094), ['4094', '4093'], { t: 'T96', name: '4,094 variables' }],
  [[...many(4093), '--input', 'environment=x'], '4093', { t: 'T96', name: '4,093 variables and an input' }],
  [names(65_537), '65536', { t: 'T96', name: 'names of 65,537 bytes' }],
  [
    '--var-file A={}/a',
    ['--var-file A', String(16 * MiB)],
    { t: 'T96', name: 'a file of more than 16 MiB', files: { a: Buffer.alloc(16 * MiB + 1, 'x') } },
  ],
  [
    '--var-file A={}/a --var-file B={}/a',
    String(16 * MiB),
    { t: 'T96', name: 'two files of 8 MiB', files: { a: Buffer.alloc(8 * MiB, 'x') } },
  ],
  [
    '--vars-from {}/a --var-file B={}/b',
    String(16 * MiB),
    {
      t: 'T96',
      name: '8 MiB from two sources',
      files: { a: `A=${'x'.repeat(8 * MiB)}`, b: Buffer.alloc(8 * MiB, 'x') },
    },
  ],
  [
    '--var-file B={}/b --input environment=' + 'x'.repeat(8 * MiB),
    String(16 * MiB),
    { t: 'T96', name: 'a variable and an input of 16 MiB', files: { b: Buffer.alloc(8 * MiB, 'x') } },
  ],
])

describe('just what GitLab takes', () => {
  const gitlab = useGitlab()
  test.each([
    ['4,093 variables', () => many(4093), 4093],
    ['names of 65,536 bytes', () => names(65_536), 258],
  ])('%s arrive (T96)', async (_, typed, count) => {
    const { code } = await run(['--ref', 'master', ...typed()], environment(gitlab()))
    expect(code).toBe(0)
    expect(gitlab().pipelines[0]?.variables.size).toBe(count)
  })

  test('15 MiB arrive (T96)', async () => {
    const folder = newFolder()
    try {
      writeFileSync(join(folder.path, 'a'), Buffer.alloc(15 * MiB, 'x'))
      const { code } = await run(`--ref master --var-file A=${folder.path}/a`, environment(gitlab()))
      expect(code).toBe(0)
      expect(lastFields(gitlab())['variables[A]']?.length).toBe(15 * MiB)
    } finally {
      folder.remove()
    }
  })
})

refuses('--input and --input-json', [
  ['--input environment', '--input'],
  ['--input =x', '--input'],
  [['--input', `a b=${canary}`], '--input'],
  [['--input', `a]=${canary}`], '--input'],
  [['--input', `a"\r\nb=${canary}`], '--input'],
  [`--input environment=${canary} --input environment=${canary}`, ['--input', 'environment', 'twice']],
  [`--input replicas=3 --input-json replicas=3`, ['--input', 'replicas', 'twice']],
  [['--input', `environment=${canary}\0`], ['--input environment', 'NUL'], { t: 'T93' }],
  [['--input', `environment=${canary}\uFFFD`], ['--input environment', 'UTF-8'], { t: 'T93' }],
  ['--input-json replicas', '--input-json'],
  ['--input-json replicas=', ['--input-json replicas', 'JSON']],
  [`--input-json replicas=${canary}`, ['--input-json replicas', 'JSON']],
  ['--input-json replicas=03', '--input-json replicas: the value is not valid JSON at line 1, column 2\n'],
  [['--input-json', 'a=[1,\n2 3]'], '--input-json a: the value is not valid JSON at line 2, column 3\n'],
  ['--input-json replicas=NaN', ['--input-json replicas', 'JSON']],
  [`--input-json replicas=["${canary}"`, ['--input-json replicas', 'JSON']],
  ['--input-json replicas=null', '--input-json replicas'],
  [`--input-json replicas={"a":"${canary}"}`, '--input-json replicas'],
  ['--input environment=x --api v3', ['--input', '--api v4']],
])
