import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { commandTable } from '../../src/cli/table/index.ts'
import { parse } from '../../src/cli/program.ts'
import { schemaFiles } from '../../src/output/schemas/files.ts'

/** The same schema, by which an object has no member that the schema does not name. What ships is open: later versions may add some. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const parts = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, closed(part)]))
  return 'properties' in parts ? { additionalProperties: false, ...parts } : parts
}

/** From one test file to the next of a process (scripts/jest/environment.mjs): compiling a schema takes long. */
declare const keptForAll: Map<string, unknown>

const files = schemaFiles()
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true })

/** The validator of a schema that ships, without members that it does not name. */
export function validatorOf(file: string): ValidateFunction {
  const known = keptForAll.get(file) ?? ajv.compile(closed(files[file]) as object)
  keptForAll.set(file, known)
  return known as ValidateFunction
}

/** What is wrong with a line by a schema that ships; [] where it is as that says. */
export function schemaErrors(file: string, line: string): unknown[] {
  const validate = validatorOf(file)
  return validate(JSON.parse(line)) ? [] : [{ line, errors: validate.errors }]
}

/** The schema that the lines of stdout follow, by what was typed; undefined where they are no JSON, or of a command that is not there. */
function schemaFor(words: readonly string[]): string | undefined {
  const invocation = parse(words)
  const flags: { events?: true } = invocation.kind === 'command' ? invocation.typed.flags : {}
  if (flags.events) return 'events.json'
  const [members = {}] = invocation.emptyResults
  if (Object.keys(members).length === 0) return undefined
  const typed = `${words.join(' ')} `
  const row = commandTable.find(({ name, isDefault }) => !isDefault && typed.startsWith(`${name} `))
  return `${row?.name.replaceAll(' ', '-') ?? 'run'}.json`
}

/** Holds what a run printed with --json, or --events, to the schema that ships; `isLost` where stdout could not be written. */
export function expectSchema(words: readonly string[], stdout: string, isLost: boolean): void {
  const file = schemaFor(words)
  if (file === undefined) return
  // On a terminal each object takes several lines, of which the last is a brace alone.
  const lines = stdout.split(stdout.startsWith('{\n') ? /(?<=^\})\n/m : '\n').filter(Boolean)
  expect({ words, errors: lines.flatMap((line) => schemaErrors(file, line)) }).toEqual({ words, errors: [] })
  if (!isLost && file !== 'events.json') expect(lines.length).toBeGreaterThan(0)
}
