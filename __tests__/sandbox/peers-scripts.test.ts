import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startSandbox } from '../../src/sandbox/server.ts'
import { play } from './helpers/peer.ts'
import { cert, key } from './helpers/tls.ts'

describe('a plain Python script that triggers and waits', () => {
  test.each([
    ['master', 0, 'triggered 4711\ncreated\npending\nrunning\nsuccess\n', ''],
    [
      'failing',
      1,
      'triggered 4711\ncreated\npending\nrunning\nfailed\nbuild_package script_failure\n',
      /ERROR: Job failed: exit code 1/,
    ],
    ['nope', 1, '', /^400: {'message': {'base': \['Reference not found'\]}}$/m],
    [
      'broken',
      1,
      '',
      /^422: {'message': {'base': \['jobs config should contain at least one visible job'\]}}$/m,
    ],
  ] as const)('on %s: exit %i', async (ref, code, stdout, says) => {
    const played = await play('/usr/bin/python3', 'trigger_and_wait.py', [ref], (sandbox) => {
      // Moved on by the script's own reads, so that it sees every status.
      if (ref === 'master') sandbox.script('master', {})
      if (ref === 'failing') sandbox.script('failing', { failsInStage: 'build' })
    })
    expect(played).toMatchObject({ code, stdout })
    expect(played.stderr).toMatch(says)
  })
})

/** The lines of GitLab's page on triggering builds through the API, as they stand there. */
const lines: readonly [name: string, line: string, variables: Record<string, string>][] = [
  [
    'a branch',
    `curl -X POST \\
     -F token=TOKEN \\
     -F ref=master \\
     https://gitlab.example.com/api/v3/projects/9/trigger/builds`,
    {},
  ],
  [
    'a job',
    'curl -X POST -F token=TOKEN -F ref=master https://gitlab.example.com/api/v3/projects/9/trigger/builds',
    {},
  ],
  [
    'a variable',
    `curl -X POST \\
  -F token=TOKEN \\
  -F ref=master \\
  -F "variables[UPLOAD_TO_S3]=true" \\
  https://gitlab.example.com/api/v3/projects/9/trigger/builds`,
    { UPLOAD_TO_S3: 'true' },
  ],
]

describe.each(['8.5', '8.17', '10.3'] as const)('curl with the lines of the page, GitLab %s', (gitlab) => {
  test.each(lines)('%s', async (_, line, variables) => {
    const home = mkdtempSync(join(tmpdir(), 'peers-'))
    const sandbox = await startSandbox({
      now: () => 0,
      gitlab,
      tls: { key, cert },
      hosts: ['127.0.0.1', 'gitlab.example.com'],
    })
    try {
      sandbox.addToken({ token: 'TOKEN' })
      const { port } = new URL(sandbox.url)
      // The host of the page leads to the sandbox; nothing of the line is changed.
      writeFileSync(
        join(home, '.curlrc'),
        `connect-to = "gitlab.example.com:443:127.0.0.1:${port}"\ninsecure\nsilent\n`,
      )
      const env = { PATH: process.env['PATH'] ?? '', CURL_HOME: home }
      const { stdout } = await promisify(execFile)('/bin/sh', ['-c', line], { env })
      const none = gitlab === '10.3' ? {} : null
      expect(JSON.parse(stdout)).toEqual({
        id: 101,
        variables: Object.keys(variables).length > 0 ? variables : none,
      })
      expect(sandbox.pipelines.map(({ ref, source }) => [ref, source])).toEqual([['master', 'trigger']])
      expect(Object.fromEntries(sandbox.pipelines[0]?.variables ?? [])).toEqual(variables)
    } finally {
      await sandbox.close()
      rmSync(home, { recursive: true })
    }
  })
})
