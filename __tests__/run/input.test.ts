import { lastFields, posts, environment, useGitlab } from '../helpers/gitlab.ts'
import { canary, refuses } from '../helpers/refusal.ts'
import { run } from '../helpers/run.ts'

const token = { 'secret.token': canary }

refuses('a flag that is none', [
  ['--vra A=1', ['unknown flag --vra', 'did you mean --var?'], { t: 'T100' }],
  ['--dry-rnu', ['unknown flag --dry-rnu', 'did you mean --dry-run?'], { t: 'T100' }],
  ['run --refs master', ['unknown flag --refs', 'did you mean --ref?']],
  [`--tokne=${canary}`, ['unknown flag --tokne', '--token-file'], { t: 'T42' }],
  [`--tokne ${canary}`, ['unknown flag --tokne', '--token-file'], { t: 'T42' }],
  [`--TOKEN=${canary}`, ['unknown flag --TOKEN', '--token-file'], { t: 'T42' }],
  [`--private-token=${canary}`, 'unknown flag --private-token', { t: 'T42' }],
  [`--frobnicate=${canary}`, 'unknown flag --frobnicate', { t: 'T100', not: 'did you mean' }],
  [`-x ${canary}`, 'unknown flag -x', { not: 'did you mean' }],
  [`-x${canary}`, 'unknown flag -x'],
  ['--ref master --var A=-x --bogus', 'unknown flag --bogus'],
  [['--ref', 'master', '--var', 'A=1', '--bogus'], 'unknown flag --bogus'],
  [['--var=-x', '--bogus'], 'unknown flag --bogus'],
  [`--token-stdin=${canary}`, '--token-stdin'],
  ['--json=true', '--json'],
  ['--dry-run=yes', '--dry-run'],
])

refuses('words that are no flags', [
  [`run ${canary}`, 'no recipe of that name', { t: 'T100', code: 14 }],
  [canary, 'unknown command or recipe\n', { t: 'T100' }],
  ['run nihgtly', 'there is no recipe "nihgtly"\n', { code: 14 }],
  [`--ref master ${canary} ${canary}`, '', { t: 'T100' }],
  ['rnu', 'unknown command or recipe "rnu"; did you mean "run"?', { t: 'T100' }],
])

refuses('a value that is missing', [
  ['--ref', ['--ref', 'missing'], { t: 'T100' }],
  ['--ref --token x', ['--ref', '--token'], { t: 'T100' }],
  [`--ref --token ${canary}`, ['--ref', '--token'], { t: 'T100' }],
  [`--ref --token=${canary}`, ['--ref', '--token'], { t: 'T100' }],
  [`-r -t ${canary}`, ['--ref', '-t'], { t: 'T100' }],
  ['--project --ref master', ['--project', '--ref'], { t: 'T100' }],
  ['--token-file --ref master', ['--token-file', '--ref'], { t: 'T100' }],
  ['--token --ref master', ['--token', '--ref'], { t: 'T100' }],
  ['--var --verbose', ['--var', '--verbose'], { t: 'T100' }],
  ['--server', ['--server', 'missing']],
  ['--token', ['--token', 'missing']],
  ['--var', ['--var', 'missing']],
])

refuses('a flag that is there twice', [
  ['--ref master -r master', ['--ref', 'twice'], { t: 'T100' }],
  ['--server http://127.0.0.1 -s http://127.0.0.1', ['--server', 'twice']],
  ['--project 9 --project 9', ['--project', 'twice']],
  [`--token ${canary} --token ${canary}`, ['--token', 'twice']],
  ['--token-file {}/secret.token --token-file {}/secret.token', ['--token-file', 'twice'], { files: token }],
  ['--api-token-file a --api-token-file b', ['--api-token-file', 'twice']],
  ['--api v4 --api v4', ['--api', 'twice']],
  ['--timeout 9 --timeout 9', ['--timeout', 'twice']],
])

