import type { Html, Part } from '../shell/html.ts'
import { markup } from '../shell/html.ts'

/** A form of one button; `label` is what a screen reader says of it. */
export function button(
  action: string,
  text: string,
  label: string,
  look: 'full' | 'plain' | 'danger' = 'full',
): Html {
  return markup`<form method="post" action="${action}">
    <button class="${look}" aria-label="${label}">${text}</button>
  </form>`
}

/** A list of terms; rows without a value are left out. */
export function facts(rows: readonly (readonly [name: string, value: Part])[]): Html {
  const shown = rows.filter(([, value]) => value !== undefined && value !== false)
  return markup`<dl>
    ${shown.map(
      ([name, value]) =>
        markup`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`
}
