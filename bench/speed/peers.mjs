// The other clients on this machine, and how to install missing ones. Nothing is installed here.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' }

function firstLine(file, args) {
  const { status, stdout } = spawnSync(file, args, { env, encoding: 'utf8' })
  return status === 0 ? stdout.split('\n')[0].trim() : undefined
}

const peers = [
  {
    name: 'curl -F',
    programs: ['curl'],
    test: ['--version'],
    get: 'apt-get install curl',
    argv: (program, { url }, token) => [
      ...[program, '-sS', '--fail', '-X', 'POST', '-F', `token=${token}`, '-F', 'ref=master'],
      ...['-F', 'variables[UPLOAD_TO_S3]=true', `${url}/api/v4/projects/9/trigger/pipeline`],
    ],
  },
  {
    name: 'python-gitlab',
    programs: ['/usr/bin/python3', 'python3'],
    test: ['-c', 'import gitlab; print("python-gitlab", gitlab.__version__)'],
    get: 'apt-get install python3-gitlab',
    argv: (program) => [program, here('../peers/trigger.py')],
  },
  {
    name: 'ruby-gitlab',
    programs: ['/usr/bin/ruby', 'ruby'],
    test: ['-e', 'require "gitlab"; puts "ruby-gitlab #{Gitlab::VERSION}"'],
    get: 'apt-get install ruby-gitlab',
    argv: (program) => [program, here('../peers/trigger.rb')],
  },
]

function gitbeaker() {
  const get = 'npm install --prefix FOLDER @gitbeaker/rest, then BENCH_GITBEAKER=FOLDER'
  const manifest = join(process.env.BENCH_GITBEAKER ?? '', 'node_modules/@gitbeaker/rest/package.json')
  if (!process.env.BENCH_GITBEAKER || !existsSync(manifest)) return { get }
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  const argv = () => [process.execPath, here('../peers/trigger-gitbeaker.mjs'), process.env.BENCH_GITBEAKER]
  return { name: 'gitbeaker', found: `gitbeaker ${version}`, argv }
}

/** The binaries that `npm run verify:nodes` has fetched, newest first, without the version that runs this. */
function fetchedNodes() {
  const folder = here('../../node_modules/.cache/nodes')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((version) => `v${version}` !== process.version)
    .sort((a, b) => parseInt(b) - parseInt(a))
    .map((version) =>
      join(folder, version, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin/node'),
    )
}

/** Other versions of Node to measure with: paths in BENCH_NODES, separated by colons, or those that are fetched. */
export function findNodes() {
  const paths = process.env.BENCH_NODES?.split(':').filter(Boolean) ?? fetchedNodes()
  return paths
    .map((path) => ({ path, version: firstLine(path, ['--version']) }))
    .filter(({ version }) => version)
}

export const getNodes =
  'npm run verify:nodes, or npm install --prefix A node@24, then BENCH_NODES=A/node_modules/node/bin/node:B/…'

/** The clients that are installed, each with its command; `missing` says how to install the others. */
export function findPeers(surroundings, token) {
  const found = []
  const missing = []
  for (const { name, programs, test, get, argv } of peers) {
    const program = programs.find((each) => firstLine(each, test) !== undefined)
    if (program === undefined) missing.push(get)
    else found.push({ name, found: firstLine(program, test), argv: argv(program, surroundings, token) })
  }
  const { get, ...last } = gitbeaker()
  if (get) missing.push(get)
  else found.push({ ...last, argv: last.argv() })
  return { found, missing }
}
