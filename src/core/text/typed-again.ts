import { shellQuote } from './shell-quote.ts'

/** The flags that say how a server is reached and with which credentials, which a second command needs as the first did. */
export interface ReachFlags {
  config?: string | false
  apiTokenFile?: string
  api?: string
  proxy?: string
  cacert?: string
  cert?: string
  key?: string
  insecure?: true
  allowHttp?: true
}

const valued = [
  ['config', '--config'],
  ['apiTokenFile', '--api-token-file'],
  ['api', '--api'],
  ['proxy', '--proxy'],
  ['cacert', '--cacert'],
  ['cert', '--cert'],
  ['key', '--key'],
] as const satisfies [keyof ReachFlags, string][]

/** These flags as words. */
export function reachWords(flags: ReachFlags): string[] {
  return [
    ...valued.flatMap(([key, name]) => {
      const value = flags[key]
      return typeof value === 'string' ? [name, value] : []
    }),
    ...(flags.config === false ? ['--no-config'] : []),
    ...(flags.insecure ? ['--insecure'] : []),
    ...(flags.allowHttp ? ['--allow-http'] : []),
  ]
}

/** A command, `tokens list`, with what was typed about the server, the project and how these are reached, as a line to paste. */
export function typedAgain(
  command: string,
  { server, project, ...reach }: ReachFlags & { server?: string; project?: string },
): string {
  // `projects` lists them, and takes none.
  const hasProject = project !== undefined && !command.startsWith('projects')
  const words = [
    ...(server === undefined ? [] : ['--server', server]),
    ...(hasProject ? ['--project', project] : []),
    ...reachWords(reach),
  ]
  return ['gitlab-trigger', command, ...words.map(shellQuote)].join(' ')
}
