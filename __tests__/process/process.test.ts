import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment, lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { rawServer } from '../helpers/raw-server.ts'
import { client, launcher, spawnClient, spawnProgram, spawnShell } from '../helpers/spawn.ts'
import { newFolder } from '../helpers/world.ts'

describe('the real binary', () => {
  const gitlab = useGitlab()
  const env = (): Record<string, string> => environment(gitlab(), { GITLAB_TRIGGER_REF: 'master' }).env ?? {}

  test("cron's environment: one POST, stdout is the id, silence (T111)", async () => {
    const folder = newFolder()
    try {
      const file = join(folder.path, 't')
      writeFileSync(file, `${gitlab().tokens.trigger}\n`, { mode: 0o600 })
      const args = `--server ${gitlab().url} --project 9 --ref master --token-file ${file} --var UPLOAD_TO_S3=true`
      const line = ['-i', 'PATH=/usr/bin:/bin', ...client, ...args.split(' ')]
      expect(await spawnProgram('/usr/bin/env', line, { env: { SECRET: 'x' } })).toEqual({
        code: 0,
        signal: null,
        stdout: '4711\n',
        stderr: '',
      })
      expect(posts(gitlab())).toHaveLength(1)
      expect(lastFields(gitlab())['variables[UPLOAD_TO_S3]']).toBe('true')
    } finally {
      folder.remove()
    }
  })

  test('a deleted working directory (T10)', async () => {
    const line = 'mkdir "$D/gone" && cd "$D/gone" && rmdir "$D/gone" && $CLIENT'
    const folder = newFolder()
    const done = await spawnShell(line, { env: { ...env(), D: folder.path } })
    folder.remove()
    expect(done).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  })

  test.each([
    [
      'a full disk (T73)',
      '$CLIENT > /dev/full',
      11,
      /4711 could not be written.*\nPipeline 4711 was created/,
    ],
    ['a reader that has gone (T72)', '{ $CLIENT; echo "code $?" >&2; } | true', 0, /code (0|11)\n$/],
    ['a reader of one line (T71)', '{ $CLIENT --jobs; echo "code $?" >&2; } | head -1', 0, /code (0|11)\n$/],
    ['closed stderr (T74)', '$CLIENT --ref nowhere 2>&-', 5, /^$/],
    ['help into a closed pipe', '{ $CLIENT --help; echo "code $?" >&2; } | true', 0, /^code 0\n$/],
    [
      'help for a reader of one line',
      '{ $CLIENT run --help; echo "code $?" >&2; } | head -1',
      0,
      /^code 0\n$/,
    ],
    [
      'help onto a full disk',
      '$CLIENT --help > /dev/full',
      11,
      /^gitlab-trigger: the output could not be written \(ENOSPC\)\n\ntime/,
    ],
    [
      'the version onto a full disk',
      '$CLIENT --version > /dev/full',
      11,
      /^gitlab-trigger: the output could not be written \(ENOSPC\)\n\ntime/,
    ],
    ['help into a closed stdout (decision 0016)', '$CLIENT --help >&-', 0, /^$/],
  ])('%s: %s', async (_, line, code, stderr) => {
    const done = await spawnShell(line, { env: { ...env(), GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api } })
    expect(done.code).toBe(code)
    expect(done.stderr).toMatch(stderr)
    expect(done.stderr).not.toMatch(/^ +at /m)
  })

  test('help into a pipe that is full: whole, once somebody reads', async () => {
    const folder = newFolder()
    // Who reads has opened the pipe itself: Node makes the end that it writes to non-blocking.
    const line = `mkfifo "$D/p"; exec 3<>"$D/p" 4<"$D/p"
      head -c 65536 /dev/zero >&3
      { $CLIENT --help >&3; echo "code $?" > "$D/code"; } & exec 3>&-
      head -c 65536 <&4 | wc -c >&2
      cat <&4; wait; cat "$D/code" >&2`
    const done = await spawnShell(line, { env: { D: folder.path } })
    folder.remove()
    const help = (await spawnClient(['--help'])).stdout
    expect(done).toMatchObject({ code: 0, stdout: help, stderr: '65536\ncode 0\n' })
  })

  test('sandbox -- COMMAND sets the environment and passes the exit code on', async () => {
    const line =
      '$CLIENT sandbox --pace 1ms -- sh -c \'$CLIENT --var A=1; curl -s "$GITLAB_TRIGGER_SERVER/sandbox/requests" | grep -c "variables.A"; exit 42\''
    const done = await spawnShell(line)
    expect(done).toMatchObject({ code: 42, stdout: '4711\n1\n', stderr: '' })
  })

  test('sandbox -- COMMAND that does not exist', async () => {
    const done = await spawnClient(['sandbox', '--', 'no-such-command'])
    expect(done).toMatchObject({ code: 2, stdout: '' })
    expect(done.stderr).toContain('no such command')
  })

  test('sandbox alone says where it is, serves, and ends by a signal', async () => {
    const line = `: > "$D/out"; $CLIENT sandbox --prefix /gitlab >> "$D/out" & PID=$!
      until grep -q Ctrl-C "$D/out"; do :; done
      eval "$(grep -A1 GITLAB_TRIGGER_TOKEN= "$D/out" | sed 's#gitlab-trigger#$CLIENT#')"
      kill -TERM $PID; wait $PID`
    const folder = newFolder()
    const done = await spawnShell(line, { env: { D: folder.path } })
    folder.remove()
    expect(done).toMatchObject({ code: 143, stdout: '4711\n', stderr: '' })
  })
})

describe('the launcher', () => {
  test.each([
    ['18.20.8', 2],
    ['20.18.0', 2],
    ['8.17.0', 2],
    ['20.18.1', 0],
    ['24.0.0', 0],
  ])('on Node %s ends with %i', async (version, code) => {
    const fake = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } }); require(${JSON.stringify(launcher)})`
    const done = await spawnProgram(process.execPath, ['-e', fake, '--', launcher, '--version'])
    expect(done.code).toBe(code)
    if (code === 2) expect(done.stderr).toContain(`needs Node 20.18.1 or later; this is ${version}`)
  })
})

describe('the process ends', () => {
  test('with the truth when it is told to, while an answer is awaited (T106)', async () => {
    let pid = 0
    const server = await rawServer((_, __, isWhole) => {
      if (isWhole) process.kill(pid, 'SIGTERM')
    })
    const line = ['-s', server.url, '-p', '9', '-r', 'master']
    const done = await spawnClient(line, {
      env: { GITLAB_TRIGGER_TOKEN: 'glptt-0123456789abcdef' },
      started: (number) => (pid = number),
    })
    await server.close()
    expect(done).toMatchObject({ code: 143, signal: null, stdout: '' })
    expect(done.stderr).toContain('A pipeline may have been created.')
  })

  test('at the time limit, in a TLS handshake that stalls (T38, T81)', async () => {
    const server = await rawServer(() => undefined)
    const done = await spawnClient(
      ['-s', server.url.replace('http', 'https'), '-p9', '-rx', '--timeout', '300ms'],
      {
        env: { GITLAB_TRIGGER_TOKEN: 'glptt-0123456789abcdef' },
      },
    )
    await server.close()
    expect(done).toMatchObject({ code: 6, stdout: '' })
    expect(done.stderr).toContain('No pipeline was created.')
  })
})
