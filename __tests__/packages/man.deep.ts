import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { environmentTable } from '../../src/cli/environment.ts'
import { commandTable } from '../../src/cli/table/index.ts'
import { exitCodes } from '../../src/core/exit-codes.ts'
import { flagName } from '../../src/core/flag-name.ts'
import { install } from '../helpers/debian.ts'
import { useFolder } from '../helpers/world.ts'

install('man', 'man-db')
install('mandoc', 'mandoc')
const folder = useFolder()

const pages = readdirSync('dist/man')
const sourceOf = (page: string): string => gunzipSync(readFileSync(join('dist/man', page))).toString()

/** What two formatters complain about in a page. */
function complaints(text: string, section = '1'): string {
  const page = join(folder().path, `page.${section}`)
  writeFileSync(page, text)
  const env = { ...process.env, LC_ALL: 'C.UTF-8', MANROFFSEQ: '', MANWIDTH: '80' }
  const lint = spawnSync('mandoc', ['-T', 'lint', page], { env, encoding: 'utf8' })
  const man = ['--warnings=w', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', page]
  return lint.stdout + lint.stderr + spawnSync('man', man, { env, encoding: 'utf8' }).stderr
}

test.each(pages)('man --warnings and mandoc -T lint are silent on %s', (page) => {
  expect(complaints(sourceOf(page), /\d/.exec(page)?.[0])).toBe('')
})

test('they would not be of a mistake', () => {
  const said = complaints('.TH X 1 2026-01-01\n.SH NAME\nx \\- y\n.SH Z\n.XX\nz\n')
  expect(said).toMatch(/^mandoc: .*XX/)
  expect(said).toMatch(/warning: .*XX/)
})

/** The text of a page without escapes. */
const textOf = (page: string): string =>
  sourceOf(page)
    .replace(/\\f[BIR]/g, '')
    .replace(/\\-/g, '-')
    .replace(/\\\(aq/g, "'")

test.each(commandTable.map((row) => [row.name, row]))(
  'every option of %s is on its page, or on one that it names',
  (name, row) => {
    const [word = ''] = name.split(' ')
    const own = textOf(`gitlab-trigger-${word}.1.gz`)
    const run = own.includes('gitlab-trigger-run(1)') ? textOf('gitlab-trigger-run.1.gz') : ''
    const flags = Object.values(row.options).flatMap(({ rows }) => Object.keys(rows).map(flagName))
    const missing = flags.filter(
      (flag) => !`${own}${run}`.includes(flag) && !`${own}${run}`.includes(flag.replace('--', '--no-')),
    )
    expect(missing).toEqual([])
    expect(own).toContain(`gitlab-trigger ${name}`)
  },
)

test('a flag that a page only names is explained on that of the program', () => {
  const main = textOf('gitlab-trigger.1.gz')
  const named = pages.flatMap(
    (page) => /explains:([\s\S]*?)\.\n/.exec(textOf(page))?.[1]?.match(/--[\w-]+/g) ?? [],
  )
  expect(named.length).toBeGreaterThan(100)
  expect(named.filter((flag) => !new RegExp(`^.TP\\n(-\\w, )?${flag}\\b`, 'm').test(main))).toEqual([])
})

test('environment, exit codes and the keys of a config file are told', () => {
  const main = textOf('gitlab-trigger.1.gz')
  expect(environmentTable.filter(([name]) => !main.includes(`\n${name}\n`))).toEqual([])
  const codes = textOf('gitlab-trigger-exit-codes.7.gz')
  expect(Object.values(exitCodes).filter(({ code }) => !codes.includes(`.TP\n${code}\n`))).toEqual([])
  const schema = readFileSync('dist/config-schema.json', 'utf8')
  const keys = [...schema.matchAll(/"(\w+)":\{"description"/g)].map(([, key = '']) => key)
  expect(keys.length).toBeGreaterThan(50)
  expect(keys.filter((key) => !textOf('gitlab-trigger-config.5.gz').includes(`.TP\n${key}\n`))).toEqual([])
})
