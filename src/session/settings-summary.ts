import type { ServerSettings } from '../config/access.ts'
import type { Settings } from '../config/settings.ts'
import type { Setting } from '../config/setting.ts'
import type { Facts, Reporter } from '../events.ts'
import { sizeInWords } from '../output/format/size.ts'

interface Row {
  name: string
  value: string
  origin: string
}

/** What is said where the server's certificate is not checked. */
export const insecureWarning =
  "--insecure: the server's certificate is not checked; others on the network may be able to read the token."

/** What a command is about, and where every value came from, without a secret or a variable's value. */
export function describeSettings(
  settings: ServerSettings & Partial<Settings>,
  timeout: Setting<number>,
  retry?: Setting<number>,
): { facts: Facts; settings: Row[] } {
  const { server, project, ref, token, api, ca, certificate, proxy, apiToken, jobToken } = settings
  const { variables = [], inputs = [] } = settings
  const plain = (name: string, setting: Setting<string> | undefined): Row[] =>
    setting === undefined ? [] : [{ name, ...setting }]
  const secret = (name: string, setting: Setting<unknown> | undefined): Row[] =>
    setting === undefined ? [] : [{ name, value: '***', origin: setting.origin }]
  return {
    facts: {
      server: server.value.base,
      project: project?.value ?? null,
      ref: ref?.value ?? null,
      variables: variables.map(({ key }) => key),
    },
    settings: [
      { name: 'server', value: server.value.base, origin: server.origin },
      ...plain('project', project),
      ...plain('ref', ref),
      ...secret('token', token),
      ...secret('api token', apiToken),
      ...(jobToken === token ? [] : secret('job token', jobToken)),
      { name: 'api', ...api },
      ...(ca === undefined ? [] : [{ name: 'ca', value: '(certificate)', origin: ca.origin }]),
      ...plain('cert', certificate && { value: certificate.certPath, origin: certificate.origin }),
      ...(proxy === undefined ? [] : [{ name: 'proxy', value: proxy.value.url, origin: proxy.origin }]),
      { name: 'timeout', value: `${timeout.value / 1000} s`, origin: timeout.origin },
      ...(retry === undefined ? [] : [{ name: 'retry', value: String(retry.value), origin: retry.origin }]),
      ...variables.map(({ key, value, origin }) => ({
        name: 'variable',
        value: `${key} (${sizeInWords(Buffer.byteLength(value))})`,
        origin,
      })),
      ...inputs.map(({ key, origin }) => ({ name: 'input', value: key, origin })),
    ],
  }
}

/**
 * Reports a server before the first request to it: for --verbose its settings with their origins, and with --insecure a warning that is printed
 * also on unattended runs.
 */
export async function announceServer(
  settings: ServerSettings & Partial<Settings>,
  timeout: Setting<number>,
  report: Reporter,
): Promise<void> {
  await report({ type: 'started', ...describeSettings(settings, timeout) })
  if (settings.insecure && settings.server.value.isHttps)
    await report({ type: 'warned', text: insecureWarning, isGrave: true })
}
