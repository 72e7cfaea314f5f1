import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A key and a certificate, and the files they are in. */
export interface Pair {
  key: string
  cert: string
  keyFile: string
  certFile: string
}

/** An authority that signs certificates, with the openssl program. */
export interface Authority extends Pair {
  /** A certificate for these names (`IP:127.0.0.1`, `DNS:localhost`), valid between two dates (YYYYMMDD). */
  sign(name: string, names: string, from?: string, to?: string): Pair
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Makes an authority in a folder of its own below `folder`. */
export function newAuthority(folder: string, name: string): Authority {
  const path = (file: string): string => join(folder, name, file)
  const openssl = (...words: string[]): Buffer => execFileSync('openssl', words, { stdio: 'pipe' })
  const pair = (stem: string): Pair => ({
    key: readFileSync(path(`${stem}.key`), 'utf8'),
    cert: readFileSync(path(`${stem}.pem`), 'utf8'),
    keyFile: path(`${stem}.key`),
    certFile: path(`${stem}.pem`),
  })
  mkdirSync(join(folder, name))
  const subject = ['-subj', `/CN=${name}`]
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    ...subject,
    '-keyout',
    path('ca.key'),
    '-out',
    path('ca.pem'),
  )
  return {
    ...pair('ca'),
    sign(stem, names, from = '20200101', to = '20990101') {
      openssl('req', ...newKey, '-subj', `/CN=${stem}`, '-keyout', path(`${stem}.key`), '-out', path('csr'))
      writeFileSync(path('index'), '')
      writeFileSync(
        path('cnf'),
        `[ca]\ndefault_ca=a\n[a]\ndatabase=${path('index')}\nnew_certs_dir=${join(folder, name)}\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\nsubjectAltName=${names}\n`,
      )
      openssl(
        ...['ca', '-batch', '-notext', '-config', path('cnf'), '-cert', path('ca.pem')],
        ...['-keyfile', path('ca.key'), '-in', path('csr'), '-out', path(`${stem}.pem`)],
        ...['-startdate', `${from}000000Z`, '-enddate', `${to}000000Z`],
      )
      return pair(stem)
    },
  }
}

/** PEM texts of a new authority and of a certificate for 127.0.0.1 that it signed, which a server and a client can show. */
export function newLeaf(folder: string, name: string): { ca: string; key: string; cert: string } {
  const authority = newAuthority(folder, name)
  const { key, cert } = authority.sign(`leaf-of-${name}`, 'IP:127.0.0.1')
  return { ca: authority.cert, key, cert }
}
