import type { OutputStream } from '../../src/core/context.ts'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { run, runIn, type Result } from '../helpers/run.ts'
import { made, none, statesIn } from '../helpers/pipeline-sentences.ts'
import { newWorld } from '../helpers/world.ts'

const failing = ['EPIPE', 'ENOSPC', 'EBADF', 'EIO']

describe('stdout cannot be written', () => {
  const gitlab = useGitlab()

  test.each(failing)('from the start (%s): the id on stderr, exit 11 (T72, T73)', async (code) => {
    for (const flags of ['', '--json']) {
      const result = await run(`--ref master ${flags}`, {
        ...environment(gitlab()),
        broken: { stdout: code },
      })
      expect(result).toMatchObject({ code: 11, stdout: '' })
      const { id } = gitlab().pipelines.at(-1)!
      expect(statesIn(result.stderr)).toEqual([made(id)])
      expect(result.stderr).not.toMatch(/\bat .*:\d+|bug|Error:/)
    }
    expect(posts(gitlab())).toHaveLength(2)
  })

  test('of a v3 trigger: its id too', async () => {
    gitlab().failNext({ kind: 'answer', status: 201, body: '{"id":101,"variables":{}}' })
    const options = { ...environment(gitlab()), broken: { stdout: 'EPIPE' } }
    const { code, stderr } = await run('--ref master --api v3', options)
    expect(code).toBe(11)
    expect(stderr).toMatch(/\b101\b/)
  })

  test.each(['', '--json'])('nor stderr: exit 11 all the same (%s)', async (flags) => {
    const options = { ...environment(gitlab()), broken: { stdout: 'EPIPE', stderr: 'EPIPE' } }
    expect(await run(`--ref master ${flags}`, options)).toMatchObject({ code: 11, stdout: '', stderr: '' })
  })

  test.each(['', '--json'])(
    'and the pipeline failed immediately: the id is on stderr, exit 11 (%s)',
    async (flags) => {
      const body = JSON.stringify({ id: 4711, ref: 'master', status: 'failed' })
      gitlab().failNext({ kind: 'answer', status: 201, body, contentType: 'application/json' })
      const options = { ...environment(gitlab()), broken: { stdout: 'ENOSPC' } }
      const { code, stderr } = await run(`--ref master ${flags}`, options)
      expect(statesIn(stderr)).toEqual([made(4711)])
      // 11 is worse than 3 (design 6).
      expect(code).toBe(11)
    },
  )

  test.each(['', '--json'])('and nothing was triggered: the real code (%s)', async (flags) => {
    const options = { ...environment(gitlab()), broken: { stdout: 'EPIPE' } }
    const { code, stderr } = await run(`--ref nope ${flags}`, options)
    expect(code).toBe(5)
    expect(statesIn(stderr)).toEqual([none])
  })

  describe.each([
    '--ref master --dry-run',
    '--ref master --curl',
    '--ref master --dry-run --json',
    '--help',
    'run --help',
    'help exit-codes',
    '--version',
  ])('of %s, which is all that there is to do', (line) => {
    test('a closed pipe: a quiet end', async () => {
      const result = await run(line, { ...environment(gitlab()), broken: { stdout: 'EPIPE' } })
      expect(result).toMatchObject({ code: 0, stdout: '', stderr: '' })
      expect(posts(gitlab())).toHaveLength(0)
    })

    test.each(['ENOSPC', 'EBADF', 'EIO'])('%s: exit 11, and why', async (error) => {
      const { code, mail } = await run(line, { ...environment(gitlab()), broken: { stdout: error } })
      const [what, ...rest] = mail.split('\n')
      expect({ code, what }).toEqual({
        code: 11,
        what: `gitlab-trigger: the output could not be written (${error})`,
      })
      expect(statesIn(mail)).toEqual(line.startsWith('--ref') ? [none] : [])
      expect(rest).toContain('exit code  11 (done, but the result could not be written)')
      expect(posts(gitlab())).toHaveLength(0)
    })
  })
})

describe('stdout closes after the id, as `| head -1` does', () => {
  const gitlab = useGitlab()

  /** The first write succeeds, every later one fails. */
  async function runWithHead(line: string, code: string): Promise<Result> {
    const world = newWorld(environment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }))
    const { stdout } = world.context
    let count = 0
    const head: OutputStream = {
      ...stdout,
      write: (text) =>
        ++count === 1 ? stdout.write(text) : Promise.reject(Object.assign(new Error(code), { code })),
    }
    world.context.stdout = head
    return runIn(world, line)
  }

  test('EPIPE: a quiet end with the real code (T71)', async () => {
    const result = await runWithHead('--ref master --jobs', 'EPIPE')
    expect(result).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  })

  test('any other error: 11, and what could not be written is not said of the id (T73)', async () => {
    const { code, stdout, stderr } = await runWithHead('--ref master --jobs', 'ENOSPC')
    expect({ code, stdout }).toEqual({ code: 11, stdout: '4711\n' })
    expect(statesIn(stderr)).toEqual([made(4711)])
    expect(stderr).not.toMatch(/the id 4711 could not be written/)
  })
})

describe('stderr cannot be written (T74)', () => {
  const gitlab = useGitlab()
  // prettier-ignore
  const rows: [line: string, exit: number, stdout: RegExp][] = [
    ['--ref master', 0, /^4711\n$/],
    ['--ref master --verbose', 0, /^4711\n$/],
    ['--ref master --json', 0, /^\{"id":4711,.*\}\n$/],
    ['--ref nope', 5, /^$/],
    ['--ref nope --json', 5, /"exit_code":5/],
    ['--nope', 2, /^$/],
    ['--nope --json', 2, /"exit_code":2/],
    ['', 2, /^$/],
    ['--ref master --jobs', 4, /^$/],
  ]
  test.each(rows)('%s: the real code, %i', async (line, exit, stdout) => {
    for (const code of failing) {
      const options = { ...environment(gitlab(), { CI: 'true' }), broken: { stderr: code } }
      const result = await run(line, options)
      expect(result.code).toBe(exit)
      expect(result.stdout.replace(/471[234]/g, '4711')).toMatch(stdout)
    }
  })
})

describe('a lot of --json (T75)', () => {
  const gitlab = useGitlab()
  test('is one line with everything', async () => {
    const names = Array.from({ length: 4000 }, (_, index) => `V_${index}`)
    const line = ['--ref', 'master', '--json', ...names.flatMap((name) => ['--var', `${name}=x`])]
    const { code, stdout } = await run(line, environment(gitlab()))
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as { variables: string[] }).variables).toEqual(names)
    expect(stdout.indexOf('\n')).toBe(stdout.length - 1)
  })
})
