import { createPrivateKey, X509Certificate } from 'node:crypto'

/** A part of a PEM file. */
export interface PemBlock {
  /** Such as `CERTIFICATE` or `RSA PRIVATE KEY`. */
  label: string
  text: string
  /** The line of its BEGIN, from 1. */
  line: number
  /** Its END line is there. */
  isWhole: boolean
}

/** The parts of a PEM file, in order. */
export function pemBlocks(text: string): PemBlock[] {
  const begins = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)]
  return begins.map(({ 1: label = '', index }, at) => {
    const rest = text.slice(index, begins[at + 1]?.index)
    const end = rest.indexOf(`-----END ${label}-----`)
    return {
      label,
      text: end < 0 ? rest : rest.slice(0, end + `-----END ${label}-----`.length),
      line: text.slice(0, index).split('\n').length,
      isWhole: end >= 0,
    }
  })
}

/** The same text with the line ends that PEM has: blanks, CR and `\n` in their place are what other programs make of them. */
export function withLineEnds(text: string): string {
  return text
    .replace(/\\[nr]/g, '\n')
    .replace(/-----(BEGIN|END) [A-Z0-9 ]+-----/g, '\n$&\n')
    .split('\n')
    .flatMap((line) => (line.startsWith('-----') ? [line] : line.split(/\s+/)))
    .flatMap((line) => (line.startsWith('-----') ? [line] : (line.match(/.{1,64}/g) ?? [])))
    .join('\n')
}

/** Whether a PEM block is a certificate. */
export const isCertificateLabel = (label: string): boolean => /^(X509 )?CERTIFICATE$/.test(label)

/** Whether a certificate can be read; `certificate` is PEM text or DER. */
export function isCertificate(certificate: string | Buffer): boolean {
  try {
    return new X509Certificate(certificate).raw.length > 0
  } catch {
    return false
  }
}

/** Whether a private key without a passphrase can be read; `key` is PEM text or DER. */
export function isPrivateKey(key: string | Buffer): boolean {
  const forms =
    typeof key === 'string'
      ? [key]
      : (['pkcs8', 'pkcs1', 'sec1'] as const).map((type) => ({ key, format: 'der' as const, type }))
  return forms.some((form) => {
    try {
      return createPrivateKey(form).type === 'private'
    } catch {
      return false
    }
  })
}
