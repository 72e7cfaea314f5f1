// What goes into which file of dist/, what waits until it is used, and what stands in for parts that never are. src/ knows nothing of it.

/** What dist/ is entered by. */
export const entries = ['src/main.ts', 'src/world/process.ts', 'src/index.ts']

/**
 * The files of dist/, in the order in which they may need one another, each with the modules that it is for. What these import comes along, unless
 * an earlier file has it. What is only ever imported by import(), or late, and named nowhere comes into `other`.
 */
export const chunks = {
  main: ['src/main.ts', 'src/world/process.ts'],
  program: ['src/cli/program.ts', 'src/output/failure.ts'],
  run: ['src/commands/run.ts'],
  send: ['src/http/connect.ts', 'src/http/multipart.ts'],
  yaml: ['src/config/load.ts', 'src/config/locate-key.ts'],
  chalk: ['node_modules/chalk/source/index.js'],
  plainwasm: ['node_modules/undici/lib/llhttp/llhttp-wasm.js'],
  fetch: ['node_modules/undici/lib/web/fetch/body.js'],
  sandbox: ['src/commands/sandbox.ts'],
  other: [],
  index: ['src/index.ts'],
}

/** Modules that are loaded when something of theirs is first used, however they are imported. */
export const late = [
  'src/http/connect.ts',
  'src/http/multipart.ts',
  'src/config/load.ts',
  'src/config/locate-key.ts',
  'node_modules/undici/lib/llhttp/llhttp-wasm.js',
  'node_modules/undici/lib/web/fetch/body.js',
]

/** The same of Node's own modules. */
export const lateBuiltins = ['child_process', 'crypto', 'dns/promises', 'http', 'https', 'os', 'tls', 'tty']

/** What stands in for a file: parts that we never use cost time to load. Each file must still be there, else the build fails. */
export const instead = {
  'node_modules/undici/index.js': 'undici.mjs',
  'node_modules/undici/lib/dispatcher/client-h2.js': 'http2.cjs',
  'node_modules/mime-types/index.js': 'mime-types.cjs',
}
