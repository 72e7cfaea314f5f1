import type { RunFlags } from '../config/flags.ts'
import type { Access } from '../config/access.ts'
import { shellQuote } from '../shell-quote.ts'

/** The flags that say how the server is reached and as whom, which a second command needs as the first did. */
const kept = [
  ['config', '--config'],
  ['apiTokenFile', '--api-token-file'],
  ['api', '--api'],
  ['proxy', '--proxy'],
  ['cacert', '--cacert'],
  ['cert', '--cert'],
  ['key', '--key'],
] as const

/** The command that does something with a pipeline, ready to be pasted: `gitlab-trigger wait --server work --project 9 4711`. */
export function commandFor(
  verb: string,
  id: number,
  project: string,
  { server }: Pick<Access, 'server'>,
  flags: RunFlags,
): string {
  const typed = kept.flatMap(([key, name]) => {
    const value = flags[key]
    return typeof value === 'string' ? [name, value] : []
  })
  const switches = [
    ...(flags.config === false ? ['--no-config'] : []),
    ...(flags.insecure ? ['--insecure'] : []),
    ...(flags.allowHttp ? ['--allow-http'] : []),
  ]
  const where = flags.server ?? server.value.base
  const words = [verb, '--server', where, '--project', project, ...typed, ...switches, String(id)]
  return `gitlab-trigger ${words.map(shellQuote).join(' ')}`
}
