import { onFirstBytes, environmentFor, onWholeRequest, type ScriptIn } from '../helpers/run-against.ts'
import { rawServer } from '../helpers/raw-server.ts'
import { runIn, type Result } from '../helpers/run.ts'
import { statesIn } from '../helpers/pipeline-sentences.ts'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { spawnShell } from '../helpers/spawn.ts'
import { newWorld, type World } from '../helpers/world.ts'

async function against(scriptIn: ScriptIn, line: string, scheme = 'http'): Promise<Result> {
  const options = environmentFor('')
  const world = newWorld(options)
  const server = await rawServer(scriptIn(world))
  options.env['GITLAB_TRIGGER_SERVER'] = server.url.replace('http', scheme)
  try {
    return await runIn(world, `doctor ${line}`)
  } finally {
    await server.close()
  }
}

const answer = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`

/** A GitLab as far as the POST, with which `then` is done. */
const upToThePost = (then: (world: World) => void): ScriptIn =>
  function (world) {
    return (socket, request, isWhole) => {
      if (!isWhole) return
      if (request.toString().startsWith('POST')) then(world)
      else socket.end(answer('401 Unauthorized', '{"message":"401 Unauthorized"}'))
    }
  }

interface Object {
  checks: { name: string; ok: boolean | null; detail: string }[]
  exit_code: number
}
const marks = (stdout: string): unknown[] => (JSON.parse(stdout) as Object).checks.map(({ ok }) => ok)

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s: exit %i, no build', (signal, exit) => {
  const interrupt = (world: World): void => {
    world.interrupt(signal)
  }

  test.each<[name: string, script: ScriptIn, scheme: string]>([
    [
      'while connecting',
      onFirstBytes((_, world) => {
        interrupt(world)
      }),
      'https',
    ],
    [
      'while the server is asked',
      onWholeRequest((_, world) => {
        interrupt(world)
      }),
      'http',
    ],
    ['while the token is tried', upToThePost(interrupt), 'http'],
  ])('%s', async (_, script, scheme) => {
    const { code, stdout, stderr } = await against(script, '--json', scheme)
    expect(code).toBe(exit)
    expect(stderr).toBe(`gitlab-trigger: stopped by ${signal}\n`)
    const object = JSON.parse(stdout) as Object
    expect(object.exit_code).toBe(exit)
    expect(object.checks).toHaveLength(14)
    expect(object.checks.filter(({ ok }) => ok === false)).toMatchObject([{ detail: `stopped by ${signal}` }])
  })

  test('before anything', async () => {
    const world = newWorld(environmentFor('http://127.0.0.1:9'))
    interrupt(world)
    const { code, stdout } = await runIn(world, 'doctor --json')
    expect(code).toBe(exit)
    expect(marks(stdout)).toEqual([false, ...Array<null>(13).fill(null)])
  })
})

test.each<[name: string, script: ScriptIn, failed: string, scheme: string]>([
  [
    'the server does not answer',
    onWholeRequest((_, world) => {
      world.advance(5000)
    }),
    'api',
    'http',
  ],
  [
    'TLS comes to nothing',
    onFirstBytes((_, world) => {
      world.advance(5000)
    }),
    'tls',
    'https',
  ],
  [
    'the POST is not answered',
    upToThePost((world) => {
      world.advance(5000)
    }),
    'trigger',
    'http',
  ],
])('the time limit has passed, as %s: exit 6', async (_, script, failed, scheme) => {
  const { code, stdout, stderr } = await against(script, '--json --timeout 5s', scheme)
  const { checks } = JSON.parse(stdout) as Object
  const first = checks.find(({ detail }) => detail === 'the time limit of 5 s has passed')
  expect({ code, name: first?.name }).toEqual({ code: 6, name: failed })
  expect(statesIn(stderr)).toEqual([])
})

describe('as a process', () => {
  const gitlab = useGitlab()

  test.each([
    ['a reader that has gone', '{ $CLIENT doctor; echo "code $?" >&2; } | true', 0, /^code 0\n$/],
    ['nothing on stderr', '$CLIENT doctor > /dev/null', 0, /^$/],
    ['a full disk', '$CLIENT doctor > /dev/full', 11, /could not be written.*\n(\n|$)/],
  ])('%s', async (_, line, code, stderr) => {
    const done = await spawnShell(line, { env: environment(gitlab()).env ?? {} })
    expect(done.code).toBe(code)
    expect(done.stderr).toMatch(stderr)
    expect(gitlab().pipelines).toEqual([])
  })
})
