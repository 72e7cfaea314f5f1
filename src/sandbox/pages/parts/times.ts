import type { Html } from '../shell/html.ts'
import { markup } from '../shell/html.ts'

/** A moment (milliseconds) in UTC, or a dash for one that has not come. */
export function moment(ms: number | null): Html {
  if (ms === null) return markup`<span class="dim">–</span>`
  const text = new Date(ms).toISOString()
  return markup`<time datetime="${text}">${text.slice(0, 10)} ${text.slice(11, 19)} UTC</time>`
}

/** How long something has taken, from one moment to another (milliseconds). */
export function duration(from: number | null, to: number | null): string {
  if (from === null || to === null) return '–'
  const seconds = Math.max(0, Math.round((to - from) / 1000))
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const parts = [hours > 0 && `${hours} h`, minutes > 0 && `${minutes} min`, `${seconds % 60} s`]
  return parts.filter((part) => part !== false).join(' ')
}
