import type { SystemFacts } from '../core/context.ts'

/** What a bug report says about Node and the machine. */
export function systemFacts(): SystemFacts {
  const { platform, arch, versions } = process
  const report: typeof process.report & { excludeNetwork?: boolean } = process.report
  // Else every open socket is looked up by name, which takes seconds.
  report.excludeNetwork = true
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } }
  const glibc = header?.glibcVersionRuntime
  const libc = platform !== 'linux' ? undefined : glibc === undefined ? 'no glibc (musl?)' : `glibc ${glibc}`
  return { node: versions.node, platform, arch, openssl: versions.openssl, libc }
}
