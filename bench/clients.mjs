// The clients, and how each triggers one pipeline. `share` is the part of the schedules that it runs, `lanes`
// the number of parallel calls: two if the processor is the limit, more if the client mostly sleeps between
// retries. `mostMs` is the time after which no call begins, if it is not the default.
import { fileURLToPath } from 'node:url'
import { fastTime, runInProcess } from './in-process.mjs'
import { firstLine, runProgram } from './spawned.mjs'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const launcher = here('../bin/gitlab-trigger.js')

const triggerEnv = ({ url, tokens }) => ({
  GITLAB_TRIGGER_SERVER: url,
  GITLAB_TRIGGER_PROJECT: '9',
  GITLAB_TRIGGER_TOKEN: tokens.trigger,
})

const fast = fastTime(20)
const fastest = fastTime(100)

const ours = [
  {
    name: 'gitlab-trigger',
    how: 'spawned: bin/gitlab-trigger.js --ref master --timeout 3s',
    share: 0.1,
    lanes: 4,
    mostMs: 75_000,
    call: (front) =>
      runProgram(process.execPath, [launcher, '--ref', 'master', '--timeout', '3s'], triggerEnv(front)),
  },
  {
    name: 'gitlab-trigger, in process',
    how: 'build/main.js, --ref master --timeout 10s, on a clock 20 times as fast',
    share: 1.5,
    lanes: 16,
    now: fast.now,
    call: (front) => runInProcess(['--ref', 'master', '--timeout', '10s'], triggerEnv(front), fast),
  },
  {
    name: 'gitlab-trigger --verify, in process',
    how: 'build/main.js with an API token: --ref master --verify, default limit of 90 s, on a clock 100 times as fast',
    share: 0.25,
    lanes: 16,
    now: fastest.now,
    call: (front) =>
      runInProcess(
        ['--ref', 'master', '--verify'],
        { ...triggerEnv(front), GITLAB_TRIGGER_API_TOKEN: front.tokens.api },
        fastest,
      ),
  },
].map((client) => ({ ...client, isOurs: true }))

function curl(options, share, lanes) {
  const form = ['--form-string', 'ref=master', '--form-string']
  const line = ['-sS', '--fail-with-body', '--max-time', '1', ...options, ...form]
  return {
    name: ['curl', ...options.slice(0, 2), ...options.slice(4)].join(' '),
    how: `curl ${[...line, 'token=TOKEN', 'URL/api/v4/projects/9/trigger/pipeline'].join(' ')}`,
    share,
    lanes,
    call: ({ url, tokens }) =>
      runProgram('curl', [...line, `token=${tokens.trigger}`, `${url}/api/v4/projects/9/trigger/pipeline`]),
  }
}

function script(name, how, file, args, share) {
  const call = ({ url, tokens }) => runProgram(file, args, { URL: url, TOKEN: tokens.trigger })
  return { name, how, share, lanes: 2, call }
}

function curls() {
  // 1 s is the shortest fixed delay that every version of curl supports; 0 means exponential back-off (1, 2,
  // 4 s).
  const retry = ['--retry', '3', '--retry-delay', '1']
  return [curl([], 1, 8), curl(retry, 0.3, 24), curl([...retry, '--retry-all-errors'], 0.15, 24)]
}

function pythons(python) {
  const file = here('peers/trigger.py')
  const how = 'bench/peers/trigger.py: trigger_pipeline, timeout=1'
  return [
    script('python-gitlab', how, python, [file], 0.05),
    script(
      'python-gitlab, retry_transient_errors',
      `${how}, retry_transient_errors=True`,
      python,
      [file, 'retry'],
      0.05,
    ),
  ]
}

function rubies(ruby) {
  return [
    script(
      'ruby-gitlab',
      'bench/peers/trigger.rb: run_trigger, timeout: 1',
      ruby,
      [here('peers/trigger.rb')],
      0.05,
    ),
  ]
}

const peers = [
  { of: curls, programs: ['curl'], test: ['--version'], get: 'apt-get install curl' },
  {
    of: pythons,
    programs: ['/usr/bin/python3', 'python3'],
    test: ['-c', 'import gitlab; print("python-gitlab", gitlab.__version__)'],
    get: 'apt-get install python3-gitlab',
  },
  {
    of: rubies,
    programs: ['/usr/bin/ruby', 'ruby'],
    test: ['-e', 'require "gitlab"; puts "ruby-gitlab #{Gitlab::VERSION}"'],
    get: 'apt-get install ruby-gitlab',
  },
]

/** This program and all peers that are installed; `missing` says how to install the others. */
export function findClients() {
  const clients = [...ours]
  const found = []
  const missing = []
  for (const { of, programs, test, get } of peers) {
    const program = programs.find((each) => firstLine(each, test) !== undefined)
    if (program === undefined) {
      missing.push(get)
      continue
    }
    found.push(firstLine(program, test))
    clients.push(...of(program))
  }
  return { clients, found, missing }
}
