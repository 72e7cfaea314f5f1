// Writes the output of `help` and the results of `npm run bench` into the marked sections of README.md and the page on speed, and action.yml;
// with --check it only compares.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { actionFile } from './action.mjs'
import { longRuns, speedTable } from './docs/speed.mjs'

const speedPage = 'docs/from-readme-speed.md'
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

const files = {
  'README.md': filled('README.md'),
  [speedPage]: filled(speedPage),
  'action.yml': await format(actionFile(), {
    ...(await resolveConfig('action.yml')),
    filepath: 'action.yml',
  }),
}
for (const [name, text] of Object.entries(files)) {
  const isSame = existsSync(name) && readFileSync(name, 'utf8') === text
  if (!process.argv.includes('--check')) writeFileSync(name, text)
  else if (!isSame) {
    console.error(`${name} is not what the program and the bench say: npm run docs`)
    process.exitCode = 1
  }
}
