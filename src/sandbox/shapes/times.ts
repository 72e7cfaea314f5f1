/** A moment (milliseconds) as GitLab writes it, or null. */
export function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

/** The seconds between two moments (milliseconds), or null while one of them is to come. */
export function seconds(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : (to - from) / 1000
}
