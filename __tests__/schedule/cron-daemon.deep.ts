import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { install } from '../helpers/debian.ts'
import { posts } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { spawnClient, spawnShell } from '../helpers/spawn.ts'

install('cron', 'cron')
const home = useHome()

let gitlab: Sandbox
beforeAll(async () => {
  gitlab = await startSandbox({ now: () => Date.now() })
})
afterAll(() => gitlab.close())

/**
 * A cron daemon of its own: in namespaces of mounts and processes where it sees this one crontab and a sendmail that keeps what it is
 * given, and with which it dies.
 */
function cronDaemon(crontab: string, mails: string): { stop: () => Promise<void> } {
  const { root } = home()
  const sendmail = `#!/bin/sh\ncat > ${mails}/.$$ && mv ${mails}/.$$ ${mails}/$$.mail\n`
  const script = [
    `cp "$(command -v cron)" ${root}/cron`,
    'for folder in /run /usr/sbin /etc/cron.d /var/spool/cron; do mount -t tmpfs none $folder; done',
    'mount --bind /dev/null /etc/crontab',
    `cp ${home().write('sendmail', sendmail, 0o755)} /usr/sbin/sendmail && chmod 755 /usr/sbin/sendmail`,
    'mkdir -m 1730 /var/spool/cron/crontabs',
    `cp ${home().write('crontab', crontab)} /var/spool/cron/crontabs/root && chmod 600 /var/spool/cron/crontabs/root`,
    `exec ${root}/cron -f`,
  ]
  const args = ['--mount', '--pid', '--fork', '--kill-child', '/bin/sh', '-ec', script.join('\n')]
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }
  const child = spawn('unshare', args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  return {
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => {
          resolve()
        })
        child.kill('SIGKILL')
      }),
  }
}

/** The mails in a folder, once there are `count`. */
function received(folder: string, count: number): Promise<string[]> {
  return new Promise((resolve) => {
    const look = (): void => {
      const names = readdirSync(folder).filter((name) => name.endsWith('.mail'))
      if (names.length < count) return
      watcher.close()
      resolve(names.map((name) => readFileSync(join(folder, name), 'utf8')))
    }
    const watcher = watch(folder, look)
    look()
  })
}

const bodyOf = (mail: string): string => mail.slice(mail.indexOf('\n\n') + 2)
const row = (mail: string, name: string): string =>
  new RegExp(`^${name} {2,}(.*)$`, 'm').exec(mail)?.[1] ?? ''

const isRoot = process.getuid?.() === 0
// A daemon that runs other people's commands can only be started by root.
const asRoot = isRoot ? test : test.skip

asRoot(
  'a real cron daemon runs real crontab lines of ours: one POST, the id in the mail; of a failure, the block',
  async () => {
    const token = home().write('the.token', `${gitlab.tokens.trigger}\n`)
    const mails = join(home().root, 'mails')
    mkdirSync(mails)
    const print = async (ref: string, ...more: string[]): Promise<string> => {
      const where = [
        '--server',
        gitlab.url,
        '--project',
        '9',
        '--ref',
        ref,
        '--token-file',
        token,
        '--no-config',
      ]
      const { code, stdout } = await spawnClient(['schedule', 'cron', '--at', '* * * * *', ...where, ...more])
      expect(code).toBe(0)
      return stdout
    }
    const odd = 'P=50% \\% of $HOME "and" \'so on\' # %'
    const crontab = (await print('master', '--var', odd)) + (await print('nowhere', '--var', 'A=c4n4ry'))
    const daemon = cronDaemon(crontab, mails)
    const [good = '', bad = ''] = (await received(mails, 2)).sort((a) =>
      bodyOf(a).startsWith('4711') ? -1 : 1,
    )
    await daemon.stop()

    expect(bodyOf(good)).toBe('4711\n')
    expect(
      posts(gitlab)
        .map(({ status }) => status)
        .sort(),
    ).toEqual([201, 400])
    expect(gitlab.pipelines).toHaveLength(1)
    expect([...(gitlab.pipelines[0]?.variables ?? [])]).toEqual([['P', odd.slice(2)]])

    const body = bodyOf(bad)
    expect(body).toMatch(
      /^gitlab-trigger: GitLab answered 400: Reference not found\nNo pipeline was created\.\n/,
    )
    expect(row(body, 'command')).toMatch(
      /^gitlab-trigger --server \S+ --project 9 --ref nowhere .*--var A=\*\*\*/,
    )
    expect(row(body, 'server')).toBe(gitlab.url)
    expect(row(body, 'exit code')).toMatch(/^5 /)
    // Cron itself puts the whole line into the subject.
    expect(bodyOf(good) + body).not.toMatch(/c4n4ry|glptt-/)
  },
  180_000,
)

test('the command that tests a crontab line now works, in the environment of cron, and starts no build', async () => {
  let before = posts(gitlab).length
  const token = home().write('the.token', gitlab.tokens.trigger)
  const where = ['-s', gitlab.url, '-p', '9', '-r', 'master', '--token-file', token, '--var', "P=50% 'x'"]
  const { stdout } = await spawnClient(['schedule', 'cron', ...where], { env: { HOME: home().home } })
  const check =
    /^# Check token, project and ref now \(it starts no pipeline\): (.*)$/m.exec(stdout)?.[1] ?? ''
  writeFileSync(join(home().root, 'check.sh'), check)
  const checked = await spawnShell(`. ${home().root}/check.sh`)
  expect(checked.stdout).toMatch(/the token is valid for project 9/)
  expect(checked.code).toBe(0)
  // That was the trial of the token.
  before += 1
  const line = /^# Test it now \(it starts no pipeline\): (.*)$/m.exec(stdout)?.[1] ?? ''
  writeFileSync(join(home().root, 'line.sh'), line)
  const done = await spawnShell(`. ${home().root}/line.sh`)
  expect(done.code).toBe(0)
  expect(done.stdout).toContain("variables[P] = 50% 'x'")
  expect(posts(gitlab)).toHaveLength(before)
})
