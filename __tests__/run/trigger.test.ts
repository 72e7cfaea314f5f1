import { environment, lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'

describe('one trigger', () => {
  const gitlab = useGitlab()

  test('prints the id and nothing else, with one POST (T53, T111)', async () => {
    const result = await run('--ref master --var UPLOAD_TO_S3=true', environment(gitlab()))
    expect(result).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    expect(posts(gitlab())).toHaveLength(1)
    expect(lastFields(gitlab())).toEqual({
      token: gitlab().tokens.trigger,
      ref: 'master',
      'variables[UPLOAD_TO_S3]': 'true',
    })
  })

  test('sends one buffer with an exact length, and no file name in any part', async () => {
    await run('--ref master --var A=1 --input environment=x', environment(gitlab()))
    const [post] = posts(gitlab())
    expect(post?.headers['content-length']).toBe(String(post?.body.length))
    expect(post?.headers['transfer-encoding']).toBeUndefined()
    expect(post?.body.toString()).not.toContain('filename')
    expect(post?.body.toString()).not.toMatch(/content-type/i)
  })
})

describe('the API', () => {
  const rows = [
    ['18.9', 'auto', 'v4', 1],
    ['18.9', 'v4', 'v4', 1],
    ['10.3', 'auto', 'v4', 1],
    ['10.3', 'v3', 'v3', 1],
    ['8.17', 'auto', 'v3', 2],
    ['8.5', 'auto', 'v3', 2],
    ['8.5', 'v3', 'v3', 1],
  ] as const
  for (const version of ['8.5', '8.17', '10.3', '18.9'] as const) {
    describe(`of GitLab ${version}`, () => {
      const gitlab = useGitlab({ gitlab: version })
      const own = rows.filter(([row]) => row === version)
      test.each(own)('%s, --api %s: builds by %s after %i POSTs', async (_, api, spoken, count) => {
        const { code, stdout } = await run(
          `--ref master --api ${api} --var A=1 --json`,
          environment(gitlab()),
        )
        expect(code).toBe(0)
        expect(JSON.parse(stdout)).toMatchObject({
          api: spoken,
          kind: spoken === 'v4' ? 'pipeline' : 'trigger_request',
          build_state: 'triggered',
          exit_code: 0,
        })
        expect(posts(gitlab())).toHaveLength(count)
        expect(gitlab().pipelines).toHaveLength(1)
      })
    })
  }
})
