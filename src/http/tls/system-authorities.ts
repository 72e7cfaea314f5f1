import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import tls from 'node:tls'
import { codeOf } from '../../core/errors.ts'
import { rulesOf } from '../../core/system/platforms.ts'

/** Places of the system's CA certificates, if set: SSL_CERT_FILE and SSL_CERT_DIR, as in OpenSSL. */
export interface SystemStore {
  file?: string | undefined
  /** Folders, separated by colons, on Windows by semicolons. */
  folders?: string | undefined
  /** The operating system, as Node names it. */
  platform: string
}

const unknownIssuer = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])

/** Whether a connection failed because the issuer is unknown; another CA certificate may help. */
export function isUnknownIssuer(error: unknown): boolean {
  return unknownIssuer.has(codeOf(error))
}

/** The first existing file is used: Debian and Alpine, Fedora and RHEL, openSUSE, others and macOS. */
const usualFiles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/** In bytes; Linux distributions have about 250,000. */
const maxSize = 16 * 1024 * 1024

/** The certificates in a file; none if it cannot be read, which leaves the issuer unknown. */
function certificatesIn(path: string): string[] {
  try {
    const stats = statSync(path)
    if (!stats.isFile() || stats.size > maxSize) return []
    return (
      readFileSync(path, 'latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
    )
  } catch {
    return []
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name))
  } catch {
    return []
  }
}

/** The certificates in the system's store, such as the keychain of macOS (Node 22.15 or later). */
function systemStoreCertificates(): string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'system') => string[] }
  return getCACertificates?.('system') ?? []
}

/** The CA certificates that this system trusts, in PEM form. Reads files at every call; never throws. */
export function systemAuthorities({ file, folders, platform }: SystemStore): string[] {
  const { hasSystemFolders, listSeparator } = rulesOf({ platform })
  const isConfigured = file !== undefined || folders !== undefined
  const places = hasSystemFolders ? usualFiles : []
  const usualCertificates = places.map(certificatesIn).find((found) => found.length > 0)
  const certificates = isConfigured
    ? [
        ...(file === undefined ? [] : [file]),
        ...(folders?.split(listSeparator).flatMap(filesIn) ?? []),
      ].flatMap(certificatesIn)
    : [...systemStoreCertificates(), ...(usualCertificates ?? [])]
  return [...new Set(certificates)]
}
