import { readdirSync, readFileSync } from 'node:fs'
import { commandTable } from '../../src/cli/table/index.ts'
import type { JsonMembers } from '../../src/cli/table/command.ts'
import { schemaFiles } from '../../src/output/schemas/files.ts'
import { schemaErrors } from '../helpers/json-schemas.ts'

const rows = commandTable.filter(({ jsonResult }) => jsonResult !== undefined)
const fileOf = (name: string): string => `${name.replaceAll(' ', '-')}.json`

test('there is one for each command with --json, and one for --events', () => {
  expect(Object.keys(schemaFiles()).sort()).toEqual(
    [...rows.map(({ name }) => fileOf(name)), 'events.json'].sort(),
  )
})

test('those of the build are the same', () => {
  const built = readdirSync('dist/schemas').map(
    (name) => [name, JSON.parse(readFileSync(`dist/schemas/${name}`, 'utf8')) as unknown] as const,
  )
  expect(Object.fromEntries(built)).toEqual(schemaFiles())
})

const emptyOf = (members: JsonMembers): JsonMembers => ({
  ...members,
  exit_code: 2,
  error: { message: 'unknown flag', hint: '' },
})

const results = rows.flatMap(({ name, jsonResult }): [string, JsonMembers][] =>
  [{}, { dryRun: true }, { prune: '90d' }].map((flags) => [name, jsonResult?.(flags as never) ?? {}]),
)

test.each(results)(
  'of %s: the empty result is allowed, and no member of it may be missing',
  (name, members) => {
    const whole = emptyOf(members)
    expect(schemaErrors(fileOf(name), JSON.stringify(whole))).toEqual([])
    for (const missing of Object.keys(whole)) {
      const rest = Object.fromEntries(Object.entries(whole).filter(([key]) => key !== missing))
      expect({ missing, errors: schemaErrors(fileOf(name), JSON.stringify(rest)) }).not.toEqual({
        missing,
        errors: [],
      })
    }
    expect(schemaErrors(fileOf(name), JSON.stringify({ ...whole, other: 1 }))).not.toEqual([])
  },
)
