import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, words } from '../helpers/run.ts'
import { clientLine, spawnAsUser, spawnProgram } from '../helpers/spawn.ts'

// Every place that a user names to be written, and every way in which it cannot be: what is in the way, and what to do about it.

const gitlab = useGitlab()
const home = useHome()
const at = (...names: string[]): string => join(home().root, 'there', ...names)

const file = 'name another file.'
const folder = 'give a new or an empty folder.'
const config = 'keep the config in another place: gitlab-trigger config init PATH, '
const missing = 'its folder is missing'

/** With PLACE for the path, unless the variable of that name has it; the end of the hint; the kinds that are no failure of it, or said in other words. */
const places: [name: string, line: string, instead: string, without?: string[]][] = [
  ['--dotenv', 'run -r master --dotenv PLACE', file],
  ['--annotations', 'run -r master --annotations PLACE', file],
  ['--junit', 'run -r master --wait --junit PLACE', file],
  ['--log-file', 'run -r master --log-file PLACE', file],
  ['--log-file --dry-run', 'run -r master --dry-run --log-file PLACE', file, ['a full disk']],
  ['--joblog', 'batch PLAN --joblog PLACE', file],
  ['--joblog --check', 'batch PLAN --check --joblog PLACE', file, ['a full disk']],
  ['--dotenv of a batch', 'batch PLAN --dotenv PLACE', file],
  ['--save-to', 'tokens create --description x --save-to PLACE', file, ['a folder']],
  ['GITHUB_OUTPUT', 'run -r master', 'unset GITHUB_OUTPUT.'],
  ['GITHUB_STEP_SUMMARY', 'run -r master', 'unset GITHUB_STEP_SUMMARY.'],
  ['config init', 'config init PLACE', config, [missing, 'not allowed']],
  ['--artifacts', 'run -r master --wait --artifacts PLACE', folder, [missing, 'a folder']],
  ['--artifacts --dry-run', 'run -r master --wait --dry-run --artifacts PLACE', folder, [missing, 'a folder', 'a full disk']],
  ['artifacts --to', 'artifacts 4711 --to PLACE', folder, [missing, 'a folder']],
] // prettier-ignore

const notFolder = 'A part of that path is a file, not a folder: rename that file'
const link = 'That path is, or holds, a symbolic link that is not followed: remove it'

const kinds: [kind: string, place: string, fix: string][] = [
  [missing, 'missing/x', 'Create its folder (mkdir -p ROOT/missing)'],
  ['a folder', 'folder', 'It is a folder: rename it'],
  ['below a file', 'file/x', notFolder],
  ['far below a file', 'file/x/y', notFolder],
  ['below a link to itself', 'loop/x', link],
  ['a name that is too long', 'x'.repeat(300), 'The path is too long: shorten it'],
]

/** These need another user, or a file system of their own. */
const kindsOfProcesses: typeof kinds = [
  ['not allowed', 'mine/x', 'Make it and its folder writable'],
  ['a full disk', 'full/x', 'The disk is full: make room on it'],
  ['a file system that is read-only', 'fixed/x', 'Its file system is read-only: mount it writable'],
]

type Row = (typeof places)[number]

const of = (kind: string): [name: string, row: Row][] =>
  places.filter(([, , , without = []]) => !without.includes(kind)).map((row) => [row[0], row])

function prepare([name, line]: Row, place: string): { line: string[]; env: Record<string, string> } {
  for (const each of ['folder', 'mine', 'full', 'fixed']) mkdirSync(at(each), { recursive: true })
  writeFileSync(at('file'), '')
  symlinkSync(at('loop'), at('loop'))
  const plan = home().write('plan.yml', 'targets: [{ name: one, ref: master }]\n')
  const { env = {} } = environment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api })
  return {
    line: words(line).map((word) => word.replace('PLACE', at(place)).replace('PLAN', plan)),
    env: name.startsWith('GITHUB') ? { ...env, GITHUB_ACTIONS: 'true', [name]: at(place) } : env,
  }
}

function expectHint(stderr: string, place: string, fix: string, [, , instead]: Row): void {
  expect(stderr).toContain(at(place))
  // Long lines are wrapped.
  expect(stderr.replaceAll('\n  ', ' ')).toContain(`\n${fix.replace('ROOT', at())}, or ${instead}`)
  expect(posts(gitlab())).toEqual([])
}

describe.each(kinds)('%s', (kind, place, fix) => {
  test.each(of(kind))('%s', async (_, row) => {
    const { line, env } = prepare(row, place)
    const { code, stdout, stderr } = await run(line, home().world({ env }))
    expect([2, 14]).toContain(code)
    expect(stdout).toBe('')
    expectHint(stderr, place, fix, row)
  })
})

describe.each(kindsOfProcesses)('%s', (kind, place, fix) => {
  test.each(of(kind))('%s', async (_, row) => {
    const { line, env } = prepare(row, place)
    const options = { cwd: at(), env: home().world({ env }).env }
    chmodSync(at('mine'), 0o500)
    const script = `mount -t tmpfs -o nr_inodes=1 none full; mount -t tmpfs -o ro none fixed; exec ${clientLine} "$@"`
    const { code, stderr } =
      kind === 'not allowed'
        ? await spawnAsUser(line, options)
        : await spawnProgram('/usr/bin/unshare', ['-Urm', '/bin/sh', '-c', script, 'sh', ...line], {
            ...options,
            env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...options.env },
          })
    expect([2, 14]).toContain(code)
    expectHint(stderr, place, fix, row)
  })
})
