import type { Settings } from '../config/complete.ts'
import type { Setting } from '../config/setting.ts'
import type { Facts } from '../output/events.ts'
import { sizeInWords } from '../output/size.ts'

interface Row {
  name: string
  value: string
  origin: string
}

/** What a run is about, and where every value came from, without a secret or a variable's value. */
export function describeSettings(
  settings: Settings,
  timeout: Setting<number>,
): { facts: Facts; settings: Row[] } {
  const { server, project, ref, token, api, variables, inputs, ca, proxy, apiToken, jobToken } = settings
  const secret = (name: string, setting: Setting<unknown> | undefined): Row[] =>
    setting === undefined ? [] : [{ name, value: '***', origin: setting.origin }]
  return {
    facts: {
      server: server.value.base,
      project: project.value,
      ref: ref.value,
      variables: variables.map(({ key }) => key),
    },
    settings: [
      { name: 'server', value: server.value.base, origin: server.origin },
      { name: 'project', ...project },
      { name: 'ref', ...ref },
      ...secret('token', token),
      ...secret('api token', apiToken),
      ...(jobToken === token ? [] : secret('job token', jobToken)),
      { name: 'api', ...api },
      ...(ca === undefined ? [] : [{ name: 'ca', value: '(certificate)', origin: ca.origin }]),
      ...(proxy === undefined ? [] : [{ name: 'proxy', value: proxy.value.url, origin: proxy.origin }]),
      { name: 'timeout', value: `${timeout.value / 1000} s`, origin: timeout.origin },
      ...variables.map(({ key, value, origin }) => ({
        name: 'variable',
        value: `${key} (${sizeInWords(Buffer.byteLength(value))})`,
        origin,
      })),
      ...inputs.map(({ key, origin }) => ({ name: 'input', value: key, origin })),
    ],
  }
}
