/** Terminal colours, which a report has no use for. */
const colors = /\x1b\[[\d;]*m/g

/** What XML 1.0 cannot hold in any form (XML 2.2), lone surrogates aside. */
const impossible = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g

/**
 * What has a meaning in XML, would be changed by a parser (XML 2.11, 3.3.3), or could control a terminal that
 * shows the file.
 */
const special = /[<>&"'\r\x7f-\x9f]/g

const named: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' }

function reference(char: string): string {
  return named[char] ?? `&#${char.charCodeAt(0)};`
}

/** Escapes any text for the content of an element; what XML cannot hold becomes U+FFFD. */
export function xmlText(text: string): string {
  return text.replace(colors, '').toWellFormed().replace(impossible, '\ufffd').replace(special, reference)
}

/** Escapes any text for the value of an attribute, so that a parser keeps its line ends and tabs. */
export function xmlAttribute(text: string): string {
  return xmlText(text).replace(/[\n\t]/g, reference)
}

/** The attributes of an element; undefined ones are left out. */
type Attributes = Readonly<Record<string, string | number | undefined>>

const listOf = (attributes: Attributes): string =>
  Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${xmlAttribute(String(value))}"`)
    .join('')

/** The opening tag of an element that has content. */
export const openTag = (name: string, attributes: Attributes): string => `<${name}${listOf(attributes)}>`

/** Builds an element from its name, its attributes and content that is XML already. */
export function element(name: string, attributes: Attributes, content = ''): string {
  return content === ''
    ? `<${name}${listOf(attributes)}/>`
    : `${openTag(name, attributes)}${content}</${name}>`
}
