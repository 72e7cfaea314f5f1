/** A part with a file name: Rack makes a hash of it, never a string (docs/gitlab.md#6). */
export interface Upload {
  upload: string
}

/** A parsed parameter. Text stays bytes: GitLab's answers depend on whether they are UTF-8. */
export type Param = Buffer | Upload | number | boolean | null | Param[] | ParamHash

/** A hash of parameters; a name is a string of bytes (latin1), because it need not be UTF-8 either. */
export type ParamHash = Map<string, Param>

/** One field as it was sent, name (bytes as latin1) and value, before any nesting. */
export type Field = [name: string, value: Buffer | Upload]

/** Whether a parameter is an upload. */
export function isUpload(param: Param | undefined): param is Upload {
  return typeof param === 'object' && param !== null && 'upload' in param
}

/** The text of bytes when they are UTF-8, else undefined. */
export function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** The text of a name when its bytes are UTF-8, else undefined. */
export function nameText(name: string): string | undefined {
  return utf8(Buffer.from(name, 'latin1'))
}

/** The bytes of a text as the tree keeps names. */
export function nameBytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** A parameter as a model sees it after Grape's coercion to a string; undefined if it is none. */
export function coerced(param: Param | undefined): string | undefined {
  if (Buffer.isBuffer(param)) return utf8(param)
  return typeof param === 'number' || typeof param === 'boolean' ? String(param) : undefined
}
