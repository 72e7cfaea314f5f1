import { error, Halt, json } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { textParam } from '../http/call.ts'
import { has } from '../version/differences.ts'
import { linkTo } from './links.ts'
import { pageSize } from './paging.ts'

/** Whether a call asks for pages by keyset. */
export function wantsKeyset(call: Call): boolean {
  return has(call.gitlab, 'keysetPaging') && textParam(call, 'pagination') === 'keyset'
}

const notAvailable = (): Halt =>
  new Halt(error(405, 'Keyset pagination is not yet available for this type of request'))

function answerOf<Item>(
  call: Call,
  items: readonly Item[],
  shape: (item: Item) => unknown,
  next: Record<string, string> | undefined,
): Answer {
  const answer = json(200, items.map(shape))
  if (next !== undefined) {
    answer.headers['link'] = `<${linkTo(call, next, pageSize(call))}>; rel="next"`
  }
  return answer
}

/** The page after `cursor`, of a list by descending number; there is a next one where rows are left. */
export function byCursor<Item extends { id: number }>(
  call: Call,
  items: readonly Item[],
  shape: (item: Item) => unknown,
): Answer {
  const by = textParam(call, 'order_by') ?? 'id'
  const sort = textParam(call, 'sort') ?? 'desc'
  if (by !== 'id' || sort !== 'desc') throw notAvailable()
  const before = cursorFrom(textParam(call, 'cursor'))
  const left = items.filter(({ id }) => id < before)
  const page = left.slice(0, pageSize(call))
  const last = page.at(-1)
  const more = last !== undefined && left.length > page.length
  return answerOf(call, page, shape, more ? { cursor: cursorOf(last.id) } : undefined)
}

function cursorOf(id: number): string {
  return Buffer.from(JSON.stringify({ id: String(id), _kd: 'n' })).toString('base64url')
}

function cursorFrom(text: string | undefined): number {
  if (text === undefined || text === '') return Infinity
  try {
    return Number((JSON.parse(Buffer.from(text, 'base64url').toString()) as { id: string }).id)
  } catch {
    throw new Halt(error(405, 'Invalid cursor parameter'))
  }
}

/** The page after a number, of a list by numbers; every page that is not empty has a next one. */
export function byId<Item extends { id: number }>(
  call: Call,
  items: readonly Item[],
  shape: (item: Item) => unknown,
): Answer {
  const sort = textParam(call, 'sort') ?? 'desc'
  if (textParam(call, 'order_by') !== 'id') throw notAvailable()
  const [after, before] = [textParam(call, 'id_after'), textParam(call, 'id_before')].map(Number)
  const left = items
    .filter(({ id }) => !(id <= (after ?? NaN)) && !(id >= (before ?? NaN)))
    .toSorted((one, other) => (sort === 'asc' ? one.id - other.id : other.id - one.id))
  const page = left.slice(0, pageSize(call))
  const last = page.at(-1)
  const bound = sort === 'asc' ? 'id_after' : 'id_before'
  return answerOf(call, page, shape, last === undefined ? undefined : { [bound]: String(last.id) })
}

/** The page after the name `page_token`, of branches or tags; there is a next one where a page is full. */
export function byName<Item extends { name: string }>(
  call: Call,
  items: readonly Item[],
  shape: (item: Item) => unknown,
): Answer {
  const after = textParam(call, 'page_token')
  const sorted = items.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  const left = after === undefined ? sorted : sorted.filter(({ name }) => name > after)
  const size = pageSize(call)
  const page = left.slice(0, size)
  const last = page.length === size ? page.at(-1) : undefined
  return answerOf(call, page, shape, last === undefined ? undefined : { page_token: last.name })
}
