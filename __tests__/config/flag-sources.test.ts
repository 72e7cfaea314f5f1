import { sourcesOf } from '../../src/cli/help/flag-sources.ts'
import { commandTable } from '../../src/cli/table/index.ts'
import { useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'

const home = useHome()

const runRow = commandTable[0]
const flags = Object.values(runRow?.options ?? {}).flatMap(({ rows }) => Object.keys(rows))
const sources = runRow
  ? flags.flatMap((flag) => {
      const { env, key } = sourcesOf(runRow, flag)
      const names = env?.replace(/ \(.*\)$/, '').split(', ') ?? []
      return [...names.map((name) => ({ flag, env: name })), ...(key === undefined ? [] : [{ flag, key }])]
    })
  : []

/** What a variable is set to, where an address is expected. */
const values: Readonly<Record<string, string>> = {
  server: 'https://gitlab.example.com',
  proxy: 'http://proxy.example.com:3128',
  project: '9',
}

/** Where a key stands, with a value for it: in the server's entry or in the recipe. */
const ofServer: Readonly<Record<string, string>> = {
  project: '9',
  tokenFile: 'work.token',
  token: 'zzz',
  apiTokenFile: 'api.token',
  api: 'v3',
  proxy: 'http://proxy.example.com:3128',
  caFile: 'ca.pem',
  certFile: 'cert.pem',
  keyFile: 'key.pem',
  allowHttp: 'true',
}
const ofRecipe: Readonly<Record<string, string>> = {
  ref: 'main',
  variables: '{ A: x }',
  inputs: '{ a: x }',
  timeout: '5m',
  retry: '2',
  onManual: 'pass',
  play: '[deploy]',
  queueTimeout: '5m',
  runTimeout: '5m',
  reportTimeout: '5m',
  progress: 'none',
  logs: '[failed]',
}

/** The row of `config show` in which the value of a flag is. */
const rows: Readonly<Record<string, string>> = {
  tokenFile: 'token',
  apiTokenFile: 'apiToken',
  cacert: 'caFile',
  cert: 'certFile',
  key: 'keyFile',
  var: 'variables.A',
  input: 'inputs.a',
}

async function origin(flag: string, env: Record<string, string> = {}): Promise<string | null | undefined> {
  const { stdout, stderr } = await run('config show recipe --json', home().world({ env }))
  if (stdout === '') return stderr
  const { settings } = JSON.parse(stdout) as { settings: { name: string; origin: string | null }[] }
  return settings.find(({ name }) => name === (rows[flag] ?? flag))?.origin
}

describe('what help names as the source of a flag is where a run takes it from', () => {
  const shown = sources.filter(({ flag }) => !['config', 'color'].includes(flag))
  test('all are tried', () => {
    expect(shown.length).toBeGreaterThan(35)
  })

  test.each(shown.filter((each) => 'env' in each))('--$flag: $env', async ({ flag, env }) => {
    const isPlain = env === 'http_proxy'
    home().config(
      `default: work\nservers: { work: { url: http${isPlain ? '' : 's'}://localhost } }\nrecipes: { recipe: {} }\n`,
    )
    const value = values[flag] ?? 'zzz'
    expect(await origin(flag, { [env]: value })).toBe(
      flag === 'tokenFile' ? `file zzz (environment variable ${env})` : `environment variable ${env}`,
    )
  })

  test.each(shown.filter((each) => 'key' in each))('--$flag: $key', async ({ flag, key }) => {
    const entry = key in ofServer ? `${key}: ${ofServer[key] ?? ''}` : 'ref: none'
    const recipe = key in ofServer || key === 'default' ? 'jobs: false' : `${key}: ${ofRecipe[key] ?? 'true'}`
    const path = home().config(
      `default: work\nservers:\n  work:\n    url: https://localhost\n    ${entry}\nrecipes:\n  recipe:\n    ${recipe}\n`,
    )
    const line = { default: 1 }[key] ?? (key in ofServer ? 5 : 8)
    expect(await origin(flag)).toContain(`${path}:${line}`)
  })
})
