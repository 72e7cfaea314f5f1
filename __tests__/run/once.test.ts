import type { Fault } from '../../src/sandbox/server.ts'
import { posts } from '../helpers/gitlab.ts'
import { filesBelow } from '../helpers/home.ts'
import { useJournal } from '../helpers/journal.ts'
import { idLost, made, none, statesIn, unknown } from '../helpers/pipeline-sentences.ts'

const { gitlab, home, runOnce, journalFolder, failPost } = useJournal()

describe('the same key twice (T115)', () => {
  test('one POST, the same id, exit 0', async () => {
    const first = await runOnce()
    const second = await runOnce()
    for (const { code, stdout, stderr } of [first, second])
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711\n', stderr: '' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('a terminal is told that it is an earlier build', async () => {
    await runOnce()
    expect((await runOnce(undefined, { tty: ['stderr'] })).stderr).toMatch(/already.*2026-11-22T12:00/)
  })

  test('--json too', async () => {
    const first = JSON.parse((await runOnce('--ref master --once K --json')).stdout) as Record<
      string,
      unknown
    >
    const second = JSON.parse((await runOnce('--ref master --once K --json')).stdout) as Record<
      string,
      unknown
    >
    const same = ({ id, kind, ref, sha, api, build_state, exit_code }: Record<string, unknown>): unknown => ({
      id,
      kind,
      ref,
      sha,
      api,
      build_state,
      exit_code,
    })
    expect(same(second)).toEqual(same(first))
    expect(second).toMatchObject({ id: 4711, api: 'v4', build_state: 'triggered', exit_code: 0, error: null })
  })

  test('with --jobs the jobs of the earlier build', async () => {
    await runOnce('--ref master --once K', { withApiToken: true })
    const { code, stdout } = await runOnce('--ref master --once K --jobs', { withApiToken: true })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n9001\n9002\n9003\n' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('with GitLab away: the journal knows it', async () => {
    await runOnce()
    await gitlab().close()
    expect(await runOnce()).toMatchObject({ code: 0, stdout: '4711\n' })
  })

  test('v3 as well', async () => {
    failPost({ kind: 'answer', status: 201, createThen: false, body: '{"id":17,"variables":{}}' })
    const line = '--ref master --once K --api v3'
    expect((await runOnce(line)).stdout).toBe('17\n')
    expect(await runOnce(line)).toMatchObject({ code: 0, stdout: '17\n' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each(['a', 'x'.repeat(5000), '../../etc/passwd', 'a/b', '--', 'ü 日本', 'A\tB', '*', '2026-11-22'])(
    'a key may be %j',
    async (key) => {
      const line = ['--ref', 'master', `--once=${key}`]
      expect(await runOnce(line)).toMatchObject({ code: 0, stdout: '4711\n' })
      expect(await runOnce(line)).toMatchObject({ code: 0, stdout: '4711\n' })
      expect(posts(gitlab())).toHaveLength(1)
      expect(filesBelow(home().home).every((path) => path.startsWith(journalFolder()))).toBe(true)
    },
  )

  test('an empty key is refused', async () => {
    expect(await runOnce(['--ref', 'master', '--once='])).toMatchObject({ code: 2, stdout: '' })
    expect(posts(gitlab())).toEqual([])
  })

  test.each([
    ['another key', '--ref master --once k'],
    ['none', '--ref master'],
  ])('%s is another build', async (_, line) => {
    await runOnce()
    expect(await runOnce(line)).toMatchObject({ code: 0, stdout: '4712\n' })
  })

  // prettier-ignore
  test.each([
    ['project', '--project seed/docs --ref master --once K', /seed\/docs|9 /],
    ['ref', '--ref both --once K', /master/],
  ])('for another %s: exit 2, nothing sent', async (_, line, says) => {
    await runOnce()
    const { code, stdout, stderr } = await runOnce(line)
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 2, stdout: '', states: [none] })
    expect(stderr).toMatch(says)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('with --dry-run nothing is noted', async () => {
    expect((await runOnce('--ref master --once K --dry-run')).code).toBe(0)
    expect(filesBelow(home().home)).toEqual([])
  })

  test('one that failed at once keeps its key: exit 3, and then its id', async () => {
    const line = '--ref broken --once K'
    failPost({
      kind: 'answer',
      status: 201,
      body: '{"id":12,"ref":"broken","status":"failed"}',
      createThen: true,
    })
    expect(await runOnce(line)).toMatchObject({ code: 3, stdout: '12\n' })
    expect(await runOnce(line)).toMatchObject({ stdout: '12\n' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each<[name: string, fault: Fault, exit: number]>([
    ['422', { kind: 'answer', status: 422, createThen: true }, 3],
    ['a cut 201', { kind: 'cut' }, 7],
  ])('%s, whose id is lost: never a second POST', async (_, fault, exit) => {
    failPost(fault)
    expect((await runOnce()).code).toBe(exit)
    const { code, stdout, stderr } = await runOnce()
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 7, stdout: '', states: [idLost] })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('an id that could not be written is there the next time', async () => {
    const { code, stderr } = await runOnce(undefined, { broken: { stdout: 'ENOSPC' } })
    expect({ code, states: statesIn(stderr) }).toEqual({ code: 11, states: [made(4711)] })
    expect(await runOnce()).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(posts(gitlab())).toHaveLength(1)
  })
})

describe('an end that was not a build', () => {
  // prettier-ignore
  test.each<[name: string, fault: Fault, exit: number]>([
    ['400', { kind: 'answer', status: 400 }, 5],
    ['401', { kind: 'answer', status: 401 }, 4],
    ['429', { kind: 'answer', status: 429, headers: { 'retry-after': '999' } }, 12],
    ['302', { kind: 'answer', status: 302 }, 5],
  ])('%s: the key may be used again', async (_, fault, exit) => {
    failPost(fault)
    expect((await runOnce()).code).toBe(exit)
    expect(await runOnce()).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(posts(gitlab())).toHaveLength(2)
  })

  test('many times, and the history has them all', async () => {
    for (let count = 0; count < 3; count++) {
      failPost({ kind: 'answer', status: 400 })
      await runOnce(undefined, {
        prepare: (world) => {
          world.advance(count * 1000)
        },
      })
    }
    await runOnce()
    const { history } = JSON.parse((await runOnce('history --json')).stdout) as { history: unknown[] }
    expect(history).toHaveLength(4)
    expect(filesBelow(journalFolder())).toHaveLength(4)
  })

  // prettier-ignore
  test.each<[name: string, fault: Fault]>([
    ['502', { kind: 'answer', status: 502, createThen: true }],
    ['a reset', { kind: 'reset after', createThen: false }],
  ])('%s: exit 7, and 7 again, never a second POST', async (_, fault) => {
    failPost(fault)
    for (let count = 0; count < 3; count++) {
      const { code, stdout, stderr } = await runOnce()
      expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 7, stdout: '', states: [unknown] })
    }
    expect(posts(gitlab())).toHaveLength(1)
  })
})
