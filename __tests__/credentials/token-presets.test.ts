import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { install } from '../helpers/debian.ts'
import { lastFields, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import type { WorldOptions } from '../helpers/world.ts'

// tokenFrom and apiTokenFrom: what people keep tokens in, each in one word.

const gitlab = useGitlab()
const home = useHome()
const path = process.env['PATH'] ?? ''

const typed = (line: string, { env, ...options }: WorldOptions = {}): Promise<Result> =>
  run(line, home().world({ ...options, env: { PATH: path, ...env } }))

/** A run with these lines in the entry of the server takes the trigger token of project 9. */
async function expectToken(env: Record<string, string>, ...lines: string[]): Promise<void> {
  home().config(serverYaml(gitlab(), 'project: 9', 'ref: master', ...lines))
  expect(await typed('', { env })).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  expect(lastFields(gitlab())['token']).toBe(gitlab().tokens.trigger)
}

describe('pass, with gpg', () => {
  install('pass', 'pass')
  install('gpg', 'gpg')

  test('the first line of an entry', async () => {
    const env = { GNUPGHOME: join(home().root, 'gnupg'), PASSWORD_STORE_DIR: join(home().root, 'store') }
    mkdirSync(env.GNUPGHOME, { mode: 0o700 })
    const all = { PATH: path, HOME: home().home, ...env }
    const key = [
      '--batch',
      '--pinentry-mode',
      'loopback',
      '--passphrase',
      '',
      '--quick-gen-key',
      'me@example.com',
    ]
    execFileSync('gpg', key, { env: all, stdio: 'ignore' })
    execFileSync('pass', ['init', 'me@example.com'], { env: all, stdio: 'ignore' })
    const input = `${gitlab().tokens.trigger}\nuser: somebody\n`
    execFileSync('pass', ['insert', '--multiline', 'gitlab/trigger'], {
      env: all,
      input,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    try {
      await expectToken(env, 'tokenFrom: pass:gitlab/trigger')
      home().config(serverYaml(gitlab(), 'project: 9', 'ref: master', 'tokenFrom: pass:gitlab/none'))
      const { code, stderr } = await typed('', { env })
      expect(code).toBe(14)
      expect(stderr).toMatch(
        /config\.yaml:7: the program pass failed \(exit code 1\): .*gitlab\/none is not in the password store/,
      )
    } finally {
      execFileSync('gpgconf', ['--kill', 'gpg-agent'], { env: all })
    }
  })
})

describe('the keyring of a desktop, with secret-tool', () => {
  install('secret-tool', 'libsecret-tools')
  install('gnome-keyring-daemon', 'gnome-keyring')
  install('dbus-daemon', 'dbus-daemon')

  const children: ChildProcess[] = []
  afterEach(() => {
    for (const child of children.splice(0)) child.kill()
  })

  /** A session of a desktop of its own, whose keyring is open. */
  async function openKeyring(): Promise<Record<string, string>> {
    const runtime = join(home().root, 'run')
    mkdirSync(runtime, { mode: 0o700 })
    const env = { PATH: path, HOME: home().home, XDG_RUNTIME_DIR: runtime }
    const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    children.push(bus)
    const [address] = (await once(bus.stdout, 'data')) as [Buffer]
    const session = { ...env, DBUS_SESSION_BUS_ADDRESS: address.toString().trim() }
    // It continues in the background, and ends with the bus.
    execFileSync('gnome-keyring-daemon', ['--unlock', '--components=secrets'], {
      env: session,
      input: 'a passphrase',
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    return session
  }

  test('each token has a name of its own there, and where there is none it is said how to store it', async () => {
    const env = await openKeyring()
    const store = (account: string, token: string): void => {
      const line = ['store', `--label=${account}`, 'service', 'gitlab-trigger', 'account', account]
      execFileSync('secret-tool', line, { env, input: token, stdio: ['pipe', 'ignore', 'ignore'] })
    }
    home().config(serverYaml(gitlab(), 'project: 9', 'ref: master', 'tokenFrom: keyring'))
    const { code, stderr } = await typed('', { env })
    expect(code).toBe(14)
    expect(stderr).toContain(
      "If it is not stored yet: secret-tool store --label='gitlab-trigger work' service gitlab-trigger account work\n",
    )
    store('work/9', gitlab().tokens.trigger)
    store('work:api', gitlab().tokens.api)
    store('work', 'glptt-of-another-project')
    await expectToken(
      env,
      'apiTokenFrom: keyring',
      'tokenFrom: keyring',
      'projects: { 9: { tokenFrom: keyring } }',
    )
    expect(await typed('projects --mine --json', { env })).toMatchObject({ code: 0 })
  })
})

describe('other managers, by a program in their place', () => {
  // prettier-ignore
  test.each<[preset: string, platform: string, program: string, words: string[]]>([
    ['op://Private/GitLab trigger/token', 'linux', 'op', ['read', 'op://Private/GitLab trigger/token']],
    ['vault:secret/ci/gitlab#token', 'linux', 'vault', ['kv', 'get', '-field=token', 'secret/ci/gitlab']],
    ['keyring', 'darwin', 'security', ['find-generic-password', '-s', 'gitlab-trigger', '-a', 'work/seed/app', '-w']],
    ['keyring', 'linux', 'secret-tool', ['lookup', 'service', 'gitlab-trigger', 'account', 'work/seed/app']],
    ['pass:a/b', 'linux', 'pass', ['show', 'a/b']],
  ])('%s on %s: %s %j', async (preset, platform, program, expected) => {
    const seen = join(home().root, 'argv')
    home().write(`bin/${program}`, `#!/bin/sh\nprintf '%s\\n' "$@" > '${seen}'\necho '${gitlab().tokens.trigger}'\n`, 0o755)
    home().config(serverYaml(gitlab(), `projects: { seed/app: { ref: master, tokenFrom: ${JSON.stringify(preset)} } }`))
    const env = { PATH: `${join(home().root, 'bin')}:${path}` }
    expect(await typed('-p seed/app', { env, platform })).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    expect(readFileSync(seen, 'utf8').split('\n').slice(0, -1)).toEqual(expected)
    // Where it comes from is said, and nothing is asked for that.
    const list = await typed('config list', { env: { PATH: '/nowhere' } })
    expect(list.stdout).toContain(`token from ${preset} (`)
  })

  test.each(['keychain', 'pass:', 'pass:-x', 'pass:a b', 'op:x', 'vault:secret/x', 'vault:-x#y', 'env:A'])(
    '%s is refused',
    async (preset) => {
      home().config(serverYaml(gitlab(), `tokenFrom: '${preset}'`))
      const { code, stderr } = await typed('-p 9 -r master')
      expect(code).toBe(14)
      expect(stderr).toContain(
        'servers.work.tokenFrom: expected keyring, pass:PATH, op://VAULT/ITEM/FIELD or vault:PATH#FIELD',
      )
      expect(gitlab().requests).toEqual([])
    },
  )
})
