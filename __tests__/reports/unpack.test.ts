import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { limitsFor, type UnpackLimits } from '../../src/reports/artifacts/extraction-folder.ts'
import { entryNameProblem, folderName, partsOf, staysInside } from '../../src/reports/artifacts/entry-name.ts'
import { unpack, type Unpacked } from '../../src/reports/artifacts/unpack.ts'
import { newFolder } from '../helpers/world.ts'
import { extraField, timestamp, unicodePath, zipOf, type ZipEntry } from '../helpers/zip.ts'
import { holds } from '../helpers/property.ts'

const never = new AbortController().signal

/** Everything below a folder: files with their content, links with their target. */
function treeOf(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {}
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name)
      const stats = lstatSync(path)
      if (stats.isSymbolicLink()) return [name, `-> ${readlinkSync(path)}`]
      return [name, stats.isDirectory() ? '/' : readFileSync(path, 'utf8')]
    }),
  )
}

interface Outcome {
  result: Unpacked | undefined
  error: string
  tree: Record<string, string>
  /** What is next to the folder and should not be. */
  escaped: string[]
}

async function unpacked(
  archive: Buffer,
  limits?: UnpackLimits,
  before?: (folder: string) => void,
): Promise<Outcome> {
  const { path, remove } = newFolder()
  try {
    const folder = join(path, 'a', 'b', 'inside')
    mkdirSync(folder, { recursive: true })
    before?.(folder)
    writeFileSync(join(path, 'archive'), archive)
    let result: Unpacked | undefined
    let error = ''
    try {
      result = await unpack(join(path, 'archive'), folder, never, limits)
    } catch (thrown) {
      error = (thrown as Error).name + ': ' + (thrown as Error).message
    }
    const expected = ['a', 'a/b', 'a/b/inside', 'archive']
    const all = readdirSync(path, { recursive: true, encoding: 'utf8' })
    const escaped = all.filter((name) => !expected.includes(name) && !name.startsWith('a/b/inside/'))
    return { result, error, tree: treeOf(folder), escaped }
  } finally {
    remove()
  }
}

test('files, folders, empty ones too, with their content and the right to be run', async () => {
  const umask = process.umask(0o027)
  const { path, remove } = newFolder()
  try {
    const archive = join(path, 'archive')
    writeFileSync(
      archive,
      zipOf(
        { name: 'bin/' },
        { name: 'bin/run', data: '#!/bin/sh\n', mode: 0o100755 },
        { name: './größe/ü 日本.txt', data: 'ü'.repeat(100_000), isDeflated: true },
        { name: 'none' },
        { name: 'empty/', mode: 0o040755 },
        { name: 'setuid', data: 'x', mode: 0o106777 },
        { name: 'dos', data: 'd', mode: 0 },
        { name: 'read-only', data: 'r', mode: 0o100400 },
      ),
    )
    const folder = join(path, 'to')
    mkdirSync(folder)
    expect(await unpack(archive, folder, never)).toEqual({
      files: 6,
      links: 0,
      bytes: 200_013,
      leftOut: [],
      hasCp437: false,
    })
    expect(treeOf(folder)).toEqual({
      bin: '/',
      'bin/run': '#!/bin/sh\n',
      dos: 'd',
      empty: '/',
      größe: '/',
      'größe/ü 日本.txt': 'ü'.repeat(100_000),
      none: '',
      'read-only': 'r',
      setuid: 'x',
    })
    const mode = (name: string): string => (statSync(join(folder, name)).mode & 0o7777).toString(8)
    expect(['bin/run', 'setuid', 'dos', 'read-only', 'empty'].map(mode)).toEqual([
      '750',
      '750',
      '640',
      '640',
      '750',
    ])
  } finally {
    process.umask(umask)
    remove()
  }
})

const link = 0o120777

