import { PassThrough } from 'node:stream'
import type { Sandbox } from '../../src/sandbox/server.ts'
import type { Script } from '../../src/sandbox/script/script.ts'
import { serverLines } from './command-lines.ts'
import type { Circumstances } from './flag-probe.ts'

/** What a command sees of the sandbox that it runs against, in a file. */
export const see = `
exec >"$1/seen"
echo "$GITLAB_TRIGGER_SERVER"
cd /
get() { curl -s -H "PRIVATE-TOKEN: $GITLAB_TRIGGER_API_TOKEN" "$@"; }
get "$GITLAB_TRIGGER_SERVER/api/v4/version"
get "$GITLAB_TRIGGER_SERVER/api/v4/projects/9/triggers"
get -H 'Host: other' "$GITLAB_TRIGGER_SERVER/api/v4/version"
get -X POST "$GITLAB_TRIGGER_SERVER/api/v4/projects/9/pipeline?ref=master"
get "$GITLAB_TRIGGER_SERVER/api/v4/projects/9/pipelines/4711/jobs"
`

/** A line of each command in which each of its flags can be typed. `{}` is the folder of the user, `~` a blank. */
export const lines: Readonly<Record<string, string>> = {
  ...serverLines,
  doctor: 'doctor',
  batch: 'batch {}/plan.yml',
  history: 'history',
  login: 'login --url @URL@ --name work --token-file {}/token -p 9',
  logout: 'logout work',
  'config path': 'config path',
  'config list': 'config list',
  'config get': 'config get default',
  'config set': 'config set default work',
  'config unset': 'config unset default',
  'config edit-token': 'config edit-token work',
  sandbox: 'sandbox -- sh {}/see.sh {}',
}

type Before = (gitlab: Sandbox) => void

/** How a line is typed so that a flag of it shows what it does. @URL@, @PORT@, @CERT@, @KEY@ and @TRIGGER@ are filled in. */
export interface FlagCase extends Circumstances {
  /** The value of the flag. */
  value?: string
  /** The line, in place of the command's own. */
  line?: string
  /** Words that are typed with the flag. */
  beside?: string
  /** The flag says the default: with this, its opposite, it is refused. */
  opposite?: string
  /** The server speaks HTTPS, with a certificate of an unknown authority. */
  isSecure?: true
}

/** A pipeline takes this course: one of master, number 4711, and 4713, which failed and is retried. */
const plays =
  (script: Script, retried: Script = script): Before =>
  (gitlab) => {
    for (const which of ['master', 4711]) gitlab.script(which, { by: 'clock', ...script })
    gitlab.script(4713, {
      by: 'clock',
      ...retried,
      job: { build_package: { ends: 'failed', endsAfterRetry: 'success' }, ...retried.job },
    })
  }
const answers =
  (status: number, times: number, more: object = {}): Before =>
  (gitlab) => {
    for (let at = 0; at < times; at += 1) gitlab.failNext({ kind: 'answer', status, ...more })
  }
const terminal = ['stdin', 'stdout', 'stderr'] as const
const pollFaults: Script['pollFaults'] = Object.fromEntries(
  [4, 5, 6, 7, 8, 9].map((poll) => [poll, { kind: 'answer', status: 503 }]),
)
const withoutToken = { GITLAB_TRIGGER_TOKEN: undefined }
const withoutApiToken = { GITLAB_TRIGGER_API_TOKEN: undefined }
const ownConfig = 'home/.config/gitlab-trigger/config.yaml'
const workServer = 'default: work\nservers: { work: { url: @URL@ } }\n'
const stopsAfter =
  (ms: number): NonNullable<FlagCase['within']> =>
  (world) => {
    world.context.alarm(ms, () => {
      world.interrupt('SIGINT')
    })
  }

/** Five seconds pass whenever the time is asked for. */
const isLate: NonNullable<FlagCase['within']> = (world) => {
  const now = (): number => world.context.wallTime()
  world.context.now = () => {
    world.advance(5000)
    return now()
  }
}

/** A user who is asked types Ctrl-C. */
const isAskedAndStops: NonNullable<FlagCase['within']> = (world) => {
  const keys = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => keys })
  world.context.stdin = { ...world.context.stdin, terminal: keys }
  keys.write('\x03')
}

