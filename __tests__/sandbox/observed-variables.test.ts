import type { Row } from './helpers/observed.ts'
import { observe } from './helpers/observed.ts'
import { body, fields, form, many, part, variable } from './helpers/sent.ts'

const letters = "can contain only letters, digits and '_'."
const oldRule = `400 base: …failed: Key ${letters}`
const rule = (...says: string[]): string => `400 ${JSON.stringify({ message: { 'variables.key': says } })}`
const invalid = '400 E: variables is invalid'
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const long = (length: number): string => 'K'.repeat(length)
const stored = (key: string, value: string): string => `201 ${JSON.stringify({ [key]: value })}`
const megabyte = 'x'.repeat(1024 * 1024)
const seventeen = 'x'.repeat(17 * 1024 * 1024)
const foreign = '------other\r\nContent-Disposition: form-data; name="ref"\r\n\r\nx\r\n------other--'
const two = (first: [string, string], second: [string, string]) => form(part(...first), part(...second))
const kept = (value: string): Row => [
  `value ${JSON.stringify(value)}`,
  variable('A', value),
  stored('A', value),
  '″',
  '″',
  '201',
  stored('A', value),
]

// prettier-ignore
const rows: Row[] = [
  ['variables=string', form(part('variables', 'x')), '400 not-a-hash', invalid, '″', '″', '″'],
  ['variables= (empty)', form(part('variables', '')), '400 not-a-hash', invalid, '″', '″', '″'],
  ['variables[]=a (array)', form(part('variables[]', 'a')), '400 not-a-hash', invalid, '″', '″', '″'],
  ['variables[A][B]=c (nested)', form(part('variables[A][B]', 'c')), '400 not-a-map', '″', '″', '″', '″'],
  ['variables[A][]=c', form(part('variables[A][]', 'c')), '400 not-a-map', '″', '″', '″', '″'],
  ['same key twice', two(['variables[A]', '1'], ['variables[A]', '2']), '201 {"A":"2"}', '″', '″', '201', '201 {"A":"2"}'],
  ['variables[A]=1 then variables[A][B]=2', two(['variables[A]', '1'], ['variables[A][B]', '2']), '500 M500', '″', '″', '″', '400 text'],
  ['variables[A][B]=2 then variables[A]=1', two(['variables[A][B]', '2'], ['variables[A]', '1']), '201 {"A":"1"}', '″', '″', '201', '201 {"A":"1"}'],
  ['variables=x and variables[A]=1', two(['variables', 'x'], ['variables[A]', '1']), '500 M500', '″', '″', '″', '400 text'],
  ['key needing trim dup: "A" and " A"', two(['variables[A]', '1'], ['variables[ A]', '2']), '201 {"A":"1"," A":"2"}', '″', '400 base: …failed: Key has already been taken', '″', '201 {"A":"2"}'],
  ['empty key variables[]', variable(''), '400 not-a-hash', invalid, '″', '″', '″'],
  ['key = one space', variable(' '), stored(' ', 'v'), '″', `400 base: …failed: Key can't be blank, Key ${letters}`, '″', rule("can't be blank", letters)],
  ['key with space', variable('A B'), stored('A B', 'v'), '″', oldRule, '″', rule(letters)],
  ['key with dash', variable('A-B'), stored('A-B', 'v'), '″', oldRule, '″', rule(letters)],
  ['key with dot', variable('A.B'), stored('A.B', 'v'), '″', oldRule, '″', rule(letters)],
  ['key with =', variable('A=B'), stored('A=B', 'v'), '″', oldRule, '″', rule(letters)],
  ['key with &', variable('A&B'), stored('A&B', 'v'), '″', oldRule, '″', rule(letters)],
  ['key with ;', variable('A;B'), stored('A', 'v'), '″', '″', '201', rule(letters)],
  ['key with %20', variable('A%20B'), stored('A%20B', 'v'), '″', oldRule, '″', rule(letters)],
  ['key with %5D', variable('A%5DB'), stored('A%5DB', 'v'), '″', oldRule, '″', rule(letters)],
  ['key with +', variable('A+B'), stored('A+B', 'v'), '″', oldRule, '″', rule(letters)],
  ['key unicode', variable('KÄY'), stored('KÄY', 'v'), '″', oldRule, '″', rule(letters)],
  ['key starts with digit', variable('1A'), stored('1A', 'v'), '″', '″', '201', stored('1A', 'v')],
  ['key 255 chars', variable(long(255)), stored(long(255), 'v'), '″', '″', '201', stored(long(255), 'v')],
  ['key 256 chars', variable(long(256)), stored(long(256), 'v'), '″', '400 base: …failed: Key is too long (maximum is 255 characters)', '″', rule('is too long (maximum is 255 characters)')],
  ['key with [', variable('A[B'), '400 not-a-map', '″', '″', '″', '″'],
  ['key with ]', variable('A]B'), '400 not-a-map', '″', '″', '″', '″'],
  ['key []', variable('A[]'), '400 not-a-map', '″', '″', '″', '″'],
  ['key with escaped quote', variable('A\\"B'), stored('A\\', 'v'), '″', oldRule, '″', rule(letters)],
  ['key with backslash', variable('A\\B'), stored('A\\B', 'v'), '″', oldRule, '″', stored('AB', 'v')],
  ['key with trailing backslash', variable('A\\'), stored('A\\', 'v'), '″', oldRule, '″', stored('A', 'v')],
  ['key with newline', variable('A\nB'), stored('A\nB', 'v'), '″', oldRule, '″', '201 {}'],
  ['key with CRLF', variable('A\r\nB'), stored('A\r\nB', 'v'), '″', oldRule, '″', '201 {}'],
  ['key with percent-encoded quote %22', variable('A%22B'), stored('A%22B', 'v'), '″', oldRule, '″', rule(letters)],
  ['key lower/underscore', variable('a_b'), stored('a_b', 'v'), '″', '″', '201', stored('a_b', 'v')],
  ['key with leading space', variable(' A'), stored(' A', 'v'), '″', '″', '201', stored('A', 'v')],
  ['key TRIGGER_PAYLOAD', variable('TRIGGER_PAYLOAD'), stored('TRIGGER_PAYLOAD', 'v'), '″', '″', '201', '422 base: Duplicate variable name: TRIGGER_PAYLOAD'],
  ['key CI_JOB_TOKEN', variable('CI_JOB_TOKEN'), stored('CI_JOB_TOKEN', 'v'), '″', '″', '201', stored('CI_JOB_TOKEN', 'v')],
  ['key __proto__', variable('__proto__'), '201 {"__proto__":"v"}', '″', '″', '201', '201 {"__proto__":"v"}'],
  ['key NUL byte §', variable('A\0B'), stored('A\0B', 'v'), '″', oldRule, '″', rule(letters)],
  ['key invalid utf-8', variable(latin1('A\xff')), '500 M500', '″', '″', '″', '500 text'],
  ['key with raw quote (unescaped)', variable('A"B'), stored('A', 'v'), '″', '″', '201', stored('A', 'v')],
  ...['', 'a\nb', 'a\r\nb', 'a\n', 'a\r\n', 'Grüße ✓ 日本 🎉', 'a=b&c=%20+;', '[a][b]{c}', '  a  ', '"a" \\n \'b\'', '@/some/file', '</some/file', 'true', '42', 'null'].map(kept),
  ['value looks like boundary of another form', variable('A', foreign), stored('A', foreign), '″', '″', '201', stored('A', foreign)],
  ['value 1 MB', variable('A', megabyte), '201 {"A":"<1048576 chars>"}', '″', '″', '201', '201 {"A":"<1048576 chars>"}'],
  ['value 17 MB', variable('A', seventeen), '201 {"A":"<17825792 chars>"}', '″', '″', '201', '400 text'],
  ['value NUL byte §', variable('A', 'a\0b'), stored('A', 'a\0b'), '″', '″', '201', '400 text'],
  ['value invalid UTF-8 §', variable('A', latin1('a\xff\xfe')), '500 M500', '″', '″', '201', '400 text'],
  ['value latin-1 byte §', variable('A', latin1('gr\xfc\xdfe')), '500 M500', '″', '″', '201', '400 text'],
  ['ref NUL byte', fields(['token', 'TOKEN'], ['ref', 'mas\0ter']), '400 M: No builds created', '″', '400 base: Reference not found', '″', '400 text'],
  ['ref invalid UTF-8', fields(['token', 'TOKEN'], ['ref', latin1('m\xff')]), '500 M500', '″', '″', '″', '400 text'],
  ['token invalid UTF-8', fields(['token', latin1('t\xff')], ['ref', 'master']), '500 M500', '404 M404', '″', '″', '400 text'],
  ...[100, 1000, 4093].map((count): Row => [`${count} variables, multipart`, many(count), `201 <${count} variables>`, '″', '″', '201', `201 <${count} variables>`]),
  ...[4094, 4095, 4096, 4097, 5000].map((count): Row => [`${count} variables, multipart`, many(count), `201 <${count} variables>`, '″', '″', '201', '500 text']),
  ['limits: names of 65,536 bytes together', form(...names(256)), '201 <256 variables>', '″', '400 base: …failed: Key is too long (maximum is 255 characters)', '″', rule('is too long (maximum is 255 characters)')],
  ['limits: names of more than 65,536 bytes', form(...names(256), part('variables[Z]', 'v')), '500 M500', '″', '″', '″', '400 text'],
  ['limits: the same in JSON', body('application/json', JSON.stringify({ token: 'TOKEN', ref: 'master', variables: Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${index}`.padStart(250, 'N'), 'v'])) })), '201 <300 variables>', '″', '″', '201', '201 <300 variables>'],
]

/** Parts whose names are 256 bytes each, all different. */
function names(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => part(`variables[${`${index}`.padStart(256, 'N')}]`, 'v'))
}

observe(rows)