// prettier-ignore
const hostile: [name: string, entry: ZipEntry, why: RegExp][] = [
  ['an absolute path', { name: '/etc/passwd' }, /absolute/],
  ['a path that goes up', { name: '../escape' }, /leave the folder/],
  ['a path that goes up later', { name: 'x/../../escape' }, /leave the folder/],
  ['a path that ends in ..', { name: 'x/..' }, /leave the folder/],
  ['.. as a folder', { name: '../' }, /leave the folder/],
  ['.. behind a dot', { name: './../escape' }, /leave the folder/],
  ['.. as Windows reads it', { name: '..\\..\\escape' }, /leave the folder/],
  ['.. in the middle, as Windows reads it', { name: 'a\\..\\..\\escape' }, /leave the folder/],
  ['both kinds of slashes', { name: 'a/..\\../escape' }, /leave the folder/],
  ['.. with what Windows drops', { name: '.. ./escape' }, /leave the folder/],
  ['three dots', { name: '.../escape' }, /leave the folder/],
  ['a drive', { name: 'C:escape' }, /absolute/],
  ['a drive and a path', { name: 'c:\\escape' }, /absolute/],
  ['a share', { name: '\\\\host\\share' }, /absolute/],
  ['a root of Windows', { name: '\\escape' }, /absolute/],
  ['a NUL', { name: 'good\0/../../escape' }, /NUL/],
  ['a line end', { name: 'a\nb' }, /control character/],
  ['an escape sequence', { name: '\x1b[2Jx' }, /control character/],
  ['a C1 control', { name: 'x\x9by' }, /control character/],
  ['no name', { name: '' }, /no name/],
  ['no name but dots', { name: './.' }, /no name/],
  ['a name without end', { name: 'x'.repeat(256) }, /too long/],
  ['a name without end, in bytes', { name: 'ü'.repeat(128) }, /too long/],
  ['a path without end', { name: 'x/'.repeat(2000) + 'y' }, /too long/],
  ['a device', { name: 'sda', mode: 0o060666 }, /device/],
  ['a terminal', { name: 'tty', mode: 0o020666 }, /device/],
  ['a pipe', { name: 'fifo', mode: 0o010666 }, /device/],
  ['a socket', { name: 'socket', mode: 0o140666 }, /device/],
  ['a file twice', { name: 'good', data: '2' }, /its place is taken/],
  ['a file twice, spelled otherwise', { name: './/good', data: '2' }, /its place is taken/],
  ['a file below a file', { name: 'good/y', data: '2' }, /place of its folder is taken/],
  ['a file far below a file', { name: 'good/y/z', data: '2' }, /place of its folder is taken/],
  ['a folder in place of a file', { name: 'good/' }, /taken/],
  ['a file in place of a folder', { name: 'folder' }, /taken/],
  ['a link in place of a file', { name: 'good', data: 'x', mode: link }, /taken/],
  ['a link in place of a folder', { name: 'folder', data: 'x', mode: link }, /taken/],
  ['an encrypted file', { name: 'x', data: 'x'.repeat(12), size: 0, flags: 0x0801 }, /encrypted/],
  ['a strongly encrypted file', { name: 'x', data: 'x', flags: 0x0841 }, /encrypted/],
  ['a file behind a masked header', { name: 'x', data: 'x', flags: 0x2800 }, /encrypted/],
  ['an unknown packing', { name: 'x', data: 'x', method: 93 }, /its compression method is not supported \(93\)/],
  ['a wrong checksum', { name: 'x', data: 'x', crc: 1 }, /damaged/],
  ['more than it says', { name: 'x', data: 'x'.repeat(100), size: 10, isDeflated: true }, /larger than it says/],
  ['more than it says, stored', { name: 'x', data: 'x'.repeat(100), size: 10 }, /larger than it says/],
  ['less than it says', { name: 'x', data: 'x', size: 10, isDeflated: true }, /shorter than it says/],
  ['less than it says, stored', { name: 'x', data: 'x', size: 10 }, /shorter than it says/],
  ['other data than deflated', { name: 'x', data: 'not deflated', method: 8 }, /damaged/],
  ['deflated data without an end', { name: 'x', data: deflateRawSync('x'.repeat(9999)).subarray(0, 9), method: 8, size: 9999 }, /damaged/],
  ['data that are not there', { name: 'x', data: 'x', offset: 1 }, /not where it should be/],
  ['data outside of it', { name: 'x', data: 'x', offset: 0x7fffffff }, /not where it should be/],
  ['a link that is damaged', { name: 'x', data: 'not deflated', method: 8, mode: link }, /damaged/],
  ['a link out of the folder', { name: 'x', data: '../y', mode: link }, /leads out/],
  ['a link to nothing', { name: 'x', data: '', mode: link }, /leads out/],
  ['a link with an endless target', { name: 'x', data: 'y'.repeat(5000), mode: link }, /too long/],
]