/** Of a pipeline that is followed to its end; for commands that do not follow by themselves with --wait. */
const following: Readonly<Record<string, FlagCase>> = {
  '--on-manual': { value: 'pass', before: plays({ manual: ['upload_package'] }) },
  '--play': { value: 'upload_package', before: plays({ manual: ['upload_package'] }) },
  '--allow-skipped': {
    before: plays({ pipeline: ['skipped'] }, { by: 'polls', pipeline: ['failed', 'failed', 'skipped'] }),
  },
  '--fail-on-warnings': {
    before: plays({ job: { run_tests: { allowFailure: true, ends: 'failed', endsAfterRetry: 'failed' } } }),
  },
  '--queue-timeout': { value: '5s', before: plays({ startsAfter: 60 }) },
  '--run-timeout': { value: '5s', before: plays({ job: { upload_package: { runs: 60 } } }) },
  '--report-timeout': {
    value: '1s',
    beside: '--junit {}/j.xml',
    before: (gitlab) => {
      gitlab.failNext({ kind: 'stall', path: 'test_report' })
    },
  },
  '--retry-grace': { value: '60s', before: plays({ job: { run_tests: { ends: 'failed' } } }) },
  '--poll-grace': { value: '1s', before: plays({ pollFaults }) },
  '--poll-interval': { value: '7s' },
  '--progress': { value: 'lines', tty: [...terminal] },
  '--logs': { value: 'run_tests' },
  '--log-lines': {
    value: '1',
    before: plays({ failsInStage: 'test', job: { run_tests: { ends: 'failed' } } }),
  },
  '--cancel-on-interrupt': {
    before: plays({ job: { upload_package: { runs: 60 } } }),
    within: stopsAfter(9000),
  },
  '--cancel-on-timeout': {
    beside: '--run-timeout 5s',
    before: plays({ job: { upload_package: { runs: 60 } } }),
  },
  '--dotenv': {},
  '--annotations': {},
  '--junit': {},
  '--artifacts': {},
  '--artifacts-of': { value: 'run_tests', beside: '--artifacts {}/artifacts' },
  '--artifacts-max-size': { value: '1', beside: '--artifacts {}/artifacts' },
}

/** For every command that has the flag. */
const everywhere: Readonly<Record<string, FlagCase>> = {
  ...following,
  '--server': { value: 'http://127.0.0.1:1' },
  '--project': { value: '10' },
  '--token-file': { value: '{}/token', env: withoutToken },
  '--token-stdin': { stdin: '@TRIGGER@', env: withoutToken },
  '--token': { value: '@TRIGGER@', env: withoutToken },
  '--api-token-file': { value: '{}/api', env: withoutApiToken },
  '--config': {
    value: '{}/c.yaml',
    files: { 'c.yaml': workServer },
    env: { GITLAB_TRIGGER_SERVER: undefined },
  },
  '--no-config': { files: { [ownConfig]: 'unknown: 1\n' } },
  '--api': { value: 'v3' },
  '--timeout': { value: '5s', before: answers(503, 9, { headers: { 'retry-after': '30' } }) },
  '--proxy': { value: 'http://127.0.0.1:1' },
  '--cacert': { value: '@CERT@', isSecure: true },
  '--insecure': { isSecure: true },
  '--cert': { value: '@CERT@', beside: '--key @KEY@' },
  '--key': { value: '@KEY@', beside: '--cert @CERT@' },
  '--allow-http': { env: { GITLAB_TRIGGER_SERVER: 'http://gitlab.test', http_proxy: 'http://127.0.0.1:1' } },
  '--no-color': {
    value: '',
    tty: [...terminal],
    env: { TERM: 'xterm-256color', GITLAB_TRIGGER_SERVER: 'http://127.0.0.1:1' },
  },
  '--var': { value: 'A=b' },
  '--var-file': { value: 'A={}/v.env' },
  '--vars-from': { value: '{}/v.env' },
  '--allow-empty-vars': { beside: '--vars-from {}/empty.env', files: { 'empty.env': '' } },
  '--input': { value: 'a=b' },
  '--input-json': { value: 'a=1' },
  '--jitter': { value: '10m' },
  '--retry': { value: '0', env: { GITLAB_TRIGGER_SERVER: 'http://127.0.0.1:1' } },
  '--retry-ambiguous': { before: answers(502, 1, { method: 'POST' }) },
  '--heartbeat': { value: '@URL@/api/v4/heartbeat' },
  '--heartbeat-failure': { value: '@URL@/api/v4/heartbeat', before: answers(403, 1, { method: 'POST' }) },
  '--expect-sha': { value: '0'.repeat(40) },
  '--job': { value: 'run_tests' },
  '--limit': { value: '1' },
  '--verify': { before: answers(403, 1, { method: 'GET', path: '/pipelines' }) },
  '--no-verify': {
    before: (gitlab) => {
      gitlab.failNext({ kind: 'reset after', method: 'POST', createThen: true })
    },
  },
  '--description': { value: 'other' },

  '--expires': { value: '90d' },
}

