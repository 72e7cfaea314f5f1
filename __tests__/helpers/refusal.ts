import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { environment, useGitlab } from './gitlab.ts'
import { run, words, type Line } from './run.ts'
import { newFolder } from './world.ts'

/** Stands in every value that no message may show. */
export const canary = 'c4n4ry'

/** What is special about a refused line. `{}` in a word, or in what is said, is the test's own folder. */
export interface Refused {
  /** The number in guarantees.md. */
  t?: string
  /** Instead of the line, where that is long or holds control characters. */
  name?: string
  /** Beside a complete environment; undefined takes a variable out of it. */
  env?: Record<string, string | undefined>
  stdin?: string | Buffer
  /** Files to write, by path in the folder. */
  files?: Record<string, string | Buffer>
  /** 2 unless the table of exit codes says otherwise. */
  code?: number
}

/** A line, what the message must hold, and what is special about it. */
export type Refusal = readonly [line: Line, says: string | readonly string[], more?: Refused]

function nameOf([line, , { t, name }]: [Line, unknown, Refused]): string {
  const typed = name ?? (typeof line === 'string' ? line : JSON.stringify(line.join(' ')).slice(1, -1))
  return t === undefined ? typed : `${typed} (${t})`
}

/** One test a row: refused before anything was sent, for the reason that is named, without showing what may be secret. */
export function refuses(title: string, rows: readonly Refusal[]): void {
  describe(title, () => {
    const gitlab = useGitlab()
    let folder: ReturnType<typeof newFolder>
    beforeEach(() => {
      folder = newFolder()
    })
    afterEach(() => {
      folder.remove()
    })

    const named = rows.map(([line, says, more = {}]) => ({
      name: nameOf([line, says, more]),
      line,
      says,
      more,
    }))
    test.each(named)(
      '$name',
      async ({ line, says, more: { env = {}, stdin = '', files = {}, code = 2 } }) => {
        const { path } = folder
        for (const [name, content] of Object.entries(files)) {
          mkdirSync(dirname(join(path, name)), { recursive: true })
          writeFileSync(join(path, name), content, { mode: 0o600 })
        }
        const merged = { ...environment(gitlab()).env, GITLAB_TRIGGER_REF: 'master', ...env }
        const set = Object.entries(merged).filter((pair): pair is [string, string] => pair[1] !== undefined)
        const typed = words(line).map((word) => word.replaceAll('{}', path))
        const result = await run(typed, { env: Object.fromEntries(set), stdin })
        expect(result.code).toBe(code)
        // --json owes an object to its reader, whatever happens.
        if (!typed.includes('--json')) expect(result.stdout).toBe('')
        else
          expect(JSON.parse(result.stdout)).toMatchObject({ exit_code: code, build_state: 'none', id: null })
        const [what, state, ...more] = result.stderr.trimEnd().split('\n')
        expect(what).toMatch(/^gitlab-trigger: ./)
        expect(state).toBe('No build was triggered.')
        expect(more.length).toBeLessThanOrEqual(1)
        for (const part of [says].flat()) expect(result.stderr).toContain(part.replaceAll('{}', path))
        expect(result.stderr).not.toContain(canary)
        expect(result.stderr).not.toContain(gitlab().tokens.trigger)
        expect(result.stderr).not.toMatch(/\bundefined\b|\bNaN\b|\[object|[^\n]{400}/)
        expect(gitlab().requests).toEqual([])
      },
    )
  })
}
