import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** An authority and a certificate for 127.0.0.1 that it signed, as PEM texts. */
export interface Authority {
  ca: string
  key: string
  cert: string
}

/** Makes an authority and a certificate, for servers and clients, with the openssl program; its files stay in `folder`. */
export function newAuthority(folder: string, name: string): Authority {
  const path = (ending: string): string => join(folder, `${name}.${ending}`)
  const openssl = (line: string): Buffer =>
    execFileSync('openssl', line.split(' ').filter(Boolean), { stdio: 'pipe' })
  const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  writeFileSync(path('ext'), 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n')
  openssl(`req -x509 ${newKey} -days 2 -subj /CN=${name} -keyout ${path('ca.key')} -out ${path('ca.pem')}`)
  openssl(`req ${newKey} -subj /CN=leaf-of-${name} -keyout ${path('key')} -out ${path('csr')}`)
  const signed = `-CA ${path('ca.pem')} -CAkey ${path('ca.key')} -CAcreateserial -out ${path('pem')}`
  openssl(`x509 -req -in ${path('csr')} -days 2 -extfile ${path('ext')} ${signed}`)
  const read = (ending: string): string => readFileSync(path(ending), 'utf8')
  return { ca: read('ca.pem'), key: read('key'), cert: read('pem') }
}
