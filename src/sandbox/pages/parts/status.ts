import type { Life } from '../../life/life.ts'
import type { Html } from '../shell/html.ts'
import { markup } from '../shell/html.ts'
import type { Kind } from '../shell/theme.ts'
import { themes } from '../shell/theme.ts'

interface StatusStyle {
  kind: Kind
  text: string
  /** The mark inside the circle, as the path of an icon of 16 by 16. */
  mark: string
}

const dot = 'M8 8h.01'
const clock = 'M8 5v3l2 1.5'
const warning: StatusStyle = { kind: 'wait', text: 'Warning', mark: 'M8 4.5v4M8 11h.01' }

/** GitLab's words for statuses. */
const statusStyles: Record<string, StatusStyle> = {
  created: { kind: 'idle', text: 'Created', mark: dot },
  preparing: { kind: 'wait', text: 'Preparing', mark: clock },
  waiting_for_resource: { kind: 'wait', text: 'Waiting', mark: clock },
  waiting_for_callback: { kind: 'wait', text: 'Waiting', mark: clock },
  pending: { kind: 'wait', text: 'Pending', mark: 'M6.5 5.5v5M9.5 5.5v5' },
  running: { kind: 'busy', text: 'Running', mark: 'M8 4.5a3.5 3.5 0 0 1 3.5 3.5' },
  success: { kind: 'good', text: 'Passed', mark: 'M5 8.2l2.2 2.2L11 6' },
  failed: { kind: 'bad', text: 'Failed', mark: 'M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4' },
  canceling: { kind: 'idle', text: 'Canceling', mark: 'M5.5 10.5l5-5' },
  canceled: { kind: 'idle', text: 'Canceled', mark: 'M5.5 10.5l5-5' },
  skipped: { kind: 'idle', text: 'Skipped', mark: 'M5.5 5.5L8 8l-2.5 2.5M8.5 5.5L11 8l-2.5 2.5' },
  manual: { kind: 'hand', text: 'Manual', mark: 'M6.5 5.3l4 2.7-4 2.7z' },
  scheduled: { kind: 'hand', text: 'Delayed', mark: clock },
}

function styleOf({ status, warnings }: Pick<Life, 'status' | 'warnings'>): StatusStyle {
  if (status === 'success' && warnings) return warning
  return statusStyles[status] ?? { kind: 'idle', text: status, mark: dot }
}

/** The colour of a status. */
export function kindOf(life: Pick<Life, 'status' | 'warnings'>): Kind {
  return styleOf(life).kind
}

/** The word for a status; a pipeline that waits for a user is blocked. */
export function wordFor(life: Pick<Life, 'status' | 'warnings'>, isPipeline = false): string {
  return isPipeline && life.status === 'manual' ? 'Blocked' : styleOf(life).text
}

/** The shapes of an icon of 16 by 16, without an element around them. */
export function iconShapes(life: Pick<Life, 'status' | 'warnings'>): Html {
  return markup`<circle cx="8" cy="8" r="6.5"></circle><path d="${styleOf(life).mark}"></path>`
}

/** A status as a coloured pill with its icon. */
export function statusPill(life: Pick<Life, 'status' | 'warnings'>, isPipeline = false): Html {
  const icon = markup`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${iconShapes(life)}</svg>`
  return markup`<span class="status ${kindOf(life)}">${icon}${wordFor(life, isPipeline)}</span>`
}

/** A picture of a status for the browser's tab, as a data URL. */
export function tabIcon(life?: Pick<Life, 'status' | 'warnings'>): string {
  const [colour] = themes.light[life === undefined ? 'hand' : kindOf(life)]
  const shapes = life === undefined ? '' : `<path d="${styleOf(life).mark}"/>`
  return `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="#fff" stroke-width="2"><circle cx="8" cy="8" r="8" fill="${colour}" stroke="none"/>${shapes}</svg>`,
  )}`
}
