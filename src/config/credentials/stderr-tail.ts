import { mask, SecretRegistry } from '../../core/secret.ts'

/** How many bytes of the end of stderr are kept. */
const kept = 4096
/** Longest line that is repeated, in characters. */
const longest = 200

/** Texts that look like secrets: tokens of GitLab, credentials behind their name, passwords in URLs, long random words. */
const likeSecrets: readonly RegExp[] = [
  /\bgl[a-z]{2,6}-[\w.-]{10,}/gi,
  /(?<=\b[\w-]*(?:token|passw(?:or)?d|secret|key|passphrase)["']?=["']?)[^\s"'&]+/gi,
  /(?<=\b(?:bearer|basic|[\w-]*(?:token|passw(?:or)?d|secret|key|passphrase))["']?:? +["']?)(?=\S*\d)[^\s"']{6,}/gi,
  /(?<=:\/\/)[^\s/@]+(?=@)/g,
  /\b(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{16,}|\b[0-9a-f]{20,}\b/g,
]

/** Keeps the end of what a program writes on stderr. */
export class StderrTail {
  #end = Buffer.alloc(0)

  add(chunk: Buffer): void {
    this.#end = Buffer.concat([this.#end, chunk]).subarray(-kept)
  }

  /**
   * The last line that is not blank, in quotation marks, without colours and without anything that is or looks like a secret; '' if there
   * is none. `printed` is what the program wrote on stdout: a token, or part of one, even if it failed then.
   */
  line(secrets: SecretRegistry, printed: string): string {
    const output = new SecretRegistry()
    for (const word of [...printed.split(/\s+/), ...printed.split(/[\s"',;:={}[\]]+/)]) output.keep(word)
    const lines = this.#end
      .toString()
      .replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)/g, '')
      .split(/[\r\n]+/)
      .map((line) => line.trim())
    const last = lines.findLast((line) => line !== '') ?? ''
    const safe = likeSecrets.reduce<string>(
      (text, secret) => text.replace(secret, mask),
      output.redact(secrets.redact(last)),
    )
    return safe === '' ? '' : `"${safe.slice(0, longest)}"`
  }
}
