import { execFileSync } from 'node:child_process'
import { dirname } from 'node:path'
import fc from 'fast-check'
import { load } from 'js-yaml'
import { holds } from '../helpers/property.ts'
import { useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'

const home = useHome()
const where = ['--server', 'https://gitlab.example.com', '--project', '9', '--ref', 'master']

/** What a terminal, a parser or a person passes over or takes for something of its own. */
// prettier-ignore
const odd = [
  '\u200d', '\u200c', '\u200b', '\ufeff', '\u00ad', '\u202e', '\u2066', '\u061c', '\u0085', '\u2028', '\u2029', '\u00a0', '\u3000',
  '\u{e0041}', '\u{e007f}', '\u2060', '\u180e', '\u3164', '\ufdd0', '\uffff', '\u{1ffff}', '\ue000', '\u{10ffff}', '\x01', '\x1b', '\x7f',
  '\t', '\r', '\n', '%', '%%', '$', '$$', '$(A)', '${A}', '${{ A }}', '\\', '\\n', '\\u200d', '<U+200D>', '"', "'", '`', '#', ' #', ': ', '- ', '!',
  '&a', '*a', '|', '>', ',', '[', '{', '@', '~', 'null', 'yes', '1e3', '0x1', '12:30:45', '2026-01-01', ' ', '', '👩\u200d💻', 'é', 'e\u0301', '日本',
]

const value = fc.oneof(
  fc.array(fc.constantFrom(...odd), { maxLength: 6 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }).map((text) => text.replace(/[\0\ufffd]/g, '')),
)
const values = fc.array(value, { minLength: 1, maxLength: 4 })
/** All of them, a few in each line. */
const each = Array.from({ length: Math.ceil(odd.length / 6) }, (_, at): [string[]] => [
  odd.slice(at * 6, at * 6 + 6).flatMap((char) => [`a${char}b`, char]),
])

async function printed(form: string, typed: readonly string[]): Promise<{ code: number; stdout: string }> {
  const flags = typed.flatMap((text, at) => ['--var', `V${at}=${text}`])
  const { code, stdout } = await run(['schedule', form, ...where, ...flags], home().world())
  return { code, stdout }
}

/** The values of `--var V0=...` in the words of a command line. */
function arrived(words: readonly string[]): string[] {
  return words.filter((_, at) => words[at - 1] === '--var').map((word) => word.replace(/^V\d+=/, ''))
}

/** The words that a shell hands to the program. */
function asShellReads(line: string): string[] {
  const bin = dirname(home().write('bin/gitlab-trigger', '#!/bin/sh\nprintf "%s\\0" "$@"\n', 0o755))
  const env = { PATH: `${bin}:/usr/bin:/bin`, A: 'not this' }
  return execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8', env }).split('\0')
}

/** What systemd makes of the words of ExecStart= (systemd.service, "Command lines"; systemd.syntax, "Quoting"). */
function asSystemdReads(line: string): string[] {
  const escapes: Readonly<Record<string, string>> = {
    n: '\n',
    t: '\t',
    r: '\r',
    s: ' ',
    '\\': '\\',
    '"': '"',
  }
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain = '']) => {
    const bytes = (quoted ?? plain).replace(
      /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))|([^\\])/gsu,
      (_, x?: string, u?: string, U?: string, one?: string, other?: string) => {
        if (x !== undefined) return String.fromCharCode(parseInt(x, 16))
        const code = u ?? U
        const text =
          code === undefined ? (escapes[one ?? ''] ?? other ?? '') : String.fromCodePoint(parseInt(code, 16))
        return Buffer.from(text).toString('latin1')
      },
    )
    const word = Buffer.from(bytes, 'latin1').toString()
    expect(word.replaceAll('%%', '').replaceAll('$$', '')).not.toMatch(/[%$]/)
    return word.replaceAll('%%', '%').replaceAll('$$', '$')
  })
}

interface CronJob {
  spec: { jobTemplate: { spec: { template: { spec: { containers: { command: string[] }[] } } } } }
}

/** How each form is read where it runs: the words of the command. */
const readers: Readonly<Record<string, (text: string) => string[]>> = {
  systemd: (text) => asSystemdReads(/^ExecStart=(.*)$/m.exec(text)?.[1] ?? ''),
  kubernetes: (text) => {
    const { command = [] } = (load(text) as CronJob).spec.jobTemplate.spec.template.spec.containers[0] ?? {}
    // `$$` is `$`; a lone one could begin $(NAME).
    return command
      .map((word) => word.replaceAll('$$', '\0'))
      .map((word) => {
        expect(word).not.toContain('$')
        return word.replaceAll('\0', '$')
      })
  },
  'gitlab-ci': (text) => {
    const [job] = Object.values(load(text) as Record<string, { script: string[] }>)
    return asShellReads(job?.script[0] ?? '')
  },
  'github-actions': (text) => {
    const [step] = load(text) as { run: string }[]
    const script = (step?.run ?? '').replaceAll("${{ '${{' }}", '${{').replace(/^npm .*\n/, '')
    return asShellReads(script)
  },
}

test.each(Object.keys(readers))('%s: every byte of a value arrives, also of what nobody sees', (form) =>
  holds(
    fc.asyncProperty(values, async (typed) => {
      const { code, stdout } = await printed(form, typed)
      expect(code).toBe(0)
      expect(arrived(readers[form]?.(stdout) ?? [])).toEqual(typed)
      // What could hide in the printed text does not.
      expect(stdout).not.toMatch(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/u)
    }),
    100,
    each,
  ),
)

test('cron: every byte arrives, or the line end is refused', () =>
  holds(
    fc.asyncProperty(values, async (typed) => {
      const { code, stdout } = await printed('cron', typed)
      expect(code).toBe(typed.some((text) => text.includes('\n')) ? 2 : 0)
      if (code !== 0) return
      const [line = ''] = stdout.split('\n')
      // What cron itself makes of a line is the matter of shell.property.ts.
      const command = line.replace(/^(\S+ ){5}/, '').replace(/\\%/g, '%')
      expect(command).toContain('/opt/bin/gitlab-trigger')
      const words = asShellReads(command.replace(/^\S+ \S+/, 'gitlab-trigger').replaceAll("''%", '%'))
      expect(arrived(words)).toEqual(typed)
    }),
    100,
    each,
  ))
