/** A target to draw. */
export interface DrawnTarget {
  name: string
  needs: readonly string[]
  /** What it triggers, in a few words. */
  about: string
}

/** The ways to draw a graph. */
export const graphForms = ['tree', 'mermaid', 'dot'] as const

/** Draws the graph of a plan; the text ends with a line feed. */
export function drawGraph(targets: readonly DrawnTarget[], form: (typeof graphForms)[number]): string {
  throw new Error(`not written yet: ${targets.length} ${form}`)
}
