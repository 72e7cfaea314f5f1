// Not part of the launcher, because old versions of Node cannot parse this file. It starts the bundle
// (scripts/bundle.mjs).
const { enableCompileCache } = require('node:module')

// Maps stack traces to src/ when a stack is requested. Node also builds a stack for every error that ends a
// stream, and undici ends each successful connection with one (UND_ERR_INFO); loading source maps for these
// would cost more than the request. Without free file descriptors the source maps cannot be read.
Error.prepareStackTrace = (error, frames) => {
  if (error.code === 'UND_ERR_INFO') return `${error}`
  try {
    return require('./stack.js').stackOf(error, frames)
  } catch {
    return `${error}`
  }
}

const start = async () => {
  if (enableCompileCache) require('./compiled.js').keepCompiled()
  const { main, crash, processContext } = require('../dist/main.cjs')
  const context = processContext()
  process.on('uncaughtException', (error) => {
    // After the exit code is set, late errors must not change it.
    if (process.exitCode !== undefined) return
    process.exitCode = 1
    crash(error, context).then((code) => process.exit(code))
  })
  process.exitCode = await main(process.argv.slice(2), context)
  // A hanging name look-up would keep the process alive; all work is done (promise G10).
  setTimeout(() => process.exit(), 300).unref()
}

// Only loading the program can fail here.
start().catch((error) => {
  console.error(`gitlab-trigger: the program cannot be read: ${error.message}\nNo build was triggered.`)
  process.exitCode = 1
})
