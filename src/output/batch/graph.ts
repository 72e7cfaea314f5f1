import { escapeLine } from '../terminal/escape.ts'
import type { DrawnTarget } from './drawn-target.ts'
import { graphTree } from './graph-tree.ts'

export type { DrawnTarget } from './drawn-target.ts'

/** The ways to draw a graph. */
export const graphForms = ['tree', 'mermaid', 'dot'] as const

/** A way to draw a graph. */
export type GraphForm = (typeof graphForms)[number]

/** The edges of a graph as pairs of places, from the needed target to the one that needs it. */
function edgesOf(targets: readonly DrawnTarget[]): [from: number, to: number][] {
  const places = new Map(targets.map(({ name }, at) => [name, at]))
  return targets.flatMap(({ needs }, to) =>
    needs.flatMap((need): [number, number][] => {
      const from = places.get(need)
      return from === undefined ? [] : [[from, to]]
    }),
  )
}

/** The lines of a label: the name, and what it triggers. */
const labelOf = ({ name, about }: DrawnTarget): string[] =>
  [name, about].filter((line) => line !== '').map(escapeLine)

/** A flowchart for Mermaid. What means something in its labels is written as an entity. */
function mermaidOf(targets: readonly DrawnTarget[]): string[] {
  const plain = (text: string): string => text.replace(/["#&<>%\\`]/g, (each) => `#${each.charCodeAt(0)};`)
  return [
    'flowchart TD',
    ...targets.map((target, at) => `  t${at}["${labelOf(target).map(plain).join('<br/>')}"]`),
    ...edgesOf(targets).map(([from, to]) => `  t${from} --> t${to}`),
  ]
}

/** A graph for Graphviz, whose labels know escapes and HTML entities. */
function dotOf(targets: readonly DrawnTarget[]): string[] {
  const plain = (text: string): string => text.replaceAll('&', '&amp;').replace(/["\\]/g, '\\$&')
  return [
    'digraph plan {',
    '  node [shape=box];',
    ...targets.map((target, at) => `  t${at} [label="${labelOf(target).map(plain).join('\\n')}"];`),
    ...edgesOf(targets).map(([from, to]) => `  t${from} -> t${to};`),
    '}',
  ]
}

const drawers: Readonly<Record<GraphForm, (targets: readonly DrawnTarget[]) => string[]>> = {
  tree: graphTree,
  mermaid: mermaidOf,
  dot: dotOf,
}

/** Draws the graph of a plan without cycles, as a tree for people or in the language of Mermaid or Graphviz; the text ends with a line feed. */
export function drawGraph(targets: readonly DrawnTarget[], form: GraphForm): string {
  return `${drawers[form](targets).join('\n')}\n`
}
