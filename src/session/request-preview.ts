import type { RunFlags } from '../options/run.ts'
import type { Settings } from '../config/settings.ts'
import type { TokenSpot } from '../config/credentials/token-source.ts'
import { flagName } from '../core/flag-name.ts'
import { keysOf } from '../core/keys-of.ts'
import { variable } from '../config/setting.ts'
import type { Variable } from '../config/variables/variable.ts'
import { dialects } from '../gitlab/api/dialect.ts'
import { triggerFields, triggerUrl, type Trigger } from '../gitlab/api/requests.ts'
import { mask, type SecretRegistry } from '../core/secret.ts'
import { curlLine, type CurlField, type CurlOptions } from '../output/format/curl.ts'
import { previewText, type PreviewField } from '../output/format/preview.ts'
import { exitCodes } from '../core/exit-codes.ts'
import { jsonResultLine } from './json-result.ts'

/**
 * The request as text instead of on the wire: --dry-run and --curl. Never holds a secret. `nonce` is what a run would look its pipeline up by;
 * `tokenFile` is where curl reads the token, or the variable `tokenEnv`: GITLAB_TRIGGER_TOKEN by default.
 */
export function preview(
  flags: Pick<RunFlags, 'curl' | 'json' | 'proxy'>,
  settings: Settings,
  timeoutMs: number,
  secrets: SecretRegistry,
  {
    nonce,
    tokenFile,
    tokenEnv,
  }: { nonce?: string | undefined } & Partial<Record<keyof TokenSpot, string | undefined>> = {},
): string {
  const trigger: Trigger = {
    base: settings.server.value.base,
    project: settings.project.value,
    ref: settings.ref.value,
    variables: settings.variables,
    inputs: settings.inputs,
    nonce,
  }
  const isV3 = settings.api.value === 'v3'
  const dialect = isV3 ? dialects.v3 : dialects.v4
  const url = triggerUrl(trigger, dialect)
  const fields = triggerFields(trigger, mask, dialect)
  const variables = new Map(settings.variables.map((variable) => [`variables[${variable.key}]`, variable]))
  if (flags.curl) {
    const lines = fields.map(([name, text]): CurlField =>
      curlField(name, text, variables.get(name), tokenFile !== undefined, tokenEnv),
    )
    return curlLine(url, lines, { ...transportForCurl(flags, settings, timeoutMs), tokenFile })
  }
  const rows = fields.map(([name, value]): PreviewField => {
    if (name === 'token') return { name, secret: true, origin: settings.token?.origin ?? '' }
    const variable = variables.get(name)
    if (variable === undefined || variable.source.kind === 'typed') return { name, value }
    return { name, bytes: Buffer.byteLength(value), origin: variable.origin }
  })
  if (flags.json)
    return jsonResultLine({ method: 'POST', url, fields: rows }, exitCodes.success.code, { secrets })
  const otherUrl = settings.api.value === 'auto' ? triggerUrl(trigger, dialects.v3) : undefined
  return previewText(url, otherUrl, rows)
}

function transportForCurl(
  flags: Pick<RunFlags, 'proxy'>,
  settings: Settings,
  timeoutMs: number,
): Omit<CurlOptions, 'tokenFile'> {
  const { server, ca, certificate, insecure, proxy } = settings
  const [user = ''] = Buffer.from(proxy?.value.authorization?.slice('Basic '.length) ?? '', 'base64')
    .toString()
    .split(':')
  // curl reads the same variables as we do.
  const chosen = proxy?.origin.startsWith(variable('')) ? undefined : proxy && { url: proxy.value.url, user }
  return {
    timeoutMs,
    caPath: ca?.path,
    certPath: certificate?.certPath,
    keyPath: certificate?.keyPath,
    insecure,
    proxy: (flags.proxy ?? server.entry?.data.proxy) === 'none' ? 'none' : chosen,
  }
}

function curlField(
  name: string,
  text: string,
  variable: Variable | undefined,
  hasTokenFile: boolean,
  tokenEnv = 'GITLAB_TRIGGER_TOKEN',
): CurlField {
  if (name === 'token' && hasTokenFile) return { name, value: 'stdin' }
  if (name === 'token') return { name, value: { environment: tokenEnv } }
  if (variable?.source.kind === 'environment') return { name, value: { environment: variable.key } }
  if (variable?.source.kind === 'file') return { name, value: { file: variable.source.path } }
  return { name, value: { text } }
}

/** What a curl line can do, or what is of no account in it. */
const ofCurl: readonly (keyof RunFlags)[] = [
  ...([
    'server',
    'project',
    'ref',
    'api',
    'var',
    'varFile',
    'varsFrom',
    'allowEmptyVars',
    'input',
    'inputJson',
  ] as const),
  ...(['token', 'tokenFile', 'tokenStdin', 'apiTokenFile', 'config', 'timeout', 'proxy'] as const),
  ...(['cacert', 'cert', 'key', 'insecure', 'allowHttp', 'marker', 'color', 'quiet', 'verbose'] as const),
  'curl',
]

/** The flags that a curl line leaves out: only the program itself can do what they say. */
export function beyondCurl(flags: RunFlags): string[] {
  return keysOf(flags)
    .filter((name) => flags[name] !== undefined && !ofCurl.includes(name))
    .map(flagName)
}
