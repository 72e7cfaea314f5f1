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

/** The test files of the quick tier that are so. */
export const frontDoorTests = () =>
  readdirSync('__tests__', { recursive: true })
    .filter((name) => /\.(test|property)\.ts$/.test(name))
    .map((name) => join('__tests__', name))
    .filter(isFrontDoor)
