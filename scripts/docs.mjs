// Writes the output of `help` and the results of `npm run bench` into the marked sections of README.md and the page on speed, and action.yml and
// docs/reference/; with --check it only compares.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { actionFile } from './action.mjs'
import { referencePages } from './docs/reference.mjs'
import { longRuns, speedTable } from './docs/speed.mjs'

const speedPage = 'docs/speed.md'
const read = (name) => JSON.parse(readFileSync(`bench/${name}.json`, 'utf8'))
const speed = [speedTable(read('results')), longRuns(read('logs-results'), read('polls-results'))].join(
  '\n\n',
)
/** The text of a page with its marked sections filled in. */
const filled = (page) =>
  readFileSync(page, 'utf8')
    .replace(/<!-- help ([\w-]+) -->[\s\S]*?<!-- \/help \1 -->/g, (_, topic) => {
      const text = execFileSync(process.execPath, ['bin/gitlab-trigger.js', 'help', topic], {
        encoding: 'utf8',
      })
      return `<!-- help ${topic} -->\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n\n<!-- /help ${topic} -->`
    })
    .replace(/<!-- speed -->[\s\S]*?<!-- \/speed -->/, `<!-- speed -->\n\n${speed}\n\n<!-- /speed -->`)

const formatted = async (name, text) => format(text, { ...(await resolveConfig(name)), filepath: name })
const folder = 'docs/reference'
const files = {
  'README.md': filled('README.md'),
  [speedPage]: filled(speedPage),
  'action.yml': await formatted('action.yml', actionFile()),
}
for (const [name, text] of Object.entries(referencePages()))
  files[`${folder}/${name}`] = await formatted(`${folder}/${name}`, text)

const isCheck = process.argv.includes('--check')
const complain = (problem) => {
  console.error(`${problem}: npm run docs`)
  process.exitCode = 1
}
mkdirSync(folder, { recursive: true })
for (const name of readdirSync(folder).map((each) => `${folder}/${each}`)) {
  if (name in files) continue
  if (isCheck) complain(`${name} is about nothing that there is`)
  else rmSync(name)
}
for (const [name, text] of Object.entries(files)) {
  const isSame = existsSync(name) && readFileSync(name, 'utf8') === text
  if (!isCheck) writeFileSync(name, text)
  else if (!isSame) complain(`${name} is not what the program and the bench say`)
}
