import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { rawServer } from '../helpers/raw-server.ts'
import { runIn, type Result } from '../helpers/run.ts'
import { none, statesIn, unknown, withoutCircumstances } from '../helpers/pipeline-sentences.ts'
import { launcher, spawnProgram } from '../helpers/spawn.ts'
import { newFolder, newWorld } from '../helpers/world.ts'

const gitlab = useGitlab()
const folder = newFolder()
afterAll(() => {
  folder.remove()
})
const canary = 'c4n4ry-0123456789'

/** A world whose `name` fails with the token in its words, as a library might. */
function broken(name: 'random' | 'me', line: string, token = canary): Promise<Result> {
  const env = { GITLAB_TRIGGER_TOKEN: token, XDG_STATE_HOME: folder.path }
  const world = newWorld(environment(gitlab(), env))
  const fail = (): never => {
    throw new TypeError(`cannot read ${token}`)
  }
  return runIn({ ...world, context: { ...world.context, [name]: fail } }, line)
}

/** One line that asks for a report, the truth, no stack and no secret. */
function expectReport({ code, stdout, stderr }: Omit<Result, 'world'>, state: string, secret = canary): void {
  expect({ code, states: statesIn(stderr) }).toEqual({ code: 1, states: [state] })
  expect(stderr).toMatch(/^gitlab-trigger: this is a bug in gitlab-trigger: TypeError: /)
  expect(stderr).toMatch(/\nPlease report this line/)
  expect(stderr).not.toMatch(/^ +at |node:internal|\/src\/|file:/m)
  expect(stdout + stderr).not.toContain(secret)
  expect(stderr.split('\n')).toHaveLength(4)
}

describe('a bug of ours: exit 1, what is true about the build, no stack, no secret (T51)', () => {
  test('before anything was sent', async () => {
    expectReport(await broken('me', '--ref master --once x'), none)
    expect(gitlab().requests).toEqual([])
  })

  test('after the POST', async () => {
    const { trigger } = gitlab().tokens
    expectReport(await broken('random', '--ref master', trigger), unknown, trigger)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('--json: the object says so too', async () => {
    const { stdout, code } = await broken('me', '--ref master --once x --json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ exit_code: 1, build_state: 'none', id: null })
    expect(stdout).not.toContain(canary)
  })

  test.each([
    ['is thrown', 'throw error'],
    ['is rejected', 'Promise.reject(error)'],
  ])('the real binary, where it %s where nobody can catch it', async (_, act) => {
    let pid = 0
    const server = await rawServer((__, ___, isWhole) => {
      if (isWhole) process.kill(pid, 'SIGUSR2')
    })
    const hook = `process.on('SIGUSR2', () => { const error = new TypeError('cannot read ' + process.env.GITLAB_TRIGGER_TOKEN); ${act} })`
    const line = `-s ${server.url} -p 9 -r master`.split(' ')
    const words = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, launcher, ...line]
    const { code, stdout, stderr } = await spawnProgram(process.execPath, words, {
      env: { GITLAB_TRIGGER_TOKEN: canary },
      started: (number) => (pid = number),
    })
    await server.close()
    expectReport({ code: code ?? -1, stdout, stderr: withoutCircumstances(stderr), mail: stderr }, unknown)
  })
})
