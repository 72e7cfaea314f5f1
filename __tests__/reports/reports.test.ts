import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'

import { environment, posts } from '../helpers/gitlab.ts'
import { made, none, statesIn } from '../helpers/pipeline-sentences.ts'
import { useReports } from '../helpers/reports.ts'
import { runIn } from '../helpers/run.ts'
import { spawnAsUser } from '../helpers/spawn.ts'
import { startSandbox } from '../../src/sandbox/server.ts'
import { newWorld, start, type World } from '../helpers/world.ts'

const { gitlab, at, type, waitWith } = useReports()
const read = (name: string): string => readFileSync(at(name), 'utf8')

/** The environment of a step of GitHub Actions, with its two files. */
function step(more: Record<string, string> = {}): Record<string, string> {
  writeFileSync(at('output'), 'earlier=1')
  writeFileSync(at('summary'), '')
  return { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: at('output'), GITHUB_STEP_SUMMARY: at('summary'), ...more }
}

/** Does something when the id has been told, and before any report is written. */
const onceTold =
  (act: () => void) =>
  (world: World): void => {
    const write = world.context.stdout.write.bind(world.context.stdout)
    world.context.stdout.write = async (text) => {
      await write(text)
      act()
    }
  }

/** What is known of pipeline 4711 as soon as it is triggered. */
function begun(): string {
  const { sha = '' } = gitlab().pipelines[0] ?? {}
  const url = `${gitlab().url}/seed/app/-/pipelines/4711`
  return `PIPELINE_ID=4711\nPIPELINE_URL=${url}\nPIPELINE_STATUS=created\nPIPELINE_IID=1\nPIPELINE_SHA=${sha}\n`
}

describe('before anything is sent', () => {
  const run = 'run --ref master --wait'
  // prettier-ignore
  const refused: [name: string, line: string[], says: RegExp][] = [
    ['an empty path', [run, '--dotenv', ''], /: --dotenv: the path is empty/],
    ['no folder', [run, '--junit', '/none/x.xml'], /: --junit: cannot write \/none\/x\.xml: there is no such folder/],
    ['a directory', [run, '--dotenv', 'folder'], /: --dotenv: cannot write .*: it is a directory/],
    ['a slash at the end', [run, '--dotenv', 'new/'], /: --dotenv: .* it is a directory/],
    ['a link', [run, '--dotenv', 'link'], /: --dotenv: .* it is a symbolic link/],
    ['a link to nothing', [run, '--junit', 'dangling'], /: --junit: .* it is a symbolic link/],
    ['a device', [run, '--dotenv', '/dev/null'], /: --dotenv: .* it is not a regular file/],
    ['a file below a file', [run, '--dotenv', 'file/x'], /: --dotenv: .* no such folder/],
    ['an endless name', [run, '--dotenv', 'x'.repeat(300)], /: --dotenv: .* the name is too long/],
    ['one file for two', [run, '--dotenv', 'x', '--junit', './x'], /: --junit and --dotenv name the same file, .*x/],
    ['one file for two', [run, '--dotenv', 'x', '--annotations', './x'], /: --annotations and --dotenv name the same file, .*x/],
    ['one file for two', [run, '--annotations', 'x', '--junit', 'x'], /: --junit and --annotations name the same file, .*x/],
    ['no folder', [run, '--annotations', '/none/x.json'], /: --annotations: cannot write .*: there is no such folder/],
    ['an empty path', [run, '--annotations', ''], /: --annotations: the path is empty/],
    ['a folder that is a file', [run, '--artifacts', 'file'], /: --artifacts: .* it is not a folder/],
    ['a folder below a file', [run, '--artifacts', 'file/x'], /: --artifacts: /],
    ['a folder that is not empty', [run, '--artifacts', '.'], /: --artifacts: .* it is not empty/],
    ['a pseudo file system', [run, '--artifacts', '/proc/x/y'], /: --artifacts: /],
    ['names without a folder', [run, '--artifacts-of', 'build'], /: --artifacts-of: no folder is given/],
    ['v3', [run, '--junit', 'x', '--api', 'v3'], /: --junit: API v3 has no test reports/],
    ['several pipelines', ['wait 4711 4712', '--dotenv', 'x'], /: --dotenv: one file cannot hold the results of 2 pipelines[^]*\nLeave it out, or name one at a time\.\n/],
    ['several pipelines', ['wait 4711 4712', '--junit', 'x'], /: --junit: one file cannot hold the results of 2 pipelines[^]*\nLeave it out, or name one at a time\.\n/],
  ]
  test.each(refused)('%s: %j is refused', async (_, [command = '', ...flags], says) => {
    mkdirSync(at('folder'))
    writeFileSync(at('file'), 'kept')
    symlinkSync(at('file'), at('link'))
    symlinkSync(at('nothing'), at('dangling'))
    const { code, stdout, stderr } = await type([...command.split(' '), ...flags])
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({
      code: 2,
      stdout: '',
      states: command.startsWith('wait') ? [] : [none],
    })
    expect(stderr).toMatch(says)
    expect(readdirSync(at()).sort()).toEqual(['dangling', 'file', 'folder', 'link'])
    expect(read('file')).toBe('kept')
    expect(gitlab().requests).toEqual([])
  })

  test.each(['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'])(
    '%s that cannot be written: exit 14',
    async (variable) => {
      const path = at('none', 'x')
      const { code, stderr } = await type('--ref master', { env: step({ [variable]: path }) })
      expect({ code, states: statesIn(stderr) }).toEqual({ code: 14, states: [none] })
      expect(stderr).toContain(`${variable}: cannot write ${path}: there is no such folder\n`)
      expect(stderr).toMatch(
        new RegExp(`\\nCreate its folder .mkdir -p ${at('none')}.,\\s+or unset ${variable}\\.\\n`),
      )
      expect(gitlab().requests).toEqual([])
    },
  )

  test('what is not allowed is told', async () => {
    const { env } = environment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api })
    const refusal = async (...flags: string[]): Promise<string> => {
      const line = ['--ref', 'master', '--wait', ...flags]
      const { code, stderr } = await spawnAsUser(line, { cwd: at(), ...(env && { env }) })
      expect(code).toBe(2)
      return stderr
    }
    writeFileSync(at('mine'), 'x', { mode: 0o400 })
    expect(await refusal('--dotenv', 'mine')).toMatch(/no permission to write it/)
    chmodSync(at(), 0o500)
    expect(await refusal('--dotenv', 'new')).toMatch(/no permission to write it/)
    expect(await refusal('--artifacts', 'out')).toMatch(/no permission to write it/)
    chmodSync(at(), 0o700)
    expect(gitlab().requests).toEqual([])
  })

  test('nothing wanted, nothing done', async () => {
    const env = { GITHUB_OUTPUT: at('output'), GITHUB_STEP_SUMMARY: at('summary') }
    expect(await type('--ref master --wait', { env })).toMatchObject({ code: 0 })
    expect(readdirSync(at())).toEqual([])
    expect(gitlab().requests.filter(({ path }) => /test_report|artifacts/.test(path))).toEqual([])
  })

  test('a good folder is made, and nothing stays in it', async () => {
    gitlab().failNext({ kind: 'answer', method: 'POST', status: 401 })
    const umask = process.umask(0o022)
    await type('--ref master --wait --artifacts a/b --dotenv x.env --junit x.xml')
    process.umask(umask)
    expect(posts(gitlab())).toHaveLength(1)
    expect(readdirSync(at(), { recursive: true })).toEqual(['a', 'a/b'])
    expect(statSync(at('a', 'b')).mode & 0o777).toBe(0o755)
  })
})

