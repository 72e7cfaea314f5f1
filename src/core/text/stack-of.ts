/** The stack of an error as text. In the bundle, another module takes its place, which names files of src/ (scripts/bundle/plan.mjs). */
export const stackOf = (error: Error): string => error.stack ?? ''
