import { partsOf, type Life } from './life.ts'
import type { Lived } from './live.ts'

/** A life in words, to find out what went wrong. */
export function told(life: Life, lived: Lived, wrong: readonly string[]): string {
  const { script, words } = partsOf(life)
  const plans = script.jobs.map((job) => `  ${JSON.stringify(job)}`)
  const looks = lived.looks.map(({ at, tree }) => `${at}:${tree.status}`)
  return [
    ...wrong.map((each) => `LIE: ${each}`),
    `line: ${words.join(' ')} ${JSON.stringify(lived.line.env)}`,
    `GitLab ${life.gitlab}, steps of ${life.paceMs} ms, age ${life.age}`,
    'script:',
    ...plans,
    `others: ${JSON.stringify(script.others)}`,
    `logs: ${JSON.stringify([...script.logs])}`,
    `faults: ${lived.faults.map(({ at, kind, path }) => `${at}:${kind} ${path.replace(/^.*projects/, '')}`).join(', ')}`,
    `changes: ${lived.changes.map(({ at, path, isFaulty }) => `${at}:${path.replace(/^.*projects/, '')}${isFaulty ? '!' : ''}`).join(', ')}`,
    `stops: ${JSON.stringify(life.stops)} ${JSON.stringify(lived.stops)}`,
    `looks: ${looks.join(' ')}`,
    ...lived.pipelines.map(
      ({ id, parent, jobs }) =>
        `pipeline ${id}${parent ? ` below ${parent.job.name} (${parent.job.id}) of ${parent.pipeline.id}, from step ${parent.at}` : ''}: ${jobs
          .map((job) => `${job.id} ${job.name} from step ${job.bornAt}${job.retried ? ', retried' : ''}`)
          .join('; ')}`,
    ),
    `log reads: ${lived.logReads
      .slice(-30)
      .map(({ job, endedMsAgo, isGood }) => `${job}:${endedMsAgo ?? 'runs'}${isGood ? '' : '!'}`)
      .join(' ')}`,
    `code ${lived.code} after ${lived.tookMs} ms`,
    `stdout: ${lived.stdout.slice(0, Number(process.env['CUT'] ?? 3000))}`,
    `stderr: ${lived.stderr.slice(0, Number(process.env['CUT'] ?? 3000))}`,
  ].join('\n')
}
