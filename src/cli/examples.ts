const place = '--server https://gitlab.example.com --project 9 --ref master --token-file ~/.trigger-token'

/** Examples of a printed form of a schedule. */
const form = (name: string): readonly string[] => [
  `gitlab-trigger schedule ${name} --at '30 0 * * *' ${place}`,
  `gitlab-trigger schedule ${name} nightly-docs`,
]

/** Examples of each command by its name, for its help. They are not loaded to run a command. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  run: [
    'gitlab-trigger -s https://gitlab.example.com -p 9 -r master --token-file ~/.trigger-token',
    'gitlab-trigger -s https://gitlab.example.com -p 9 -r master --var UPLOAD_TO_S3=true',
    'gitlab-trigger --project group/docs --ref main --dry-run',
    'gitlab-trigger run --interactive',
  ],
  batch: [
    'gitlab-trigger batch nightly.yml --check',
    'gitlab-trigger batch nightly.yml --wait --parallel 8 --junit report.xml',
    'gitlab-trigger batch nightly.yml --resume',
  ],
  open: ['gitlab-trigger open --project 9 4711', 'gitlab-trigger open --project group/docs'],
  completion: ['source <(gitlab-trigger completion bash)', 'gitlab-trigger completion fish | source'],
  pipelines: [
    'gitlab-trigger pipelines --project 9',
    'gitlab-trigger pipelines --project 9 --ref master --source trigger --json',
  ],
  wait: [
    'gitlab-trigger wait --project 9 4711',
    'gitlab-trigger wait https://gitlab.example.com/group/app/-/pipelines/4711 --run-timeout 1h',
  ],
  status: [
    'gitlab-trigger status --project 9 4711',
    'gitlab-trigger status --project 9 4711 --timeline',
    'gitlab-trigger status --project 9 4711 --json',
  ],
  logs: [
    'gitlab-trigger logs --project 9 4711 --failed',
    'gitlab-trigger logs --project 9 4711 --follow --job build_package',
    'gitlab-trigger logs https://gitlab.example.com/group/app/-/jobs/9001 --raw > build.log',
  ],
  cancel: ['gitlab-trigger cancel --project 9 4711'],
  retry: ['gitlab-trigger retry --project 9 4711 --wait'],
  play: [
    'gitlab-trigger play --project 9 4711 upload_package',
    'gitlab-trigger play --project 9 4711 9003 --var TARGET=staging --json',
    'gitlab-trigger play https://gitlab.example.com/group/app/-/jobs/9003',
  ],
  artifacts: [
    'gitlab-trigger artifacts --project 9 4711 --to out',
    "gitlab-trigger artifacts --project 9 4711 --job build_package --path 'dist/**' --to out --json",
    'gitlab-trigger artifacts https://gitlab.example.com/group/app/-/jobs/9001 --to out',
  ],
  'tokens list': [
    'gitlab-trigger tokens list --project group/docs',
    'gitlab-trigger tokens list --unused-for 90d --json',
  ],
  'tokens create': [
    'gitlab-trigger tokens create --description "nightly docs" --save-to ~/.trigger-token',
    'gitlab-trigger tokens create --description "nightly docs" --save-to-server work',
  ],
  'tokens update': ['gitlab-trigger tokens update 12 --description "nightly docs"'],
  'tokens revoke': ['gitlab-trigger tokens revoke 12', 'gitlab-trigger tokens revoke 12 13 --yes'],
  'tokens rotate': [
    'gitlab-trigger tokens rotate 12 --save-to-server work',
    'gitlab-trigger tokens rotate 12 --save-to ~/.trigger-token.new --yes',
  ],
  'tokens test': ['gitlab-trigger tokens test --project 9 --token-file ~/.trigger-token'],
  projects: ['gitlab-trigger projects docs', 'gitlab-trigger projects --mine --json'],
  refs: ['gitlab-trigger refs --project 9', "gitlab-trigger refs 'v1.*' --project group/docs"],
  history: ['gitlab-trigger history --json', 'gitlab-trigger history --prune 90d'],
  login: [
    'gitlab-trigger login',
    'gitlab-trigger login --url https://gitlab.example.com --project group/site --token-stdin < site.token',
    'gitlab-trigger login --url https://gitlab.example.com -p 9 -r main --create-token --api-token-file ~/.api-token',
  ],
  logout: ['gitlab-trigger logout work', 'gitlab-trigger logout --all'],
  'config show': ['gitlab-trigger config show', 'gitlab-trigger config show --server work nightly-docs'],
  'config path': ['gitlab-trigger config path'],
  'config list': ['gitlab-trigger config list', 'gitlab-trigger config list --json'],
  'config get': [
    'gitlab-trigger config get servers.work.url',
    `gitlab-trigger config get 'servers.work.projects."group/site.x".ref'`,
  ],
  'config set': [
    'gitlab-trigger config set default work',
    'gitlab-trigger config set recipes.nightly.variables.A 1',
    `gitlab-trigger config set recipes.nightly.logs '[build, test]'`,
  ],
  'config unset': ['gitlab-trigger config unset servers.work.ref'],
  'config trust': ['gitlab-trigger config trust', 'gitlab-trigger config trust package.json'],
  'config init': ['gitlab-trigger config init'],
  'config schema': ['gitlab-trigger config schema > config-schema.json'],
  'config edit-token': [
    'gitlab-trigger config edit-token work',
    'gitlab-trigger config edit-token work --project group/site',
    'pass show gitlab/api | gitlab-trigger config edit-token work --api',
  ],
  doctor: ['gitlab-trigger doctor --server work --project 9', 'gitlab-trigger doctor nightly-docs --json'],
  'schedule gitlab create': [
    "gitlab-trigger schedule gitlab create -s work -p 9 -r master --at '30 0 * * *' --var NIGHTLY=true",
  ],
  'schedule gitlab list': ['gitlab-trigger schedule gitlab list -s work -p 9'],
  'schedule gitlab run': ['gitlab-trigger schedule gitlab run -s work -p 9 13'],
  'schedule gitlab delete': ['gitlab-trigger schedule gitlab delete -s work -p 9 13'],
  sandbox: ['gitlab-trigger sandbox', 'gitlab-trigger sandbox -- gitlab-trigger --var UPLOAD_TO_S3=true'],
  'schedule cron': form('cron'),
  'schedule systemd': form('systemd'),
  'schedule kubernetes': form('kubernetes'),
  'schedule gitlab-ci': form('gitlab-ci'),
  'schedule github-actions': form('github-actions'),
  'schedule curl': form('curl'),
}
