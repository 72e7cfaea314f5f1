// Writes what `help` prints into the marked places of README.md. A test compares them.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

const readme = readFileSync('README.md', 'utf8')
const filled = readme.replace(/<!-- help ([\w-]+) -->[\s\S]*?<!-- \/help \1 -->/g, (_, topic) => {
  const text = execFileSync(process.execPath, ['bin/gitlab-trigger.js', 'help', topic], { encoding: 'utf8' })
  return `<!-- help ${topic} -->\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n\n<!-- /help ${topic} -->`
})
writeFileSync('README.md', filled)
