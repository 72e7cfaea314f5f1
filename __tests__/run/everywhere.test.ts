import { rmSync } from 'node:fs'
import { posts } from '../helpers/gitlab.ts'
import { useJournal, type OnceOptions } from '../helpers/journal.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'
import type { Result } from '../helpers/run.ts'

const { gitlab, home, runOnce, failPost } = useJournal()

/** Another machine with the same crontab: what this one remembers is not there. */
const onAnotherHost = (): void => {
  rmSync(home().state, { recursive: true, force: true })
}
const made = (): number => posts(gitlab()).length
const usual = '--ref master --var A=1 --once K'
const withToken: OnceOptions = { withApiToken: true }
const everywhere = (line = usual, more = withToken): Promise<Result> => runOnce(`${line} --everywhere`, more)

describe('--once KEY --everywhere', () => {
  test('finds the pipeline that another machine started, and records it', async () => {
    expect(await runOnce(usual)).toMatchObject({ code: 0, stdout: '4711\n' })
    onAnotherHost()
    expect(await everywhere()).toMatchObject({ code: 0, stdout: '4711\n' })
    const asked = gitlab().requests.length
    expect(await everywhere()).toMatchObject({ code: 0, stdout: '4711\n' })
    expect({ made: made(), asked: gitlab().requests.length }).toEqual({ made: 1, asked })
  })

  test('starts one where there is none, among those of others', async () => {
    for (const A of ['1', '2'])
      gitlab().addPipeline({ source: 'trigger', variables: { A }, payload: { ref: 'master' } })
    expect(await everywhere()).toMatchObject({ code: 0, stdout: '4713\n' })
  })

  test('an answer that was lost on another machine', async () => {
    failPost({ kind: 'answer', status: 502, createThen: true })
    expect(await runOnce(usual)).toMatchObject({ code: 7, stdout: '' })
    onAnotherHost()
    expect(await everywhere()).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(made()).toBe(1)
  })

  // prettier-ignore
  test.each([
    ['another key', '--ref master --var A=1 --once k'],
    ['another value', '--ref master --var A=2 --once K'],
    ['another ref', '--ref v1.0.0 --var A=1 --once K'],
    ['another project', '--project seed/docs --ref master --var A=1 --once K'],
  ])('%s is another pipeline', async (_, line) => {
    await runOnce(usual)
    onAnotherHost()
    await everywhere(line)
    expect(made()).toBe(2)
  })

  test('without it, another machine starts its own', async () => {
    await runOnce(usual)
    onAnotherHost()
    expect(await runOnce(usual, withToken)).toMatchObject({ code: 0, stdout: '4712\n' })
  })
})

describe('what cannot be told starts nothing', () => {
  const cannotTell = '--everywhere: it is not known whether an earlier run with this key started a pipeline:'
  // prettier-ignore
  const rows: [name: string, answer: { status: number; body?: string } | undefined, code: number, says: string][] = [
    ['the variables may not be read', { status: 403 }, 4, cannotTell],
    ['GitLab is down', { status: 502 }, 6, cannotTell],
    ['a page in place of the variables', { status: 200, body: '<html>' }, 6, cannotTell],
    ['an object in place of the variables', { status: 200, body: '{}' }, 6, cannotTell],
    ['a GitLab without payloads has one with equal variables', undefined, 4, cannotTell],
  ]
  test.each(rows)('%s', async (_, answer, code, says) => {
    gitlab().addPipeline({ source: 'trigger', variables: { A: '1' } })
    for (let each = 0; answer && each < 20; each += 1)
      failPost({ method: 'GET', path: /variables$/, kind: 'answer', ...answer })
    const result = await everywhere()
    expect({ code: result.code, stdout: result.stdout, made: made() }).toEqual({ code, stdout: '', made: 0 })
    expect(result.stderr).toContain(says)
    expect(statesIn(result.stderr)).toEqual([none])
  })

  test('but the key is free afterwards', async () => {
    failPost({ method: 'GET', path: /variables$/, kind: 'answer', status: 403 })
    const { id } = gitlab().addPipeline({ source: 'trigger', payload: { ref: 'master' } })
    expect((await everywhere()).code).toBe(4)
    expect(await everywhere()).toMatchObject({ code: 0, stdout: `${id + 1}\n` })
  })
})

// prettier-ignore
test.each<[line: string, more: OnceOptions, code: number, says: RegExp]>([
  ['--ref master --everywhere', withToken, 2, /--everywhere needs --once KEY\n/],
  ['--ref master --once K --everywhere', {}, 2, /--everywhere: no API token given\n/],
  ['--ref master --once K --everywhere --no-verify', withToken, 2, /--everywhere.*--no-verify/],
  ['--ref master --once K --everywhere --api v3', withToken, 2, /--everywhere: API v3/],
  ['--ref master --resume --everywhere', withToken, 2, /--everywhere/],
  ['--ref master --once K --everywhere', { env: { GITLAB_TRIGGER_API_TOKEN: 'glpat-nobody-knows-this' } }, 4, /--everywhere: the pipelines of project 9 cannot be read: 401/],
])('%s %j: exit %i, nothing sent', async (line, more, code, says) => {
  const result = await runOnce(line, more)
  expect({ code: result.code, made: made() }).toEqual({ code, made: 0 })
  expect(result.stderr).toMatch(says)
})
