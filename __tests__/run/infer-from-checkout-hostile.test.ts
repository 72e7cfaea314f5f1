import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkoutOf } from '../helpers/checkout.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'
import { spawnClient } from '../helpers/spawn.ts'

const gitlab = useGitlab()
const home = useHome()

const { write: checkout, runAtTerminal, runUnattended, env, at } = checkoutOf(home, gitlab)

describe('no checkout of the server: nothing is proposed', () => {
  const others = [
    'https://gitlab.example.com/seed/app.git',
    'git@gitlab.example.com:seed/app.git',
    'http://127.0.0.1:1/seed/app.git',
    'https://{host}/seed/app.git',
    'http://{host}@evil.example/seed/app.git',
    'http://127.0.0.1.evil.example/seed/app.git',
    'http://evil.example/{host}/seed/app.git',
    'git@evil.example:{name}/app.git',
    'git@evil.example:/{name}/app.git',
    '{name}:',
    '{name}:/',
    '{name}://seed/app.git',
    'file:///srv/seed/app.git',
    '/srv/seed/app.git',
    '../app.git',
    '{}/',
    '{}/app.git',
    '{}/seed/%zz.git',
    '{}/seed/..%2f..%2fx.git',
    'http://[broken/seed/app.git',
    '',
  ]
  test.each(others)('%j', async (remote) => {
    checkout([at(remote)])
    for (const result of [await runAtTerminal('y'), await runUnattended()]) {
      expect(result).toMatchObject({ code: 2, stdout: '' })
      expect(result.stderr).not.toContain('Trigger ')
      expect(result.stderr).not.toContain('bug')
    }
    expect(gitlab().requests).toEqual([])
  })

  test.each<[name: string, make: () => void]>([
    [
      'no remote',
      () => {
        checkout([])
      },
    ],
    ['no config', () => home().write('work/checkout/.git/x', '')],
    [
      'a detached HEAD',
      () => {
        checkout([at('{}/seed/app.git')], `${'a1'.repeat(20)}\n`)
      },
    ],
    [
      'an empty HEAD',
      () => {
        checkout([at('{}/seed/app.git')], '')
      },
    ],
    [
      'a HEAD on a tag',
      () => {
        checkout([at('{}/seed/app.git')], 'ref: refs/tags/v1\n')
      },
    ],
  ])('%s', async (_, make) => {
    make()
    expect(await runAtTerminal('y')).toMatchObject({ code: 2, stdout: '' })
    expect(gitlab().requests).toEqual([])
  })

  test('a detached HEAD and a ref that is given: the project is proposed', async () => {
    checkout([at('{}/seed/app.git')], `${'a1'.repeat(20)}\n`)
    expect(await runAtTerminal('y', '--ref master')).toMatchObject({ code: 0, stdout: '4711\n' })
  })

  test('a worktree, whose .git is a file', async () => {
    home().write('work/tree/.git', 'gitdir: ../checkout/.git/worktrees/tree\n')
    const options = home().world({
      env: env(),
      cwd: join(home().root, 'work/tree'),
      stdin: 'y',
      tty: ['stdin', 'stderr'],
    })
    const result = await run('', options)
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain('no project and no ref given')
  })

  test('above the repository', async () => {
    checkout([at('{}/seed/app.git')])
    const options = home().world({
      env: env(),
      cwd: join(home().root, 'work'),
      stdin: 'y',
      tty: ['stdin', 'stderr'],
    })
    expect(await run('', options)).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('a hostile checkout', () => {
  test('git is never run', async () => {
    const marker = join(home().root, 'git-was-run')
    const git = home().write('bin/git', `#!/bin/sh\ntouch '${marker}'\n`)
    chmodSync(git, 0o700)
    checkout([at('{}/seed/app.git')])
    home().write(
      'work/checkout/.git/config',
      `[core]\n\tfsmonitor = touch ${marker}\n\tsshCommand = touch ${marker}\n\tpager = touch ${marker}\n[remote "origin"]\n\turl = ${at('{}/seed/app.git')}\n`,
    )
    const path = `${join(home().root, 'bin')}:/usr/bin:/bin`
    const done = await spawnClient([], {
      cwd: home().checkout,
      env: { ...home().world().env, ...env(), PATH: path },
    })
    expect(done.stderr).toContain('--project seed/app --ref master')
    expect(existsSync(marker)).toBe(false)
  })

  test('cannot control the terminal', async () => {
    checkout([at('{}/seed/a\x1b[31mpp.git')], 'ref: refs/heads/a\x1b]0;x\x07b\n')
    for (const { stderr } of [await runAtTerminal('n'), await runUnattended()])
      expect(stderr).not.toMatch(/[\x07\x1b]/)
  })

  test.each<[name: string, head: string]>([
    ['a blank', 'ref: refs/heads/a b\n'],
    ['two lines', 'ref: refs/heads/a\nref: refs/heads/b\n'],
    ['1 MB', `ref: refs/heads/${'a'.repeat(1_000_000)}\n`],
    ['a NUL', 'ref: refs/heads/a\0b\n'],
  ])('a branch with %s is not sent', async (_, head) => {
    checkout([at('{}/seed/app.git')], head)
    expect(await runAtTerminal('y')).toMatchObject({ code: 2, stdout: '' })
    expect(gitlab().requests).toEqual([])
  })
})
