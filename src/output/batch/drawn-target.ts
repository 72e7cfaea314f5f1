/** A target to draw. */
export interface DrawnTarget {
  name: string
  /** Names of targets that come with it. */
  needs: readonly string[]
  /** What it triggers, in a few words; '' for nothing to say. */
  about: string
}
