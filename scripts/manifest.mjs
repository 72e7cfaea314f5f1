// package.json names the packages that are bundled as dependencies, where a reader looks for them, and npm audit too. Whoever installs the packed
// package has them in dist/ already, so the package.json in there does without: `npm pack` calls this before and after.
import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

const file = 'package.json'
const kept = '.package.json.kept'

const tasks = {
  'without-dependencies'() {
    copyFileSync(file, kept)
    const {
      dependencies: _,
      devDependencies: __,
      scripts: ___,
      overrides: ____,
      ...rest
    } = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, `${JSON.stringify(rest, null, 2)}\n`)
  },
  'as-it-was'() {
    renameSync(kept, file)
  },
  'refuse-folder'() {
    console.error(
      'npm publish of a folder tells the registry of dependencies. Pack first: npm pack && npm publish gitlab-trigger-*.tgz',
    )
    process.exitCode = 1
  },
}

tasks[process.argv[2]]()
