import { environment, useGitlab } from './gitlab.ts'
import { leaksBelow, useHome } from './home.ts'
import { run } from './run.ts'
import { canary } from './refusal.ts'
import { expectRefusalMessage } from './refusal-message.ts'

/** What is special about a refused config file. */
export interface RefusedConfig {
  /** The number in guarantees.md. */
  t?: string
  /** Instead of the text, where that is long or holds control characters. */
  name?: string
  /** In the user's folder; `config.yaml` unless said. */
  file?: string
  /** What is typed; nothing unless said. */
  line?: string
  /** The environment sets nothing, so that the file's own values count. */
  isBare?: true
}

/** The text of a config file, and what the message must hold; `{}` is the file's path. */
export type ConfigRefusal = readonly [
  text: string | Buffer,
  says: string | readonly string[],
  more?: RefusedConfig,
]

function nameOf([text, , { t, name, file }]: [string | Buffer, unknown, RefusedConfig]): string {
  const shown = name ?? JSON.stringify(text.toString()).slice(1, -1)
  return [t, file, shown].filter(Boolean).join(' ')
}

/**
 * One test a row: everything else that a trigger needs is set, and the file stops it with exit 14, for the reason that is named, and never
 * shows a value.
 */
export function refusesConfig(title: string, rows: readonly ConfigRefusal[]): void {
  describe(title, () => {
    const gitlab = useGitlab()
    const home = useHome()
    const named = rows.map(([text, says, more = {}]) => ({
      name: nameOf([text, says, more]),
      text,
      says,
      more,
    }))
    test.each(named)('$name', async ({ text, says, more }) => {
      const file = more.file ?? 'config.yaml'
      const content = typeof text === 'string' ? text.replaceAll('{url}', gitlab().url) : text
      const path = home().config(content, file)
      const { env } = environment(gitlab(), { GITLAB_TRIGGER_REF: 'master' })
      const result = await run(more.line ?? '', home().world(env && !more.isBare ? { env } : {}))
      expect(result.stdout).toBe('')
      for (const part of [says].flat()) expect(result.stderr).toContain(part.replaceAll('{}', path))
      expect(result.code).toBe(14)
      expectRefusalMessage(result.stderr)
      expect(result.stderr).not.toContain(canary)
      expect(leaksBelow(home().root, canary, [path])).toEqual([])
      expect(gitlab().requests).toEqual([])
    })
  })
}