test.each(hostile)('%s is left out by name, before and behind it all is there', async (_, entry, why) => {
  const before: ZipEntry[] = [
    { name: 'good', data: 'g' },
    { name: 'folder/in it', data: 'i' },
  ]
  const archive = zipOf(...before, entry, { name: 'last', data: 'l', isDeflated: true })
  const { result, error, tree, escaped } = await unpacked(archive)
  expect({ error, escaped }).toEqual({ error: '', escaped: [] })
  expect(result).toMatchObject({ files: 3, bytes: 3 })
  expect(result?.leftOut).toEqual([
    { name: String(entry.name).slice(0, 300), why: expect.stringMatching(why) as unknown },
  ])
  // The folders of what was left out may be there, nothing else.
  const files = Object.entries(tree).filter(([, content]) => content !== '/')
  expect(Object.fromEntries(files)).toEqual({ good: 'g', 'folder/in it': 'i', last: 'l' })
})

test('the first of two entries of one name stays, and a file that was there before a link', async () => {
  const archive = zipOf(
    { name: 'x', data: 'target', mode: link },
    { name: 'x/below', data: '1' },
    { name: 'y/z', data: 'x', mode: link },
    { name: 'y', data: 'q', mode: link },
  )
  const { result, tree } = await unpacked(archive)
  expect(result?.leftOut.map(({ name }) => name)).toEqual(['x', 'y'])
  expect(tree).toEqual({ x: '/', 'x/below': '1', y: '/', 'y/z': '-> x' })
})

test('what an archive repeats in vain is no fault: folders', async () => {
  const archive = zipOf(
    { name: 'a/' },
    { name: 'a/' },
    { name: 'a/b', data: 'b' },
    { name: './' },
    { name: 'a' + '/' },
  )
  expect(await unpacked(archive)).toMatchObject({
    result: { files: 1, leftOut: [] },
    tree: { a: '/', 'a/b': 'b' },
  })
})

// prettier-ignore
const ordinary: [name: string, name: string][] = [
  ['a backslash', 'dev-disk-by\\x2duuid-1.swap'], ['a backslash at the end', 'x\\'], ['what Windows cannot have', 'a<b>|?*".txt'], ['a colon', 'ab:y'],
  ['a device of Windows', 'NUL.txt'], ['blanks', ' a b '], ['dots', '..a'], ['a dot at the end', 'a.'], ['a dash', '-rf'], ['a tilde', '~'], ['255 bytes', 'x'.repeat(255)],
  ['two dots in the middle', 'a..b'], ['a bidi mark', 'a\u202eb'],
]

test.each(ordinary)('%s in a name is ordinary: %j', async (_, name) => {
  const { result, tree } = await unpacked(zipOf({ name, data: 'x' }, { name: 'out.txt', data: 'o' }))
  expect(result).toMatchObject({ files: 2, leftOut: [] })
  expect(tree).toEqual({ [name]: 'x', 'out.txt': 'o' })
})

