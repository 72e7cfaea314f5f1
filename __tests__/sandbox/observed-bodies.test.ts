import type { Row } from './helpers/observed.ts'
import { observe } from './helpers/observed.ts'
import type { Build } from './helpers/sent.ts'
import { body, form, fields, manyEncoded, multipart, part, rawPart, seed } from './helpers/sent.ts'

const urlencoded = 'application/x-www-form-urlencoded'
const refMissing = '400 M: 400 (Bad request) "ref" not given'
const missing = '400 E: ref is missing, token is missing'
const missingNow = '400 E: ref is missing, ref is empty, token is missing'
const invalid = '400 E: variables is invalid'
const A = '201 {"A":"v"}'
const file = (name: string, value: string, more = ''): Buffer =>
  part(name, value, `; filename="f.txt"${more}`)
const typed = (type: string, value: string | Buffer): Build =>
  form(rawPart(`Content-Disposition: form-data; name="variables[A]"\r\nContent-Type: ${type}`, value))
const head = (text: string): Build => form(rawPart(text, 'v'))
const uploads = (count: number): Build =>
  form(...Array.from({ length: count }, (_, index) => file(`variables[F${index}]`, 'v')))
const changed = (change: (whole: Buffer) => string | Buffer): Build =>
  seed((to) => ({ body: Buffer.from(change(form()(to).body)) }))
const boundary =
  (header: string, mark: string, sent = mark): Build =>
  (to) => ({
    headers: [header.replace('MARK', mark)],
    body: multipart([part('token', to.token), part('ref', 'master')], sent),
  })
const encoded = (rest: string): Build => body(urlencoded, `token=TOKEN&ref=master${rest}`)
const json = (rest: string): Build => body('application/json', `{"token":"TOKEN","ref":"master"${rest}}`)
const withHeader = (line: string): Build => seed((to) => ({ headers: [...form()(to).headers, line] }))
const megabyte = 'x'.repeat(1024 * 1024)
const five = 'x'.repeat(5 * 1024 * 1024)
const jsonMany = Array.from({ length: 5000 }, (_, index) => `"V${index}":"v"`).join(',')

