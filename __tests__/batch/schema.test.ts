import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { load } from 'js-yaml'
import { planSchema } from '../../src/batch/plan/plan-schema.ts'
import { planOf, problemsOf } from '../helpers/plan.ts'

const isValid = new Ajv({ strict: true, allowUnionTypes: true }).compile(planSchema())
const folder = 'examples/batch'
const examples = readdirSync(folder)

test.each(examples)('the example %s is a plan, and the schema has nothing against it', (name) => {
  const text = readFileSync(join(folder, name), 'utf8')
  expect(problemsOf(text, name)).toEqual([])
  expect(planOf(text, name).targets.length).toBeGreaterThan(3)
  if (!name.endsWith('.yml')) return
  expect(isValid(load(text))).toBe(true)
  // Editors find it there.
  expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/\.\.\/dist\/plan-schema\.json\n/)
})

/** What schema and program agree on. */
const rows: [plan: string, isRight: boolean][] = [
  ['{ targets: { a: {} } }', true],
  ['{ targets: { a: ~ } }', true],
  ['{ targets: [{ name: a }] }', true],
  ['{ targets: { a: {}, b: { needs: a } } }', true],
  ['{ targets: { a: {}, b: { needs: [a], matrix: { L: [en, 1, true] }, recipe: r } } }', true],
  ['{ defaults: { ref: main, follow: true, exitCodes: { 3: 0 } }, targets: { a: {} } }', true],
  ['{}', false],
  ['[]', false],
  ['{ targets: {} }', false],
  ['{ targets: [] }', false],
  ['{ targets: a }', false],
  ['{ targets: { a: 1 } }', false],
  ['{ targets: { a: { name: b } } }', false],
  ['{ targets: { 1: {} } }', false],
  ['{ targets: { "a[b]": {} } }', false],
  ['{ targets: { a: { extends: b } } }', false],
  ['{ targets: { a: { targets: [{}] } } }', false],
  ['{ targets: { a: { matrix: { L: [] } } } }', false],
  ['{ targets: { a: { matrix: { L: en } } } }', false],
  ['{ targets: { a: { variables: { A: 1 } } } }', false],
  ['{ targets: { a: {} }, retry: 1 }', false],
  ['{ defaults: { needs: [a] }, targets: { a: {} } }', false],
  ['{ defaults: { recipe: a }, targets: { a: {} } }', false],
]

test.each(rows)('%s: %s', (plan, isRight) => {
  expect({ program: problemsOf(plan).length === 0, schema: isValid(load(plan)) }).toEqual({
    program: isRight,
    schema: isRight,
  })
})