refuses('flags that cannot be used together', [
  ['--jobs --quiet', ['--jobs', '--quiet']],
  ['--config {}/x.yaml --no-config', ['--config', '--no-config', 'cannot be used together']],
  ['--no-config --config {}/x.yaml', ['--config', '--no-config', 'cannot be used together']],
  ['--verify --no-verify', ['--verify', '--no-verify', 'cannot be used together']],
  ['--no-verify --verify', ['--verify', '--no-verify', 'cannot be used together']],
  ['--json -q', ['--json', '--quiet']],
  ['--json --curl', ['--json', '--curl']],
  ['--dry-run --curl', ['--dry-run', '--curl']],
  ['-n -q', ['--dry-run', '--quiet']],
  ['--dry-run --jobs', ['--dry-run', '--jobs']],
  ['--curl --jobs', ['--curl', '--jobs']],
  [`--token ${canary} --token-stdin`, ['--token', '--token-stdin']],
  [`--token ${canary} --token-file {}/secret.token`, ['--token', '--token-file'], { files: token }],
  ['--token-stdin --token-file {}/secret.token', ['--token-stdin', '--token-file'], { files: token }],
])

refuses('standard input asked for twice', [
  ['--token-stdin --vars-from -', ['--token-stdin', '--vars-from', 'standard input'], { stdin: canary }],
  ['--token-file - --vars-from -', ['--token-file', '--vars-from', 'standard input'], { stdin: canary }],
  ['--vars-from - --vars-from -', ['--vars-from', 'standard input'], { stdin: `A=${canary}` }],
])

refuses('something missing, told where to set it', [
  [
    '',
    ['server', '--server', 'GITLAB_TRIGGER_SERVER'],
    { t: 'T99', name: 'no server', env: { GITLAB_TRIGGER_SERVER: undefined } },
  ],
  ['', ['server', '--server'], { t: 'T99', name: 'an empty server', env: { GITLAB_TRIGGER_SERVER: '' } }],
  [
    '',
    [
      'no server, no project and no ref given',
      '--server, --project and --ref',
      'GITLAB_TRIGGER_SERVER, GITLAB_TRIGGER_PROJECT and GITLAB_TRIGGER_REF',
    ],
    {
      t: 'T99',
      name: 'nothing at all',
      env: {
        GITLAB_TRIGGER_SERVER: undefined,
        GITLAB_TRIGGER_PROJECT: undefined,
        GITLAB_TRIGGER_REF: undefined,
      },
    },
  ],
  [
    '',
    ['no project and no ref given', '--project and --ref'],
    {
      t: 'T99',
      name: 'no project and no ref',
      env: { GITLAB_TRIGGER_PROJECT: undefined, GITLAB_TRIGGER_REF: undefined },
    },
  ],
  [
    '',
    ['project', '--project', 'GITLAB_TRIGGER_PROJECT'],
    { t: 'T99', name: 'no project', env: { GITLAB_TRIGGER_PROJECT: undefined } },
  ],
  [
    '',
    ['ref', '--ref', 'GITLAB_TRIGGER_REF'],
    { t: 'T99', name: 'no ref', env: { GITLAB_TRIGGER_REF: undefined } },
  ],
  [
    '',
    ['token', '--token-file', 'GITLAB_TRIGGER_TOKEN'],
    { t: 'T99', name: 'no token', env: { GITLAB_TRIGGER_TOKEN: undefined } },
  ],
  [
    '--dry-run',
    ['token', '--token-file'],
    { t: 'T99', name: '--dry-run without a token', env: { GITLAB_TRIGGER_TOKEN: undefined } },
  ],
])

