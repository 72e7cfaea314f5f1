import type { Lived } from './live.ts'
import { hugeLine } from './log-form.ts'

/** A log as it was printed: under which name, and its lines. */
export interface PrintedLog {
  /** The number of its job; NaN where no line tells. */
  job: number
  name: string
  /** Its heading; '' where it has none. */
  heading: string
  lines: string[]
}

const tag = /^(\d+)\.\d+/
const jobOf = (lines: readonly string[]): number =>
  Number(lines.map((line) => tag.exec(line)?.[1]).find((id) => id !== undefined) ?? NaN)

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n')

/** Puts lines that were too long, and came in pieces, together again; another job of the same name may come in between. */
function joined(lines: readonly string[]): string[] {
  const whole: string[] = []
  const open: { at: number; line: string }[] = []
  for (const line of lines) {
    const begun = open.findLast(
      (each) => line !== '' && each.line.startsWith(`${whole[each.at] ?? ''}${line}`),
    )
    if (begun) {
      whole[begun.at] = `${whole[begun.at] ?? ''}${line}`
      continue
    }
    const [, id] = /^(\d+\.\d+) ([a-z])\2{40000,}/.exec(line) ?? []
    if (id !== undefined) open.push({ at: whole.length, line: hugeLine(id) })
    whole.push(line)
  }
  return whole
}

/** Lines of several jobs, each behind the name of its job. Two jobs may have one name: a retry and what it replaced. */
function behindNames(text: string): PrintedLog[] {
  const byName = new Map<string, string[]>()
  for (const line of linesOf(text)) {
    const [, name, rest] = /^\[([a-z >]+)\] (.*)$/.exec(line) ?? []
    if (name === undefined || rest === undefined) continue
    byName.set(name, [...(byName.get(name) ?? []), rest])
  }
  return [...byName].flatMap(([name, lines]) => byJob(name, joined(lines)))
}

/** The lines of each job, by the tags in them; a line without one is of the job before. */
function byJob(name: string, lines: readonly string[]): PrintedLog[] {
  const logs = new Map<number, string[]>()
  let job = jobOf(lines)
  for (const line of lines) {
    const own = jobOf([line])
    if (!Number.isNaN(own)) job = own
    logs.set(job, [...(logs.get(job) ?? []), line])
  }
  return [...logs].map(([id, own]) => ({ job: id, name, heading: '', lines: own }))
}

/** Logs behind headings, until something else is said. */
function behindHeadings(text: string): PrintedLog[] {
  const logs: PrintedLog[] = []
  let open: PrintedLog | undefined
  for (const line of linesOf(text)) {
    const [, name, part] = /^([a-z >]+) failed \(script_failure\)(, [^:]+)?(?:: http\S+)?$/.exec(line) ?? []
    if (name !== undefined) {
      open = { job: NaN, name, heading: part ?? '', lines: [] }
      logs.push(open)
    } else if (line === '' || tag.test(line)) open?.lines.push(line)
    else open = undefined
  }
  return logs.map((log) => ({ ...log, job: jobOf(log.lines) }))
}

/** Logs in sections of GitLab CI or GitHub Actions. */
function inSections(text: string): PrintedLog[] {
  const begin =
    /^(?:\x1b\[0Ksection_start:\d+:\S+\r\x1b\[0K|::group::)([a-z >]+?)(?: failed \(script_failure\))?(?:: http\S+)?$/
  const logs: PrintedLog[] = []
  let open: PrintedLog | undefined
  for (const line of linesOf(text)) {
    const [, name] = begin.exec(line) ?? []
    if (name !== undefined) {
      open = { job: NaN, name, heading: '', lines: [] }
      logs.push(open)
    } else if (/^(\x1b\[0Ksection_end:|::endgroup::)/.test(line)) open = undefined
    else if (open) open.lines.push(line)
    else logs.push({ job: NaN, name: '?', heading: '', lines: [line] })
  }
  return logs.map((log) => ({ ...log, lines: joined(log.lines), job: jobOf(log.lines) }))
}

/** The lines of --events. */
function inEvents(text: string): PrintedLog[] {
  const logs = new Map<number, PrintedLog>()
  for (const line of linesOf(text)) {
    const event = JSON.parse(line) as { type: string; job_id: number; job_name: string; text: string }
    if (event.type !== 'log') continue
    const log = logs.get(event.job_id) ?? { job: event.job_id, name: event.job_name, heading: '', lines: [] }
    logs.set(event.job_id, log)
    log.lines.push(...linesOf(event.text))
  }
  return [...logs.values()].map((log) => {
    const [, heading] =
      /^[a-z >]+ failed \(script_failure\)(, [^:]+)(?:: http\S+)?$/.exec(log.lines[0] ?? '') ?? []
    const lines = heading === undefined ? log.lines : log.lines.slice(1)
    return { ...log, heading: heading ?? '', lines: joined(lines) }
  })
}

/** The logs that a line has printed. */
export function printedLogs({ line, stdout, stderr }: Lived): PrintedLog[] {
  if (line.logs === 'none') return []
  if (line.output === 'events') return stdout === '' ? [] : inEvents(stdout)
  if (line.logs === 'failed') return behindHeadings(stderr)
  if (line.verb !== 'logs') return behindNames(stderr)
  if (stdout === '') return []
  if (Object.keys(line.env).length > 0 && /^(\x1b\[0Ksection_start|::group::)/.test(stdout))
    return inSections(stdout)
  return /^\[[a-z >]+\] /.test(stdout) ? behindNames(stdout) : byJob('', joined(linesOf(stdout)))
}
