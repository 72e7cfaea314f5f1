import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import { useTlsGitlab } from '../helpers/tls-gitlab.ts'

const { gitlab, authority: own } = useTlsGitlab()
const home = useHome()

const login = (flags: string): Promise<Result> =>
  run(
    `login --url ${gitlab().url} --name work -p 9 -r master --token-stdin ${flags}`,
    home().world({ stdin: gitlab().tokens.trigger }),
  )

test('a certificate of an unknown authority: what helps is said, and nothing is written', async () => {
  const { code, stderr } = await login('')
  expect(code).toBe(6)
  expect(stderr).toMatch(/Trust its authority \(.*\): caFile in the server's entry, or --cacert PATH\.\n/)
  expect(existsSync(home().folder)).toBe(false)
})

test('--cacert is kept in the entry', async () => {
  expect(await login(`--cacert ${own.certFile}`)).toMatchObject({ code: 0 })
  expect(readFileSync(join(home().folder, 'config.yaml'), 'utf8')).toContain(
    `    caFile: ${own.certFile} # the authority of its certificate\n`,
  )
  expect(await run('run', home().world())).toMatchObject({ code: 0, stdout: '4711\n' })
})

test('--insecure is not kept, and warns', async () => {
  const { code, stderr } = await login('--insecure')
  expect({ code, stderr }).toMatchObject({ code: 0 })
  expect(stderr).toContain("warning: --insecure: the server's certificate is not checked")
  expect(readFileSync(join(home().folder, 'config.yaml'), 'utf8')).not.toContain('insecure')
  expect((await run('run', home().world())).code).toBe(6)
})
