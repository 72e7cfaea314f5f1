import { error, Halt, json, serverError } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { textParam } from '../http/call.ts'
import type { Declared } from '../params/declared.ts'
import { has } from '../version/differences.ts'
import { linkTo } from './links.ts'

/** GitLab's page sizes (facts 4.5). */
export const pageSizes = { usual: 20, most: 100 }

const mostCounted = 10_000

/** The parameters of every list. */
export const pagination: readonly Declared[] = [
  { name: 'page', type: 'integer', default: '1' },
  { name: 'per_page', type: 'integer', default: '20', except: '0' },
]

/**
 * A parameter as a whole number; 8.5 passes over another text, later versions refuse it (observed-answers).
 */
function wholeNumber(call: Call, name: string, usual: number): number {
  const text = textParam(call, name)
  if (text === undefined || text === '') return usual
  if (/^-?\d+$/.test(text)) return Number(text)
  if (!has(call.gitlab, 'grapeValidation')) return usual
  throw new Halt(error(400, `${name} is invalid`))
}

/** The number of rows of a page; a negative one is the usual number. */
export function pageSize(call: Call): number {
  const size = wholeNumber(call, 'per_page', pageSizes.usual)
  if (size > 0) return Math.min(size, pageSizes.most)
  if (size === 0 && has(call.gitlab, 'zeroPerPageFails')) throw new Halt(serverError())
  return pageSizes.usual
}

/** The number of the page that is asked for. */
export function pageNumber(call: Call): number {
  return Math.max(1, wholeNumber(call, 'page', 1))
}

/**
 * One page of a list with the headers that lead to the others; the first and the last have empty neighbours.
 */
export function paged<Item>(
  call: Call,
  items: readonly Item[],
  shape: (item: Item) => unknown,
  uncounted = false,
): Answer {
  const size = pageSize(call)
  const page = pageNumber(call)
  const last = Math.max(1, Math.ceil(items.length / size))
  const isCounted =
    !(uncounted && has(call.gitlab, 'uncountedLists')) &&
    (items.length <= mostCounted || !has(call.gitlab, 'limitedCounts'))
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
      .flatMap(({ rel, to }) =>
        to === undefined ? [] : [`<${linkTo(call, { page: String(to) }, size)}>; rel="${rel}"`],
      )
      .join(', '),
    'x-next-page': number('next'),
    'x-page': String(page),
    'x-per-page': String(size),
    'x-prev-page': number('prev'),
    ...(isCounted && { 'x-total': String(items.length), 'x-total-pages': String(last) }),
  })
  return answer
}
