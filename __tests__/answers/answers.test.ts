import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { run, type Result } from '../helpers/run.ts'
import { idLost, made, none, statesIn, unknown } from '../helpers/pipeline-sentences.ts'

const permissionText = "You do not have sufficient permission to run a pipeline on 'x'. Learn more"
const sha = '5937ac0a7beb003549fc5fd26fc247adbce4a52e'
const base = (text: string): string => JSON.stringify({ message: { base: [text] } })
const page = (title: string): string =>
  `<!DOCTYPE html>\n<html><head><title>${title}</title>\n<style>b { c: d }</style></head><body><h1>x</h1></body></html>`

function typeOf(body: string): string {
  if (body.startsWith('{')) return 'application/json'
  return body.startsWith('<') ? 'text/html; charset=utf-8' : 'text/plain'
}

/** The line that says what happened, GitLab's words in it: clean, and not long. */
function expectCleanLine({ stderr }: Result): void {
  const lines = stderr.trimEnd().split('\n')
  expect(lines[0]).toMatch(/^gitlab-trigger: \S/)
  expect(lines[0]).not.toMatch(/[{}<>[\]"\\]|undefined|\bnull\b|: *$|\s{2}/)
  expect(lines[0]!.length).toBeLessThan(500)
  expect(lines.length).toBeLessThanOrEqual(3)
}

describe('an answer that is not success (T63, T69, T83, T119-T124)', () => {
  const gitlab = useGitlab()

  const rows: [name: string, status: number, body: string, exit: number, state: string, says: RegExp][] = [
    // The shapes of GitLab's error bodies.
    [
      'error: text',
      400,
      '{"error":"ref is missing, token is missing"}',
      5,
      none,
      /400: ref is missing, token is missing$/m,
    ],
    [
      'message: text',
      400,
      '{"message":"variables needs to be a map"}',
      5,
      none,
      /400: variables needs to be a map$/m,
    ],
    [
      'message: lists',
      400,
      '{"message":{"base":["No way"],"key":["is odd","is old"]}}',
      5,
      none,
      /400: No way; key is odd, is old$/m,
    ],
    [
      'message: error',
      429,
      '{"message":{"error":"Requested too many times."}}',
      12,
      none,
      /429: Requested too many times\.$/m,
    ],
    ['text', 400, 'Bad Request\n', 5, none, /400: Bad Request$/m],
    [
      'text on lines',
      500,
      '500 Internal Server Error\nPlease   read the log.\n',
      7,
      unknown,
      /Server Error Please read the log\.$/m,
    ],
    ['HTML', 502, page('502 Bad Gateway'), 7, unknown, /502:? (502 )?Bad Gateway$/m],
    [
      'HTML with entities',
      502,
      page('Tom &amp; Jerry&#39;s &middot; GitLab'),
      7,
      unknown,
      /502: Tom & Jerry's · GitLab$/m,
    ],
    [
      'HTML without a title',
      503,
      '<p>Please <b>wait</b></p><script>no()</script>',
      7,
      unknown,
      /503: Please wait$/m,
    ],
    ['nothing', 400, '', 5, none, /answered 400$/m],
    ['JSON of another kind', 400, '{"message":{"a":{"b":["c"]},"d":7}}', 5, none, /400: a b c; d 7$/m],
    ['5 MB', 400, 'word '.repeat(1_000_000), 5, none, /400: word word/],
    // What GitLab refuses.
    ['no such ref', 400, base('Reference not found'), 5, none, /branch or tag "master"/],
    ['no right', 400, base('Insufficient permissions to create a new pipeline'), 4, none, /owner/],
    [
      'no right to variables',
      400,
      base('Insufficient permissions to set pipeline variables'),
      4,
      none,
      /variables .*inputs|Minimum role/,
    ],
    ['protected ref', 400, base(permissionText), 4, none, /owner/],
    ['CI off', 400, base('Pipelines are disabled!'), 5, none, /turned off/],
    [
      'too many pipelines',
      400,
      base('Too many pipelines created in the last minute. Try again later.'),
      12,
      none,
      /minute/,
    ],
    ['401', 401, '{"message":"401 Unauthorized"}', 4, none, /token .*project 9/],
    ['401 job', 401, '{"message":"Job is not running"}', 4, none, /only while its job runs/],
    ['403', 403, '{"message":"403 Forbidden"}', 4, none, /administrator/],
    [
      '403 read-only',
      403,
      '{"message":"You cannot perform write operations on a read-only instance"}',
      4,
      none,
      /read-only instance/,
    ],
    ['404', 404, '{"message":"404 Not Found"}', 4, none, /project \(9\).*token/],
    ['405', 405, page('405 Not Allowed'), 5, none, /server URL/],
    ['408', 408, '', 7, unknown, /answered 408$/m],
    ['409', 409, '{"message":"409 Conflict: Resource lock"}', 7, unknown, /Resource lock/],
    ['410', 410, '{"error":"API V3 is no longer supported. Use API V4 instead."}', 5, none, /--api v4/],
    ['413', 413, page('413 Request Entity Too Large'), 5, none, /larger than/],
    ['414', 414, '', 5, none, /answered 414$/m],
    [
      '415',
      415,
      `{"error":"The provided content-type 'x' is not supported."}`,
      5,
      none,
      /content-type 'x' is not supported/,
    ],
    ['422', 422, base('jobs config should contain at least one visible job'), 3, idLost, /visible job/],
    ['429', 429, 'Retry later\n', 12, none, /429: Retry later$/m],
    ['431', 431, '', 5, none, /answered 431$/m],
    ['500', 500, '{"message":"500 Internal Server Error"}', 7, unknown, /Check first whether it was created/],
    [
      '502',
      502,
      'GitLab is not responding',
      7,
      unknown,
      /pipelines --server \S+ --project 9 --ref master --source trigger$/m,
    ],
    ['503', 503, '{"message":"Gitaly overloaded"}', 7, unknown, /Gitaly overloaded/],
    ['504', 504, page('504 Gateway Time-out'), 7, unknown, /Check first whether it was created/],
    ['599', 599, '', 7, unknown, /answered 599$/m],
  ]
  test.each(rows)('%s: %i', async (_, status, body, exit, state, says) => {
    gitlab().failNext({ kind: 'answer', status, body, contentType: typeOf(body) })
    const result = await run('--ref master --retry 0', environment(gitlab()))
    expect(result).toMatchObject({ code: exit, stdout: '' })
    expect(statesIn(result.stderr)).toEqual([state])
    expect(result.stderr).toMatch(says)
    expectCleanLine(result)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('a 503 with Retry-After is not repeated (T64)', async () => {
    gitlab().failNext({ kind: 'answer', status: 503, headers: { 'retry-after': '1' } })
    expect(await run('--ref master', environment(gitlab()))).toMatchObject({ code: 7, stdout: '' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('a 429 says when to try again (exit code 12: "none; when to try")', async () => {
    gitlab().failNext({
      kind: 'answer',
      status: 429,
      body: 'Retry later\n',
      headers: { 'retry-after': '37' },
    })
    const { code, stderr } = await run('--ref master --retry 0', environment(gitlab()))
    expect(code).toBe(12)
    expect(stderr).toContain('after 2026-11-22T12:00:37Z')
  })
})

describe('what GitLab itself answers', () => {
  const rows = [
    ['18.9', 'v4', '--ref nope', 5, '', none, /Reference not found[\s\S]*branch or tag "nope"/],
    [
      '18.9',
      'v4',
      `--ref ${sha}`,
      5,
      '',
      none,
      /Reference not found[\s\S]*does not accept a commit SHA as ref/,
    ],
    ['10.3', 'v4', `--ref ${sha}`, 5, '', none, /does not accept a commit SHA as ref/],
    ['10.3', 'v3', `--ref ${sha.toUpperCase()}`, 5, '', none, /does not accept a commit SHA as ref/],
    ['8.17', 'v3', '--ref nope', 5, '', none, /No builds created[\s\S]*branch or tag "nope"/],
    [
      '8.17',
      'v3',
      `--ref ${sha}`,
      5,
      '',
      none,
      /No builds created[\s\S]*does not accept a commit SHA as ref/,
    ],
    ['18.9', 'v4', '--ref both', 5, '', none, /ambiguous[\s\S]*refs\/heads\/both[\s\S]*refs\/tags\/both/],
    ['18.9', 'v4', '--ref empty', 5, '', none, /prevented any jobs[\s\S]*rules/],
    ['10.3', 'v4', '--ref empty', 5, '', none, /No stages \/ jobs[\s\S]*rules/],
    ['18.9', 'v4', '--ref protected', 4, '', none, /sufficient permission[\s\S]*owner/],
    ['10.3', 'v4', '--ref protected', 4, '', none, /Insufficient permissions[\s\S]*owner/],
    ['18.9', 'v4', '--ref master --input nope=1', 3, '', idLost, /unknown input arguments: nope/],
    ['18.9', 'v4', '--ref broken', 3, '', idLost, /visible job/],
    ['10.3', 'v4', '--ref broken', 3, '4711\n', made(4711), /failed immediately: .*visible job/],
    ['8.5', 'v3', '--ref broken', 5, '', none, /No builds created/],
    ['18.9', 'v3', '--ref master', 5, '', none, /410[\s\S]*--api v4/],
    ['8.17', 'v4', '--ref master', 4, '', none, /--api (v3|auto)/],
    ['8.5', 'v4', '--ref master', 4, '', none, /--api (v3|auto)/],
  ] as const
  for (const version of ['8.5', '8.17', '10.3', '18.9'] as const) {
    describe(`GitLab ${version}`, () => {
      const gitlab = useGitlab({ gitlab: version })
      const own = rows.filter(([row]) => row === version)
      test.each(own)('%s %s %s: exit %i (T69)', async (_, api, line, exit, stdout, state, says) => {
        const result = await run(`${line} --api ${api}`, environment(gitlab()))
        expect(result).toMatchObject({ code: exit, stdout })
        expect(statesIn(result.stderr)).toEqual([state])
        expect(result.stderr).toMatch(says)
        expectCleanLine(result)
        expect(posts(gitlab())).toHaveLength(1)
        expect(gitlab().pipelines).toHaveLength(exit === 3 ? 1 : 0)
      })
    })
  }

  describe('to a token of another project', () => {
    const gitlab = useGitlab({ gitlab: '8.17' })
    test('in 8.x: 401', async () => {
      const result = await run('--ref master --api v3', {
        env: { ...environment(gitlab()).env, GITLAB_TRIGGER_TOKEN: gitlab().tokens.otherTrigger },
      })
      expect(result.code).toBe(4)
      expect(result.stderr).toMatch(/token does not belong to project 9/)
      expect(statesIn(result.stderr)).toEqual([none])
    })
  })
})
