import fc from 'fast-check'
import { changeTexts, changingServer, type ChangeAnswer } from '../helpers/changing-server.ts'
import { prepareServer, serverLines, wordsOf } from '../helpers/command-lines.ts'
import { environment } from '../helpers/gitlab.ts'
import { fifthOf, holds } from '../helpers/property.ts'
import { run, type Result } from '../helpers/run.ts'
import { newFolder, start } from '../helpers/world.ts'
import { startSandbox } from '../../src/sandbox/server.ts'

const lines = Object.values(serverLines)

/** Some members make a pipeline one that never ends. */
const limited = (line: string): string => (line.startsWith('wait') ? `${line} --timeout 10m` : line)

/** An array in an array, this many times: more than any stack holds. */
const deep = (times = 300_000): string => '['.repeat(times) + ']'.repeat(times)

/** Types a line at a server whose answers are changed, after what it needs has been made there. */
async function typed(line: string, change: ChangeAnswer): Promise<Result> {
  const gitlab = await startSandbox({ now: () => start, paceMs: 0 })
  const server = await changingServer(gitlab.url)
  const folder = newFolder()
  try {
    const own = {
      ...{ GITLAB_TRIGGER_API_TOKEN: gitlab.tokens.api, GITLAB_TRIGGER_SERVER: server.url },
      XDG_STATE_HOME: folder.path,
    }
    const world = { ...environment(gitlab, own), cwd: folder.path }
    await prepareServer(gitlab)
    server.change = change
    return await run(wordsOf(line, folder.path), world)
  } finally {
    await server.close()
    await gitlab.close()
    folder.remove()
  }
}

/** Such an object with one more member, first. */
const withMember = (body: string, member: string): string => body.replaceAll(/\{(?=")/g, `{${member},`)

/** Whether a command must understand a member to succeed. */
const isUnderstood = (name = '', line: string): boolean =>
  /^(id|status|.*_at|web_url|token|message|error|base|description)$/.test(name) ||
  (name === 'path_with_namespace' && line.startsWith('open'))

// prettier-ignore
const bodies: Record<string, (body: string, line: string) => string> = {
  'nested 300,000 deep in a member': (body) => body.replace(/^(\[?)\{(?=")/, `$1{"zz":${deep()},`),
  'objects nested deep': (body) => body.replace(/^(\[?)\{(?=")/, `$1{"zz":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)},`),
  'lone surrogates in every text': (body, line) => changeTexts(body, (text, names) => (isUnderstood(names.at(-1), line) ? text : `${text}\ud800`)),
  'names of Object.prototype as texts': (body, line) => changeTexts(body, (text, names) => (isUnderstood(names.at(-1), line) ? text : 'constructor')),
  '__proto__ and constructor as members': (body) => withMember(body, '"__proto__":{"id":null,"status":7},"constructor":5,"toString":null'),
  'NUL and invalid UTF-8': (body, line) => changeTexts(body, (text, names) => (isUnderstood(names.at(-1), line) ? text : `${text}\0\ufffd`)),
  'a member twice': (body) => withMember(body, '"id":"x","id":null'),
  'many members': (body) => body.replace(/^(\[?)\{(?=")/, `$1{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":${at}`).join(',')},`),
  'numbers as 1e3': (body) => body.replace(/:(\d+)000([,}])/g, ':$1e3$2'),
}

describe.each(Object.entries(bodies))('answers with %s are understood', (name, change) => {
  test.each(fifthOf(lines, Object.keys(bodies).indexOf(name)))('%s', async (line) => {
    const { code, stderr } = await typed(line, (body) => change(body, line))
    expect({ code, isBug: stderr.includes('bug of gitlab-trigger') }).toEqual({ code: 0, isBug: false })
  })
})

test('a status may be any word', async () => {
  const change: ChangeAnswer = (body) =>
    changeTexts(body, (text, names) => (names.at(-1) === 'status' ? 'constructor' : text))
  expect((await typed('status 4711', change)).code).toBe(0)
  expect((await typed('wait 4711 --timeout 5m', change)).code).toBe(8)
})

const refusals: [status: number, code: number][] = [
  [400, 5],
  [401, 4],
  [403, 4],
  [404, 4],
]
// prettier-ignore
const words: Record<string, string> = {
  deep: `{"message":${deep()}}`,
  'deep objects': `{"error":${'{"base":'.repeat(100_000)}"x"${'}'.repeat(100_000)}}`,
  'a lone surrogate': String.raw`{"message":"\ud800 \udc00\ud800","error":"\udfff"}`,
  'many lists': `{"message":{${Array.from({ length: 30_000 }, (_, at) => `"f${at}":["x"]`).join(',')}}}`,
  HTML: `<title${'<title'.repeat(100_000)}`,
  angles: '<'.repeat(500_000),
  scripts: '<script'.repeat(70_000),
  entities: '<p>&constructor;&__proto__;&#xD800;&#1114112;&toString;',
  '__proto__': '{"__proto__":{"message":"x"},"message":null,"constructor":1}',
  numbers: '{"message":1e999,"error":-0}',
}

describe.each(refusals)('a refusal with %s', (status, expected) => {
  test.each(Object.entries(words))('%s keeps its exit code', async (_, body) => {
    const { code, stderr } = await typed('run --ref master --api v4', (_, { method }) =>
      method === 'POST' ? { status, body } : undefined,
    )
    expect(stderr).not.toMatch(/bug of gitlab-trigger|function|native code|undefined/)
    expect(code).toBe(expected)
  })
})

test.each(fifthOf(lines, 0))('nor does any other command take a refusal for a bug: %s', async (line) => {
  for (const body of [words['deep objects'], words['a lone surrogate'], words['angles'], deep()]) {
    const { code, stderr } = await typed(line, () => ({ status: 404, body: body ?? '' }))
    expect({ code, isBug: stderr.includes('bug of gitlab-trigger') }).toEqual({ code: 4, isBug: false })
  }
})

/** What no member of an answer should be. */
// prettier-ignore
const hostile = [
  null, true, -1, 0, 1.5, 1e3, 1e308, 2 ** 53, '', '\ud800', 'constructor', '__proto__', 'hasOwnProperty', '\0\x1b[2J', '5', 'x'.repeat(100_000),
  [], [[]], [null], {}, { __proto__: null, id: 5 }, { id: {} }, [{ id: 1 }], '9999-99-99', '+275760-09-13T00:00:00Z', '-271821-04-20T00:00:00Z',
]

/** The value with the n-th of its parts, counted with those inside of them, replaced. */
function withPart(json: unknown, n: number, by: unknown): unknown {
  let left = n
  const walk = (value: unknown): unknown => {
    if (left-- === 0) return by
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, walk(each)]))
  }
  return walk(json)
}

test('no part of an answer, whatever it is, is a bug of ours', () =>
  holds(
    fc.asyncProperty(
      fc.constantFrom(...lines),
      fc.boolean(),
      fc.nat(3),
      fc.nat(80),
      fc.constantFrom(...hostile),
      async (line, isJson, answer, part, by) => {
        let seen = 0
        const { code, stderr } = await typed(
          limited(isJson && !line.startsWith('logs') ? `${line} --json` : line),
          (body, { type }) => {
            if (!type.includes('json') || seen++ !== answer) return undefined
            const json = JSON.parse(body || 'null') as unknown
            const size = Math.max(1, JSON.stringify(json).split(/[:,[]/).length)
            return JSON.stringify(withPart(json, part % size, by))
          },
        )
        expect([code === 1, stderr.includes('bug of')]).toEqual([false, false])
      },
    ),
    300,
  ))
