// What goes into which file of dist/, what waits until it is used, and what stands in for parts that never are. src/ knows nothing of it.

/** What dist/ is entered by. */
export const entries = ['src/main.ts', 'src/world/process.ts', 'src/index.ts']

/**
 * The files of dist/, in the order in which they may need one another, each with the modules that it is for. What these import comes along, unless
 * an earlier file has it. Whatever is imported only late, or by import(), and named nowhere comes into `other`.
 */
export const chunks = {
  main: ['src/main.ts', 'src/world/process.ts'],
  program: ['src/cli/program.ts', 'src/cli/shown-command.ts'],
  run: ['src/commands/run-unattended.ts', 'src/status.ts'],
  send: ['src/http/connect.ts', 'src/http/multipart.ts'],
  preview: ['src/commands/preview.ts', 'src/output/preview.ts', 'src/output/curl.ts', 'src/output/json.ts'],
  config: [
    'src/config/config-file.ts',
    'src/config/load.ts',
    'src/config/locate-key.ts',
    'src/config/vars-file.ts',
  ],
  failure: [
    'src/output/failure.ts',
    'src/cli/mistakes.ts',
    'src/commands/certificate.ts',
    'src/gitlab/explain.ts',
    'src/http/trouble.ts',
  ],
  follow: [
    'src/commands/follow.ts',
    'src/commands/wait.ts',
    'src/commands/logs-for.ts',
    'src/commands/cancel-and-look.ts',
    'src/output/changes.ts',
    'src/output/live.ts',
    'src/output/ndjson.ts',
  ],
  proxy: ['src/http/tunnel.ts', 'src/http/socks.ts'],
  chalk: ['node_modules/chalk/source/index.js'],
  sandbox: ['src/commands/sandbox.ts'],
  schedule: [
    'src/commands/schedule.ts',
    'src/commands/schedule-gitlab-create.ts',
    'src/commands/schedule-gitlab-list.ts',
    'src/commands/schedule-gitlab-run.ts',
  ],
  artifacts: ['src/commands/artifacts.ts', 'src/reports/unpack.ts'],
  manage: [
    'src/commands/status.ts',
    'src/commands/logs.ts',
    'src/commands/cancel.ts',
    'src/commands/retry.ts',
    'src/commands/projects.ts',
    'src/commands/refs.ts',
    'src/commands/tokens-list.ts',
    'src/commands/tokens-create.ts',
    'src/commands/tokens-update.ts',
    'src/commands/tokens-revoke.ts',
    'src/commands/tokens-rotate.ts',
    'src/commands/tokens-test.ts',
    'src/commands/doctor.ts',
    'src/commands/history.ts',
    'src/commands/config-files.ts',
    'src/commands/config-show.ts',
    'src/commands/config-trust.ts',
    'src/commands/config-schema.ts',
    'src/commands/config-edit-token.ts',
  ],
  other: [],
  index: ['src/index.ts'],
  plainwasm: ['node_modules/undici/lib/llhttp/llhttp-wasm.js'],
}

/**
 * Modules that one trigger that goes well does not need, or not at first: they are loaded when something of theirs is used, however they are
 * imported. A name that ends with a slash stands for all of a folder.
 */
export const late = [
  'src/cli/mistakes.ts',
  'src/cli/shown-command.ts',
  'src/commands/artifacts.ts',
  'src/commands/build-state.ts',
  'src/commands/cancel-and-look.ts',
  'src/commands/certificate.ts',
  'src/commands/follow-build.ts',
  'src/commands/follow.ts',
  'src/commands/logs-for.ts',
  'src/commands/nearest-refs.ts',
  'src/commands/once.ts',
  'src/commands/preview.ts',
  'src/commands/reattach.ts',
  'src/config/ca.ts',
  'src/config/config-file.ts',
  'src/config/git.ts',
  'src/config/load.ts',
  'src/config/locate-key.ts',
  'src/config/resume.ts',
  'src/config/token-command.ts',
  'src/config/vars-file.ts',
  'src/follow/',
  'src/gitlab/client.ts',
  'src/gitlab/credentials.ts',
  'src/gitlab/earlier.ts',
  'src/gitlab/elsewhere.ts',
  'src/gitlab/explain.ts',
  'src/gitlab/jobs.ts',
  'src/gitlab/look-v3.ts',
  'src/gitlab/look.ts',
  'src/gitlab/pipeline-at.ts',
  'src/gitlab/pipeline.ts',
  'src/gitlab/read.ts',
  'src/gitlab/refs.ts',
  'src/gitlab/v3-builds.ts',
  'src/gitlab/variables.ts',
  'src/gitlab/verify.ts',
  'src/http/conditional.ts',
  'src/http/connect.ts',
  'src/http/multipart.ts',
  'src/http/socks.ts',
  'src/http/system-store.ts',
  'src/http/trouble.ts',
  'src/http/tunnel.ts',
  'src/journal/',
  'src/lock/lock.ts',
  'src/make-folder.ts',
  'src/output/curl.ts',
  'src/output/failure.ts',
  'src/output/json.ts',
  'src/output/preview.ts',
  'src/reports/junit.ts',
  'src/reports/summary.ts',
  'src/reports/target-file.ts',
  'src/reports/target-folder.ts',
  'src/reports/xml.ts',
  'node_modules/asynckit/index.js',
]

/** The same of Node's own modules. */
export const lateBuiltins = ['child_process', 'crypto', 'dns/promises', 'http', 'https', 'os', 'tls', 'tty']

/** Modules that are required inside of functions, and have a file of their own for that. */
export const apart = ['node_modules/undici/lib/llhttp/llhttp-wasm.js']

/** What stands in for a file: parts that we never use cost time to load, or room. Somebody must still import each, else the build fails. */
export const instead = {
  // Its explorers run code of the working directory; merely to load them asks for a home folder, which some users of containers do not have.
  'node_modules/cosmiconfig/dist/index.js': 'node_modules/cosmiconfig/dist/defaults.js',
  'node_modules/undici/index.js': 'scripts/bundle/instead/undici.mjs',
  'node_modules/undici/lib/dispatcher/client-h2.js': 'scripts/bundle/instead/never.cjs',
  'node_modules/undici/lib/web/fetch/body.js': 'scripts/bundle/instead/never.cjs',
  'node_modules/mime-types/index.js': 'scripts/bundle/instead/never.cjs',
  'node_modules/es-set-tostringtag/index.js': 'scripts/bundle/instead/es-set-tostringtag.cjs',
  'node_modules/hasown/index.js': 'scripts/bundle/instead/hasown.cjs',
  'http in undici': 'scripts/bundle/instead/http.cjs',
  'assert in undici': 'scripts/bundle/instead/assert.cjs',
  // The same as the other, for who imports it.
  'node_modules/js-yaml/dist/js-yaml.mjs': 'node_modules/js-yaml/index.js',
}
