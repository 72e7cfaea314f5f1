import { maybePageOfProject } from '../../core/text/page-of-project.ts'
import type { Answer } from '../../http/message.ts'

/** What a redirect means, which is never followed, and which address to use as the server instead. */
export function redirectAdvice(base: string, headers: Answer['headers']): string {
  const location = headers['location'] ?? ''
  if (location === '')
    return 'It has no Location, so it does not say where to go; redirects are never followed. Is there a proxy or cache before GitLab?'
  const address = URL.canParse(location, base) ? new URL(location, base) : undefined
  if (!address) return 'Redirects are never followed; correct the server URL.'
  const own = new URL(base)
  const isOwnHost = address.hostname === own.hostname
  if (isOwnHost && own.protocol === 'http:' && address.protocol === 'https:') {
    return `It points to ${address.href}: use https://${address.host}${own.pathname.replace(/\/$/, '')} as the server.`
  }
  if (isOwnHost && address.pathname.endsWith('/users/sign_in')) {
    return `It points to ${address.origin}${address.pathname}, a sign-in page, so ${base} is not the address of its API: check its path, or ask whether a proxy wants a sign-in. Redirects are never followed.${maybePageOfProject(base)}`
  }
  if (isOwnHost && address.pathname.length <= own.pathname.length + 1) {
    return `It points to ${address.href}, as a read-only GitLab does (maintenance, Geo secondary). Redirects are never followed.`
  }
  const server = address.href.replace(/\/api\/v\d\/.*$/, '')
  return `It points to ${address.href}. Redirects are never followed; if ${server} is your GitLab, use it as the server.${maybePageOfProject(base)}`
}
