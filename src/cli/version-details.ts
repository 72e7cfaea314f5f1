import { findConfig } from '../config/files/find-config.ts'
import { placesFor } from '../config/files/places.ts'
import type { Context } from '../core/context.ts'
import { version } from '../core/version.ts'

/** Variables that have a part in how servers are reached, besides our own. What they hold may be a password. */
const watched =
  /^((https?|all|no)_proxy|(HTTPS?|ALL|NO)_PROXY|NODE_(OPTIONS|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED|USE_SYSTEM_CA)|SSL_CERT_(FILE|DIR)|GITLAB_TRIGGER_\w+)$/

/** Variables by which CI systems are known, the most telling first. */
const systems: readonly (readonly [variable: string, name: string])[] = [
  ['GITLAB_CI', 'GitLab CI'],
  ['GITHUB_ACTIONS', 'GitHub Actions'],
  ['JENKINS_URL', 'Jenkins'],
  ['TEAMCITY_VERSION', 'TeamCity'],
  ['TF_BUILD', 'Azure Pipelines'],
  ['BUILDKITE', 'Buildkite'],
  ['TRAVIS', 'Travis CI'],
  ['CI', 'unknown'],
]

/** What a bug report needs (`--version --verbose`): versions, and what is set and found, by name alone. Holds no secret. */
export async function versionDetails(context: Context): Promise<string> {
  const { env } = context
  const isSet = (name: string): boolean => (env[name] ?? '') !== ''
  const { node, platform, arch, libc, openssl } = await context.system()
  const { searched } = await findConfig({}, context, () => undefined)
  const files = searched
    .filter(({ state }) => state !== 'absent')
    .map(({ path, state }) => `${path} (${state})`)
  const names = Object.keys(env).filter((name) => watched.test(name) && isSet(name))
  const isProxy = (name: string): boolean => /_proxy$/i.test(name)
  const rows: readonly (readonly [name: string, values: readonly string[]])[] = [
    ['node', [node]],
    ['system', [[`${platform} ${arch}`, libc].filter(Boolean).join(', ')]],
    ['openssl', [openssl]],
    ['config', files],
    ['state', [placesFor(context).state ?? '']],
    ['proxies', [names.filter(isProxy).sort().join(', ')]],
    [
      'variables',
      [
        names
          .filter((name) => !isProxy(name))
          .sort()
          .join(', '),
      ],
    ],
    ['ci', [systems.find(([variable]) => isSet(variable))?.[1] ?? '']],
  ]
  const lines = rows.flatMap(([name, values]) => {
    const shown = values.filter((value) => value !== '')
    return (shown.length > 0 ? shown : ['none']).map(
      (value, at) => `${(at === 0 ? name : '').padEnd(11)}${value}\n`,
    )
  })
  return `gitlab-trigger ${version}\n${lines.join('')}`
}
