import type { Life } from '../life/life.ts'
import type { Pipeline } from '../world/model.ts'
import type { Job } from '../world/model.ts'
import type { Text } from './text.ts'
import { held, joined, part, repeated } from './text.ts'

const green = '\u001b[32;1m'
const red = '\u001b[31;1m'
const cyan = '\u001b[0;36m'
const reset = '\u001b[0;m'
const clear = '\u001b[0K'

/** A section as a runner marks it: Unix seconds, carriage returns, and the code that clears the line. */
function section(name: string, at: number, title: string, lines: string[]): string {
  const second = Math.floor(at / 1000)
  return (
    `section_start:${second}:${name}\r${clear}${clear}${title}\n` +
    lines.map((line) => `${line}\n`).join('') +
    `${clear}section_end:${second}:${name}\r${clear}`
  )
}

const objects = Array.from({ length: 24 }, (_, at) => `build/module_${String(at + 1).padStart(2, '0')}.o`)

/** Lines as tools print them: colors, other scripts, a progress bar, and one line longer than any screen. */
const usualLines = [
  'Downloading dependencies:  10%\rDownloading dependencies:  55%\rDownloading dependencies: 100%',
  `${cyan}info${reset} compiling src/größe.c`,
  '✓ prints names in other scripts: 日本語, 🎉',
  `\u001b[33mwarning:\u001b[0m no symbols in ${objects.join(' ')}`,
  '  25 files compiled, 1 warning',
]

/** What the commands of a job print last; the value of UPLOAD_TO_S3 shows that it arrived. */
function output(pipeline: Pipeline, job: Job): string[] {
  if (job.name !== 'upload_package') return [`${job.script.replace('make ', '')}: done`]
  const value = pipeline.variables.get('UPLOAD_TO_S3') ?? ''
  return value === '' ? ['nothing to upload'] : ['make upload', `uploading, UPLOAD_TO_S3=${value}`]
}

function head(pipeline: Pipeline, job: Job, startedAt: number): string {
  return [
    `${clear}Running with gitlab-runner 18.9.0 (sandbox)${reset}\n`,
    section('get_sources', startedAt, `${clear}Getting source from Git repository${reset}`, [
      `${green}Checking out ${pipeline.sha.slice(0, 8)} as ${pipeline.ref}...${reset}`,
    ]),
    `${green}$ ${job.script}${reset}\n`,
  ].join('')
}

/** The middle: the text of the plan, or the usual lines, repeated for a log of many bytes. */
function middle({ plan: { log } }: Job): Text {
  if (log?.text !== undefined) return held(log.text)
  const lines = usualLines.map((line) => `${line}\n`).join('')
  if (log?.bytes === undefined) return held(lines)
  const block = lines.repeat(64)
  return repeated(block, Math.ceil(log.bytes / Buffer.byteLength(block)))
}

const endings: Record<string, string[]> = {
  success: [`${green}Job succeeded${reset}`],
  canceled: [`${red}ERROR: Job failed: canceled${reset}`],
  failed: ['make: *** [build] Error 1', `${red}ERROR: Job failed: exit code 1${reset}`],
}

function end(pipeline: Pipeline, job: Job, status: string): string {
  const last = endings[status] ?? []
  const lines = status === 'success' ? [...output(pipeline, job), ...last] : last
  return lines.map((line) => `${line}\n`).join('')
}

/**
 * The log of a job: empty before it starts; while it runs, its beginning, which may end in the middle of a
 * line, of a colour code or of a character.
 */
export function logOf(pipeline: Pipeline, job: Job, life: Life): Text {
  if (life.startedAt === null) return held('')
  const work = middle(job)
  const done = part(work, 0, Math.floor(work.length * life.progress))
  const closing = life.finishedAt === null ? '' : end(pipeline, job, life.status)
  return joined([held(head(pipeline, job, life.startedAt)), done, held(closing)])
}
