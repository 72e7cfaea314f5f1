// The measured programs, their baselines, and the budgets.
import { fileURLToPath } from 'node:url'
import { token } from './surroundings.mjs'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const launcher = here('../../bin/gitlab-trigger.js')
const unbundled = here('unbundled.mjs')

/** All measured programs by name. The wall time is divided by that of `of`. */
export function programs({ file, url, tlsUrl, certificate, env }, nodes, peers) {
  const line = (to, ...more) => [
    ...['--server', to, '--project', '9', '--ref', 'master', '--token', token],
    ...more,
  ]
  const variable = ['--var', 'UPLOAD_TO_S3=true']
  const trusting = { NODE_EXTRA_CA_CERTS: certificate }
  const status = ['status', '4711', '--server', url, '--project', '9']
  const ours = (node, args, home, more) => ({ argv: [node, launcher, ...args], env: env(home, more) })

  /** The programs that each Node runs. */
  const onEach = (node, name) => ({
    [name('node')]: { argv: [node, file('empty.cjs')], env: env(), of: name('node') },
    [name('node:https')]: {
      argv: [node, here('floor-https.cjs'), tlsUrl, token],
      env: env('home', trusting),
      of: name('node'),
    },
    [name('one trigger')]: { ...ours(node, line(url, ...variable)), of: name('node') },
    [name('one trigger, code kept')]: {
      ...ours(node, line(url, ...variable), 'cached-home'),
      of: name('node'),
    },
    [name('one trigger, config')]: {
      ...ours(node, ['--project', '9', '--ref', 'master', ...variable], 'config-home'),
      of: name('node'),
    },
    [name('one trigger, https')]: {
      ...ours(node, line(tlsUrl, ...variable), 'home', trusting),
      of: name('node:https'),
    },
    [name('one trigger, https, code kept')]: {
      ...ours(node, line(tlsUrl, ...variable), 'cached-home', trusting),
      of: name('node:https'),
    },
    [name('status')]: {
      ...ours(node, status, 'cached-home', { GITLAB_TRIGGER_API_TOKEN: token }),
      of: name('node'),
    },
  })

  const node = process.execPath
  const all = {
    ...onEach(node, (name) => name),
    '--version': ours(node, ['--version']),
    '--help': ours(node, ['--help']),
    'all but sending': ours(node, line(url, ...variable, '--dry-run')),
    '100 variables': ours(node, line(url, '--vars-from', file('100.env'))),
    '4,000 variables': ours(node, line(url, '--vars-from', file('4000.env'))),
    'a value of 10 MB': ours(node, line(url, '--var-file', `LARGE=${file('large.txt')}`)),
    'not bundled': { argv: [node, unbundled, ...line(url, ...variable)], env: env() },
  }
  for (const { path, version } of nodes)
    Object.assign(
      all,
      onEach(path, (name) => `${name}, ${version}`),
    )
  // The single executable has a Node of its own, and is held against that on an empty file.
  const executable = process.env.BENCH_EXECUTABLE
  const own = nodes.find(({ version }) => majorOf(version) === 24)
  if (executable)
    all['one trigger, executable'] = {
      argv: [executable, ...line(url, ...variable)],
      env: env(),
      of: own === undefined ? 'node' : `node, ${own.version}`,
    }
  for (const { name, argv } of peers)
    all[name] = { argv, env: env('home', { URL: url, TOKEN: token }), isPeer: true }
  return all
}

const majorOf = (version) => parseInt(version.replace('v', ''))

/** Twenty runs at once are compared with twenty runs of the same bare Node. */
export const crowd = {
  size: 20,
  rounds: 5,
  measures: (name) => /^(node|one trigger|curl -F)(, v|$)/.test(name),
}

/** The largest ratio allowed and the one to aim for, on Node 20 and on later ones. A row without a goal is only shown. */
const onEachNode = [
  { title: 'one trigger over http, first run', row: 'one trigger', old: [2.45, 2.3], later: [1.95, 1.75] },
  {
    title: 'one trigger over http, kept code',
    row: 'one trigger, code kept',
    old: [2.3, 2.1],
    later: [1.95, 1.75],
  },
  {
    title: 'one trigger with a YAML config and a named server',
    row: 'one trigger, config',
    old: [2.65, 2.4],
  },
  {
    title: 'https, of a bare node:https POST, first run',
    row: 'one trigger, https',
    old: [1.65, 1.35],
    later: [1.4, 1.25],
  },
  {
    title: 'https, of a bare node:https POST, kept code',
    row: 'one trigger, https, code kept',
    old: [1.5, 1.35],
    later: [1.4, 1.25],
  },
  { title: 'status, three requests', row: 'status', old: [3.8, 3.2], later: [3.2, 2.6] },
  { title: 'peak memory of status', row: 'status', of: 'memory', old: [1.5, 1.4], later: [1.5, 1.4] },
  { title: 'twenty triggers at once', row: 'one trigger', of: 'crowd', old: [2.35, 2.1] },
]

/** The budgets: the largest allowed ratio, and the ratio to aim for. `value` reads it from the results. */
export function budgets(nodes) {
  const measured = [{ version: process.version, name: (row) => row }].concat(
    nodes.map(({ version }) => ({ version, name: (row) => `${row}, ${version}` })),
  )
  const read =
    (name, of = 'wall') =>
    (results) =>
      results[of](name)
  return [
    { title: '--version', goal: 1.1, value: read('--version') },
    { title: '--help', goal: 1.4, stretch: 1.3, value: read('--help') },
    { title: 'peak memory of one trigger', goal: 1.4, stretch: 1.3, value: read('one trigger', 'memory') },
    { title: 'one trigger by the single executable', goal: 1.9, value: read('one trigger, executable') },
    { title: 'from the id to the end of the process', goal: 0.25, value: read('one trigger', 'tail') },
    ...onEachNode.flatMap(({ title, row, of, old, later }) =>
      measured.map(({ version, name }) => {
        const [goal, stretch] = (majorOf(version) <= 20 ? old : later) ?? []
        return { title: `${title}, Node ${majorOf(version)}`, goal, stretch, value: read(name(row), of) }
      }),
    ),
  ]
}
