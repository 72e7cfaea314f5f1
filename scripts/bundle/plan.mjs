// Which modules go into which file of dist/, which are loaded late, and which are replaced. src/ does not
// depend on it.

/** The entry points of dist/. */
export const entries = ['src/main.ts', 'src/platform/process.ts', 'src/index.ts', 'src/sandbox-library.ts']

/**
 * The files of dist/ with their main modules. A file may require earlier ones, and also contains what its
 * modules import unless an earlier file has it. Modules that are only imported late or by import() and not
 * named here go into `other`.
 */
export const chunks = {
  main: ['src/main.ts', 'src/platform/process.ts'],
  program: ['src/cli/program.ts'],
  run: ['src/commands/run/run.ts', 'src/core/status.ts'],
  send: ['src/http/connect.ts', 'src/http/multipart.ts'],
  reads: [
    'src/trigger/project-reads.ts',
    'src/http/http-session.ts',
    'src/gitlab/api/client.ts',
    'src/gitlab/api/first-allowed.ts',
    'src/gitlab/trigger/pipeline-lists.ts',
  ],
  preview: [
    'src/session/request-preview.ts',
    'src/output/format/preview.ts',
    'src/output/format/curl.ts',
    'src/core/text/invisible.ts',
    'src/output/reporters/json-reporter.ts',
  ],
  config: [
    'src/config/files/config-file.ts',
    'src/config/files/parse-data.ts',
    'src/config/files/locate-key.ts',
    'src/config/variables/vars-file.ts',
  ],
  failure: [
    'src/output/reporters/failure.ts',
    'src/cli/usage-errors.ts',
    'src/trigger/end-with-error.ts',
    'src/session/certificate-error.ts',
    'src/gitlab/errors/explain.ts',
    'src/gitlab/errors/answered-before.ts',
    'src/gitlab/errors/how-to-check.ts',
    'src/http/explain-failure.ts',
    'src/http/content-encoding.ts',
    'src/cli/redacted-command-line.ts',
    'src/config/credentials/misplaced-text.ts',
  ],
  follow: [
    'src/pipelines/follow.ts',
    'src/trigger/follow-triggered.ts',
    'src/commands/wait.ts',
    'src/pipelines/log-stream.ts',
    'src/pipelines/cancel-pipeline.ts',
    'src/session/log-printer.ts',
    'src/output/reporters/changes-view.ts',
    'src/output/reporters/live-view.ts',
    'src/output/reporters/ndjson-reporter.ts',
  ],
  proxy: ['src/http/proxy/tunnel.ts', 'src/http/proxy/socks.ts', 'src/config/server/proxy-address.ts'],
  chalk: ['node_modules/chalk/source/index.js'],
  sandbox: ['src/commands/sandbox.ts'],
  schedule: [
    'src/commands/schedule/print.ts',
    'src/commands/schedule/gitlab/create.ts',
    'src/commands/schedule/gitlab/list.ts',
    'src/commands/schedule/gitlab/run.ts',
  ],
  artifacts: ['src/reports/artifacts.ts', 'src/reports/unpack.ts', 'src/reports/test-reports.ts'],
  manage: [
    'src/commands/status.ts',
    'src/commands/logs.ts',
    'src/commands/cancel.ts',
    'src/commands/retry.ts',
    'src/commands/projects.ts',
    'src/commands/refs.ts',
    'src/commands/tokens/list.ts',
    'src/commands/tokens/create.ts',
    'src/commands/tokens/update.ts',
    'src/commands/tokens/revoke.ts',
    'src/commands/tokens/rotate.ts',
    'src/commands/tokens/test.ts',
    'src/commands/doctor/doctor.ts',
    'src/commands/history.ts',
    'src/commands/config/path.ts',
    'src/commands/config/show.ts',
    'src/commands/config/trust.ts',
    'src/commands/config/schema.ts',
    'src/commands/config/edit-token.ts',
  ],
  other: [],
  index: ['src/index.ts'],
  'sandbox-library': ['src/sandbox-library.ts'],
  plainwasm: ['node_modules/undici/lib/llhttp/llhttp-wasm.js'],
}

/**
 * Modules that a successful trigger does not need, or not at first. They are loaded when one of their exports
 * is used, however they are imported. A name that ends with a slash stands for a folder.
 */