/** A plan of two targets. What is sent of them side by side is not always in the same order. */
const twoTargets = {
  files: {
    'plan.yml': 'targets: [{ name: a, ref: master }, { name: b, ref: master, variables: { N: x } }]\n',
  },
}

/** Commands that follow a pipeline only when they are asked to. */
const waiting = ['run', 'batch', 'retry']
const ofWaiting = waiting.flatMap((name) =>
  Object.entries(following).map(([flag, each]): [string, FlagCase] => [
    `${name} ${flag}`,
    {
      ...each,
      ...(name === 'retry' && { line: 'retry 4713', before: each.before ?? plays({}) }),
      beside: `${/^--(log|progress)/.test(flag) ? '--follow' : '--wait'} ${each.beside ?? ''}`,
    },
  ]),
)

/** For one command. */
const special: Readonly<Record<string, FlagCase>> = {
  ...Object.fromEntries(ofWaiting),
  'run --poll-grace': { value: '1s', beside: '--wait', before: answers(503, 6, { path: 'pipelines/4714' }) },
  'batch --report-timeout': {
    value: '1s',
    beside: '--wait --artifacts {}/artifacts',
    before: (gitlab) => {
      gitlab.failNext({ kind: 'stall', path: 'artifacts' })
    },
  },
  'batch --poll-grace': {
    value: '1s',
    beside: '--wait',
    before: answers(503, 6, { path: 'pipelines/4714' }),
  },
  'wait --log-lines': { ...following['--log-lines'], beside: '--logs failed' },
  'wait --poll-grace': { value: '1s', before: answers(503, 6, { path: '4711/jobs' }) },
  'retry --poll-grace': {
    value: '1s',
    line: 'retry 4713',
    beside: '--wait',
    before: (gitlab) => {
      plays({})(gitlab)
      answers(503, 6, { path: '4713/jobs?per' })(gitlab)
    },
  },
  'batch --lock': { value: 'a', files: { 'home/.local/state/gitlab-trigger/locks': '' } },
  'retry --queue-timeout': { value: '5s', beside: '--wait', before: plays({ startsAfter: 60 }) },
  'retry --events': { beside: '--wait' },
  'run --interactive': { tty: [...terminal], within: isAskedAndStops },
  'run --api-token-file': { beside: '--wait', value: '{}/api', env: withoutApiToken },
  'run --everywhere': { beside: '--once k' },
  'run --resume': {
    env: {
      GITLAB_CI: 'true',
      CI_SERVER_URL: '@URL@',
      CI_PROJECT_ID: '9',
      CI_PIPELINE_ID: '1',
      CI_JOB_NAME: 'a',
    },
  },
  'batch --parallel': { ...twoTargets, value: '1', beside: '--wait' },
  'batch --fail-fast': { ...twoTargets, beside: '--parallel 1', before: answers(403, 1, { method: 'POST' }) },
  'batch --keep-going': { opposite: '--fail-fast' },
  'batch --batch-timeout': { value: '2s', beside: '--wait' },
  'batch --rate': { ...twoTargets, value: '1' },
  'batch --graph': { value: 'dot', beside: '--check' },
  'batch --resume': { first: 'batch {}/plan.yml' },
  'batch --restart': { first: 'batch {}/plan.yml --wait', within: stopsAfter(2000) },
  'batch --api-token-file': { beside: '--wait', value: '{}/api', env: withoutApiToken },
  'batch --ref': { value: 'main', files: { 'plan.yml': 'targets: [{ name: a }]\n' } },
  'history --prune': { value: '1d', first: 'run --ref master --once k' },
  'logout --all': {
    line: 'logout',
    files: { [ownConfig]: 'servers: { a: { url: @URL@ }, b: { url: @URL@ } }\n' },
  },
  'config get --json': { files: { [ownConfig]: workServer } },
  'config edit-token --config': { value: '{}/c.yaml', files: { 'c.yaml': workServer }, stdin: '@TRIGGER@' },
  'config edit-token --no-config': { files: { [ownConfig]: workServer }, stdin: '@TRIGGER@' },
  'config edit-token --project': { value: '10', files: { [ownConfig]: workServer }, stdin: '@TRIGGER@' },
  'config edit-token --api': { files: { [ownConfig]: workServer }, stdin: '@TRIGGER@' },
  'login --url': {
    line: 'login --name work --token-file {}/token -p 9',
    value: '@URL@',
    env: { GITLAB_TRIGGER_SERVER: undefined },
  },
  'login --name': { line: 'login --url @URL@ --token-file {}/token -p 9', value: 'other' },
  'login --project': { line: 'login --url @URL@ --name work --token-file {}/token', value: '9' },
  'login --token-file': { line: 'login --url @URL@ --name work -p 9', value: '{}/token' },
  'login --token-stdin': { line: 'login --url @URL@ --name work -p 9', stdin: '@TRIGGER@' },
  'login --create-token': { line: 'login --url @URL@ --name work -p 9 --api-token-file {}/api' },
  'login --allow-http': {
    line: 'login --url http://gitlab.test --name work --token-file {}/token -p 9',
    env: { http_proxy: 'http://127.0.0.1:1' },
  },
  'artifacts --to': { line: 'artifacts 4713', value: '{}/artifacts' },
  'artifacts --path': { value: '**/*.xml' },
  'artifacts --max-size': { value: '1' },
  'logs --lines': { value: '1' },
  'logs --raw': { beside: '--job run_tests' },
  'logs --failed': { before: plays({ failsInStage: 'test' }) },
  'logs --poll-grace': { value: '1s', beside: '--follow', before: answers(503, 30, { path: '/trace' }) },
  'logs --poll-interval': { ...following['--poll-interval'], beside: '--follow' },
  'logs --timestamps': {
    before: (gitlab) => {
      const body = '2026-11-22T12:00:00.000000Z 00O hello\n'
      for (let at = 0; at < 3; at += 1)
        gitlab.failNext({ kind: 'answer', status: 200, body, path: '9001/trace' })
    },
  },
  'cancel --no-downstream': {
    first: 'wait 4711 --timeout 9s',
    before: plays({
      by: 'polls',
      jobs: [
        { name: 'a', stage: 'a', downstream: { project: 11, jobs: [{ name: 'b', stage: 'b', runs: 600 }] } },
      ],
    }),
  },
  'run --lock': { value: 'a', env: { XDG_STATE_HOME: '{}/token' } },
  'pipelines --status': { value: 'failed' },
  'pipelines --source': { value: 'push' },
  'projects --mine': { line: 'projects' },
  'tokens list --unused-for': { value: '600w' },
  'tokens create --description': { line: 'tokens create', value: 'x' },
  'tokens update --description': { line: 'tokens update 31', value: 'x' },
  'tokens create --save-to-server': { value: 'work', files: { [ownConfig]: workServer } },
  'tokens rotate --save-to': { line: 'tokens rotate 31 --yes --expires never' },
  'tokens rotate --save-to-server': {
    line: 'tokens rotate 31 --yes --expires never',
    value: 'work',
    files: { [ownConfig]: workServer },
  },
  'tokens rotate --expires': { line: 'tokens rotate 31 --yes --save-to {}/new', value: '90d' },
  'tokens rotate --yes': { line: 'tokens rotate 31 --save-to {}/new --expires never' },
  'tokens revoke --yes': { line: 'tokens revoke 31' },
  'sandbox --port': { value: '@PORT@' },
  'sandbox --listen': { value: '0.0.0.0' },
  'sandbox --host': { value: 'other' },
  'sandbox --prefix': { value: '/gitlab' },
  'sandbox --pace': { value: '1d', within: isLate },
  'sandbox --scenario': { value: `${process.cwd()}/examples/scenarios/three-stages.yaml` },
  'sandbox --gitlab': { value: '10.3' },
  'sandbox --set': { value: 'role=guest' },
  'schedule gitlab create --at': { line: 'schedule gitlab create --ref master', value: '5 0 * * *' },
  'schedule gitlab create --timezone': { value: 'Europe/Berlin' },
  'schedule gitlab create --ref': { line: 'schedule gitlab create --at 5~0~*~*~*', value: 'master' },
}

/** How a flag of a command is typed. */
export const caseOf = (command: string, flag: string): FlagCase =>
  special[`${command} ${flag}`] ?? everywhere[flag] ?? {}

/** The cases of flags of a command that there is no more, or that its help does not list. */
export function uselessCases(listed: ReadonlySet<string>): string[] {
  const flags = new Set([...listed].map((each) => each.slice(each.lastIndexOf(' ') + 1)))
  return [
    ...Object.keys(special).filter((each) => !listed.has(each)),
    ...Object.keys(everywhere).filter((each) => !flags.has(each)),
  ]
}
