import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withChanges } from './environment.ts'
import { environment, useGitlab } from './gitlab.ts'
import { expectRefusalMessage } from './refusal-message.ts'
import { run, words, type Line } from './run.ts'
import { useFolder } from './world.ts'

/** Stands in every value that no message may show. */
export const canary = 'c4n4ry'

/** What is special about a refused line. `{}` in a word, or in what is said, is the test's own folder. */
export interface Refused {
  /** The number of docs/guarantees.md#13. */
  t?: string
  /** Instead of the line, where that is long or holds control characters. */
  name?: string
  /** Changes of a complete environment; undefined takes a variable out of it. */
  env?: Record<string, string | undefined>
  stdin?: string | Buffer
  /** Files to write, by path in the folder. */
  files?: Record<string, string | Buffer>
  /** What the message must not say. */
  not?: string
  /** 2 unless the table of exit codes says otherwise. */
  code?: number
}

/** A line, what the message must hold, and what is special about it. */
export type Refusal = readonly [line: Line, says: string | readonly string[], more?: Refused]

function nameOf([line, , { t, name }]: [Line, unknown, Refused]): string {
  const typed = name ?? (typeof line === 'string' ? line : JSON.stringify(line.join(' ')).slice(1, -1))
  return t === undefined ? typed : `${typed} (${t})`
}

/** --json owes an object to its reader, whatever happens; without it nothing is printed. */
function expectNoResult(stdout: string, isJson: boolean, code: number): void {
  if (isJson) expect(JSON.parse(stdout)).toMatchObject({ exit_code: code, build_state: 'none', id: null })
  else expect(stdout).toBe('')
}

/** One test a row: refused before anything was sent, for the reason that is named, without showing what may be secret. */
export function refuses(title: string, rows: readonly Refusal[]): void {
  describe(title, () => {
    const gitlab = useGitlab()
    const folder = useFolder()
    const named = rows.map(([line, says, more = {}]) => ({
      name: nameOf([line, says, more]),
      line,
      says,
      more,
    }))
    test.each(named)('$name', async ({ line, says, more }) => {
      const { env = {}, stdin = '', files = {}, code = 2, not = canary } = more
      const { path } = folder()
      for (const [name, content] of Object.entries(files)) {
        writeFileSync(join(path, name), content, { mode: 0o600 })
      }
      const typed = words(line).map((word) => word.replaceAll('{}', path))
      const complete = withChanges(environment(gitlab()).env, { GITLAB_TRIGGER_REF: 'master', ...env })
      const { stdout, stderr, ...result } = await run(typed, { env: complete, stdin })
      expect(result.code).toBe(code)
      expectNoResult(
        stdout,
        typed.some((word) => /^--json(=|$)/.test(word)),
        code,
      )
      expectRefusalMessage(stderr)
      for (const part of [says].flat()) expect(stderr).toContain(part.replaceAll('{}', path))
      for (const secret of [not, canary, gitlab().tokens.trigger])
        expect(stdout + stderr).not.toContain(secret)
      expect(gitlab().requests).toEqual([])
    })
  })
}
