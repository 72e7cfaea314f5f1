import { columns, fitted } from '../help-layout.ts'
import { commandTable, groupTable } from '../table/index.ts'
import { topicNames } from '../topic-names.ts'

/** What stands below the commands in `gitlab-trigger --help`. */
export const mainHelp = `
Example:
  gitlab-trigger --server https://gitlab.example.com --project 9 --ref master \\
    --token-file ~/.trigger-token --var UPLOAD_TO_S3=true

The flags of the default command: gitlab-trigger run --help
One screen on a command: gitlab-trigger COMMAND -h
Topics, with gitlab-trigger help TOPIC:
  ${topicNames.slice(0, 6).join(', ')},
  ${topicNames.slice(6).join(', ')}
`

/** The commands of a first day. */
const usual = ['run', 'wait', 'status', 'logs', 'login', 'doctor', 'schedule', 'batch', 'sandbox']

/** What `gitlab-trigger -h` prints: one screen. */
export function shortMainHelp(description: string, width: number): string {
  const summaryOf = (name: string): string =>
    groupTable[name] ?? commandTable.find((row) => row.name === name)?.summary ?? ''
  const rows = usual.map((name) => [`  ${name}`, summaryOf(name).split(';')[0]?.split(':')[0] ?? ''])
  const head = fitted(`Usage: gitlab-trigger [command] [options]\n\n${description}\n`, width)
  return `${head}
${columns(rows, width)}
Examples:
  gitlab-trigger login
  gitlab-trigger -s work -p 9 -r master --var UPLOAD_TO_S3=true --wait

The flags to trigger: gitlab-trigger run -h
All commands and topics: gitlab-trigger --help
`
}