describe('names', () => {
  const [utf8, none] = [0x0800, 0]
  const latin = Buffer.from('gr\xf6\xdfe', 'latin1')
  const cp437 = Buffer.from([0x67, 0x72, 0x94, 0xe1, 0x65])
  // prettier-ignore
  const rows: [how: string, entry: ZipEntry, name: string, hasCp437: boolean][] = [
    ['as their flag says', { name: 'größe', flags: utf8 }, 'größe', false],
    ['the flag counts more than a field', { name: 'größe', flags: utf8, extra: unicodePath('other', Buffer.from('größe')) }, 'größe', false],
    ['as a field says', { name: cp437, flags: none, extra: unicodePath('größe', cp437) }, 'größe', false],
    ['not as a field says that belongs to another name', { name: 'plain', flags: none, extra: unicodePath('other', Buffer.from('plain'), 1) }, 'plain', false],
    ['behind other fields', { name: cp437, flags: none, extra: Buffer.concat([timestamp(1), unicodePath('größe', cp437)]) }, 'größe', false],
    ['UTF-8 without a flag', { name: 'größe 日本', flags: none }, 'größe 日本', false],
    ['code page 437', { name: cp437, flags: none }, 'größe', true],
    ['what is no UTF-8, though it says so', { name: cp437, flags: utf8 }, 'größe', true],
    ['any other bytes', { name: latin, flags: none }, 'gr÷▀e', true],
    ['ASCII', { name: 'plain', flags: none }, 'plain', false],
    ['with a field that is cut', { name: 'plain', flags: none, extra: Buffer.from([0x75, 0x70, 0xff, 0]) }, 'plain', false],
  ]
  test.each(rows)('%s', async (_, entry, name, hasCp437) => {
    const { result, tree } = await unpacked(zipOf({ ...entry, data: 'x' }))
    expect(tree).toEqual({ [name]: 'x' })
    expect(result).toMatchObject({ hasCp437, leftOut: [] })
  })
})

describe('times', () => {
  const local = (...at: [number, number, number, number, number, number]): number => new Date(...at).getTime()
  const dos = (date: number[], time: number[] = [0, 0, 0]): [number, number] => [
    (((date[0] ?? 0) - 1980) << 9) | ((date[1] ?? 0) << 5) | (date[2] ?? 0),
    ((time[0] ?? 0) << 11) | ((time[1] ?? 0) << 5) | ((time[2] ?? 0) / 2),
  ]
  // prettier-ignore
  const rows: [how: string, entry: Partial<ZipEntry>, ms: number][] = [
    ['the extended timestamp', { extra: timestamp(1_700_000_000), dos: dos([2001, 2, 3]) }, 1_700_000_000_000],
    ['before 1970', { extra: timestamp(-1000) }, -1_000_000],
    ['a timestamp without one', { extra: extraField(0x5455, Buffer.from([2, 0, 0, 0, 0])), dos: dos([2001, 2, 3]) }, local(2001, 1, 3, 0, 0, 0)],
    ['DOS time', { dos: dos([2021, 12, 31], [23, 58, 46]) }, local(2021, 11, 31, 23, 58, 46)],
  ]
  test.each(rows)('%s', async (_, entry, ms) => {
    const { path, remove } = newFolder()
    const archive = join(path, 'archive')
    writeFileSync(
      archive,
      zipOf(
        { name: 'f/', ...entry },
        { name: 'f/x', data: 'x', ...entry },
        { name: 'f/l', data: 'x', mode: link, ...entry },
      ),
    )
    await unpack(archive, path, never)
    const times = ['f', 'f/x', 'f/l'].map((name) => lstatSync(join(path, name)).mtimeMs)
    remove()
    expect(times).toEqual([ms, ms, ms])
  })

  test('a time that is none is that of now', async () => {
    const { path, remove } = newFolder()
    writeFileSync(join(path, 'archive'), zipOf({ name: 'x', dos: [0, 0] }))
    await unpack(join(path, 'archive'), path, never)
    const [made, archive] = ['x', 'archive'].map((name) => statSync(join(path, name)).mtimeMs)
    remove()
    expect(made).toBeGreaterThanOrEqual(archive!)
  })
})