export const late = [
  'src/cli/usage-errors.ts',
  'src/cli/redacted-command-line.ts',
  'src/reports/artifacts.ts',
  'src/gitlab/pipelines/build-state.ts',
  'src/pipelines/cancel-pipeline.ts',
  'src/session/certificate-error.ts',
  'src/trigger/follow-triggered.ts',
  'src/pipelines/follow.ts',
  'src/pipelines/log-stream.ts',
  'src/session/log-printer.ts',
  'src/trigger/end-with-error.ts',
  'src/trigger/expect-sha.ts',
  'src/trigger/preconditions.ts',
  'src/trigger/project-reads.ts',
  'src/trigger/suggest-refs.ts',
  'src/trigger/idempotency-key.ts',
  'src/session/request-preview.ts',
  'src/session/suggested-command.ts',
  'src/config/server/ca.ts',
  'src/config/server/proxy-address.ts',
  'src/config/files/config-file.ts',
  'src/config/project/checkout.ts',
  'src/config/files/parse-data.ts',
  'src/config/files/locate-key.ts',
  'src/config/variables/resume.ts',
  'src/config/credentials/misplaced-text.ts',
  'src/config/credentials/token-command.ts',
  'src/config/variables/vars-file.ts',
  'src/follow/',
  'src/gitlab/api/client.ts',
  'src/gitlab/api/change-error.ts',
  'src/gitlab/api/first-allowed.ts',
  'src/gitlab/errors/answered-before.ts',
  'src/gitlab/trigger/preflight-reads.ts',
  'src/gitlab/api/object-storage-redirect.ts',
  'src/gitlab/errors/explain.ts',
  'src/gitlab/errors/how-to-check.ts',
  'src/gitlab/pipelines/wait-for-jobs.ts',
  'src/gitlab/pipelines/pipeline-tree-v3.ts',
  'src/gitlab/pipelines/pipeline-tree.ts',
  'src/gitlab/pipelines/pipeline-source.ts',
  'src/gitlab/pipelines/pipeline.ts',
  'src/gitlab/api/reader.ts',
  'src/gitlab/resources/refs.ts',
  'src/gitlab/pipelines/v3-builds.ts',
  'src/gitlab/pipelines/variables.ts',
  'src/gitlab/trigger/find-lost-pipeline.ts',
  'src/gitlab/trigger/pipeline-lists.ts',
  'src/http/content-encoding.ts',
  'src/http/etag-cache.ts',
  'src/http/http-session.ts',
  'src/http/connect.ts',
  'src/http/multipart.ts',
  'src/http/proxy/socks.ts',
  'src/http/tls/system-authorities.ts',
  'src/http/explain-failure.ts',
  'src/http/proxy/tunnel.ts',
  'src/state/',
  'src/core/make-folder.ts',
  'src/core/text/invisible.ts',
  'src/output/format/curl.ts',
  'src/output/reporters/failure.ts',
  'src/output/reporters/json-reporter.ts',
  'src/output/format/preview.ts',
  'src/reports/summary.ts',
  'src/reports/target-file.ts',
  'src/reports/target-folder.ts',
  'node_modules/asynckit/index.js',
]

/** Modules of Node that are loaded late. */
export const lateBuiltins = ['child_process', 'crypto', 'dns/promises', 'http', 'https', 'os', 'tls', 'tty']

/** Modules that are required inside functions and get a file of their own. */
export const apart = ['node_modules/undici/lib/llhttp/llhttp-wasm.js']

/** Replacements for modules that are never used but take time to load, or space. Each must be imported. */
export const instead = {
  // Its explorers run code of the working directory, and loading them requires a home folder, which users in
  // containers may lack.
  'node_modules/cosmiconfig/dist/index.js': 'node_modules/cosmiconfig/dist/defaults.js',
  'node_modules/undici/index.js': 'scripts/bundle/instead/undici.mjs',
  'node_modules/undici/lib/dispatcher/client-h2.js': 'scripts/bundle/instead/never.cjs',
  'node_modules/undici/lib/web/fetch/body.js': 'scripts/bundle/instead/never.cjs',
  'node_modules/mime-types/index.js': 'scripts/bundle/instead/never.cjs',
  'node_modules/es-set-tostringtag/index.js': 'scripts/bundle/instead/es-set-tostringtag.cjs',
  'node_modules/hasown/index.js': 'scripts/bundle/instead/hasown.cjs',
  'http in undici': 'scripts/bundle/instead/http.cjs',
  'assert in undici': 'scripts/bundle/instead/assert.cjs',
  // The CommonJS version, so that only one of them is bundled.
  'node_modules/js-yaml/dist/js-yaml.mjs': 'node_modules/js-yaml/index.js',
}
