import { copyFileSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { version } from '../../src/core/version.ts'
import { environment, lastFields, useGitlab } from '../helpers/gitlab.ts'
import { spawnProgram } from '../helpers/spawn.ts'
import { useFolder } from '../helpers/world.ts'

// All that starts a process of the program is run against it by `npm run test:executable`; here is what it has of its own.
const gitlab = useGitlab()
const folder = useFolder()
const built = resolve(`build/packages/gitlab-trigger-${version}-linux-x64`)

/** A copy with another name in a folder with nothing else. */
function copy(): string {
  const path = join(realpathSync(folder().path), 'gt')
  copyFileSync(built, path)
  return path
}

const env = (more: Record<string, string> = {}): Record<string, string> =>
  environment(gitlab(), { GITLAB_TRIGGER_REF: 'master', ...more }).env ?? {}

test('it is one file, which triggers wherever it lies', async () => {
  expect(await spawnProgram(copy(), ['--var', 'A=1'], { env: env(), cwd: '/' })).toEqual({
    code: 0,
    signal: null,
    stdout: '4711\n',
    stderr: '',
  })
  expect(lastFields(gitlab())).toMatchObject({ 'variables[A]': '1' })
})

test('what is packed in the npm package is there: the sandbox, the schedules', async () => {
  const program = copy()
  const { code, stdout } = await spawnProgram(program, ['sandbox', '--', program, '--var', 'A=1'])
  expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
  const where = ['--server', 'https://gitlab.example.com', '--project', '9', '--ref', 'main']
  const cron = await spawnProgram('./gt', ['schedule', 'cron', ...where], { cwd: dirname(program) })
  expect(cron.stdout).toMatch(new RegExp(`^30 0 \\* \\* \\* ${program} --server https`))
})

test('a sample config names no schema, since none lies beside it', async () => {
  const program = copy()
  const path = join(folder().path, 'config.yaml')
  await spawnProgram(program, ['config', 'init', path])
  expect(readFileSync(path, 'utf8')).toMatch(/^# gitlab-trigger: named servers/)
})

test('a bug is told with its place in src/', async () => {
  const hook = join(folder().path, 'hook.cjs')
  writeFileSync(hook, 'Math.random = undefined')
  const { code, stderr } = await spawnProgram(copy(), [], {
    env: env({ NODE_OPTIONS: `--require ${hook}` }),
  })
  expect(code).toBe(1)
  expect(stderr).toMatch(/this is a bug in gitlab-trigger: TypeError: .* at clock\.ts:\d+:\d+\n/)
})
