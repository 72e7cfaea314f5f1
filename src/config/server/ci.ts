import type { Context } from '../../core/context.ts'
import { parseServerUrl, type ServerUrl } from './server-url.ts'
import { fromEnv, variable, type Setting } from '../setting.ts'

/** What a GitLab CI job's environment says about its own server (facts section 5). */
export interface CiJob {
  /** CI_SERVER_URL, or the base of CI_API_V4_URL if it has the same origin, which keeps a path prefix. */
  server: Setting<ServerUrl> | undefined
  jobToken: Setting<string> | undefined
  /** The path of the CA certificate that the runner uses for its own server. */
  caFile: Setting<string> | undefined
}

/** Reads the environment of a GitLab CI job; undefined outside one. Throws for a bad CI_SERVER_URL. */
export function readCiJob(env: Context['env']): CiJob | undefined {
  if (fromEnv(env, 'GITLAB_CI') === undefined) return undefined
  const serverUrl = fromEnv(env, 'CI_SERVER_URL')
  const apiUrl = fromEnv(env, 'CI_API_V4_URL')
  const own = serverUrl && parseServerUrl(serverUrl.value, serverUrl.origin)
  let server: CiJob['server'] = own && { value: own, origin: variable('CI_SERVER_URL') }
  if (own && apiUrl?.value.endsWith('/api/v4')) {
    const api = parseServerUrl(apiUrl.value.slice(0, -'/api/v4'.length), apiUrl.origin)
    if (api.origin === own.origin) server = { value: api, origin: variable('CI_API_V4_URL') }
  }
  return {
    server,
    jobToken: fromEnv(env, 'CI_JOB_TOKEN'),
    caFile: fromEnv(env, 'CI_SERVER_TLS_CA_FILE'),
  }
}
