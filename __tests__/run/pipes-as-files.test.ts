import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { when } from '../helpers/clock.ts'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { runIn } from '../helpers/run.ts'
import { clientLine, spawnProgram } from '../helpers/spawn.ts'
import { newWorld } from '../helpers/world.ts'

// Where a file is named, a shell may have put a pipe: --vars-from <(sops -d vars.json).

const gitlab = useGitlab()

/** Types a line into bash, the only shell of these tests that makes pipes of commands. */
function typed(line: string): ReturnType<typeof spawnProgram> {
  const { url, tokens } = gitlab()
  const env = {
    PATH: '/usr/bin:/bin',
    GITLAB_TRIGGER_SERVER: url,
    ...(!line.includes('token') && { GITLAB_TRIGGER_TOKEN: tokens.trigger }),
    TRIGGER: tokens.trigger,
    SERVER: url,
  }
  return spawnProgram('/bin/bash', ['-c', `${clientLine} ${line}`], { env })
}

// prettier-ignore
test.each<[line: string, fields: Record<string, string>]>([
  ['-p 9 -r master --vars-from <(echo A=1)', { 'variables[A]': '1' }],
  ['-p 9 -r master --vars-from <(sleep 0.2; echo A=1; sleep 0.2; echo B=2)', { 'variables[A]': '1', 'variables[B]': '2' }],
  ["-p 9 -r master --var-file A=<(printf 'a\\n\\n')", { 'variables[A]': 'a\n\n' }],
  ["-p 9 -r master --var-file A=<(head -c 100000 /dev/zero | tr '\\0' x)", { 'variables[A]': 'x'.repeat(100_000) }],
  ['-p 9 -r master --token-file <(echo "$TRIGGER")', {}],
  ['-p 9 --config <(echo "servers: { w: { url: $SERVER, ref: master, token: $TRIGGER } }") -s w --var A=token', { 'variables[A]': 'token' }],
  ['-p 9 -r master --cacert <(cat /etc/ssl/certs/ca-certificates.crt)', {}],
])('%s', async (line, fields) => {
  const { code, stdout, stderr } = await typed(line)
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711\n', stderr: '' })
  const sent = { ...lastFields(gitlab()) }
  for (const name of ['token', 'ref', 'gitlab_trigger_id']) Reflect.deleteProperty(sent, name)
  expect(sent).toEqual(fields)
})

// prettier-ignore
test.each<[line: string, code: number, says: RegExp]>([
  ['-p 9 -r master --vars-from <(true)', 2, /--vars-from: cannot use \/dev\/fd\/\d+: it is a pipe, and nothing came out of it/],
  ['-p 9 -r master --token-file <(false)', 2, /--token-file.*nothing came out of it/],
  ['-p 9 -r master --vars-from <(yes A=1)', 2, /it is larger than \d+ bytes/],
  ['-p 9 -r master --vars-from - < <(yes A=1)', 2, /--vars-from -: standard input is larger than 16777216 bytes/],
  ['-p 9 -r master --token-file - < <(yes)', 2, /--token-file -: standard input is larger than 65536 bytes/],
  ['batch - --check < <(yes)', 2, /the plan \(-\): standard input is larger than 16777216 bytes/],
  ['config edit-token work --config <(echo "servers: { work: { url: $SERVER } }") < <(yes)', 2, /config edit-token: standard input is larger than 65536 bytes/],
  ['batch - --check --timeout 1 < <(sleep 30)', 6, /the plan \(-\): standard input has not ended: the time limit of 1 s has passed/],
  ['batch - --check --batch-timeout 1 < <(sleep 30)', 6, /standard input has not ended: .*\(--batch-timeout\)/],
  ['batch - -p 9 --batch-timeout 1 <<< "targets: { a: { ref: a, tokenCommand: [sleep, 30s] } }"', 14, /a: the program sleep did not end within the time limit/],
  ['batch - -p 9 --check <<< "targets: { a: { ref: a, timeout: 1s, tokenCommand: [sleep, 30s] } }"', 14, /a: the program sleep did not end within 1 s/],
  ['-p 9 -r master --config <(false)', 14, /config: cannot use .*nothing came out of it/],
])('refused: %s', async (line, code, says) => {
  const result = await typed(line)
  expect(result.stderr).toMatch(says)
  expect(result.code).toBe(code)
  expect(posts(gitlab())).toEqual([])
})

/** How often this process has a file open. */
const timesOpen = (path: string): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path
    } catch {
      return false
    }
  }).length

describe('a signal ends the waiting for a pipe to which nobody writes', () => {
  const home = useHome()
  test.each(['--vars-from', '--var-file A=', '--token-file', '--cacert', '--config'])('%s', async (flag) => {
    const path = join(home().root, 'pipe')
    execFileSync('mkfifo', [path])
    // Who might write is there, so that the end of the pipe is not reached.
    const writer = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
    try {
      const world = newWorld(home().world({ env: { GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger } }))
      const words = flag.endsWith('=') ? [...flag.split(' ').slice(0, 1), `A=${path}`] : [flag, path]
      const result = runIn(world, ['-s', gitlab().url, '-p', '9', '-r', 'master', ...words])
      const stop = when(
        // By the test, to be checked, and to be read.
        () => timesOpen(path) > 2,
        () => {
          world.interrupt('SIGTERM')
        },
      )
      const { code, stderr } = await result
      stop()
      expect({ code, stderr }).toEqual({
        code: 143,
        stderr: expect.stringContaining('stopped by SIGTERM\nNo pipeline was created.') as string,
      })
    } finally {
      closeSync(writer)
    }
  })
})
