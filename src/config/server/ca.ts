import { createPrivateKey, X509Certificate } from 'node:crypto'
import { configError, type TriggerError } from '../../core/errors.ts'
import type { FileWorld } from '../../core/limits/file-time.ts'
import type { FileUser } from '../files/provided-file.ts'
import { checkFileSafely, readFileSafely } from '../files/read-file-safely.ts'
import type { Origin, Setting } from '../setting.ts'
import { certificateAdvice, type CertificateRole } from './certificate-advice.ts'
import { certificateFileKind } from './certificate-file.ts'
import { isCertificate, isCertificateLabel, isPrivateKey, pemBlocks, type PemBlock } from './pem.ts'

const maxSize = 1024 * 1024

function unusable(
  role: CertificateRole,
  { value: path, origin }: Setting<string>,
  bytes: Buffer,
): TriggerError {
  const { problem, hint } = certificateAdvice(certificateFileKind(bytes), role, path)
  return configError(`${origin}: ${path} ${problem}`, hint)
}

/** The error for a file in which only some certificates can be read: says which cannot. */
function someUnreadable(
  { value: path, origin }: Setting<string>,
  blocks: readonly PemBlock[],
  bad: readonly PemBlock[],
): TriggerError {
  const named = bad.slice(0, 3).map((block) => {
    const why = block.isWhole ? 'is damaged' : 'is cut off: its END line is missing'
    return `certificate ${blocks.indexOf(block) + 1} of ${blocks.length} (line ${block.line}) ${why}`
  })
  const more = bad.length > named.length ? `, and ${bad.length - named.length} more` : ''
  return configError(
    `${origin}: ${path}: ${named.join(', ')}${more}`,
    'Copy it again from its source, or take it out of the file.',
  )
}

/**
 * Reads the certificates in a PEM file. Throws a configuration error that says what the file is instead, or which certificate cannot
 * be read: Node accepts a file without certificates and then trusts no server (docs/guarantees.md#4.5).
 */
export async function readCa(
  file: Setting<string>,
  role: CertificateRole = 'authorities',
  aside?: FileWorld,
): Promise<Setting<string> & { path: string }> {
  const bytes = await readFileSafely(file.value, file.origin, {
    maxSize,
    refuse: configError,
    mayBePipe: true,
    ...(aside && { aside }),
  })
  const blocks = pemBlocks(bytes.toString()).filter(({ label }) => isCertificateLabel(label))
  const bad = blocks.filter(({ text, isWhole }) => !isWhole || !isCertificate(text))
  if (blocks.length === 0 || (bad.length > 0 && certificateFileKind(bytes) === 'damaged line ends'))
    throw unusable(role, file, bytes)
  if (bad.length > 0) throw someUnreadable(file, blocks, bad)
  return { value: blocks.map(({ text }) => text).join('\n'), origin: file.origin, path: file.value }
}

/** A client certificate and its key, as PEM text. */
export interface ClientCertificate {
  cert: string
  key: string
  /** The paths of the files. */
  certPath: string
  keyPath: string
  origin: Origin
}

/** The error where only the certificate or only the key is given: names the flag or the config key of the other one, as the first was given. */
function halfMissing({ origin }: Setting<string>, what: string, flag: string, key: string): TriggerError {
  return configError(
    `${origin}: the ${what} is missing`,
    origin.startsWith('--') ? `Give it with ${flag} PATH.` : `Add ${key} to that server.`,
  )
}

/**
 * Reads a client certificate and its key. Undefined if neither is set. Throws a configuration error if one is
 * missing or they do not match.
 */
export async function readClientCertificate(
  user: FileUser,
  certFile: Setting<string> | undefined,
  keyFile: Setting<string> | undefined,
): Promise<ClientCertificate | undefined> {
  const rules = { maxSize, refuse: configError, secretOf: user, mayBePipe: true }
  if (!certFile) {
    if (!keyFile) return undefined
    await checkFileSafely(keyFile.value, keyFile.origin, rules)
    throw halfMissing(keyFile, 'certificate of that key', '--cert', 'certFile')
  }
  const { value: cert } = await readCa(certFile, 'certificate', user)
  if (!keyFile) throw halfMissing(certFile, 'key of that certificate', '--key', 'keyFile')
  const keyBytes = await readFileSafely(keyFile.value, keyFile.origin, rules)
  const key = keyBytes.toString()
  if (!isPrivateKey(key)) throw unusable('key', keyFile, keyBytes)
  if (!belongsTo(cert, key)) {
    throw configError(
      `${keyFile.origin}: ${keyFile.value} is not the key of the certificate in ${certFile.value}`,
      'Give the key that belongs to it, in PEM form, not encrypted.',
    )
  }
  return { cert, key, certPath: certFile.value, keyPath: keyFile.value, origin: certFile.origin }
}

/** Whether a key is that of a certificate; both are PEM texts. */
export function belongsTo(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}