describe('what stands around an archive', () => {
  const archive = zipOf({ name: 'x', data: 'text', isDeflated: true }, { name: 'y', data: 'y' })
  const comment = (length: number, said = length): Buffer => {
    const whole = Buffer.concat([archive, Buffer.alloc(length, 'c')])
    whole.writeUInt16LE(said, archive.length - 2)
    return whole
  }
  // prettier-ignore
  const rows: [name: string, bytes: Buffer][] = [
    ['nothing', archive], ['a comment', comment(100)], ['the longest comment', comment(65_535)], ['a comment that is cut', comment(10, 100)],
    ['bytes behind it', Buffer.concat([archive, Buffer.from('trailing\n')])], ['many bytes behind it', Buffer.concat([archive, Buffer.alloc(500_000)])],
    ['bytes behind its comment', Buffer.concat([comment(100), Buffer.alloc(10)])],
    ['bytes before it', Buffer.concat([Buffer.from('#!/bin/sh\n'), archive])], ['many bytes before it', Buffer.concat([Buffer.alloc(500_000), archive])],
    ['bytes around it', Buffer.concat([Buffer.alloc(10), archive, Buffer.alloc(10)])], ['another archive before it', Buffer.concat([zipOf({ name: 'other' }), archive])],
    ['what looks like an end behind it', Buffer.concat([archive, Buffer.from('PK\x05\x06'), Buffer.alloc(18, 9)])], ['the beginning of an end', Buffer.concat([archive, Buffer.from('PK\x05\x06')])],
  ]
  test.each(rows)('%s', async (_, bytes) => {
    const { error, tree } = await unpacked(bytes)
    expect({ error, tree }).toEqual({ error: '', tree: { x: 'text', y: 'y' } })
  })

  test('an empty archive is one', async () => {
    expect(await unpacked(zipOf())).toMatchObject({ error: '', result: { files: 0, leftOut: [] } })
  })
})

/** Large numbers, as zip64 writes them. */
const long = (value: bigint): Buffer => {
  const field = Buffer.alloc(8)
  field.writeBigUInt64LE(value)
  return field
}
const end64 = Buffer.from(
  '504b0506' + '0000'.repeat(2) + 'ffff'.repeat(2) + 'ffffffff'.repeat(2) + '0000',
  'hex',
)
const pointer64 = (to: bigint): Buffer =>
  Buffer.concat([Buffer.from('504b060700000000', 'hex'), long(to), Buffer.from('01000000', 'hex')])

/** The same archive with the end of zip64, as one of more than 4 GiB has it. */
function withEnd64(archive: Buffer): Buffer {
  const end = archive.length - 22
  const [count, size, offset] = [
    archive.readUInt16LE(end + 10),
    archive.readUInt32LE(end + 12),
    archive.readUInt32LE(end + 16),
  ]
  const head = Buffer.concat([Buffer.from('504b0606', 'hex'), long(44n), Buffer.alloc(12)])
  const record = Buffer.concat([head, ...[count, count, size, offset].map((each) => long(BigInt(each)))])
  return Buffer.concat([archive.subarray(0, end), record, pointer64(BigInt(end)), end64])
}

test.each([0, 10, 300_000])('zip64, with %i bytes before it', async (before) => {
  const sizes = Buffer.concat([long(4n), long(4n)])
  const archive = zipOf(
    { name: 'x', data: 'text', size: 0xffffffff, packedSize: 0xffffffff, extra: extraField(1, sizes) },
    { name: 'y', data: 'y' },
  )
  const { error, result, tree } = await unpacked(Buffer.concat([Buffer.alloc(before), withEnd64(archive)]))
  expect({ error, leftOut: result?.leftOut, tree }).toEqual({
    error: '',
    leftOut: [],
    tree: { x: 'text', y: 'y' },
  })
})

test.each([
  ['a pointer to nowhere', Buffer.concat([Buffer.alloc(99), pointer64(2n ** 63n), end64])],
  ['a pointer that is negative', Buffer.concat([Buffer.alloc(99), pointer64(2n ** 64n - 1n), end64])],
  ['nothing', Buffer.alloc(0)],
  ['a page', Buffer.from('<html>Sign in</html>')],
  ['half of it', zipOf({ name: 'x', data: 'x'.repeat(1000) }).subarray(0, 500)],
  ['its second half', zipOf({ name: 'x', data: 'x'.repeat(1000) }).subarray(500)],
])('%s is no zip file', async (_, archive) => {
  const { error, tree } = await unpacked(archive)
  expect(error).toMatch(/^ArchiveError: it is not a whole/)
  expect(tree).toEqual({})
})

