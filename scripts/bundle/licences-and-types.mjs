// Files that ship with the bundle: the licences of its packages and the types of the library.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

/** The package of a module; undefined for the program's own modules. */
export const packageOf = (path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]

function licenceOf(name) {
  const folder = join('node_modules', name)
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((each) => /^licen[cs]e(\.\w+)?$/i.test(each))
  if (!file) throw new Error(`${name} comes without the text of its licence`)
  return [`${name} ${version} (${license})`, readFileSync(join(folder, file), 'utf8').trim()]
}

/** The licence texts of the packages of these modules; packages with the same text, copyright included, share one. */
export function licencesOf(paths) {
  const names = [...new Set(paths.map(packageOf).filter(Boolean))].sort()
  const head = 'gitlab-trigger holds code of these packages, each under its own licence.\n'
  const packagesOf = new Map()
  for (const [name, text] of names.map(licenceOf))
    packagesOf.set(text, [...(packagesOf.get(text) ?? []), name])
  const licences = [...packagesOf].map(([text, packages]) => `${packages.join('\n')}\n\n${text}\n`)
  return [head, ...licences].join(`\n${'-'.repeat(80)}\n\n`)
}

/** The type declarations of the library by path without extension, as those of CommonJS modules. */
export function typesOf(folder, path = 'index', found = new Map()) {
  if (found.has(path)) return found
  const file = join(folder, `${path}.d.ts`)
  if (!existsSync(file)) throw new Error(`there is no ${file}`)
  const text = readFileSync(file, 'utf8')
  found.set(path, text.replace(/'(\.{1,2}\/[\w./-]+)\.[jt]s'/g, "'$1.cjs'"))
  for (const [, next] of text.matchAll(/'(\.{1,2}\/[\w./-]+)\.[jt]s'/g))
    typesOf(folder, posix.join(posix.dirname(path), next), found)
  return found
}