describe('as soon as it is triggered', () => {
  test('dotenv, outputs and a line in the summary are there', async () => {
    const { code } = await type('--ref master --dotenv x.env', { env: step() })
    expect(code).toBe(0)
    expect(read('x.env')).toBe(begun())
    expect(read('output')).toBe(`earlier=1\n${begun().replace(/^\w+/gm, (name) => name.toLowerCase())}`)
    expect(read('summary')).toBe(
      `\nTriggered [pipeline 4711](<${gitlab().url}/seed/app/-/pipelines/4711>) on master\n`,
    )
  })

  test('an old test report is there until then', async () => {
    writeFileSync(at('x.xml'), 'of an earlier run')
    let before = ''
    await type('--ref master --wait --junit x.xml', {
      prepare: (world) => {
        onceTold(() => {
          before = read('x.xml')
          world.interrupt('SIGTERM')
        })(world)
      },
    })
    expect(before).toBe('of an earlier run')
    expect(existsSync(at('x.xml'))).toBe(false)
  })

  test('the file keeps its mode, and a link put in its place is replaced, not followed', async () => {
    writeFileSync(at('x.env'), 'OLD=1\n', { mode: 0o600 })
    chmodSync(at('x.env'), 0o604)
    writeFileSync(at('victim'), 'kept')
    await type('--ref master --dotenv x.env')
    expect([read('x.env'), statSync(at('x.env')).mode & 0o777]).toEqual([begun(), 0o604])
    const prepare = onceTold(() => {
      symlinkSync(at('victim'), at('z.env'))
    })
    await type('--ref master --dotenv z.env', { prepare })
    expect(lstatSync(at('z.env')).isFile()).toBe(true)
    expect(read('victim')).toBe('kept')
    expect(readdirSync(at()).sort()).toEqual(['victim', 'x.env', 'z.env'])
  })

  test('it cannot be written any more: exit 11, the pipeline is named, the others are written', async () => {
    mkdirSync(at('gone'))
    const prepare = onceTold(() => {
      rmdirSync(at('gone'))
    })
    const { code, stdout, stderr } = await type('--ref master --dotenv gone/x.env', { env: step(), prepare })
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({
      code: 11,
      stdout: '4711\n',
      states: [made(4711)],
    })
    expect(stderr).toContain('--dotenv: there is no such folder\n')
    expect(stderr).toContain('\nThe pipeline exists; do not start another one.\n')
    expect(read('output')).toContain('pipeline_id=4711\n')
  })

  test('of several pipelines there are no outputs, but a part of the summary each', async () => {
    const ids = [gitlab().addPipeline().id, gitlab().addPipeline().id]
    await type(`wait ${ids.join(' ')}`, { env: step() })
    expect(read('output')).toBe('earlier=1')
    expect(read('summary').match(/^### \[Pipeline 471\d\]/gm)).toHaveLength(2)
  })

  test('v3 gives the number of a trigger request', async () => {
    const old = await startSandbox({ now: () => start, gitlab: '8.5' })
    const world = newWorld({ env: { ...environment(old).env, ...step() }, cwd: at() })
    const { stdout } = await runIn(world, '--ref master --dotenv x.env')
    await old.close()
    expect(read('x.env')).toBe(`TRIGGER_REQUEST_ID=${stdout}`)
    expect(read('output')).toBe(`earlier=1\ntrigger_request_id=${stdout}`)
  })
})

describe('at the end', () => {
  test('status, summary and test report', async () => {
    const script = { job: { run_tests: { ends: 'failed' as const } } }
    const { code, stderr } = await waitWith('--dotenv x.env --junit x.xml', { script, env: step() })
    expect(code).toBe(3)
    expect(stderr).toContain(`Wrote the results of 4 tests to ${at('x.xml')}.\n`)
    expect(read('x.env')).toMatch(
      /^PIPELINE_ID=4711\nPIPELINE_URL=http:.*\/4711\nPIPELINE_STATUS=failed\nPIPELINE_IID=1\nPIPELINE_SHA=[0-9a-f]{40}\n$/,
    )
    expect(read('output')).toContain('\npipeline_status=failed\n')
    expect(read('summary')).toMatch(/^\n### \[Pipeline 4711\]\(<http.*>\) on master: failed\n\n\| Stage/)
    expect(read('summary')).toMatch(/^\| test \| \[run&#95;tests\].*failed&#58; script&#95;failure/m)
    expect(read('x.xml')).toContain('<testsuites name="Pipeline 4711" tests="4" failures="1" errors="1"')
  })

  test('a pipeline without tests', async () => {
    gitlab().failNext({
      kind: 'answer',
      path: 'test_report',
      status: 200,
      body: '{"test_suites":[]}',
      contentType: 'application/json',
    })
    const { code, stderr } = await waitWith('--junit x.xml')
    expect(code).toBe(0)
    expect(stderr).toContain(`Wrote the results of 0 tests to ${at('x.xml')}.\n`)
    expect(read('x.xml')).toContain(
      '<testsuites name="Pipeline 4711" tests="0" failures="0" errors="0" time="0.000">',
    )
  })

  test.each([500, 502, 429])('a %i passes', async (status) => {
    gitlab().failNext({ kind: 'answer', path: 'test_report', status })
    expect(await waitWith('--junit x.xml')).toMatchObject({ code: 0 })
  })

  // prettier-ignore
  const lasting: [status: number, body: string, says: RegExp][] = [
    [401, '{"message":"401 Unauthorized"}', /: --junit: 401 Unauthorized; reading it needs an API token with read_api$/m],
    [403, '{"message":"403 Forbidden"}', /: --junit: 403 Forbidden; reading it needs/],
    [404, '{"error":"404 Not Found"}', /: --junit: 404 Not Found; reading it needs/],
    [503, 'down', /: --junit: 503 down$/m],
    [200, '<html>', /: --junit: /],
  ]
  test.each(lasting)(
    'a test report with %i each time: exit 11, nothing old is left',
    async (status, body, says) => {
      writeFileSync(at('x.xml'), 'of an earlier run')
      for (let count = 0; count < 9; count++)
        gitlab().failNext({ kind: 'answer', path: 'test_report', status, body })
      const { code, stderr } = await waitWith('--junit x.xml --dotenv x.env')
      expect({ code, states: statesIn(stderr) }).toEqual({ code: 11, states: [] })
      expect(stderr).toMatch(says)
      expect(readdirSync(at())).toEqual(['x.env'])
    },
  )

  test('everything that does not work is told at once', async () => {
    // prettier-ignore
    const answers: [path: RegExp, status: number, body: string][] = [
      [/test_report$/, 403, '{"message":"403 Forbidden"}'],
      [/\/artifacts$/, 404, '{"message":"404 Not Found"}'],
    ]
    for (const [path, status, body] of answers) gitlab().failNext({ kind: 'answer', path, status, body })
    const { stderr } = await waitWith('--junit x.xml --artifacts out')
    expect(stderr).toContain(
      ': --junit: 403 Forbidden; reading it needs an API token with read_api; ' +
        '--artifacts: job build_package: 404 Not Found; they may have expired or been erased\n',
    )
  })
})
