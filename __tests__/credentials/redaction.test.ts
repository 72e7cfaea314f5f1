import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'

/** A token with everything that one may be made of, so that every encoding changes it. */
const token = 'c4n4ry+4/3=%2"1\\0'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const percent = encodeURIComponent(token)
const escaped = JSON.stringify(token).slice(1, -1)

/** What a server that echoes the request may make of the token. */
const forms: Record<string, string> = {
  raw: token,
  percent,
  'percent in small letters': percent.replace(/%../g, (code) => code.toLowerCase()),
  'a query': `https://gitlab.example.com/?token=${percent}&ref=master`,
  'JSON-escaped': escaped,
  'JSON-escaped, slashes too': escaped.replaceAll('/', '\\/'),
  Base64: base64(token),
  'Base64 without padding': base64(token).replace(/=+$/, ''),
  'Base64 for URLs': Buffer.from(token).toString('base64url'),
  'Base64 of a form': base64(`token=${token}&ref=master`),
  'Base64 of a form, one byte further': base64(`?token=${token}&ref=master`),
  'Base64 of a form, two bytes further': base64(`/?token=${token}&ref=master`),
  'twice in one line': `${token}${token}`,
}

/** The token in any of its forms, also inside of Base64. */
function holdsToken(text: string): boolean {
  const decoded = [...text.matchAll(/[\w+/-]{8,}/g)].map(([word]) =>
    Buffer.from(word, 'base64').toString('latin1'),
  )
  return [text, ...decoded].some((each) => /c4n4ry|1\\0|4%2f3|4\\\/3/i.test(each))
}

describe('a server that echoes the token (T45, T46)', () => {
  const gitlab = useGitlab()
  const answers: [
    name: string,
    status: number,
    type: string,
    body: (text: string) => string,
    code: number,
  ][] = [
    ['a message', 400, 'application/json', (text) => JSON.stringify({ message: text }), 5],
    ['an error', 400, 'application/json', (text) => JSON.stringify({ error: text }), 5],
    [
      'a hash of lists',
      400,
      'application/json',
      (text) => JSON.stringify({ message: { base: [text, text] } }),
      5,
    ],
    ['text', 400, 'text/plain', (text) => text, 5],
    [
      'HTML',
      400,
      'text/html',
      (text) => `<html><title>${text}</title><body><h1>${text}</h1></body></html>`,
      5,
    ],
    ['a 500', 500, 'text/html', (text) => `<html><body><pre>${text}</pre></body></html>`, 7],
    ['a 403', 403, 'application/json', (text) => JSON.stringify({ message: text }), 4],
  ]
  describe.each(answers)('in %s', (_, status, contentType, body, code) => {
    test.each(Object.entries(forms))('%s', async (_, form) => {
      for (const mode of ['', '--verbose --json']) {
        gitlab().failNext({ kind: 'answer', method: 'POST', status, contentType, body: body(`echo ${form}`) })
        const result = await run(
          `--ref master --api v4 ${mode}`,
          environment(gitlab(), { GITLAB_TRIGGER_TOKEN: token }),
        )
        expect(result.code).toBe(code)
        expect(holdsToken(result.stdout + result.stderr)).toBe(false)
      }
      expect(posts(gitlab())).toHaveLength(2)
    })
  })

  test('in the address of a redirect', async () => {
    const headers = { location: `https://elsewhere.example/?token=${percent}` }
    gitlab().failNext({ kind: 'answer', method: 'POST', status: 302, headers, body: '' })
    const result = await run(
      '--ref master --api v4 --verbose',
      environment(gitlab(), { GITLAB_TRIGGER_TOKEN: token }),
    )
    expect(result.code).toBe(5)
    expect(result.stderr).toContain('https://elsewhere.example/')
    expect(holdsToken(result.stdout + result.stderr)).toBe(false)
  })

  test('in the words of a pipeline that was made', async () => {
    const body = JSON.stringify({
      id: 12,
      ref: token,
      status: token,
      web_url: `${gitlab().url}/${token}`,
      source: token,
    })
    gitlab().failNext({ kind: 'answer', method: 'POST', status: 201, contentType: 'application/json', body })
    const options = { ...environment(gitlab(), { GITLAB_TRIGGER_TOKEN: token }), tty: ['stderr' as const] }
    const result = await run('--ref master --api v4 --verbose --json', options)
    expect(result.code).toBe(0)
    expect(JSON.parse(result.stdout)).toMatchObject({ id: 12, ref: '***', status: '***' })
    expect(holdsToken(result.stdout + result.stderr)).toBe(false)
  })

  test("somebody else's token, in an error, is masked as well", async () => {
    const other = `glpat-${'x1Y2'.repeat(5)}`
    gitlab().failNext({ kind: 'answer', method: 'POST', status: 400, body: `no: ${other}` })
    const { stderr } = await run('--ref master --api v4', environment(gitlab()))
    expect(stderr).toContain('GitLab answered 400')
    expect(stderr).not.toContain(other)
  })
})

test('the test above sees a token in every form', () => {
  expect(Object.entries(forms).filter(([, form]) => !holdsToken(form))).toEqual([])
})
