// Not part of the launcher, because old versions of Node cannot parse this file. It starts the bundle
// (scripts/bundle.mjs).
const start = async () => {
  if (isVersionPrinted()) return
  const keepCompiled = require('./compiled.js').useCompiled()
  const { main, crash, processContext } = require('../dist/main.cjs')
  const context = processContext()
  process.on('uncaughtException', (error) => {
    // After the exit code is set, late errors must not change it.
    if (process.exitCode !== undefined) return
    process.exitCode = 1
    crash(error, context).then((code) => process.exit(code))
  })
  process.exitCode = await main(process.argv.slice(2), context)
  if (process.exitCode === 0) keepCompiled()
  // A hanging name look-up would keep the process alive; all work is done (docs/guarantees.md#G10).
  setTimeout(() => process.exit(), 300).unref()
}

// Scripts ask for the version before each call: they are answered before the program is loaded. Where the text cannot be written, the program says so.
function isVersionPrinted() {
  const [word, ...others] = process.argv.slice(2)
  if (word !== '--version' || others.length > 0) return false
  try {
    require('node:fs').writeSync(1, `${require('../package.json').version}\n`)
    return true
  } catch {
    return false
  }
}

// Only loading the program can fail here.
start().catch((error) => {
  console.error(`gitlab-trigger: the program cannot be read: ${error.message}\nNo pipeline was created.`)
  process.exitCode = 1
})
