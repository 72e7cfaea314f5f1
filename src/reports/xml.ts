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

/**
 * Builds an element from its name, its attributes (undefined ones are left out) and content that is XML
 * already.
 */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content = '',
): string {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${xmlAttribute(String(value))}"`)
    .join('')
  return content === '' ? `<${name}${list}/>` : `<${name}${list}>${content}</${name}>`
}
