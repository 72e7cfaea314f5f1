import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import tls from 'node:tls'
import { codeOf } from '../../core/errors.ts'

/** Where the system's authorities are, if not in the usual places: SSL_CERT_FILE and SSL_CERT_DIR, as OpenSSL reads them. */
export interface SystemStore {
  file?: string | undefined
  /** Folders, with colons between them. */
  folders?: string | undefined
}

const unknownIssuer = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])

/** Whether a connection failed since nobody we trust signed the certificate; one more authority could change that. */
export function isUnknownIssuer(error: unknown): boolean {
  return unknownIssuer.has(codeOf(error))
}

/** The first that is there counts: Debian and Alpine, Fedora and RHEL, openSUSE, others and macOS. */
const usualFiles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/** Bytes; the bundles of Linux have some 250,000. */
const maxSize = 16 * 1024 * 1024

/** The certificates in a file; none where it cannot be read: then the server stays unknown, and the message says so. */
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

/** What Node can tell of the system's own store, as the keychain of macOS; from Node 22.15 on. */
function nodesView(): string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'system') => string[] }
  return getCACertificates?.('system') ?? []
}

/** The authorities, in PEM form, that this system trusts. Reads files each time; never throws for what it finds. */
export function systemAuthorities({ file, folders }: SystemStore): string[] {
  const isTold = file !== undefined || folders !== undefined
  const usual = usualFiles.map(certificatesIn).find((found) => found.length > 0)
  const found = isTold
    ? [...(file === undefined ? [] : [file]), ...(folders?.split(':').flatMap(filesIn) ?? [])].flatMap(
        certificatesIn,
      )
    : [...nodesView(), ...(usual ?? [])]
  return [...new Set(found)]
}
