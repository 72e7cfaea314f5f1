import { commandTable } from '../../src/cli/table/index.ts'
import { newAuthority, type Authority } from '../helpers/certificates.ts'
import { prepareServer } from '../helpers/command-lines.ts'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { listedFlags, typedDefault } from '../helpers/listed-flags.ts'
import { main } from '../../src/main.ts'
import { newFolder, newWorld } from '../helpers/world.ts'

// Help lists no flag that its command always refuses; of the forms of a schedule and of config show none that changes nothing.

const gitlab = useGitlab()
const home = useHome()
const folder = newFolder()
let authority: Authority
beforeAll(() => {
  authority = newAuthority(folder.path, 'ca')
})
afterAll(folder.remove)
beforeEach(async () => {
  await prepareServer(gitlab())
  home().write('token', gitlab().tokens.trigger)
  home().write('api', gitlab().tokens.api)
  home().write('v.env', 'A=1\n')
  home().write('c.yaml', 'variables: { FROM: x }\n')
  home().config('variables: { OWN: x }\n')
  home().write('plan.yml', 'targets: [{ name: a, project: 9, ref: master }]\n')
})

/** A value for each flag that takes one: by its name, else by what help calls the value. `{}` is a folder of the test. */
const values: Readonly<Record<string, string>> = {
  server: 'https://gitlab.example.com',
  project: '10',
  ref: 'master',
  at: '0 6 * * *',
  timezone: 'Europe/Berlin',
  image: 'x/y:1',
  package: 'x',
  name: 'nm',
  var: 'A=b',
  varFile: 'A={}/v.env',
  varsFrom: '{}/v.env',
  input: 'a=b',
  inputJson: 'a=1',
  tokenFile: '{}/token',
  apiTokenFile: '{}/api',
  config: '{}/c.yaml',
  token: 'TOKEN',
  logs: 'run_tests',
  logLines: '5',
  play: 'x',
  artifactsOf: 'run_tests',
  artifactsMaxSize: '1GB',
  onManual: 'fail',
  progress: 'lines',
  expectSha: '0'.repeat(40),
  api: 'v3',
  proxy: 'http://proxy.example.com:3128',
  retry: '2',
  cacert: 'CERT',
  cert: 'CERT',
  key: 'KEY',
  heartbeat: 'https://example.com/a',
  heartbeatFailure: 'https://example.com/b',
  once: 'k',
  lock: 'l',
  parallel: '2',
  rate: '9',
  graph: 'dot',
  description: 'text',
}

/** Words that some flags need besides, tried in this order; the first is none. */
const companions = [
  '',
  '--wait',
  '--follow',
  '--wait --artifacts {}/artifacts',
  '--once k',
  '--check',
  '--vars-from {}/v.env',
  '--at 0~6~*~*~*',
  '--key KEY',
  '--cert CERT',
  '--resume',
  '--server http://gitlab.example.com',
  '--server https://gitlab.example.com',
]

const filled = (text: string): string =>
  text
    .replace('TOKEN', gitlab().tokens.trigger)
    .replace('CERT', authority.certFile)
    .replace('KEY', authority.keyFile)
    .replaceAll('{}', home().root)

/** Each flag of a command that its help lists, as words: `--x VALUE`, `--no-x`. */
const listed = (options: (typeof commandTable)[number]['options']): string[][] =>
  listedFlags(options).map(({ flag, name, row, takesValue }) =>
    takesValue ? [flag, values[name] ?? (row.value === 'duration' ? '10m' : '{}/new')] : [flag],
  )

const type = async (words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
  const { GITLAB_TRIGGER_TOKEN, ...env } = environment(gitlab(), { PATH: '/usr/bin:/bin' }).env ?? {}
  const world = newWorld(home().world({ env, stdin: GITLAB_TRIGGER_TOKEN ?? '' }))
  const code = await main(words.map(filled), world.context)
  return { code, stdout: world.stdout(), stderr: world.stderr() }
}

/** A token on the line or on standard input changes nothing if there is one in a file; colours need a terminal. */
const elsewhere = ['--token', '--token-stdin', '--no-color']
const forms = commandTable.filter(({ name }) => /^schedule (?!gitlab )|^config show$/.test(name))

describe.each(forms.map((row) => [row.name, row] as const))('%s', (name, { options }) => {
  const base = (without: string): string[] => [
    ...name.split(' '),
    ...[
      ['--ref', 'master'],
      ['--token-file', '{}/token'],
    ]
      .filter(([flag]) => flag !== without)
      .flat(),
  ]

  const defaults = listedFlags(options).flatMap((each) => {
    const value = typedDefault(each)
    // A form carries what was typed into the line that it prints.
    const printed = name === 'config show' ? ['--timeout', '--retry'] : ['--at', '--jitter', '--dotenv']
    return value !== undefined && printed.includes(each.flag) ? [[each.flag, value] as const] : []
  })
  if (defaults.length > 0)
    test.each(defaults)('%s is %s where it is not typed', async (flag, value) => {
      const typed = await type([...base(flag), `${flag}=${value}`])
      expect(typed.code).toBe(0)
      const plain = await type(base(flag))
      const withoutOrigin = (text: string): string =>
        text.replaceAll(/ {2,}/g, ' ').replaceAll(/ \((?:--\S+|default|built-in)\)/g, '')
      expect(withoutOrigin(typed.stdout)).toBe(withoutOrigin(plain.stdout))
    })

  test.each(
    listed(options)
      .filter(([flag = '']) => name !== 'config show' || !elsewhere.includes(flag))
      .map((words) => [words.join(' '), words] as const),
  )('%s changes what is printed', async (_, words) => {
    const [flag = ''] = words
    const seen: string[] = []
    for (const more of companions) {
      const beside = more
        .split(' ')
        .filter(Boolean)
        .map((word) => word.replaceAll('~', ' '))
      if (beside[0] === flag) continue
      const plain = await type([...base(flag), ...beside])
      const { code, stdout, stderr } = await type([...base(flag), ...beside, ...words])
      const isOther = stdout !== plain.stdout || stderr !== plain.stderr || plain.code !== 0
      if (code === 0 && isOther) return
      seen.push(code === 0 ? 'no effect' : stderr)
    }
    expect(seen).toEqual([])
  })
})

test.each(['-i', '--interactive'])('nobody is there to be asked: %s is no flag of a form', async (flag) => {
  for (const [name] of forms.map((row) => [row.name])) {
    const { code, stderr } = await type([...(name ?? '').split(' '), flag])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(flag) as string })
  }
})
