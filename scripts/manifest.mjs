// package.json names the packages that are bundled as dependencies, where a reader looks for them, and npm audit too. Whoever installs the packed
// package has them in dist/ already, so the package.json in there does without: `npm pack` calls this before and after.
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

const file = 'package.json'
const kept = '.package.json.kept'
const unneeded = ['scripts', 'dependencies', 'devDependencies', 'overrides']

const tasks = {
  'without-dependencies'() {
    // Of a pack that was stopped half-way.
    if (existsSync(kept)) renameSync(kept, file)
    const whole = Object.entries(JSON.parse(readFileSync(file, 'utf8')))
    const rest = Object.fromEntries(whole.filter(([key]) => !unneeded.includes(key)))
    copyFileSync(file, kept)
    writeFileSync(file, `${JSON.stringify(rest, null, 2)}\n`)
  },
  'as-it-was'() {
    renameSync(kept, file)
  },
  // npm would tell the registry of the dependencies in the folder, and everybody would install them.
  'refuse-folder'() {
    console.error('Publish what was packed: npm pack && npm publish gitlab-trigger-*.tgz')
    process.exitCode = 1
  },
}

tasks[process.argv[2]]()
