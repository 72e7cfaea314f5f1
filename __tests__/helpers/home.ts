import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Sandbox } from '../../src/sandbox/server.ts'
import { newFolder, type WorldOptions } from './world.ts'

/** A user of one test: a home, a system's config folder and a checkout, all below one temporary folder. */
export interface Home {
  /** Holds everything. */
  root: string
  home: string
  /** A repository: it has a `.git` folder. */
  checkout: string
  /** The user's own config folder. */
  folder: string
  /** Where trust is kept. */
  state: string
  /** Writes a file by its path below `root`, with its folders; resolves to the whole path. */
  write(path: string, content: string | Buffer, mode?: number): string
  /** Writes the user's own config file. */
  config(content: string | Buffer, name?: string, mode?: number): string
  /** Writes the system's config file, by way of XDG_CONFIG_DIRS. */
  system(content: string, name?: string): string
  /** A world in which this user stands in the checkout. */
  world(options?: WorldOptions): WorldOptions & { env: Record<string, string> }
}

/** A home for each test of a file, removed after it. */
export function useHome(): () => Home {
  let folder: ReturnType<typeof newFolder> | undefined
  let present: Home | undefined
  beforeEach(() => {
    folder = newFolder()
    present = newHome(folder.path)
  })
  afterEach(() => {
    folder?.remove()
  })
  return () => {
    if (!present) throw new Error('no home outside a test')
    return present
  }
}

/** Makes a home below a folder. */
export function newHome(root: string): Home {
  const home = join(root, 'home')
  const checkout = join(root, 'work', 'checkout')
  const write: Home['write'] = (path, content, mode = 0o600) => {
    const whole = join(root, path)
    mkdirSync(dirname(whole), { recursive: true })
    writeFileSync(whole, content)
    chmodSync(whole, mode)
    return whole
  }
  mkdirSync(home)
  write('work/checkout/.git/HEAD', 'ref: refs/heads/master\n')
  return {
    root,
    home,
    checkout,
    folder: join(home, '.config', 'gitlab-trigger'),
    state: join(home, '.local', 'state', 'gitlab-trigger'),
    write,
    config: (content, name = 'config.yaml', mode = 0o600) =>
      write(`home/.config/gitlab-trigger/${name}`, content, mode),
    system: (content, name = 'config.yaml') => write(`system/gitlab-trigger/${name}`, content),
    world: (options = {}) => ({
      home,
      cwd: checkout,
      ...options,
      env: { HOME: home, XDG_CONFIG_DIRS: join(root, 'system'), ...options.env },
    }),
  }
}

/** The text of a YAML file with one server, `work`, and these further lines of its entry. */
export function serverYaml({ url }: Pick<Sandbox, 'url'>, ...lines: string[]): string {
  return [
    'default: work',
    'servers:',
    '  work:',
    `    url: ${url}`,
    ...lines.map((line) => `    ${line}`),
    '',
  ].join('\n')
}

/** Every regular file below a folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => lstatSync(path).isFile())
}

/**
 * The files below a folder that hold a secret, as it is or in Base64, except those that hold it on purpose. For after a run: there must be
 * none.
 */
export function leaksBelow(folder: string, secret: string, onPurpose: readonly string[] = []): string[] {
  const forms = [secret, Buffer.from(secret).toString('base64').slice(0, -4)]
  return filesBelow(folder)
    .filter((path) => !onPurpose.includes(path))
    .filter((path) => forms.some((form) => readFileSync(path).includes(form)))
}