refuses('a project that is none', [
  ['--project .', '--project', { t: 'T25' }],
  ['--project ..', '--project', { t: 'T25' }],
  ['--project a/../b', '--project', { t: 'T25' }],
  ['--project a/./b', '--project', { t: 'T25' }],
  ['--project ../../user', '--project', { t: 'T25' }],
  ['--project=', ['--project', 'empty'], { t: 'T25' }],
  [['--project', ' '], '--project', { t: 'T25' }],
  ['--project a/b?x=1', '--project', { t: 'T25' }],
  ['--project a/b#x', '--project', { t: 'T25' }],
  ['--project 9?private_token=x', '--project', { t: 'T25' }],
  ['--project 9/../10', '--project', { t: 'T25' }],
  ['--project a//b', '--project'],
  ['--project /a/b', '--project'],
  ['--project a/b/', '--project'],
  ['--project seed%2Fapp', '--project'],
  ['--project seed\\app', '--project'],
  [['--project', 'seed/app\n'], '--project'],
  [
    '',
    'GITLAB_TRIGGER_PROJECT',
    { t: 'T25', name: 'a/../b from the environment', env: { GITLAB_TRIGGER_PROJECT: 'a/../b' } },
  ],
  [
    '',
    'GITLAB_TRIGGER_PROJECT',
    { t: 'T25', name: 'a blank from the environment', env: { GITLAB_TRIGGER_PROJECT: ' ' } },
  ],
])

refuses('a ref that is none', [
  ['--ref=', '--ref', { t: 'T98' }],
  [['--ref', ''], '--ref', { t: 'T98' }],
  [['--ref', ' '], '--ref', { t: 'T98' }],
  [['--ref', '\t\n'], '--ref', { t: 'T98' }],
  [['--ref', 'a\0b'], '--ref'],
  [['--ref', 'gr\uFFFDsse'], ['--ref', 'UTF-8'], { t: 'T93' }],
  [
    '',
    'GITLAB_TRIGGER_REF',
    { t: 'T98', name: 'a blank from the environment', env: { GITLAB_TRIGGER_REF: ' ' } },
  ],
])

refuses('a time limit or an API that is none', [
  ...['0', '-1', 'abc', '1e9', '', '25h', '1.2.3', '90x', 'Infinity', '0x10', '0ms', ' 9'].map(
    (text) => [[`--timeout=${text}`], '--timeout', { t: 'T101' }] as const,
  ),
  [['--timeout', '-1'], '--timeout', { t: 'T101' }],
  ...['v5', '', 'V4', '4', 'v4 ', 'none'].map((text) => [[`--api=${text}`], ['--api', 'v4']] as const),
])

describe('what looks odd and is right', () => {
  const gitlab = useGitlab()

  test.each([
    ['--ref=-x', '-x', 'T98'],
    ['--ref=--token', '--token', 'T100'],
    ['--ref sandbox', 'sandbox', ''],
    ['run --ref help', 'help', ''],
    [`--ref ${'a1'.repeat(20)}`, 'a1'.repeat(20), 'T98'],
    ['--ref refs/heads/master', 'refs/heads/master', ''],
    ['--ref größe', 'größe', ''],
    ['--ref 1.20', '1.20', ''],
  ])('%s: the ref that is sent is %s %s', async (line, ref) => {
    await run(line, environment(gitlab()))
    expect(lastFields(gitlab())['ref']).toBe(ref)
  })

  test.each([
    ['--project seed/app', '/api/v4/projects/seed%2Fapp/trigger/pipeline'],
    ['--project 9', '/api/v4/projects/9/trigger/pipeline'],
    [
      '--project seed/group/sub.dotted/deep',
      '/api/v4/projects/seed%2Fgroup%2Fsub.dotted%2Fdeep/trigger/pipeline',
    ],
    ['--project a/..b', '/api/v4/projects/a%2F..b/trigger/pipeline'],
  ])('%s: asked at %s', async (line, path) => {
    await run(`${line} --ref master --api v4`, environment(gitlab()))
    expect(posts(gitlab()).map((post) => post.path)).toEqual([path])
  })

  test('the same switch twice, and short flags together', async () => {
    const result = await run('-p 9 -rmaster -q -q', environment(gitlab()))
    expect(result).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(lastFields(gitlab())['ref']).toBe('master')
  })
})
