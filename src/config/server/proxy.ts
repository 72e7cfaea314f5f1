import { BlockList, isIP } from 'node:net'
import type { Context } from '../../core/context.ts'
import { configError } from '../../core/errors.ts'
import type { TransportFlags } from '../../options/shared.ts'
import { settingAt } from '../layers.ts'
import { parseProxyAddress } from './proxy-address.ts'
import type { ServerChoice } from './server-choice.ts'
import type { ServerUrl } from './server-url.ts'
import { fromEnv, fromFlag, type Setting } from '../setting.ts'

/** A proxy's address, without user and password, and the value of Proxy-Authorization. */
export interface Proxy {
  /** For example http://proxy.example.com:3128. */
  url: string
  authorization: string | undefined
}

/**
 * Parses a proxy's URL as curl does: the default scheme is http. Throws a configuration error that does not
 * show the password (docs/guarantees.md#T47).
 */
function parseProxy({ value, origin }: Setting<string>, context: Pick<Context, 'secrets'>): Setting<Proxy> {
  const parsed = parseProxyAddress(value)
  if ('why' in parsed) throw configError(`${origin}: ${parsed.why}`, parsed.hint)
  const { url, username, password } = parsed
  if (username === '' && password === '') return { value: { url, authorization: undefined }, origin }
  if (password !== '') {
    // Percent-encoded, as it was typed, it is masked too.
    context.secrets.keep(password)
    const typed = /:([^:/@][^@]*)@/.exec(value)?.[1]
    if (typed !== undefined) context.secrets.keep(typed)
  }
  const pair = `${username}:${password}`
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  context.secrets.keep(authorization.slice('Basic '.length))
  return { value: { url, authorization }, origin }
}

/** The proxy from the environment. Lower-case names take precedence, as in curl. */
function proxyVariable(isHttps: boolean, env: Context['env']): Setting<string> | undefined {
  // In a CGI program a client can set HTTP_PROXY by a request header (httpoxy).
  const upperHttp = fromEnv(env, 'REQUEST_METHOD') ? [] : ['HTTP_PROXY']
  const names = isHttps ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', ...upperHttp]
  for (const name of [...names, 'all_proxy', 'ALL_PROXY']) {
    const found = fromEnv(env, name)
    if (found) return found
  }
  return undefined
}

function inSubnet(host: string, entry: string): boolean {
  const [address = '', bits = ''] = entry.split('/')
  const family = isIP(address)
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits)) return false
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  if (Number(bits) > (family === 4 ? 32 : 128)) return false
  const list = new BlockList()
  list.addSubnet(address, Number(bits), kind)
  return list.check(host, kind)
}

/** Whether NO_PROXY matches a host: `*`, a domain and subdomains, `name:port`, an address, a subnet. */
export function isExempt(noProxy: string, hostname: string, port: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true
      if (entry.includes('/')) return inSubnet(host, entry)
      const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry)
      const named = isIP(entry) === 6 ? undefined : /^(.*?):(\d+)$/.exec(entry)
      const name = (bracketed?.[1] ?? named?.[1] ?? entry).replace(/^\*?\./, '').replace(/\.$/, '')
      const requiredPort = bracketed?.[2] ?? named?.[2]
      if (requiredPort !== undefined && requiredPort !== port) return false
      if (isIP(name) !== 0) return inSubnet(host, `${name}/${isIP(name) === 4 ? 32 : 128}`)
      return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`))
    })
}

function portOf({ isHttps, base }: ServerUrl): string {
  const { port } = new URL(base)
  return port === '' ? (isHttps ? '443' : '80') : port
}

/**
 * Which proxy a server is reached by: --proxy, else the server's entry, else the environment as curl reads it. The value
 * `none` means no proxy. NO_PROXY applies to proxies from the environment only.
 */
export function chooseProxy(
  flags: Pick<TransportFlags, 'proxy'>,
  server: ServerChoice,
  env: Context['env'],
): Setting<string> | undefined {
  const chosen = fromFlag('--proxy', flags.proxy) ?? (server.entry && settingAt(server.entry, 'proxy'))
  if (chosen) return chosen
  const found = proxyVariable(server.value.isHttps, env)
  if (!found) return undefined
  const noProxy = fromEnv(env, 'no_proxy') ?? fromEnv(env, 'NO_PROXY')
  const { hostname } = new URL(server.value.base)
  return noProxy && isExempt(noProxy.value, hostname, portOf(server.value)) ? undefined : found
}

/** The proxy that is chosen for a server. Throws a configuration error if it is invalid. */
export function resolveProxy(
  flags: Pick<TransportFlags, 'proxy'>,
  server: ServerChoice,
  context: Pick<Context, 'env' | 'secrets'>,
): Setting<Proxy> | undefined {
  const chosen = chooseProxy(flags, server, context.env)
  return chosen === undefined || chosen.value === 'none' ? undefined : parseProxy(chosen, context)
}
