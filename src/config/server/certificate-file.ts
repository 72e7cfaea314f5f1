import { isCertificate, isCertificateLabel, isPrivateKey, pemBlocks, withLineEnds } from './pem.ts'

/** What is in a file that was to hold PEM text. */
export type CertificateFileKind =
  | 'empty'
  | 'UTF-16'
  | 'damaged line ends'
  | 'DER certificate'
  | 'DER key'
  | 'DER encrypted key'
  | 'DER request'
  | 'DER PKCS#7'
  | 'PKCS#12'
  | 'Java keystore'
  | 'Base64'
  | 'certificate'
  | 'trusted certificate'
  | 'key'
  | 'encrypted key'
  | 'OpenSSH key'
  | 'request'
  | 'PKCS#7'
  | 'public key'
  | 'HTML'
  | 'text'
  | 'binary'

/** The kinds of PEM blocks by their label, most telling first. */
const labels: readonly (readonly [label: RegExp, kind: CertificateFileKind])[] = [
  [/^ENCRYPTED PRIVATE KEY$/, 'encrypted key'],
  [/^OPENSSH PRIVATE KEY$/, 'OpenSSH key'],
  [/PRIVATE KEY$/, 'key'],
  [/^(X509 )?CERTIFICATE$/, 'certificate'],
  [/^TRUSTED CERTIFICATE$/, 'trusted certificate'],
  [/^(PKCS7|CMS)$/, 'PKCS#7'],
  [/^(NEW )?CERTIFICATE REQUEST$/, 'request'],
  [/PUBLIC KEY/, 'public key'],
]

/** What DER holds, by the hexadecimal digits after the header of its outer SEQUENCE. */
const structures: readonly (readonly [content: RegExp, kind: CertificateFileKind])[] = [
  [/^06092a864886f70d0107/, 'DER PKCS#7'],
  [/^02010330/, 'PKCS#12'],
  [/^30..06092a864886f70d01(05|0c)/, 'DER encrypted key'],
  [/^30(..|81..|82....)020100/, 'DER request'],
]

/** The content of a SEQUENCE in DER, or undefined where the bytes are none. */
function contentOfSequence(bytes: Buffer): Buffer | undefined {
  const [tag, length = 0] = bytes
  if (tag !== 0x30) return undefined
  return bytes.subarray(2 + (length > 0x80 ? length - 0x80 : 0))
}

function kindOfBinary(bytes: Buffer): CertificateFileKind {
  if (isCertificate(bytes)) return 'DER certificate'
  if (isPrivateKey(bytes)) return 'DER key'
  if (bytes.readUInt32BE() === 0xfeedfeed) return 'Java keystore'
  const hex = contentOfSequence(bytes)?.toString('hex', 0, 64) ?? ''
  return structures.find(([content]) => content.test(hex))?.[1] ?? 'binary'
}

function isUtf16({ 0: first = 1, 1: second = 1 }: Buffer): boolean {
  return (
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff) ||
    (first === 0) !== (second === 0)
  )
}

/** What is in a file that cannot be used as PEM text of a certificate or key. */
export function certificateFileKind(bytes: Buffer): CertificateFileKind {
  const text = bytes.toString()
  if (text.trim() === '') return 'empty'
  if (isUtf16(bytes)) return 'UTF-16'
  const blocks = pemBlocks(text)
  if (blocks.length === 0) {
    if (bytes.length > 4 && /[^\t\n\r\x20-\x7e]/.test(bytes.toString('latin1'))) return kindOfBinary(bytes)
    const decoded = /^[\w+/=\s]+$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0)
    if (isCertificate(decoded)) return 'Base64'
    return text.trimStart().startsWith('<') ? 'HTML' : 'text'
  }
  const repaired = pemBlocks(withLineEnds(text))
  const isRepaired = repaired.some(({ label, text: block }) =>
    isCertificateLabel(label) ? isCertificate(block) : isPrivateKey(block),
  )
  const isAsItStands = blocks.some(({ text: block }) => isCertificate(block) || isPrivateKey(block))
  if (isRepaired && !isAsItStands) return 'damaged line ends'
  if (text.includes('Proc-Type: 4,ENCRYPTED')) return 'encrypted key'
  const known = labels.find(([label]) => blocks.some((block) => label.test(block.label)))
  return known?.[1] ?? 'text'
}
