import { spawn } from 'node:child_process'
import type { Context } from '../../core/context.ts'
import { styleFor } from './style.ts'

/** The variables that a pager may need. It gets no others, since any may hold a secret. */
const passed =
  /^(PATH|HOME|USER|SHELL|LANG|LANGUAGE|TERM|TERMINFO|COLORTERM|COLUMNS|LINES|TMPDIR|TEMP|TMP|SystemRoot|PATHEXT|LESS\w*|MORE|LC_\w+)$/

/** The pager and its arguments; undefined where none is to be used. `less` prints what fits on a screen, and leaves. */
function pagerFor({ env, stdin, stdout }: Context): { file: string; isLine: boolean } | undefined {
  // A terminal that cannot move its cursor has no use for one.
  if (!stdin.isTTY || !stdout.isTTY || ['', 'dumb'].includes(env['TERM'] ?? '')) return undefined
  const typed = env['PAGER']
  if (typed === undefined) return { file: 'less', isLine: false }
  return typed.trim() === '' || typed === 'cat' ? undefined : { file: typed, isLine: true }
}

/** Hands a text to a pager and waits for its end. Resolves to whether there was one. */
function page(text: string, context: Context): Promise<boolean> {
  const pager = pagerFor(context)
  if (!pager) return Promise.resolve(false)
  const { env } = context
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => passed.test(name)))
  return new Promise((resolve) => {
    const child = spawn(pager.file, pager.isLine ? [] : ['-FRX'], {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { LESS: 'FRX', ...kept },
      // PAGER is a line for a shell.
      shell: pager.isLine,
    })
    child.once('error', () => {
      resolve(false)
    })
    child.once('close', (code) => {
      // A shell's answer for a program that is not there.
      resolve(code !== 127)
    })
    // Leaving a pager early is no error.
    child.stdin.once('error', () => undefined)
    child.stdin.end(text)
  })
}

/** Headings are short, stand at the left edge and end with a colon. */
const heading = /^(?:Usage:|[A-Z][^.\n]{0,50}:$)/gm

/** A text for a terminal, with bold headings. Undefined where a pager has shown it, since it is longer than the screen. */
export async function textForTerminal(
  text: string,
  context: Context,
  { color, mayPage }: { color?: false | undefined; mayPage: boolean },
): Promise<string | undefined> {
  const style = await styleFor(context.stdout, context.env, color)
  const styled = text.replace(heading, (words) => style.strong(words))
  const isLong = text.split('\n').length > (context.stdout.rows || 24)
  return mayPage && isLong && (await page(styled, context)) ? undefined : styled
}
