import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { changeTexts, changingServer, type ChangingServer } from '../helpers/changing-server.ts'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { run, type Result } from '../helpers/run.ts'
import { useFolder } from '../helpers/world.ts'

/** A token with everything that one may be made of, so that every encoding changes it. */
const canary = `c4n4ry+4/3=%2"1\\0<&>'x`

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** What a server that echoes the request may make of the token; long texts are cut somewhere. */
// prettier-ignore
const forms: Record<string, string> = {
  plain: canary,
  percent: encodeURIComponent(canary),
  'as Ruby escapes a form': encodeURIComponent(canary).replaceAll("'", '%27'),
  Base64: base64(`token=${canary}&x`),
  JSON: JSON.stringify({ token: canary }),
  'JSON of Rails': JSON.stringify({ token: canary }).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`),
  XML: canary.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
  'where texts of 200 are cut': `${'x'.repeat(190)} ${canary}`,
  'where texts of 200 are cut, without a blank': `${'x'.repeat(185)}${canary}`,
}

/** The token, or half of it, also in Base64 and in references of XML and Markdown. */
function holdsCanary(text: string): boolean {
  const decoded = [...text.matchAll(/[\w+/-]{8,}/g)].map(([word]) =>
    Buffer.from(word, 'base64').toString('latin1'),
  )
  const references = text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
  return [text, references, ...decoded].some((each) => /c4n4ry|4%2f3|=%2"1/i.test(each))
}

/** Members that the client understands as something else than text. */
const meaningful = /(^id|status|_at|time|group|source|kind|filename|web_url|visibility|level)$/

const gitlab = useGitlab()
const folder = useFolder()
let server: ChangingServer | undefined

afterEach(() => server?.close())

function filesIn(path: string): string[] {
  return readdirSync(path).flatMap((name) => {
    const file = join(path, name)
    return statSync(file).isDirectory() ? filesIn(file) : [file]
  })
}

/** Types a line at a server that puts `echo` into every text it sends. */
async function typed(line: string, echo: string, more: Record<string, string> = {}): Promise<Result> {
  await server?.close()
  server = await changingServer(gitlab().url, (headers) =>
    headers['private-token'] === canary ? { ...headers, 'private-token': gitlab().tokens.api } : headers,
  )
  server.change = (body, { type }) =>
    type.includes('json')
      ? changeTexts(body, (text, names) => (meaningful.test(names.at(-1) ?? '') ? text : echo))
      : `${echo}\n`
  const own = {
    GITLAB_TRIGGER_API_TOKEN: canary,
    XDG_STATE_HOME: folder().path,
    GITHUB_ACTIONS: 'true',
    GITHUB_OUTPUT: join(folder().path, 'output'),
    GITHUB_STEP_SUMMARY: join(folder().path, 'summary'),
    ...more,
  }
  const { env } = environment(gitlab(), { ...own, GITLAB_TRIGGER_SERVER: server.url })
  return run(line.replaceAll('{}', folder().path), { ...(env && { env }), home: folder().path })
}

describe.each(Object.entries(forms))('no secret in a file: %s', (_, echo) => {
  test('in what a run leaves behind', async () => {
    gitlab().script('master', { by: 'clock' })
    const reports = '--dotenv {}/dotenv --annotations {}/links.json --junit {}/junit.xml --log-file {}/log'
    const shown = await typed(`run --ref master --once k --only-if-changed --wait ${reports} --json`, echo)
    const events = await typed('run --ref master --follow --logs all --events', echo)
    const history = await typed('history --json', echo)
    expect([shown.code, events.code, history.code]).toEqual([0, 0, 0])
    const files = filesIn(folder().path)
    expect(
      files.map((file) => file.slice(folder().path.length + 1).replace(/[0-9a-f]{32}/, 'HASH')).sort(),
    ).toEqual(
      expect.arrayContaining([
        ...['dotenv', 'gitlab-trigger/last/HASH.json', 'gitlab-trigger/once/HASH.jsonl'],
        ...['junit.xml', 'links.json', 'log', 'output', 'summary'],
      ]),
    )
    const texts = [...files.map((file) => readFileSync(file, 'utf8')), shown, events, history].map((each) =>
      typeof each === 'string' ? each : each.stdout + each.mail,
    )
    expect(texts.filter(holdsCanary)).toEqual([])
  })

  test('in what refuses', async () => {
    gitlab().failNext({
      kind: 'answer',
      method: 'POST',
      status: 400,
      contentType: 'application/json',
      body: '{"message":"x"}',
    })
    const { code } = await typed('run --ref master --once k --log-file {}/log', echo)
    expect(code).toBe(5)
    expect(
      filesIn(folder().path)
        .map((file) => readFileSync(file, 'utf8'))
        .filter(holdsCanary),
    ).toEqual([])
  })
})

test('what is structure stays, also where a password is a word of it', async () => {
  gitlab().script('master', { by: 'clock' })
  const proxy = { http_proxy: 'http://me:testsuite@127.0.0.1:9', no_proxy: '127.0.0.1' }
  const line = 'run --ref master --wait --dotenv {}/dotenv --junit {}/junit.xml --proxy none'
  const { code } = await typed(line, 'testsuite', { ...proxy, GITLAB_TRIGGER_API_TOKEN: canary })
  expect(code).toBe(0)
  const xml = readFileSync(join(folder().path, 'junit.xml'), 'utf8')
  expect(xml).toMatch(/^<\?xml.*\?>\n<testsuites name="Pipeline \d+"/)
  expect(readFileSync(join(folder().path, 'dotenv'), 'utf8')).toMatch(/^(PIPELINE_\w+=\S+\n)+$/)
})
