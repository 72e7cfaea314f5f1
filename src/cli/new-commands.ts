/** Commands that came after recipes: whoever has a recipe of such a name has written it into a crontab. */
export const newCommands: readonly string[] = [
  ...['artifacts', 'batch', 'completion', 'login', 'logout', 'open', 'pipelines', 'play'],
]
