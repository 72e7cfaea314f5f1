import { dirname, join } from 'node:path'
import { withValue } from '../../config/edit/edit-config.ts'
import type { OwnConfig } from '../../config/edit/own-config.ts'
import type { KeyValue } from '../../config/edit/splice.ts'
import { valueAt } from '../../config/edit/value-at.ts'
import { tokenFileName } from '../../config/credentials/store-token.ts'
import { parseConfig } from '../../config/files/config-file.ts'
import { absolutePath, expandPath } from '../../config/files/places.ts'
import { projectEntry, settingAt, type ConfigNode } from '../../config/layers.ts'
import type { ServerEntry } from '../../config/schema/config-keys.ts'
import type { Context } from '../../core/context.ts'
import type { LoginFlags } from '../../options/login.ts'
import type { ChosenProject } from '../../session/choosing/choose-project.ts'

/** What the entry of a server is to say. */
export interface WantedEntry {
  name: string
  url: string
  project: ChosenProject | undefined
  /** '' for none. */
  ref: string
  hasApiToken: boolean
  hasToken: boolean
}

/** What is written: the changed config, and the files that tokens go to. */
export interface EntryPlan {
  own: OwnConfig
  /** The name or number by which the entry knows the project; '' without one. */
  projectKey: string
  text: string
  /** The keys that are added or changed. */
  settings: KeyValue[]
  apiTokenFile: string | undefined
  tokenFile: string | undefined
}

/** The way to the server, as flags said it: relative paths would be meant from the config. */
function wayTo(
  { cacert, cert, key, proxy, allowHttp, api }: LoginFlags,
  context: Context,
): [string, unknown, string][] {
  const path = (typed: string | undefined): string | undefined => typed && absolutePath(typed, context)
  return [
    ['api', api, 'the API to speak'],
    ['caFile', path(cacert), 'the authority of its certificate'],
    ['certFile', path(cert), 'the client certificate'],
    ['keyFile', path(key), 'the key of the client certificate'],
    ['proxy', proxy, 'the proxy to reach it'],
    ['allowHttp', allowHttp, 'plain http sends the tokens unencrypted'],
  ]
}

/** The entry of a server in the config that is changed. */
export function ownEntry({ file }: OwnConfig, name: string): ConfigNode<ServerEntry> | undefined {
  const servers = file.data.servers ?? {}
  const data = Object.hasOwn(servers, name) ? servers[name] : undefined
  return data && { file, keys: ['servers', name], data }
}

/** Plans the entry of a server: what is there stays, except for what is given. Throws configuration errors. */
export function planEntry(
  wanted: WantedEntry,
  own: OwnConfig,
  flags: LoginFlags,
  context: Context,
): EntryPlan {
  const { name, project, ref } = wanted
  const entry = ownEntry(own, name)
  const { file, config } = own
  const folder = dirname(file.path)
  const known =
    entry &&
    project &&
    (projectEntry(entry, project.name) ?? projectEntry(entry, String(project.found?.id ?? '')))
  const projectKey = known?.keys[3] ?? project?.name ?? ''
  const inServer = (key: string): string[] => ['servers', name, key]
  const inProject = (key: string): string[] => ['servers', name, 'projects', projectKey, key]
  const settings: KeyValue[] = []
  const set = (path: string[], value: unknown, comment: string): void => {
    if (value === undefined || valueAt(file.data, path) === value) return
    settings.push({ path, value, comment })
  }
  /** The file of a token: the one that the entry names already, or a new one next to the config. */
  const place = (
    node: ConfigNode<ServerEntry> | undefined,
    key: string[],
    kind: 'token' | 'apiToken',
    comment: string,
  ): string => {
    const named = node && settingAt(node, `${kind}File`)
    if (named) return expandPath(named, folder, config.places)
    const fileName = tokenFileName(name, kind, kind === 'token' ? projectKey : undefined)
    set(key, fileName, comment)
    return join(folder, fileName)
  }

  if (config.files.every(({ data }) => data.default === undefined))
    set(['default'], name, 'the server that is used when none is given')
  if (entry?.data.url === undefined)
    set(inServer('url'), wanted.url, 'the address of GitLab; a path prefix is kept')
  for (const [key, value, comment] of wayTo(flags, context)) set(inServer(key), value, comment)
  const apiTokenFile = wanted.hasApiToken
    ? place(entry, inServer('apiTokenFile'), 'apiToken', 'an API token, for all that is more than a trigger')
    : undefined
  let tokenFile: string | undefined
  if (project) {
    if (entry?.data.project === undefined)
      set(inServer('project'), projectKey, 'the project that is used when none is given')
    const id = project.found?.id
    if (id !== undefined && String(id) !== projectKey) set(inProject('id'), id, 'its number')
    if (wanted.hasToken) tokenFile = place(known, inProject('tokenFile'), 'token', 'its trigger token')
    if (ref !== '') set(inProject('ref'), ref, 'the branch or tag that is used when none is given')
  }
  let changed = file
  for (const setting of settings) {
    const text = withValue(changed, setting)
    changed = parseConfig(file.kind, file.path, Buffer.from(text))
  }
  return { own, projectKey, text: changed.text, settings, apiTokenFile, tokenFile }
}
