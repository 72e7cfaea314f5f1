/** Markup that may go into a page as it is. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What a page may be made of; texts are escaped, nothing is shown for undefined and false. */
export type Part = string | number | Html | undefined | false | readonly Part[]

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Control characters other than tab and line feed, and those that change the direction of the text around them. */
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/** A text as it may stand in an element or a quoted attribute. */
export function escaped(text: string): string {
  return text.replace(unsafe, '\ufffd').replace(/[&<>"']/g, (character) => entities[character] ?? '')
}

function textOf(part: Part): string {
  if (part === undefined || part === false) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(textOf).join('')
  return escaped(String(part))
}

/** Markup from a template: what is filled in is escaped unless it is markup itself. Attributes must be quoted. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((left, string, at) => left + textOf(parts[at - 1]) + string))
}
