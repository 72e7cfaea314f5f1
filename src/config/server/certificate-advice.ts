import { shellQuote } from '../../core/text/shell-quote.ts'
import type { CertificateFileKind } from './certificate-file.ts'

/** What the file was to hold: the certificates of authorities, a client certificate, its key. */
export type CertificateRole = 'authorities' | 'certificate' | 'key'

/** What is converted to, by role. */
const targets: Readonly<Record<CertificateRole, string>> = {
  authorities: 'ca.pem',
  certificate: 'cert.pem',
  key: 'key.pem',
}

/** A command that reads file `from` and writes the PEM file `to`. */
type Command = (from: string, to: string) => string

interface Row {
  /** What the file is, as in "PATH is ...". */
  is: string
  /** Makes certificates of it; undefined where there are none in it. */
  certificates?: Command
  /** The same for a client, if that differs. */
  certificate?: Command
  key?: Command
}

const privately =
  (command: Command): Command =>
  (from, to) =>
    `(umask 077; ${command(from, to)})`

const withIconv: Command = (from, to) => `iconv -f UTF-16 -t UTF-8 ${from} > ${to}`
/** Blanks, CR and \n in place of line ends become line ends; a line has 64 characters. */
const withAwk: Command = (from, to) =>
  String.raw`awk '{ gsub(/\\[nr]/, "\n"); gsub(/-----(BEGIN|END) [A-Z0-9 ]*-----/, "\n&\n"); print }' ${from}` +
  String.raw` | awk '!/^-----/ { gsub(/[ \t\r]+/, "\n") } 1' | grep . | fold -w 64 > ${to}`

const rows: Readonly<Record<CertificateFileKind, Row>> = {
  empty: { is: 'is empty' },
  'UTF-16': { is: 'is UTF-16 text', certificates: withIconv, key: privately(withIconv) },
  'damaged line ends': {
    is: 'has its line ends missing or replaced',
    certificates: withAwk,
    key: privately(withAwk),
  },
  'DER certificate': {
    is: 'is a certificate in DER form',
    certificates: (from, to) => `openssl x509 -inform DER -in ${from} -out ${to}`,
  },
  'DER key': {
    is: 'is a private key in DER form',
    key: privately((from, to) => `openssl pkey -inform DER -in ${from} -out ${to}`),
  },
  'DER encrypted key': {
    is: 'is an encrypted private key in DER form',
    key: privately((from, to) => `openssl pkcs8 -inform DER -in ${from} -out ${to}`),
  },
  'DER request': { is: 'is a certificate request in DER form' },
  'DER PKCS#7': {
    is: 'is PKCS#7 in DER form',
    certificates: (from, to) => `openssl pkcs7 -inform DER -print_certs -in ${from} -out ${to}`,
  },
  'PKCS#12': {
    is: 'is PKCS#12 (.p12, .pfx)',
    certificates: (from, to) => `openssl pkcs12 -in ${from} -nokeys -out ${to}`,
    certificate: (from, to) => `openssl pkcs12 -in ${from} -clcerts -nokeys -out ${to}`,
    key: privately((from, to) => `openssl pkcs12 -in ${from} -nocerts -nodes -out ${to}`),
  },
  'Java keystore': {
    is: 'is a Java keystore',
    certificates: (from, to) => `keytool -list -rfc -keystore ${from} > ${to}`,
  },
  Base64: {
    is: 'is a certificate without BEGIN and END lines',
    certificates: (from, to) => `base64 -d ${from} | openssl x509 -inform DER -out ${to}`,
  },
  certificate: { is: 'is a certificate' },
  'trusted certificate': {
    is: "is a certificate in OpenSSL's own form",
    certificates: (from, to) => `openssl x509 -in ${from} -out ${to}`,
  },
  key: { is: 'is a private key' },
  'encrypted key': {
    is: 'is an encrypted private key',
    key: privately((from, to) => `openssl pkey -in ${from} -out ${to}`),
  },
  'OpenSSH key': {
    is: 'is a private key of OpenSSH',
    key: privately((from, to) => `cp ${from} ${to} && ssh-keygen -p -m PEM -f ${to}`),
  },
  request: { is: 'is a certificate request' },
  'PKCS#7': {
    is: 'is PKCS#7',
    certificates: (from, to) => `openssl pkcs7 -print_certs -in ${from} -out ${to}`,
  },
  'public key': { is: 'is a public key' },
  HTML: { is: 'is an HTML page' },
  text: { is: 'is text without a certificate or key' },
  binary: { is: 'is binary, and neither a certificate nor a key that is known' },
}

const wanted: Readonly<Record<CertificateRole, string>> = {
  authorities: 'Give the certificate of the authority that signed the server, in PEM form.',
  certificate: 'Give the client certificate, in PEM form.',
  key: 'Give the private key of the client certificate, in PEM form, not encrypted.',
}

/** What is wrong with a file that was to hold certificates or a key, and the command that converts it, if one does. */
export function certificateAdvice(
  kind: CertificateFileKind,
  role: CertificateRole,
  path: string,
): { problem: string; hint: string } {
  const { is, certificates, certificate = certificates, key } = rows[kind]
  const command = { authorities: certificates, certificate, key }[role]
  const to = targets[role]
  if (command) return { problem: is, hint: `Convert it, and give ${to}: ${command(shellQuote(path), to)}` }
  const problem = role === 'key' && kind === 'key' ? `${is} that cannot be read` : is
  const isSigned = !is.includes('request')
  return { problem, hint: isSigned ? wanted[role] : `${wanted[role]} A request is not signed yet.` }
}
