import { existsSync } from 'node:fs'
import { commandTable } from '../../src/cli/table/index.ts'
import { apiEnvironment } from '../helpers/api.ts'
import { prepareServer, serverLines, wordsOf } from '../helpers/command-lines.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'

const gitlab = useGitlab()
const home = useHome()
beforeEach(() => prepareServer(gitlab()))

const typed = (line: string): Promise<Result> =>
  run(wordsOf(line, home().root), home().world(apiEnvironment(gitlab(), { NO_COLOR: '1' })))

describe('every command with --json', () => {
  const rows = commandTable.filter(({ jsonResult }) => jsonResult !== undefined)

  test.each(rows.map((row) => [row.name, row] as const))(
    '%s: help lists its fields, and where its schema is',
    async (name, row) => {
      const { stdout } = await run(`${name} --help`)
      const members = row.jsonResult?.({} as never)
      const [, fields = ''] = /alone\):\n([\s\S]*?)\n {2}JSON Schema/.exec(stdout) ?? []
      expect(fields.split(/,\s+/).map((each) => each.trim())).toEqual([
        ...Object.keys(members ?? {}),
        'exit_code',
        'error',
      ])
      expect(fields.split('\n').filter((line) => line.length > 80)).toEqual([])
      const [, schema = ''] = /JSON Schema: gitlab-trigger\/(.*)/.exec(stdout) ?? []
      expect(existsSync(`dist/${schema}`)).toBe(true)
    },
  )

  test.each(rows.filter(({ name }) => name in serverLines).map((row) => [row.name, row] as const))(
    '%s prints each of its fields alone',
    async (name, row) => {
      const members = row.jsonResult?.({} as never)
      const [first = ''] = Object.keys(members ?? {}).slice(-1)
      const { code, stdout } = await typed(`${serverLines[name] ?? ''} --json=${first}`)
      expect({ code, keys: Object.keys(JSON.parse(stdout) as object) }).toEqual({ code: 0, keys: [first] })
    },
  )
})
