// The measured programs, their baselines, and the budgets.
import { fileURLToPath } from 'node:url'
import { token } from './surroundings.mjs'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const launcher = here('../../bin/gitlab-trigger.js')
const unbundled = here('unbundled.mjs')

/** All measured programs by name. The wall time is divided by that of `of`. */
export function programs({ file, url, tlsUrl, certificate, env }, nodes, peers) {
  const node = process.execPath
  const line = (to, ...more) => [
    '--server',
    to,
    '--project',
    '9',
    '--ref',
    'master',
    '--token',
    token,
    ...more,
  ]
  const variable = ['--var', 'UPLOAD_TO_S3=true']
  const trusting = { NODE_EXTRA_CA_CERTS: certificate }
  const ours = (args, home, more) => ({ argv: [node, launcher, ...args], env: env(home, more) })
  const all = {
    node: { argv: [node, file('empty.cjs')], env: env() },
    'node:https': { argv: [node, here('floor-https.cjs'), tlsUrl, token], env: env('home', trusting) },
    '--version': ours(['--version']),
    '--help': ours(['--help']),
    'all but sending': ours(line(url, ...variable, '--dry-run')),
    'one trigger': ours(line(url, ...variable)),
    'one trigger, code kept': ours(line(url, ...variable), 'cached-home'),
    status: ours(['status', '4711', '--server', url, '--project', '9'], 'cached-home', {
      GITLAB_TRIGGER_API_TOKEN: token,
    }),
    'one trigger, config': ours(['--project', '9', '--ref', 'master', ...variable], 'config-home'),
    'one trigger, https': { ...ours(line(tlsUrl, ...variable), 'home', trusting), of: 'node:https' },
    '100 variables': ours(line(url, '--vars-from', file('100.env'))),
    '4,000 variables': ours(line(url, '--vars-from', file('4000.env'))),
    'a value of 10 MB': ours(line(url, '--var-file', `LARGE=${file('large.txt')}`)),
    'not bundled': { argv: [node, unbundled, ...line(url, ...variable)], env: env() },
  }
  for (const { path, version } of nodes) {
    all[`node ${version}`] = { argv: [path, file('empty.cjs')], env: env() }
    const of = `node ${version}`
    const its = (args, home = 'cached-home', more = {}) => ({
      argv: [path, launcher, ...args],
      env: env(home, more),
      of,
    })
    all[`one trigger, ${version}`] = its(line(url, ...variable))
    all[`one trigger without kept code, ${version}`] = its(line(url, ...variable), 'home')
    all[`status, ${version}`] = its(['status', '4711', '--server', url, '--project', '9'], 'cached-home', {
      GITLAB_TRIGGER_API_TOKEN: token,
    })
    all[`node:https, ${version}`] = {
      argv: [path, here('floor-https.cjs'), tlsUrl, token],
      env: env('home', trusting),
      of,
    }
    all[`one trigger, https, ${version}`] = {
      ...its(line(tlsUrl, ...variable), 'cached-home', trusting),
      of: `node:https, ${version}`,
    }
  }
  // The single executable has a Node of its own, and is held against that on an empty file.
  const executable = process.env.BENCH_EXECUTABLE
  const own = nodes.find(({ version }) => /^v?24\./.test(version))
  if (executable)
    all['one trigger, executable'] = {
      argv: [executable, ...line(url, ...variable)],
      env: env(),
      of: own === undefined ? 'node' : `node ${own.version}`,
    }
  for (const { name, argv } of peers)
    all[name] = { argv, env: env('home', { URL: url, TOKEN: token }), isPeer: true }
  return all
}

/** Twenty parallel runs are compared with twenty runs of bare Node. */
export const crowd = { size: 20, rounds: 5, names: ['node', 'one trigger', 'curl -F'] }

const wall =
  (name) =>
  ({ wall }) =>
    wall(name)

/** The budgets: the largest allowed ratio, and the ratio to aim for. `value` reads it from the results. */
export function budgets(nodes) {
  return [
    { title: '--version', goal: 1.1, value: wall('--version') },
    { title: '--help', goal: 1.4, stretch: 1.3, value: wall('--help') },
    {
      title: 'one trigger over http, settings from flags',
      goal: 2.45,
      stretch: 2.3,
      value: wall('one trigger'),
    },
    {
      title: 'the same from the second run on, with kept code',
      goal: 2.3,
      stretch: 2.1,
      value: wall('one trigger, code kept'),
    },
    { title: 'status, three requests', goal: 3.8, stretch: 3.2, value: wall('status') },
    { title: 'peak memory of status', goal: 1.5, stretch: 1.4, value: ({ memory }) => memory('status') },
    {
      title: 'the same with a YAML config and a named server',
      goal: 2.65,
      stretch: 2.4,
      value: wall('one trigger, config'),
    },
    {
      title: 'one trigger over https, of a bare node:https POST',
      goal: 1.5,
      stretch: 1.25,
      value: wall('one trigger, https'),
    },
    {
      title: 'peak memory of one trigger',
      goal: 1.4,
      stretch: 1.3,
      value: ({ memory }) => memory('one trigger'),
    },
    {
      title: 'one trigger by the single executable',
      goal: 1.9,
      value: wall('one trigger, executable'),
    },
    { title: 'from the id to the end of the process', goal: 0.25, value: ({ tail }) => tail('one trigger') },
    {
      title: 'twenty triggers at once',
      goal: 2.35,
      stretch: 2.1,
      value: ({ crowd: at }) => at('one trigger'),
    },
    ...nodes.flatMap(({ version }) => [
      {
        title: `one trigger on Node ${version}`,
        goal: 1.95,
        stretch: 1.75,
        value: wall(`one trigger, ${version}`),
      },
      { title: `status on Node ${version}`, goal: 3.2, stretch: 2.6, value: wall(`status, ${version}`) },
      {
        title: `https on Node ${version}, of its bare node:https POST`,
        goal: 1.4,
        stretch: 1.25,
        value: wall(`one trigger, https, ${version}`),
      },
    ]),
  ]
}
