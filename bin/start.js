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
  // A name look-up or a file system that does not answer would keep the process alive; all work is done (docs/guarantees.md#G10).
  setTimeout(leave, 300).unref()
}

// Exit codes after which no pipeline exists (docs/guarantees.md#11).
const nothingCreated = [2, 4, 5, 6, 10, 12, 14]

// Ends the process. process.exit() waits for Node's threads, of which one may hang forever in a call on a file: then the process becomes another
// that ends with the same code. A Node that cannot do that kills itself, but only where nothing was created: 137 after a success would have it
// triggered again.
function leave() {
  const pending = process.getActiveResourcesInfo().filter((name) => /^(FSReq|Get(Addr|Name)Info)/.test(name))
  const shell = '/bin/sh'
  if (pending.length > 0 && process.execve && require('node:fs').existsSync(shell))
    process.execve(shell, [shell, '-c', `exit ${Number(process.exitCode)}`], {})
  if (pending.some((name) => name.startsWith('FSReq')) && nothingCreated.includes(process.exitCode))
    process.kill(process.pid, 'SIGKILL')
  process.exit()
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