// prettier-ignore
const rows: Row[] = [
  ['variable part has filename=', form(file('variables[A]', 'v')), '400 not-a-map', '″', '″', '″', '″'],
  ['variable part has filename="" (empty)', form(part('variables[A]', 'v', '; filename=""')), '201 null', '″', '201 {}', '201', '201 {}'],
  ['variable part filename + Content-Type', form(file('variables[A]', 'v', '\r\nContent-Type: text/plain')), '400 not-a-map', '″', '″', '″', '″'],
  ['token part has filename=', (to) => ({ ...form()(to), body: multipart([file('token', to.token), part('ref', 'master')]) }), '404 M404', '400 E: token is invalid', '″', '″', '″'],
  ['ref part has filename=', (to) => ({ ...form()(to), body: multipart([part('token', to.token), file('ref', 'master')]) }), '400 M: No builds created', '400 E: ref is invalid', '″', '″', '″'],
  ['part Content-Type text/plain; charset=utf-8', typed('text/plain; charset=utf-8', 'ü'), '201 {"A":"ü"}', '″', '″', '201', '201 {"A":"ü"}'],
  ['part Content-Type charset=iso-8859-1', typed('text/plain; charset=iso-8859-1', Buffer.from('ü', 'latin1')), '201 {"A":"ü"}', '″', '″', '201', '400 text'],
  ['part Content-Type application/octet-stream, no filename', typed('application/octet-stream', 'v'), A, '″', '″', '201', A],
  ['part Content-Type application/json, no filename', typed('application/json', '{"a":1}'), '201 {"A":"{\\"a\\":1}"}', '″', '″', '201', '201 {"A":"{\\"a\\":1}"}'],
  ['part charset unknown', typed('text/plain; charset=klingon', 'v'), '500 M500', '″', '″', '″', '500 text'],
  ['130 parts with filename=', uploads(130), '500 M500', '″', '″', '″', '500 text'],
  ['limits: 127 parts with filename=', uploads(127), '400 not-a-map', '″', '″', '″', '″'],
  ['limits: 128 parts with filename=', uploads(128), '500 M500', '″', '″', '″', '500 text'],
  ['an extra unknown field', form(part('zap', 'x')), '201 null', '″', '201 {}', '201', '201 {}'],
  ['Content-Disposition name unquoted', head('Content-Disposition: form-data; name=variables[A]'), '400 not-a-map', '″', '″', '″', invalid],
  ['lower-case header names in part', head('content-disposition: form-data; name="variables[A]"'), A, '″', '″', '201', A],
  ['name* (RFC 5987) only', head("Content-Disposition: form-data; name*=utf-8''variables[A]"), '500 M500', '″', '″', '″', '201 {}'],
  ['no name in a part', head('Content-Disposition: form-data'), '500 M500', '″', '″', '″', '201 {}'],
  ['Content-Transfer-Encoding: base64', form(rawPart('Content-Disposition: form-data; name="variables[A]"\r\nContent-Transfer-Encoding: base64', 'dg==')), '201 {"A":"dg=="}', '″', '″', '201', '201 {"A":"dg=="}'],
  ['no closing boundary', changed((whole) => whole.subarray(0, whole.lastIndexOf('\r\n----'))), refMissing, missing, '″', '″', '400 text'],
  ['truncated inside a part header', changed((whole) => whole.subarray(0, whole.lastIndexOf('name="ref"'))), refMissing, missing, '″', '″', '400 text'],
  ['LF-only line ends', changed((whole) => whole.toString().replaceAll('\r\n', '\n')), refMissing, missing, '″', '″', '400 text'],
  ['preamble text', changed((whole) => `this is a form\r\n${whole.toString()}`), '201 null', '″', '201 {}', '201', '201 {}'],
  ['empty multipart body', changed(() => ''), refMissing, missing, '″', '″', missingNow],
  ['no boundary parameter', boundary('Content-Type: multipart/form-data', 'b'), refMissing, missing, '″', '″', missingNow],
  ['wrong boundary', boundary('Content-Type: multipart/form-data; boundary=MARK', 'b', 'c'), refMissing, missing, '″', '″', '400 text'],
  ['quoted boundary', boundary('Content-Type: multipart/form-data; boundary="MARK"', 'b'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['boundary 200 chars', boundary('Content-Type: multipart/form-data; boundary=MARK', 'b'.repeat(200)), '201 null', '″', '201 {}', '201', '201 {}'],
  ['Content-Type multipart/form-data; charset first', boundary('Content-Type: multipart/form-data; charset=utf-8; boundary=MARK', 'b'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['chunked, no Content-Length', (to) => ({ ...form(part('variables[A]', 'v'))(to), chunked: true }), A, '″', '″', '201', A],
  ['chunked, 1 MB value', (to) => ({ ...form(part('variables[A]', megabyte))(to), chunked: true }), '201 {"A":"<1048576 chars>"}', '″', '″', '201', '201 {"A":"<1048576 chars>"}'],
  ['Expect: 100-continue', (to) => ({ ...withHeader('Expect: 100-continue')(to), body: form(part('variables[A]', 'v'))(to).body }), A, '″', '″', '201', A],
  ['urlencoded', encoded('&variables%5BA%5D=v'), A, '″', '″', '201', A],
  ['urlencoded, raw brackets', encoded('&variables[A]=v'), A, '″', '″', '201', A],
  ['urlencoded, charset in header', body(`${urlencoded}; charset=utf-8`, 'token=TOKEN&ref=master'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['urlencoded ; separator', body(urlencoded, 'token=TOKEN;ref=master'), refMissing, '400 E: ref is missing', '″', '″', '400 E: ref is missing, ref is empty'],
  ['urlencoded invalid %', encoded('&variables[A]=%zz'), '500 M500', '″', '″', '″', '400 text'],
  ['urlencoded invalid UTF-8 %FF §', encoded('&variables[A]=%FF'), '500 M500', '″', '″', '201', '400 text'],
  ['urlencoded NUL %00 §', encoded('&variables[A]=%00'), '201 {"A":"\\u0000"}', '″', '″', '201', '400 text'],
  ['urlencoded 1 MB value', encoded(`&variables[A]=${megabyte}`), '201 {"A":"<1048576 chars>"}', '″', '″', '201', '201 {"A":"<1048576 chars>"}'],
  ['urlencoded 5 MB value', encoded(`&variables[A]=${five}`), '201 {"A":"<5242880 chars>"}', '″', '″', '201', '400 text'],
  ...[4000, 4094].map((count): Row => [`urlencoded ${count} variables`, manyEncoded(count), `201 <${count} variables>`, '″', '″', '201', `201 <${count} variables>`]),
  ...[4095, 5000].map((count): Row => [`urlencoded ${count} variables`, manyEncoded(count), `201 <${count} variables>`, '″', '″', '201', '400 text']),
  ['JSON body', json(',"variables":{"A":"v"}'), A, '″', '″', '201', A],
  ['JSON, no variables', json(''), '201 null', '″', '201 {}', '201', '201 {}'],
  ['JSON number value', json(',"variables":{"A":1}'), '400 not-a-map', '″', '″', '″', '″'],
  ['JSON bool value', json(',"variables":{"A":true}'), '400 not-a-map', '″', '″', '″', '″'],
  ['JSON null value', json(',"variables":{"A":null}'), '400 not-a-map', '″', '″', '″', '″'],
  ['JSON nested value', json(',"variables":{"A":{"B":"c"}}'), '400 not-a-map', '″', '″', '″', '″'],
  ['JSON variables = list', json(',"variables":["A"]'), '400 not-a-hash', invalid, '″', '″', '″'],
  ['JSON variables = null', json(',"variables":null'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['JSON variables = string', json(',"variables":"A"'), '400 not-a-hash', invalid, '″', '″', '″'],
  ['JSON broken ‡', body('application/json', '{"token":'), '500 M500', '500 html', '″', '″', '400 E: Invalid JSON format'],
  ['JSON empty body', body('application/json', ''), refMissing, missing, '″', '″', missingNow],
  ['JSON array body', body('application/json', '["a"]'), refMissing, missing, '″', '″', missingNow],
  ['JSON ref number', body('application/json', '{"token":"TOKEN","ref":7}'), '400 M: No builds created', '″', '400 base: Reference not found', '″', '″'],
  ['JSON 5000 variables', json(`,"variables":{${jsonMany}}`), '201 <5000 variables>', '″', '″', '201', '201 <5000 variables>'],
  ['JSON value with \\u0000 §', json(',"variables":{"A":"a\\u0000b"}'), '201 {"A":"a\\u0000b"}', '″', '″', '201', '400 text'],
  ['JSON lone surrogate ‡', json(',"variables":{"A":"\\ud800"}'), '500 M500', '500 html', '″', '″', '400 E: Invalid JSON format'],
  ['JSON duplicate keys', json(',"variables":{"A":"1","A":"2"}'), '201 {"A":"2"}', '″', '″', '201', '201 {"A":"2"}'],
  ['text/plain body', body('text/plain', 'token=TOKEN&ref=master'), refMissing, missing, '″', '″', "415 E: The provided content-type 'text/plain' is not supported."],
  ['no Content-Type', body(undefined, 'token=TOKEN&ref=master'), '201 null', '″', '201 {}', '201', "415 E: The provided content-type '' is not supported."],
  ['application/xml body', body('application/xml', '<a/>'), "415 E: The provided content-type 'application/xml' is not supported.", '″', '″', '″', '″'],
  ['no body at all', body(undefined, ''), refMissing, missing, '″', '″', missingNow],
  ['PRIVATE-TOKEN bad alongside good trigger token', withHeader('PRIVATE-TOKEN: bad'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['Authorization: Bearer bad alongside', withHeader('Authorization: Bearer bad'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['X-Gitlab-Event: Pipeline Hook', withHeader('X-Gitlab-Event: Pipeline Hook'), '201 null', '″', '201 {}', '201', '403 M: 403 Forbidden'],
  ['Accept: text/html', withHeader('Accept: text/html'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['Accept: application/xml', withHeader('Accept: application/xml'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['Accept: application/json', withHeader('Accept: application/json'), '201 null', '″', '201 {}', '201', '201 {}'],
  ['a personal token as trigger token', fields(['token', 'glpat-none'], ['ref', 'master']), '404 M404', '″', '″', '″', '″'],
]

observe(rows)
