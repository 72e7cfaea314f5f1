import type { Context, OutputStream } from '../../core/context.ts'

/** Terminals that show links, by TERM_PROGRAM, and the first version that does where older ones are in use. */
const programs: ReadonlyMap<string, string> = new Map([
  ['iTerm.app', '3.1'],
  ['WezTerm', '20200620'],
  ['vscode', '1.72'],
  ['ghostty', '0'],
  ['tmux', '3.4'],
])

/** Terminals that show links, by TERM. */
const terms = /^(xterm-kitty|xterm-ghostty|alacritty|foot|contour|wezterm)(-|$)/

/** The first version of VTE (GNOME Terminal and many others) that shows links, 0.50, as it names itself. */
const firstVte = 5000

const isAtLeast = (version: string, first: string): boolean => {
  const [own, wanted] = [version, first].map((text) => text.split(/[.-]/).map((part) => parseInt(part, 10)))
  const at = wanted?.findIndex((part, index) => part !== (own?.[index] ?? 0)) ?? -1
  return at < 0 || (own?.[at] ?? 0) > (wanted?.[at] ?? 0)
}

/**
 * Whether a stream is a terminal that shows links (OSC 8), as far as the environment tells. FORCE_HYPERLINK says it of a terminal
 * that is not known: 0 is no. tmux and screen are what counts where they run, and not the terminal around them.
 */
export function showsLinks({ isTTY }: Pick<OutputStream, 'isTTY'>, env: Context['env']): boolean {
  const valueOf = (name: string): string => env[name] ?? ''
  const term = valueOf('TERM')
  if (!isTTY || valueOf('CI') !== '' || valueOf('GITLAB_CI') !== '') return false
  const forced = valueOf('FORCE_HYPERLINK')
  if (forced !== '') return forced !== '0' && forced !== 'false'
  if (['dumb', 'linux'].includes(term)) return false
  const program = valueOf('TERM_PROGRAM')
  const first = programs.get(program)
  const version = valueOf('TERM_PROGRAM_VERSION')
  const isProgram = first !== undefined && (version === '' || isAtLeast(version, first))
  const isMultiplexed = valueOf('TMUX') !== '' || valueOf('STY') !== '' || /^(tmux|screen)/.test(term)
  if (isMultiplexed) return program === 'tmux' && version !== '' && isProgram
  return (
    isProgram ||
    Number(valueOf('VTE_VERSION')) >= firstVte ||
    valueOf('KITTY_WINDOW_ID') !== '' ||
    valueOf('WT_SESSION') !== '' ||
    terms.test(term)
  )
}

/** The longest URL that all terminals take, in characters. */
const longestUrl = 2083

/** A URL as it may stand in a link: all of it printable ASCII. Undefined for one that is no page. */
function linkTarget(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, username, password, href } = new URL(url)
  const isPage = /^https?:$/.test(protocol) && username === '' && password === ''
  const target = href.toWellFormed().replace(/[^!-~]/gu, encodeURIComponent)
  return isPage && target.length <= longestUrl ? target : undefined
}

const opening = (target: string): string => `\x1b]8;;${target}\x1b\\`
const closing = opening('')

/** The links that a run has made itself: no others pass its sink, wherever they come from. */
export class Links {
  readonly #openings = new Set<string>()
  readonly #isClean: (url: string) => boolean

  /** `isClean` says whether the sink would leave a URL as it is: one with a secret is no link. */
  constructor(isClean: (url: string) => boolean) {
    this.#isClean = isClean
  }

  /** The text as a link to a page; the text alone if that URL cannot be one. */
  link(text: string, url: string): string {
    const target = linkTarget(url)
    if (target === undefined || !this.#isClean(target)) return text
    this.#openings.add(opening(target))
    return `${opening(target)}${text}${closing}`
  }

  /** A function that says of each control string of a text, in order, whether it begins or ends a link of this run. */
  inText(): (controlString: string) => boolean {
    let isOpen = false
    return (controlString) => {
      const wasOpen = isOpen
      isOpen = this.#openings.has(controlString)
      return isOpen || (wasOpen && controlString === closing)
    }
  }
}
