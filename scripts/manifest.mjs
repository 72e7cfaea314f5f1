// package.json lists the bundled packages as dependencies, where readers and npm audit look for them. The
// packed package has them in dist/, so its package.json lists none, but the man pages, which the build has made:
// `npm pack` calls this script before and after.
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

const file = 'package.json'
const backup = '.package.json.kept'
const removedKeys = ['scripts', 'dependencies', 'devDependencies', 'overrides']

const tasks = {
  'without-dependencies'() {
    // An earlier `npm pack` was interrupted.
    if (existsSync(backup)) renameSync(backup, file)
    const whole = Object.entries(JSON.parse(readFileSync(file, 'utf8')))
    const rest = Object.fromEntries(whole.filter(([key]) => !removedKeys.includes(key)))
    // npm links only what is listed: of `directories.man` it knows nothing when it installs.
    const man = readdirSync('dist/man').map((name) => `./dist/man/${name}`)
    copyFileSync(file, backup)
    writeFileSync(file, `${JSON.stringify({ ...rest, man }, null, 2)}\n`)
  },
  'as-it-was'() {
    renameSync(backup, file)
  },
  // Publishing the folder would send the unchanged package.json to the registry, so users would install all
  // dependencies.
  'refuse-folder'() {
    console.error('Publish what was packed: npm pack && npm publish gitlab-trigger-*.tgz')
    process.exitCode = 1
  },
}

tasks[process.argv[2]]()
