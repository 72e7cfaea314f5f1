import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** A text of the source that a user may read. What is filled in at run time stands as `{}`. */
export interface Message {
  /** The file below src/, with the line. */
  at: string
  /** The innermost function that is called with it, such as `usageError`; '' outside of calls. */
  call: string
  /** Which argument of that call it is in, from 0. */
  argument: number
  /** Whether it is filled into another text. */
  isPart: boolean
  /** The property that it is the value of, such as `hint`; '' for none. */
  property: string
  text: string
}

/** Files, and folders, whose strings are no sentences that a user reads, with the reason. A file of a folder that is left out may be among `printed`. */
const leftOut: Readonly<Record<string, string>> = {
  'commands/completion/bash.ts': 'a shell script',
  'commands/completion/fish.ts': 'a shell script',
  'commands/completion/zsh.ts': 'a shell script',
  'cli/synonyms.ts': 'names of commands',
  'output/schemas/commands.ts': 'values of JSON',
  'platform/mounts.ts': 'names of file systems',
  'gitlab/trigger/ownership.ts': 'names of outcomes',
  'sandbox/': "GitLab's own answers and pages",
}

/** What the sandbox prints by itself. */
const printed = ['sandbox/control/', 'sandbox/scenario/']

/** Functions whose arguments are compared or taken apart, not printed. */
const comparing = ['split', 'includes', 'startsWith', 'endsWith', 'indexOf', 'RegExp', 'runInNewContext']

const isRead = (file: string): boolean =>
  file.endsWith('.ts') &&
  (printed.some((name) => file.startsWith(name)) ||
    !Object.keys(leftOut).some((name) => file.startsWith(name)))

/** Two words, of which one may be filled in. */
const prose = /\p{L}{2,}[^\s\p{L}]* [^\s\p{L}]*(?:\p{L}|\{)|\{\}[^\s\p{L}]* \p{L}{2,}/u

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text
  if (!ts.isTemplateExpression(node)) return undefined
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('{}')
}

const equality: readonly ts.SyntaxKind[] = [
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]

/** Whether a literal is a type, a path, a name or something to compare with. */
function isKey(node: ts.Node): boolean {
  const { parent } = node
  return (
    ts.isLiteralTypeNode(parent) ||
    ts.isImportDeclaration(parent) ||
    ts.isExportDeclaration(parent) ||
    ts.isCaseClause(parent) ||
    ts.isElementAccessExpression(parent) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isBinaryExpression(parent) && equality.includes(parent.operatorToken.kind))
  )
}

/** The innermost call around a literal, and the property in between that it is the value of. */
function placeOf(node: ts.Node): Omit<Message, 'at' | 'text'> {
  let property = ''
  let isPart = false
  for (let at = node; !ts.isSourceFile(at) && !ts.isFunctionLike(at); at = at.parent) {
    const { parent } = at
    isPart ||= ts.isTemplateSpan(parent)
    if (property === '' && ts.isPropertyAssignment(parent)) property = parent.name.getText()
    if (!ts.isCallExpression(parent) && !ts.isNewExpression(parent)) continue
    const called = parent.expression
    return {
      call: ts.isPropertyAccessExpression(called) ? called.name.text : called.getText(),
      argument: parent.arguments?.indexOf(at as ts.Expression) ?? -1,
      property,
      isPart,
    }
  }
  return { call: '', argument: -1, property, isPart }
}

function messagesIn(file: string): Message[] {
  const text = readFileSync(join('src', file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: Message[] = []
  const visit = (node: ts.Node): void => {
    const literal = textOf(node)
    if (literal !== undefined && prose.test(literal) && !isKey(node)) {
      const place = placeOf(node)
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      if (!comparing.includes(place.call)) found.push({ at: `${file}:${line + 1}`, ...place, text: literal })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Every text of two words or more in src/ that a user may read: a new message is among them by itself. */
export const messages: readonly Message[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter(isRead)
  .flatMap(messagesIn)
