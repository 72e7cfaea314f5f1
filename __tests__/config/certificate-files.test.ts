import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { newLeaf } from '../helpers/certificates.ts'
import { expectRefusalMessage } from '../helpers/refusal-message.ts'
import { useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import { newFolder } from '../helpers/world.ts'

const folder = newFolder()
const leaf = newLeaf(folder.path, 'own')
const other = newLeaf(folder.path, 'other')
afterAll(() => {
  folder.remove()
})

const home = useHome()
const path = (name: string): string => join(folder.path, 'own', name)

/** What openssl makes of the files of the authority `own`: `ca.pem`, `leaf-of-own.pem`, `leaf-of-own.key`. */
function openssl(line: string): Buffer {
  const words = line.split(' ').map((word) => word.replace(/^@(.*)/, (_, name: string) => path(name)))
  return execFileSync('openssl', words, { stdio: 'pipe', maxBuffer: 1024 * 1024 })
}

type Role = '--cacert' | '--cert' | '--key'
const outputs: Readonly<Record<Role, string>> = {
  '--cacert': 'ca.pem',
  '--cert': 'cert.pem',
  '--key': 'key.pem',
}

/** Nothing listens there: exit 6 says that the files were taken. */
function using(role: Role, file: string): Promise<Result> {
  const others = {
    '--cacert': [],
    '--cert': ['--key', home().write('good.key', leaf.key)],
    '--key': ['--cert', home().write('good.pem', leaf.cert)],
  }
  const words = [
    '-s',
    'https://127.0.0.1:1',
    '-p',
    '9',
    '-r',
    'main',
    '--retry',
    '0',
    role,
    file,
    ...others[role],
  ]
  return run(words, home().world({ env: { GITLAB_TRIGGER_TOKEN: 'any-token-0123' } }))
}

async function refusal(role: Role, content: string | Buffer): Promise<string> {
  const file = home().write("the file's", content)
  const { code, stdout, stderr } = await using(role, file)
  expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
  expectRefusalMessage(stderr)
  expect(stderr).toContain(`${role}: ${file}`)
  expect(stderr).not.toMatch(/[A-Za-z0-9+/]{40}/)
  return stderr
}

const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le')
const onOneLine = (text: string): string => text.replace(/\n/g, '')

describe('a file in another form is converted by the command that is named (T36)', () => {
  // prettier-ignore
  const rows: [role: Role, name: string, content: () => string | Buffer, says: string][] = [
    ['--cacert', 'DER', () => openssl('x509 -in @ca.pem -outform DER'), 'is a certificate in DER form'],
    ['--cacert', 'PKCS#7', () => openssl('crl2pkcs7 -nocrl -certfile @ca.pem'), 'is PKCS#7'],
    ['--cacert', 'PKCS#7, DER', () => openssl('crl2pkcs7 -nocrl -certfile @ca.pem -outform DER'), 'is PKCS#7 in DER form'],
    ['--cacert', 'PKCS#12', () => openssl('pkcs12 -export -in @ca.pem -inkey @ca.key -passout pass:x'), 'is PKCS#12'],
    ['--cacert', 'UTF-16', () => utf16(leaf.ca), 'is UTF-16 text'],
    ['--cacert', 'UTF-16 without a mark', () => utf16(leaf.ca).subarray(2), 'is UTF-16 text'],
    ['--cacert', 'one line', () => onOneLine(leaf.ca), 'has its line ends missing'],
    ['--cacert', 'one line with a line end', () => `${onOneLine(leaf.ca)}\n`, 'has its line ends missing'],
    ['--cacert', 'two on one line', () => onOneLine(leaf.ca + other.ca), 'has its line ends missing'],
    ['--cacert', 'blanks for line ends', () => leaf.ca.replace(/\n/g, ' '), 'has its line ends missing'],
    ['--cacert', '\\n for line ends', () => leaf.ca.replace(/\n/g, '\\n'), 'has its line ends missing'],
    ['--cacert', '\\r\\n for line ends', () => leaf.ca.replace(/\n/g, '\\r\\n'), 'has its line ends missing'],
    ['--cacert', "OpenSSL's own form", () => openssl('x509 -in @ca.pem -trustout'), "is a certificate in OpenSSL's own form"],
    ['--cacert', 'without BEGIN and END', () => leaf.ca.replace(/-----.*\n/g, ''), 'without BEGIN and END lines'],
    ['--cert', 'DER', () => openssl('x509 -in @leaf-of-own.pem -outform DER'), 'is a certificate in DER form'],
    ['--cert', 'PKCS#12', () => openssl('pkcs12 -export -in @leaf-of-own.pem -inkey @leaf-of-own.key -certfile @ca.pem -passout pass:x'), 'is PKCS#12'],
    ['--cert', 'one line', () => onOneLine(leaf.cert), 'has its line ends missing'],
    ['--cert', 'UTF-16', () => utf16(leaf.cert), 'is UTF-16 text'],
    ['--key', 'DER', () => openssl('pkcs8 -topk8 -nocrypt -in @leaf-of-own.key -outform DER'), 'is a private key in DER form'],
    ['--key', 'DER of EC', () => openssl('ec -in @leaf-of-own.key -outform DER'), 'is a private key in DER form'],
    ['--key', 'encrypted', () => openssl('pkcs8 -topk8 -in @leaf-of-own.key -passout pass:x'), 'is an encrypted private key'],
    ['--key', 'encrypted, old', () => openssl('ec -in @leaf-of-own.key -aes128 -passout pass:x'), 'is an encrypted private key'],
    ['--key', 'encrypted DER', () => openssl('pkcs8 -topk8 -in @leaf-of-own.key -outform DER -passout pass:x'), 'is an encrypted private key in DER form'],
    ['--key', 'PKCS#12', () => openssl('pkcs12 -export -in @leaf-of-own.pem -inkey @leaf-of-own.key -passout pass:x'), 'is PKCS#12'],
    ['--key', 'one line', () => onOneLine(leaf.key), 'has its line ends missing'],
    ['--key', 'UTF-16', () => utf16(leaf.key), 'is UTF-16 text'],
  ]
  test.each(rows)('%s %s', async (role, _, content, says) => {
    const stderr = await refusal(role, content())
    expect(stderr).toContain(says)
    const [, command = ''] =
      new RegExp(`^Convert it, and give ${outputs[role]}: (.*)$`, 'm').exec(stderr) ?? []
    // A passphrase is asked for.
    const answered = command.replace(/openssl (pkcs12|pkcs8|pkey)/, 'openssl $1 -passin pass:x')
    execFileSync('/bin/sh', ['-ec', answered], { cwd: home().root, stdio: 'pipe' })
    expect((await using(role, join(home().root, outputs[role]))).code).toBe(6)
  })

  test('two on one line are two', async () => {
    const [, command = ''] =
      /give ca\.pem: (.*)$/m.exec(await refusal('--cacert', onOneLine(leaf.ca + other.ca))) ?? []
    execFileSync('/bin/sh', ['-ec', command], { cwd: home().root, stdio: 'pipe' })
    expect(readFileSync(join(home().root, 'ca.pem'), 'utf8')).toBe(leaf.ca + other.ca)
  })
})

describe('a file that cannot be used is named for what it is (T36)', () => {
  const request = (): Buffer => openssl('req -new -key @leaf-of-own.key -subj /CN=x')
  const damaged = (text: string): string => text.replace(/\n[A-Za-z0-9+/]{20}/, '\nAAAAAAAAAAAAAAAAAAAA')
  // prettier-ignore
  const rows: [role: Role, name: string, content: () => string | Buffer, says: string[]][] = [
    ['--cacert', 'nothing', () => '', ['is empty']],
    ['--cacert', 'blanks', () => ' \n\n', ['is empty']],
    ['--cacert', 'a byte order mark', () => '\ufeff', ['is empty']],
    ['--cacert', 'a key', () => leaf.key, ['is a private key', 'the certificate of the authority']],
    ['--cacert', 'a key in DER form', () => openssl('ec -in @leaf-of-own.key -outform DER'), ['is a private key in DER form', 'the certificate of the authority']],
    ['--cacert', 'a public key', () => openssl('pkey -in @leaf-of-own.key -pubout'), ['is a public key']],
    ['--cacert', 'a request', request, ['is a certificate request', 'not signed yet']],
    ['--cacert', 'a request in DER form', () => openssl('req -new -key @leaf-of-own.key -subj /CN=x -outform DER'), ['is a certificate request in DER form']],
    ['--cacert', 'a Java keystore', () => Buffer.from('feedfeed0000000200000001', 'hex'), ['is a Java keystore', 'keytool -list -rfc -keystore']],
    ['--cacert', 'a sign-in page', () => '<!doctype html><html>Sign in</html>', ['is an HTML page']],
    ['--cacert', 'words', () => 'no certificate', ['is text without a certificate']],
    ['--cacert', 'bytes', () => Buffer.from('0102030405fffe', 'hex'), ['is binary']],
    ['--cacert', 'a good and a damaged one', () => leaf.ca + damaged(other.ca), [`certificate 2 of 2 (line ${leaf.ca.split('\n').length}) is damaged`]],
    ['--cacert', 'a damaged and a good one', () => damaged(other.ca) + leaf.ca, ['certificate 1 of 2 (line 1) is damaged']],
    ['--cacert', 'one that is cut off, then a good one', () => other.ca.slice(0, 200) + '\n' + leaf.ca, ['certificate 1 of 2 (line 1) is cut off']],
    ['--cacert', 'a good one, then one that is cut off', () => leaf.ca + other.ca.slice(0, 200), ['certificate 2 of 2', 'is cut off']],
    ['--cacert', 'many damaged ones', () => damaged(other.ca).repeat(9), ['certificate 3 of 9', 'and 6 more']],
    ['--cert', 'a key', () => leaf.key, ['is a private key', 'Give the client certificate']],
    ['--cert', 'nothing', () => '', ['is empty']],
    ['--cert', 'a request', request, ['is a certificate request', 'not signed yet']],
    ['--key', 'nothing', () => '', ['is empty']],
    ['--key', 'a certificate', () => leaf.cert, ['is a certificate\n', 'Give the private key']],
    ['--key', 'a public key', () => openssl('pkey -in @leaf-of-own.key -pubout'), ['is a public key']],
    ['--key', 'a damaged key', () => damaged(leaf.key), ['is a private key that cannot be read']],
    ['--key', 'a certificate in DER form', () => openssl('x509 -in @leaf-of-own.pem -outform DER'), ['is a certificate in DER form', 'Give the private key']],
    ['--key', "OpenSSH's form", () => '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE\n-----END OPENSSH PRIVATE KEY-----\n', ['of OpenSSH', 'ssh-keygen -p -m PEM -f key.pem']],
    ['--key', 'the key of another', () => other.key, ['is not the key of the certificate']],
  ]
  test.each(rows)('%s %s', async (role, _, content, says) => {
    const stderr = await refusal(role, content())
    for (const part of says) expect(stderr).toContain(part)
  })
})

// prettier-ignore
test.each<[role: Role, name: string, content: () => string]>([
  ['--cacert', 'CR LF', () => leaf.ca.replace(/\n/g, '\r\n')], ['--cacert', 'a byte order mark', () => `\ufeff${leaf.ca}`],
  ['--cacert', 'words around', () => `# own\n${leaf.ca}\nsubject=x\n${other.ca}`], ['--cacert', 'an old label', () => leaf.ca.replace(/CERTIFICATE/g, 'X509 CERTIFICATE')],
  ['--cert', 'with its key', () => leaf.key + leaf.cert], ['--key', 'with its certificate', () => leaf.cert + leaf.key], ['--key', 'CR LF', () => leaf.key.replace(/\n/g, '\r\n')],
])('%s is taken with %s', async (role, _, content) => {
  expect((await using(role, home().write('file', content()))).code).toBe(6)
})