const small: UnpackLimits = { entries: 10, bytes: 1_000_000 }
const zeros = Buffer.alloc(400_000)

// prettier-ignore
const bombs: [name: string, archive: Buffer, says: RegExp][] = [
  ['many files', zipOf(...Array.from({ length: 11 }, (_, at) => ({ name: `f${at}` }))), /more than 10 files/],
  ['many folders in one name', zipOf({ name: 'a/b/c/d/e/f/g/h/i/j/k' }), /more than 10 files/],
  ['many bytes', zipOf(...Array.from({ length: 3 }, (_, at) => ({ name: `f${at}`, data: zeros, isDeflated: true }))), /more than 1000000 bytes/],
  ['one file under many names', zipOf({ name: 'f', data: zeros, isDeflated: true }, { name: 'g', data: zeros, isDeflated: true, sameAs: 0 }, { name: 'h', data: zeros, isDeflated: true, sameAs: 0 }), /more than 1000000 bytes/],
  ['one that says it has 4 GiB', zipOf({ name: 'f', data: zeros, isDeflated: true, size: 0xfffffffe }), /more than 1000000 bytes/],
]

test.each(bombs)('a bomb of %s ends at the limit', async (_, archive, says) => {
  const { error, tree } = await unpacked(archive, small)
  expect(error).toMatch(says)
  const written = Object.values(tree).reduce((sum, text) => sum + text.length, 0)
  expect(written).toBeLessThanOrEqual(1_000_000)
})

test.each([
  [0, 1024 ** 3],
  [1024 ** 2, 1024 ** 3],
  [100 * 1024 ** 2, 10_000 * 1024 ** 2],
  [1024 ** 4, 64 * 1024 ** 3],
])('an archive of %i bytes may become %i', (size, bytes) => {
  expect(limitsFor(size)).toEqual({ entries: 200_000, bytes })
})

// prettier-ignore
const links: [target: string, depth: number, isInside: boolean][] = [
  ['x', 0, true], ['x/y', 0, true], ['./x', 0, true], ['../x', 1, true], ['..', 1, true], ['../../x', 2, true],
  ['../x', 0, false], ['..', 0, false], ['../../x', 1, false], ['/etc/passwd', 3, false], ['x/../y', 3, false],
  ['x/../../y', 1, false], ['./../x', 1, false], ['..//etc', 1, false], ['', 1, false], ['C:x', 1, false], ['a\\b', 1, false], ['a\0', 1, false],
]

test.each(links)('a link to %j, %i folders down: inside is %s', (target, depth, isInside) => {
  expect(staysInside(target, depth)).toBe(isInside)
})

test('links that stay inside are made, the others are left out', async () => {
  const archive = zipOf(
    { name: 'lib/up', data: '../../../etc', mode: link },
    { name: 'lib/libx.so', data: 'libx.so.1', mode: link },
    { name: 'lib/libx.so.1', data: 'code' },
    { name: 'root', data: '/', mode: link },
    { name: 'tmp', data: '/tmp', mode: link },
    { name: 'tmp/escape', data: 'stays' },
    { name: 'bin/lib', data: '../lib', mode: link },
    { name: 'long', data: 'x'.repeat(5000), mode: link },
  )
  const { result, tree, escaped } = await unpacked(archive)
  const out = 'it is a link that leads out of the folder'
  expect(result).toMatchObject({
    files: 2,
    leftOut: [
      { name: 'lib/up', why: out },
      { name: 'root', why: out },
      { name: 'tmp', why: out },
      { name: 'long', why: 'it is a link whose target is too long' },
    ],
  })
  expect(escaped).toEqual([])
  expect(tree).toMatchObject({
    'lib/libx.so': '-> libx.so.1',
    'lib/libx.so.1': 'code',
    'bin/lib': '-> ../lib',
  })
  expect(Object.keys(tree)).not.toContain('root')
})

