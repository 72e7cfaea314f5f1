import { error, Halt, json, serverError } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { textParam } from '../http/call.ts'
import type { Param } from '../params/tree.ts'
import { isUpload, nameText } from '../params/tree.ts'
import { atLeast } from '../version/version.ts'

/** GitLab's page sizes (facts 4.5). */
export const pageSizes = { usual: 20, most: 100 }

const mostCounted = 10_000

/** A parameter as a whole number; the versions differ in what they say to another text (observed-answers). */
function wholeNumber(call: Call, name: string, usual: number): number {
  const text = textParam(call, name)
  if (text === undefined || text === '') return usual
  if (!/^-?\d+$/.test(text)) {
    if (call.gitlab === '8.5') return usual
    throw new Halt(error(400, `${name} is invalid`))
  }
  return Number(text)
}

function pageSize(call: Call): number {
  const size = wholeNumber(call, 'per_page', pageSizes.usual)
  if (size > 0) return Math.min(size, pageSizes.most)
  if (atLeast(call.gitlab, '18.9')) throw new Halt(error(400, 'per_page has a value not allowed'))
  if (atLeast(call.gitlab, '10.3')) throw new Halt(serverError())
  return pageSizes.usual
}

function queryPairs(name: string, param: Param): [string, string][] {
  if (Array.isArray(param)) return param.flatMap((item) => queryPairs(`${name}[]`, item))
  if (param instanceof Map) {
    return [...param].flatMap(([key, item]) => queryPairs(`${name}[${nameText(key) ?? key}]`, item))
  }
  return [[name, param === null || isUpload(param) ? '' : param.toString()]]
}

/** Every parameter of the request comes back in the links, credentials too (observed-answers, page headers). */
function linkTo(call: Call, page: number, size: number): string {
  const sent = [...call.params].filter(
    ([name]) => !Object.hasOwn(call.path, name) && name !== 'page' && name !== 'per_page',
  )
  const pairs = sent.flatMap(([name, param]) => queryPairs(nameText(name) ?? name, param))
  const query = new URLSearchParams([...pairs, ['page', String(page)], ['per_page', String(size)]])
  return `${new URL(call.url).origin}${call.pathname}?${query.toString()}`
}

/** One page of a list with the headers that lead to the others; the first and last have empty neighbours. */
export function paged<Item>(call: Call, items: Item[], shape: (item: Item) => unknown): Answer {
  const size = pageSize(call)
  const page = Math.max(1, wholeNumber(call, 'page', 1))
  const last = Math.max(1, Math.ceil(items.length / size))
  // 18.9 does not count what is more than this (facts 4.5).
  const isCounted = items.length <= mostCounted || !atLeast(call.gitlab, '18.9')
  const links = [
    { rel: 'prev', to: page > 1 ? page - 1 : undefined },
    { rel: 'next', to: page < last ? page + 1 : undefined },
    { rel: 'first', to: 1 },
    { rel: 'last', to: isCounted ? last : undefined },
  ]
  const number = (rel: string): string => String(links.find((link) => link.rel === rel)?.to ?? '')
  const answer = json(200, items.slice((page - 1) * size, page * size).map(shape))
  Object.assign(answer.headers, {
    link: links
      .flatMap(({ rel, to }) => (to === undefined ? [] : [`<${linkTo(call, to, size)}>; rel="${rel}"`]))
      .join(', '),
    'x-next-page': number('next'),
    'x-page': String(page),
    'x-per-page': String(size),
    'x-prev-page': number('prev'),
    ...(isCounted && { 'x-total': String(items.length), 'x-total-pages': String(last) }),
  })
  return answer
}
