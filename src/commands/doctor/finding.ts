import type { BuildState } from '../../core/build.ts'
import type { Context } from '../../core/context.ts'
import type { TriggerError } from '../../core/errors.ts'
import type { ExitName } from '../../core/exit-codes.ts'
import { escapeLine } from '../../output/terminal/escape.ts'
import type { Style } from '../../output/terminal/style.ts'
import { hangingLines } from '../../output/terminal/wrap-words.ts'

/** What doctor checks, in order. */
export const checkNames = [
  'config',
  'server',
  'settings',
  'dns',
  'proxy',
  'tls',
  'api',
  'clock',
  'token',
  'trigger',
  'project',
  'ref',
  'variables',
  'reading',
] as const

/** One of doctor's checks. */
export type CheckName = (typeof checkNames)[number]

/** What became of one check. */
export interface Finding {
  name: CheckName
  /** What it is about, where a recipe has several targets: `group/site on main`. */
  target?: string
  /** `warning`: not as it should be, but `run` works all the same. */
  mark: 'good' | 'bad' | 'warning' | 'skipped'
  detail: string
  /** What to do; '' where there is nothing to do. */
  fix: string
  /** How `run` would end because of it. */
  exit: ExitName
  build: BuildState
}

const fine = { fix: '', exit: 'success', build: { kind: 'none' } } as const

/** All is well. */
export function good(name: CheckName, detail: string): Finding {
  return { ...fine, name, mark: 'good', detail }
}

/** A warning: `run` works all the same. */
export function warning(name: CheckName, detail: string, fix: string): Finding {
  return { ...fine, name, mark: 'warning', detail, fix }
}

/** `run` would fail, as this error says. */
export function bad(name: CheckName, { message, details, hint, exit, build }: TriggerError): Finding {
  return { name, mark: 'bad', detail: [message, ...details].join('; '), fix: hint, exit, build }
}

/** The check cannot, or need not, be made. */
export function skipped(name: CheckName, why: string): Finding {
  return { ...fine, name, mark: 'skipped', detail: why }
}

const okOf = { good: true, warning: false, bad: false, skipped: null } as const

/** A finding for --json. `needed` is false for what `run` does without. */
export function findingObject({ name, target, mark, detail, fix }: Finding): Record<string, unknown> {
  return {
    name,
    target: target ?? null,
    ok: okOf[mark],
    needed: mark !== 'warning',
    detail,
    fix,
  }
}

/** Whether the locale says that the terminal shows more than ASCII. */
function isUtf8(env: Context['env']): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  )
  return /utf-?8/i.test(locale ?? '')
}

const signs = { good: '\u2713', bad: '\u2717', warning: '!', skipped: '-' } as const
const asciiSigns = { good: 'ok', bad: 'no', warning: '! ', skipped: '- ' } as const

const looks = { good: 'good', bad: 'bad', warning: 'strong', skipped: 'faint' } as const

const nameWidth = Math.max(...checkNames.map((name) => name.length))

/** A finding for people: what was found, and indented below it the fix. */
export function findingLines(finding: Finding, style: Style, { env, stdout }: Context): string {
  const { name, mark, detail, fix } = finding
  const sign = (isUtf8(env) ? signs : asciiSigns)[mark]
  const heading = `${sign} ${name.padEnd(nameWidth)}  `
  const indent = ' '.repeat(heading.length)
  const found = hangingLines(heading, escapeLine(detail), stdout).map((line, at) => {
    const text = line.slice(heading.length)
    const start = at === 0 ? style[looks[mark]](sign) + heading.slice(sign.length) : indent
    return start + (mark === 'skipped' ? style.faint(text) : text)
  })
  const todo = fix === '' ? [] : hangingLines(indent, escapeLine(fix), stdout)
  return `${[...found, ...todo].join('\n')}\n`
}
