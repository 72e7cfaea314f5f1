import { wrongValue } from '../core/text/wrong-value.ts'
import { version } from '../core/version.ts'

/** What a printed schedule gets the program from. */
export type SourceKind = 'image' | 'package'

/** A name that `docker pull` or `npm install` takes. */
export interface ProgramSource {
  kind: SourceKind
  name: string
  /** Whether a user has said that it can be had; the name of what is not published yet is only the one that it gets when it is built. */
  isPublished: boolean
}

/**
 * The names under which this version is published. There is no public address yet: fill them in here with the first release, together with
 * `repository` in package.json (docs/packaging.md).
 */
const published: Readonly<Partial<Record<SourceKind, string>>> = {}

const builtHere: Readonly<Record<SourceKind, string>> = {
  image: `gitlab-trigger:${version}`,
  package: `gitlab-trigger@${version}`,
}

/** Where a schedule gets the program from: what was typed, what the config names, where it is published. Throws a usage error for what is no name. */
export function programSource(
  kind: SourceKind,
  typed: string | undefined,
  configured: string | undefined,
): ProgramSource {
  if (typed !== undefined && !/^[^\s-]\S*$/.test(typed))
    throw wrongValue(`--${kind}`, typed, `not the name of ${kind === 'image' ? 'an image' : 'a package'}`)
  const name = typed ?? configured ?? published[kind]
  return { kind, name: name ?? builtHere[kind], isPublished: name !== undefined }
}
