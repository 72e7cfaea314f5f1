import { join } from 'node:path'
import { commandTable } from '../../src/cli/table/index.ts'
import { apiEnvironment } from '../helpers/api.ts'
import { prepareServer, serverLines, wordsOf } from '../helpers/command-lines.ts'
import { useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import { useTlsGitlab } from '../helpers/tls-gitlab.ts'
import { type WorldOptions } from '../helpers/world.ts'

const names = Object.keys(serverLines)

/** doctor says the same in its checks, and has no --verbose. */
const withoutDoctor = names.filter((name) => name !== 'doctor')

const { gitlab, authority: own } = useTlsGitlab()
const home = useHome()

const typed = (line: string, options: WorldOptions = {}): Promise<Result> =>
  run(
    wordsOf(line, home().root),
    home().world({ ...apiEnvironment(gitlab(), { NO_COLOR: '1' }), ...options }),
  )

/** Makes what the lines are about. */
const prepare = (): Promise<void> => prepareServer(gitlab())

const count = (text: string, part: string): number => text.split(part).length - 1

test('the table has every command that takes --insecure, but those that only print', () => {
  const takers = commandTable.filter(
    ({ name, options }) =>
      Object.values(options).some(({ rows }) => 'insecure' in rows) &&
      name !== 'config show' &&
      // Its tokens come from files or a dialogue: __tests__/login.
      name !== 'login' &&
      // It needs a plan: __tests__/batch.
      name !== 'batch' &&
      !/^schedule [\w-]+$/.test(name),
  )
  expect(takers.map(({ name }) => name).sort()).toEqual([...names].sort())
})

test.each(withoutDoctor)('%s --verbose says where every value came from', async (name) => {
  await prepare()
  const { code, stderr } = await typed(`${serverLines[name] ?? ''} --verbose --cacert ${own.certFile}`)
  expect({ code, stderr }).toMatchObject({ code: 0 })
  expect(stderr).toMatch(/^api token +\*\*\* \(.*GITLAB_TRIGGER_API_TOKEN.*\)$/m)
  expect(stderr).toMatch(/^ca +\(certificate\) \(--cacert\)$/m)
  expect(stderr.match(/^server +https.*$/gm)).toEqual([expect.stringContaining('GITLAB_TRIGGER_SERVER')])
})

test.each(names)('%s --insecure warns, once, also where nobody looks on', async (name) => {
  await prepare()
  const { code, stdout, stderr } = await typed(`${serverLines[name] ?? ''} --insecure`)
  expect({ code, stderr }).toMatchObject({ code: 0 })
  if (name === 'doctor') expect(stdout).toContain('not checked (--insecure)')
  else expect(count(stderr, "--insecure: the server's certificate is not checked")).toBe(1)
})

test.each(names)('%s mentions a file of the checkout that is not trusted', async (name) => {
  await prepare()
  const path = join(home().checkout, '.gitlab-triggerrc.yaml')
  home().write('work/checkout/.gitlab-triggerrc.yaml', 'recipes: {}\n')
  // Node reads a hundred authorities again for each connection with --cacert.
  const line = `${serverLines[name] ?? ''} --insecure`
  const { code, stdout, stderr } = await typed(line, apiEnvironment(gitlab()))
  expect({ code, stderr }).toMatchObject({ code: 0 })
  const said = 'gitlab-trigger config trust'
  if (name === 'doctor') expect(stdout).toContain(said)
  else expect(count(stderr, `${path} is not used: to trust it, run ${said}\n`)).toBe(1)
})

test.each(names)(
  '%s, where the certificate is refused, explains it, with the flag that helps, and sends nothing, once',
  async (name) => {
    const { code, stdout, stderr, world } = await typed(serverLines[name] ?? '')
    expect({ code, sleeps: world.sleeps }).toEqual({ code: 6, sleeps: [] })
    const said = name === 'doctor' ? stdout : stderr
    expect(said).toMatch(/CN=good, issued by CN=own, until 2099-01-01 \(\d+ days left\)/)
    if (name !== 'doctor') expect(said).toContain('it is for IP Address:127.0.0.1, DNS:gitlab.test')
    expect(said).toMatch(/Trust its authority \(CN=own\): .*--cacert PATH/)
    expect(gitlab().requests).toEqual([])
  },
)
