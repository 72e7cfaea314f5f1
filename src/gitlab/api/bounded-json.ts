/** How deep arrays and objects may be nested: GitLab's own answers need less than ten. */
const deepest = 100

/** The position after the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0
    while (text[at - 1 - backslashes] === '\\') backslashes += 1
    if (backslashes % 2 === 0) return at + 1
  }
  return text.length
}

/**
 * The text with `null` for whatever is nested too deep: code that walks the value would overflow the stack, and to parse it takes
 * seconds.
 */
function withoutDeepParts(text: string): string {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < text.length;) {
    const char = text[at]
    if (char === '"') {
      at = endOfString(text, at)
      continue
    }
    if (char === '[' || char === '{') {
      depth += 1
      if (depth === deepest + 1) parts.push(text.slice(from, at), 'null')
    } else if (char === ']' || char === '}') {
      if (depth === deepest + 1) from = at + 1
      depth -= 1
    }
    at += 1
  }
  if (parts.length === 0) return text
  return depth > deepest ? parts.join('') : [...parts, text.slice(from)].join('')
}

/** Escapes in a string of JSON: a pair of surrogates, one that stands alone, any other. */
const escapes =
  /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|[^])/g

/** The text with U+FFFD for surrogates that stand alone: they have no bytes, and what makes a URL of them throws. */
function withoutLoneSurrogates(text: string): string {
  if (!/\\u[dD][89a-fA-F]/.test(text)) return text
  return text.replace(escapes, (whole, lone: string | undefined) => (lone === undefined ? whole : '\\ufffd'))
}

/**
 * The value of a JSON text from a server, within bounds: what is nested too deep becomes null, and half a surrogate pair U+FFFD, so that
 * neither changes what the rest says. Undefined if it is not JSON. One byte order mark is tolerated (docs/guarantees.md#T77).
 */
export function parseBoundedJson(text: string): unknown {
  try {
    return JSON.parse(withoutLoneSurrogates(withoutDeepParts(text.replace(/^\uFEFF/, ''))))
  } catch {
    return undefined
  }
}
