import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Modules of src/ that a test of the bundle may import: the program, the sandbox, and what both builds have alike. */
const allowed = /^src\/(?:main\.ts$|sandbox\/|core\/)/

/** The relative paths that a file imports values from. */
const importsOf = (file) =>
  [...readFileSync(file, 'utf8').matchAll(/^import (?!type\b)[^']*from '(\.[^']+)'/gm)].map(([, path]) =>
    join(dirname(file), path),
  )

/** The modules of src/ that a test file imports, directly and by its helpers. */
function sourcesOf(file, seen = new Set()) {
  if (seen.has(file)) return []
  seen.add(file)
  return importsOf(file).flatMap((each) => (each.startsWith('src/') ? [each] : sourcesOf(each, seen)))
}

/** Whether a test file runs the program by what a user types, and calls nothing else in it. */
export function isFrontDoor(file) {
  const sources = sourcesOf(file)
  return sources.includes('src/main.ts') && sources.every((each) => allowed.test(each))
}

/** The test files of the quick tier. */
const quickTests = () =>
  readdirSync('__tests__', { recursive: true })
    .filter((name) => /\.(test|property)\.ts$/.test(name))
    .map((name) => join('__tests__', name))

/** Those that run the program by what a user types. */
export const frontDoorTests = () => quickTests().filter(isFrontDoor)

/** Tests of what only the npm package has: the files that it loads, and a Node that is not its own. */
const ofNpmPackage = ['__tests__/process/bundle.test.ts', '__tests__/cli/version.test.ts']

/** Those that start a process of it by the helpers that know CLIENT. */
export const spawningTests = () =>
  quickTests().filter(
    (file) =>
      !ofNpmPackage.includes(file) &&
      /\b(spawnClient|spawnShell|spawnAsUser|clientLine|client|spawnFollower\w*)\b[^']*'\.\.\/helpers\/(spawn|follow-process)\.ts'/.test(
        readFileSync(file, 'utf8'),
      ),
  )
