import type { Life } from './life.ts'
import type { Job, Pipeline } from './world.ts'

const green = '\u001b[32;1m'
const red = '\u001b[31;1m'
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

/** What the commands of a job print. The value of UPLOAD_TO_S3 shows, so that one can see it arrive. */
function output(pipeline: Pipeline, job: Job): string[] {
  if (job.name !== 'upload_package') return [`${job.script.replace('make ', '')}: done`]
  const value = pipeline.variables.get('UPLOAD_TO_S3') ?? ''
  return value === '' ? ['nothing to upload'] : ['make upload', `uploading, UPLOAD_TO_S3=${value}`]
}

/** The log of a job: empty before it starts, without its end while it runs. */
export function traceOf(pipeline: Pipeline, job: Job, life: Life): string {
  if (life.startedAt === null) return ''
  const head = [
    `${clear}Running with gitlab-runner 18.9.0 (sandbox)${reset}\n`,
    section('get_sources', life.startedAt, `${clear}Getting source from Git repository${reset}`, [
      `${green}Checking out ${pipeline.sha.slice(0, 8)} as ${pipeline.ref}...${reset}`,
    ]),
    `${green}$ ${job.script}${reset}\n`,
  ].join('')
  if (life.finishedAt === null) return head
  const end = job.fails
    ? ['make: *** [build] Error 1', `${red}ERROR: Job failed: exit code 1${reset}`]
    : [...output(pipeline, job), `${green}Job succeeded${reset}`]
  return head + end.map((line) => `${line}\n`).join('')
}
