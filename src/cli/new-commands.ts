/** Commands that came after recipes: recipes of such a name may stand in crontabs. */
export const newCommands: readonly string[] = [
  ...['artifacts', 'batch', 'completion', 'login', 'logout', 'open', 'pipelines', 'play'],
]
