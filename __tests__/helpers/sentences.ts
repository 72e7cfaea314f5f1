/** The sentences that state what is true about the build. Every run that fails says exactly one of them. */
export const none = 'No build was triggered.'
export const unknown = 'A build may have been triggered.'
export const idLost = 'A build was triggered; GitLab did not give its id.'
export const made = (id: number): string => `Build ${id} was triggered.`

/** All the build-state sentences in a text. */
export function statesIn(stderr: string): string[] {
  return (
    stderr.match(
      /No build was triggered\.|A build may have been triggered\.|A build was triggered\b[^.\n]*\.|Build \d+ was triggered\./g,
    ) ?? []
  )
}
