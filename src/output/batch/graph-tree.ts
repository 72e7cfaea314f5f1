import { escapeLine } from '../terminal/escape.ts'
import type { DrawnTarget } from './drawn-target.ts'

/** From this depth on the tree is indented no further: a chain of thousands would fill gigabytes. */
const deepest = 20

/** How many names of other needs are listed. */
const mostNames = 3

/** A target that is still to be printed below others. */
interface Branch {
  target: DrawnTarget
  /** What its line begins with, and those of the targets below it. */
  head: string
  below: string
  depth: number
}

function lineOf({ target, head, depth }: Branch): string {
  const { name, needs, about } = target
  const [first, ...others] = needs
  const listed = depth >= deepest && first !== undefined ? needs : others
  const names = [
    ...listed.slice(0, mostNames),
    ...(listed.length > mostNames ? [`${listed.length - mostNames} more`] : []),
  ]
  const also = depth >= deepest ? 'needs' : 'also needs'
  const more = names.length === 0 ? '' : `  (${also} ${names.map(escapeLine).join(', ')})`
  return `${head}${escapeLine(name)}${about && `  ${escapeLine(about)}`}${more}`
}

/** The graph as the lines of a tree: each target once, below the first target that it needs; its other needs are listed behind it. */
export function graphTree(targets: readonly DrawnTarget[]): string[] {
  const below = new Map<string, DrawnTarget[]>()
  for (const target of targets) {
    const [first] = target.needs
    const list = first === undefined ? undefined : below.get(first)
    if (list) list.push(target)
    else if (first !== undefined) below.set(first, [target])
  }
  const lines: string[] = []
  // The next one to print is the last.
  const open = targets
    .filter(({ needs }) => needs.length === 0)
    .map((target): Branch => ({ target, head: '', below: '', depth: 0 }))
    .reverse()
  for (let branch = open.pop(); branch; branch = open.pop()) {
    lines.push(lineOf(branch))
    const { target, depth, below: indent } = branch
    const isDeep = depth + 1 >= deepest
    const inside = (below.get(target.name) ?? []).map((each, at, all): Branch => {
      const isLast = at === all.length - 1
      if (isDeep) return { target: each, head: `${indent}· `, below: indent, depth: depth + 1 }
      return {
        target: each,
        head: `${indent}${isLast ? '└─ ' : '├─ '}`,
        below: `${indent}${isLast ? '   ' : '│  '}`,
        depth: depth + 1,
      }
    })
    for (const each of inside.reverse()) open.push(each)
  }
  return lines
}