test('links that somebody has put there meanwhile are not written through', async () => {
  const { path, remove } = newFolder()
  try {
    const plant = (folder: string): void => {
      symlinkSync(path, join(folder, 'x'))
      symlinkSync(join(path, 'planted'), join(folder, 'y'))
    }
    for (const name of ['x/escape', 'y']) {
      const { result } = await unpacked(zipOf({ name, data: '1' }), undefined, plant)
      expect(result).toMatchObject({
        files: 0,
        leftOut: [{ name, why: expect.stringMatching(/taken/) as unknown }],
      })
    }
    expect(readdirSync(path)).toEqual([])
  } finally {
    remove()
  }
})

test('a folder that is gone is no fault of the archive', async () => {
  const { error } = await unpacked(zipOf({ name: 'x', data: '1' }), undefined, (folder) => {
    rmSync(folder, { recursive: true })
  })
  expect(error).toMatch(/^Error: ENOENT/)
})

test('an abort ends it', async () => {
  const { path, remove } = newFolder()
  writeFileSync(join(path, 'archive'), zipOf({ name: 'x', data: '1' }))
  const signal = AbortSignal.abort(new Error('stop'))
  await expect(unpack(join(path, 'archive'), path, signal)).rejects.toThrow('stop')
  expect(existsSync(join(path, 'x'))).toBe(false)
  remove()
})

test('no flipped byte makes it crash, hang or write elsewhere', async () => {
  const archive = zipOf(
    { name: 'a/b.txt', data: 'text '.repeat(50), isDeflated: true },
    { name: 'c', data: 'a/b.txt', mode: 0o120777 },
    { name: 'd', data: 'stored' },
  )
  const flips = fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
  await holds(
    fc.asyncProperty(flips, async (bytes) => {
      const broken = Buffer.from(archive)
      for (const [at, value] of bytes) broken[at] = value
      const { error, escaped } = await unpacked(broken, { entries: 1000, bytes: 1_000_000 })
      expect(escaped).toEqual([])
      if (error !== '') expect(error).toMatch(/^ArchiveError/)
    }),
    200,
  )
})

test('any name is refused, or its parts are plain names', () => {
  const piece = fc.constantFrom('..', '.', '', 'a', '\\', ':', '\0', 'C:', ' ', '~')
  const name = fc.oneof(
    fc.array(piece, { maxLength: 5 }).map((parts) => parts.join('/')),
    fc.string(),
  )
  holds(
    fc.property(name, (text) => {
      if (entryNameProblem(text) !== '') return
      const root = '/x/y/z'
      expect(join(root, ...partsOf(text), '.')).toMatch(/^\/x\/y\/z(\/|$)/)
    }),
  )
})

test.each(['con', 'NUL.txt', 'a/com1', 'ab:y', 'dot.', 'blank ', 'a?b'])('Windows cannot have %j', (name) => {
  expect([entryNameProblem(name, true), entryNameProblem(name, false)]).toEqual([
    'Windows cannot have such a name',
    '',
  ])
})

// prettier-ignore
const folders: [job: string, folder: string][] = [
  ['run_tests', 'run_tests'], ['rspec 1/5', 'rspec 1_5'], ['..', '__'], ['.hidden', '_hidden'], ['', '_'], ['nul', '_nul'], ['a\nb\0', 'a_b_'],
  ['build:linux [x86, 1.0]', 'build_linux [x86, 1.0]'], ['größe 日本', 'größe 日本'], [' a. ', 'a_'], ['\ud800', '\ufffd'],
]

test.each(folders)('the folder of job %j is %j', (job, folder) => {
  expect(folderName(job)).toBe(folder)
})

test('the folder of any job is one plain, short name', () => {
  holds(
    fc.property(fc.string({ unit: 'binary', maxLength: 250 }), (job) => {
      const name = folderName(job)
      expect(entryNameProblem(name, true)).toBe('')
      expect(partsOf(name)).toEqual([name])
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(210)
    }),
  )
})
