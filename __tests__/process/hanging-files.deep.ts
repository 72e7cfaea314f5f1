import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnProgram, clientLine } from '../helpers/spawn.ts'
import { canMountFuse, writeMountProgram } from '../helpers/unanswering.ts'
import { useFolder } from '../helpers/world.ts'

const folder = useFolder()

/** Since these versions a process whose thread hangs can become another one that ends with its code (bin/start.js). */
const endsWithItsCode = 'execve' in process

const rows: [name: string, line: string, code: number, says: string, home?: string][] = [
  ['a home folder', '--timeout 1s', 14, 'trusted.json: its file system does not answer\nNo pipeline was created.\n'],
  ['the home folder of a command that reads', 'status 4711 --timeout 1s', 14, 'trusted.json: its file system does not answer\n'],
  ['the config folder', '--timeout 1s', 14, 'config.yaml (its file system does not answer)\nNo pipeline was created.\n', 'HOME=/tmp XDG_CONFIG_HOME=GONE'],
  ['a file with variables', '--no-config --timeout 1s --vars-from GONE/v.env', 2, '/v.env: its file system does not answer\n'],
  ['a certificate', '--no-config --timeout 1s --cacert GONE/ca.pem', 14, '/ca.pem: its file system does not answer\n'],
  ['the state folder', '--timeout 1s', 14, 'trusted.json: its file system does not answer\nNo pipeline was created.\nUse --no-config', 'HOME=/tmp XDG_STATE_HOME=GONE'],
  ['a log file', '--no-config --timeout 1s --log-file GONE/run.log', 14, '/run.log cannot be written (its file system does not answer)\nNo pipeline was created.\nRepair or unmount that file system, or name another file.\n', 'HOME=/tmp'],
  ['a dotenv report', '--no-config --timeout 1s --dotenv GONE/run.env', 2, '/run.env: its file system does not answer\nNo pipeline was created.\nRepair or unmount that file system, or name another file.\n', 'HOME=/tmp'],
  ['a folder for artifacts', '--no-config --timeout 1s --wait --artifacts GONE/a', 2, '/a: its file system does not answer\nNo pipeline was created.\nRepair or unmount that file system, or give a new or an empty folder.\n', 'HOME=/tmp'],
  ['a summary of a CI job', '--no-config --timeout 1s', 14, 'GITHUB_STEP_SUMMARY: cannot write ', 'HOME=/tmp GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=GONE/s.md'],
  ['the log of the jobs of a batch', 'batch --no-config --timeout 1s --joblog GONE/jobs.log plan.yaml', 14, '/jobs.log: its file system does not answer\nNo pipeline was created.\nRepair or unmount that file system, or name another file.\n', 'HOME=/tmp'],
  ['a new config file', 'config init GONE/config.yaml', 14, '/config.yaml cannot be written (its file system does not answer)\nRepair or unmount that file system, or keep the config in another place: ', 'HOME=/tmp'],
] // prettier-ignore

const described = canMountFuse() ? describe : describe.skip
described('a file system that does not answer', () => {
  test.each(rows)('%s: the run ends', async (_, line, code, says, home = 'HOME=GONE/home') => {
    const gone = join(folder().path, 'gone')
    const program = writeMountProgram(folder().path)
    writeFileSync(join(folder().path, 'plan.yaml'), 'targets: [{ name: one }]\n')
    const [typed, env] = [line, home].map((text) => text.replaceAll('GONE', gone))
    const script = [
      `mkdir -p '${gone}'`,
      'exec 3<> hold',
      `python3 '${program}' '${gone}' < hold > said & `,
      'until [ -s said ]; do sleep 0.05; done',
      `${env} ${clientLine} ${typed}`,
      'code=$?',
      'kill $!',
      'exit $code',
    ].join('\n')
    const variables = {
      PATH: '/usr/bin:/bin',
      GITLAB_TRIGGER_SERVER: 'http://127.0.0.1:9',
      GITLAB_TRIGGER_PROJECT: '9',
      GITLAB_TRIGGER_REF: 'master',
      GITLAB_TRIGGER_TOKEN: 'glptt-0123456789',
    }
    const shell = ['-m', '/bin/bash', '-c', `mkfifo hold\n${script}`]
    const ended = await spawnProgram('/usr/bin/unshare', shell, { cwd: folder().path, env: variables })
    expect(ended.stderr).toContain(says)
    expect(ended.code).toBe(endsWithItsCode ? code : 137)
  })
})
