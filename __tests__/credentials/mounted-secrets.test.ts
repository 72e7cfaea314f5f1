import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { newLeaf } from '../helpers/certificates.ts'
import { jobEnvironment } from '../helpers/environment.ts'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, runIn, type Result } from '../helpers/run.ts'
import { newFolder, newWorld, type WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()

const line = '--project 9 --ref master'

/** Types the line with a server and no token, besides what is given. */
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

const isRoot = process.getuid?.() === 0
const asRoot = isRoot ? describe : describe.skip

/** Makes a link, with the folders above it. */
function link(from: string, to: string): string {
  const path = join(home().root, from)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(to, path)
  return path
}

describe('a secret is known by its real path (T15)', () => {
  const secret = (): string => `${gitlab().tokens.trigger}\n`
  const mode = 0o444

  test.each<[name: string, path: () => string]>([
    [
      'named by a link to the folder, as /var/run is one',
      () => {
        home().write('run/secrets/t', secret(), mode)
        return join(link('var/run', join(home().root, 'run')), 'secrets/t')
      },
    ],
    ['a link into the folder', () => link('home/t', home().write('run/secrets/t', secret(), mode))],
    [
      'as Kubernetes mounts it',
      () => {
        home().write('run/secrets/..2026_11_22_12_00_00.123456789/t', secret(), mode)
        link('run/secrets/..data', '..2026_11_22_12_00_00.123456789')
        return link('run/secrets/t', '..data/t')
      },
    ],
    [
      'by way of ..data',
      () => {
        home().write('run/secrets/..2026_11_22_12_00_00.123456789/t', secret(), mode)
        return join(link('run/secrets/..data', '..2026_11_22_12_00_00.123456789'), 't')
      },
    ],
    [
      'a volume of Kubernetes that is mounted elsewhere',
      () => {
        home().write('etc/creds/..2026_11_22_12_00_00.123456789/t', secret(), mode)
        link('etc/creds/..data', '..2026_11_22_12_00_00.123456789')
        return link('etc/creds/t', '..data/t')
      },
    ],
  ])('%s', async (_, path) => {
    const done = await typed({ secretsFolder: join(home().root, 'run/secrets') }, `--token-file ${path()}`)
    expect(done).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  })

  test('a link out of the folder leads to a file like any other', async () => {
    const path = link('run/secrets/t', home().write('home/t', secret(), mode))
    const { code, stderr } = await typed(
      { secretsFolder: join(home().root, 'run/secrets') },
      `--token-file ${path}`,
    )
    expect(code).toBe(14)
    expect(stderr).toContain(`chmod 600 ${path}`)
    expect(posts(gitlab())).toEqual([])
  })

  test('a volume of Kubernetes in which others may write is none', async () => {
    const path = home().write('etc/..2026_11_22_12_00_00.123456789/t', secret(), 0o666)
    expect((await typed({}, `--token-file ${path}`)).code).toBe(14)
  })
})

describe("files of a job of GitLab's runner, of mode 0666", () => {
  const folder = newFolder()
  const leaf = newLeaf(folder.path, 'client')
  afterAll(() => {
    folder.remove()
  })
  const env = (more: Record<string, string> = {}): Record<string, string> => ({
    ...jobEnvironment(gitlab()).env,
    CI_PROJECT_DIR: join(home().root, 'builds/group/app'),
    ...more,
  })
  const texts = {
    '--config': () => serverYaml(gitlab(), `token: ${gitlab().tokens.trigger}`),
    '--token-file': () => gitlab().tokens.trigger,
    '--key': () => leaf.key,
  }
  /** What is typed with a file of this kind. */
  async function using(
    flag: keyof typeof texts,
    path: string,
    more: Record<string, string> = {},
  ): Promise<Result> {
    if (flag !== '--key') return run(`${line} ${flag} ${path}`, home().world({ env: env(more) }))
    // Nothing answers there: what counts is whether the key is read.
    const cert = home().write('client.pem', leaf.cert)
    const words = `${line} --server https://127.0.0.1:1 --retry 0 --cert ${cert} --key ${path}`
    return run(words, home().world({ env: env({ GITLAB_TRIGGER_TOKEN: 'any-token-0123', ...more }) }))
  }
  describe.each(Object.keys(texts) as (keyof typeof texts)[])('%s', (flag) => {
    const write = (path: string): string => home().write(path, texts[flag](), 0o666)
    const taken = flag === '--key' ? 6 : 0

    test.each(['builds/group/app.tmp/FILE', 'builds/group/app/ci/file'])('%s', async (path) => {
      expect((await using(flag, write(path))).code).toBe(taken)
    })

    test('the value of a variable', async () => {
      const path = write('elsewhere/file')
      expect((await using(flag, path, { MY_FILE: path })).code).toBe(taken)
    })

    test('anywhere, where the runner does not say its folder', async () => {
      expect((await using(flag, write('elsewhere/file'), { CI_PROJECT_DIR: '' })).code).toBe(taken)
    })

    test.each(['elsewhere/file', 'builds/group/app.tmp2/file'])('not %s', async (path) => {
      const { code, stderr } = await using(flag, write(path))
      expect(code).toBe(14)
      expect(stderr).toContain('(mode 0666)')
    })

    test('not without a runner', async () => {
      const { code } = await using(flag, write('builds/group/app.tmp/FILE'), {
        GITLAB_CI: '',
        GITLAB_TRIGGER_SERVER: gitlab().url,
      })
      expect(code).toBe(14)
    })
  })
})

asRoot('advice that can be followed', () => {
  const uid = 1234
  const as = (path: string, flag = '--token-file'): Promise<Result> => {
    const world = newWorld(home().world({ env: { GITLAB_TRIGGER_SERVER: gitlab().url } }))
    world.context.uid = uid
    return runIn(world, `${line} ${flag} ${path}`)
  }
  const owned = (path: string, text: string, mode: number, owner: number): string => {
    const whole = home().write(path, text, mode)
    chownSync(whole, owner, owner)
    return whole
  }

  test.each([
    ["root's", 0, 0o444],
    ["somebody else's", uid + 1, 0o600],
  ])('%s token is copied, never changed', async (_, owner, mode) => {
    const path = owned('etc/the token', gitlab().tokens.trigger, mode, owner)
    const world = newWorld(home().world({ env: { GITLAB_TRIGGER_SERVER: gitlab().url } }))
    world.context.uid = uid
    const { code, stderr } = await runIn(world, [...line.split(' '), '--token-file', path])
    expect(code).toBe(14)
    expect(stderr).not.toContain('chmod')
    const [, todo = ''] = /name that: (install .*)$/m.exec(stderr) ?? []
    execFileSync('/bin/sh', ['-c', todo], { env: { HOME: home().home, PATH: '/usr/bin:/bin' } })
    const copy = join(home().home, 'the token')
    chownSync(copy, uid, uid)
    const again = newWorld(home().world({ env: { GITLAB_TRIGGER_SERVER: gitlab().url } }))
    again.context.uid = uid
    expect((await runIn(again, [...line.split(' '), '--token-file', copy])).code).toBe(0)
  })

  test("root's config that others can write: its owner is asked", async () => {
    const path = owned('etc/config.yaml', serverYaml(gitlab()), 0o666, 0)
    const { code, stderr } = await as(path, '--config')
    expect(code).toBe(14)
    expect(stderr).toContain(`Ask its owner (uid 0) to run: chmod go-w ${path}`)
  })

  describe('on a read-only mount', () => {
    const mount = (path: string): void => {
      execFileSync('mount', ['-t', 'tmpfs', 'none', path])
    }
    const probe = newFolder()
    const canMount = isRoot && spawnSync('mount', ['-t', 'tmpfs', 'none', probe.path]).status === 0
    if (canMount) execFileSync('umount', [probe.path])
    probe.remove()
    const mountTest = canMount ? test : test.skip

    let folder = ''
    beforeEach(() => {
      folder = join(home().root, 'mounted')
      mkdirSync(folder)
      if (canMount) mount(folder)
    })
    afterEach(() => {
      if (canMount) execFileSync('umount', [folder])
    })
    const mounted = (text: string, mode: number): string => {
      const path = home().write('mounted/file', text, mode)
      chmodSync(path, mode)
      execFileSync('mount', ['-o', 'remount,ro', folder])
      return path
    }

    mountTest('a config of mode 0666 can be written by nobody', async () => {
      const path = mounted(serverYaml(gitlab(), 'project: 9', 'ref: master'), 0o666)
      const env = { GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger }
      expect(await run(`--config ${path}`, home().world({ env }))).toMatchObject({
        code: 0,
        stdout: '4711\n',
      })
    })

    mountTest('a token that others can read is copied: its mode cannot be changed', async () => {
      const path = mounted(gitlab().tokens.trigger, 0o644)
      const { code, stderr } = await typed({}, `--token-file ${path}`)
      expect(code).toBe(14)
      expect(stderr).not.toContain('chmod')
      expect(stderr).toContain(`install -m 600 ${path} ~/file`)
    })
  })
})
