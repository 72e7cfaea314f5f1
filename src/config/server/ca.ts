import { createPrivateKey, X509Certificate } from 'node:crypto'
import { configError } from '../../core/errors.ts'
import type { FileUser } from '../files/provided-file.ts'
import { readFileSafely } from '../files/read-file-safely.ts'
import type { Origin, Setting } from '../setting.ts'

/**
 * Reads the certificates in a PEM file. Throws a configuration error that names the source unless all are
 * readable: Node accepts a file without certificates and then trusts no server (docs/guarantees.md#4.5).
 */
export async function readCa(path: Setting<string>): Promise<Setting<string> & { path: string }> {
  const rules = { maxSize: 1024 * 1024, refuse: configError }
  const bytes = await readFileSafely(path.value, path.origin, rules)
  const text = bytes.toString()
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  const readable = blocks.filter((block) => {
    try {
      return new X509Certificate(block).subject !== ''
    } catch {
      return false
    }
  })
  if (readable.length === 0 || readable.length < blocks.length) {
    throw configError(
      `${path.origin}: ${path.value} holds no readable certificate in PEM form`,
      'Give the certificate of the authority that signed the server, as text.',
    )
  }
  return { value: blocks.join('\n'), origin: path.origin, path: path.value }
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

/**
 * Reads a client certificate and its key. Undefined if neither is set. Throws a configuration error if one is
 * missing or they do not match.
 */
export async function readClientCertificate(
  user: FileUser,
  certFile: Setting<string> | undefined,
  keyFile: Setting<string> | undefined,
): Promise<ClientCertificate | undefined> {
  if (!certFile && !keyFile) return undefined
  if (!certFile || !keyFile) {
    throw configError(
      `${(certFile ?? keyFile)?.origin ?? ''}: certFile and keyFile go together`,
      'Give both.',
    )
  }
  const { value: cert } = await readCa(certFile)
  const rules = { maxSize: 1024 * 1024, refuse: configError, secretOf: user }
  const key = (await readFileSafely(keyFile.value, keyFile.origin, rules)).toString()
  if (!isKeyOf(cert, key)) {
    throw configError(
      `${keyFile.origin}: ${keyFile.value} is not the key of the certificate in ${certFile.value}`,
      'Give the key that belongs to it, in PEM form, not encrypted.',
    )
  }
  return { cert, key, certPath: certFile.value, keyPath: keyFile.value, origin: certFile.origin }
}

function isKeyOf(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}
