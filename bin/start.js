// Apart from the launcher, because old Nodes cannot even parse this. What it starts is a bundle: scripts/bundle.mjs.
const { enableCompileCache } = require('node:module')

// Asked where somebody wants a stack: then it names the lines of src/. Node wants one of every error that ends a stream, and undici ends a
// connection that did well with one; and with too few files to open there is nothing to read it from.
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
  const world = processContext()
  process.on('uncaughtException', (error) => {
    // Once the end is known and told, nothing late may change it.
    if (process.exitCode !== undefined) return
    process.exitCode = 1
    crash(error, world).then((code) => process.exit(code))
  })
  process.exitCode = await main(process.argv.slice(2), world)
  // A name look-up that hangs keeps the process alive; nothing that matters is left to do (promise G10).
  setTimeout(() => process.exit(), 300).unref()
}

// Only reading the program itself can fail here.
start().catch((error) => {
  console.error(`gitlab-trigger: the program cannot be read: ${error.message}\nNo build was triggered.`)
  process.exitCode = 1
})
