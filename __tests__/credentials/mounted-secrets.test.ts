import { join } from 'node:path'
import { jobEnvironment } from '../helpers/environment.ts'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import type { WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()

const line = '--project 9 --ref master'

/** Types the line with a server and no token, beside what is given. */
const typed = (options: WorldOptions = {}, more = ''): Promise<Result> =>
  run(
    `${line} ${more}`,
    home().world({ ...options, env: { GITLAB_TRIGGER_SERVER: gitlab().url, ...options.env } }),
  )

const token = (
  folder: string,
  name = 'gitlab_trigger_token',
  mode = 0o400,
  text = gitlab().tokens.trigger,
): string => join(home().write(`${folder}/${name}`, `${text}\n`, mode), '..')

test('systemd credentials are found without a flag', async () => {
  const env = { CREDENTIALS_DIRECTORY: token('credentials') }
  expect(await typed({ env })).toMatchObject({ code: 0, stdout: '4711\n' })
})

test("a container's secrets are found without a flag, also with Docker's mode 0444", async () => {
  expect(await typed({ secretsFolder: token('secrets', undefined, 0o444) })).toMatchObject({
    code: 0,
    stdout: '4711\n',
  })
})

test('so is a token that may read', async () => {
  const secretsFolder = token('secrets')
  token('secrets', 'gitlab_trigger_api_token', 0o444, gitlab().tokens.api)
  expect(await typed({ secretsFolder }, '--jobs')).toMatchObject({
    code: 0,
    stdout: '4711\n9001\n9002\n9003\n',
  })
})

test('a named file there may have any mode, anywhere else not', async () => {
  const secretsFolder = token('secrets', 'other', 0o444)
  expect((await typed({ secretsFolder }, `--token-file ${secretsFolder}/other`)).code).toBe(0)
  expect((await typed({}, `--token-file ${secretsFolder}/other`)).code).toBe(14)
})

test('the order: flag, environment, systemd, container, job', async () => {
  const { tokens } = gitlab()
  const typo = (name: string): string => `wrong-token-${name}-0123`
  const flag = home().write('flag.token', typo('flag'))
  const env = {
    ...jobEnvironment(gitlab()).env,
    GITLAB_TRIGGER_TOKEN: typo('env'),
    CREDENTIALS_DIRECTORY: token('credentials', undefined, 0o400, typo('systemd')),
  }
  const secretsFolder = token('secrets', undefined, 0o444, typo('container'))
  const sent = async (options: WorldOptions, more = ''): Promise<string | undefined> => {
    await typed(options, more)
    return lastFields(gitlab())['token']
  }
  expect(await sent({ env, secretsFolder }, `--token-file ${flag}`)).toBe(typo('flag'))
  expect(await sent({ env, secretsFolder })).toBe(typo('env'))
  expect(await sent({ env: { ...env, GITLAB_TRIGGER_TOKEN: '' }, secretsFolder })).toBe(typo('systemd'))
  const rest = { ...env, GITLAB_TRIGGER_TOKEN: '', CREDENTIALS_DIRECTORY: '' }
  expect(await sent({ env: rest, secretsFolder })).toBe(typo('container'))
  expect(await sent({ env: rest })).toBe(tokens.job)
})

test('the message says where a refused token came from', async () => {
  const secretsFolder = token('secrets', undefined, 0o444, 'wrong-token-0123')
  const { code, stderr } = await typed({ secretsFolder })
  expect(code).toBe(4)
  expect(stderr).toContain(`file ${secretsFolder}/gitlab_trigger_token (secret of this container)`)
})

test('a relative CREDENTIALS_DIRECTORY is none: it could be in a checkout', async () => {
  token('work/checkout/credentials')
  const { code } = await typed({ env: { CREDENTIALS_DIRECTORY: 'credentials' } })
  expect(code).toBe(2)
  expect(posts(gitlab())).toEqual([])
})
