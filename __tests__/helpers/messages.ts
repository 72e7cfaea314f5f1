import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** A text of the source that a user may read. What is filled in at run time stands as `{}`. */
export interface Message {
  /** The file below src/, with the line. */
  at: string
  /** The name of the innermost function that is called with it, such as `usageError`; '' outside of calls. */
  call: string
  text: string
}

/** Files whose strings nobody reads as sentences, with the reason. */
const notProse: Readonly<Record<string, string>> = {}

const isNotProse = (file: string): boolean => Object.keys(notProse).some((name) => file.startsWith(name))

/** At least two words. */
const prose = /\p{L}{2,}[^\s\p{L}]* [^\s\p{L}]*(?:\p{L}|\{)|\{\}[^\s\p{L}]* \p{L}{2,}/u

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text
  if (!ts.isTemplateExpression(node)) return undefined
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('{}')
}

/** Whether a literal is a type, a name or something to compare with. */
function isKey(node: ts.Node): boolean {
  const { parent } = node
  if (ts.isLiteralTypeNode(parent) || ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent)) return true
  if (ts.isCaseClause(parent) || ts.isElementAccessExpression(parent)) return true
  if (ts.isPropertyAssignment(parent) && parent.name === node) return true
  return (
    ts.isBinaryExpression(parent) &&
    [ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken].includes(
      parent.operatorToken.kind,
    )
  )
}

function callAround(node: ts.Node): string {
  for (let at: ts.Node | undefined = node.parent; at && !ts.isFunctionLike(at); at = at.parent) {
    if (!ts.isCallExpression(at) && !ts.isNewExpression(at)) continue
    return ts.isPropertyAccessExpression(at.expression) ? at.expression.name.text : at.expression.getText()
  }
  return ''
}

function messagesIn(file: string): Message[] {
  const source = ts.createSourceFile(file, readFileSync(join('src', file), 'utf8'), ts.ScriptTarget.Latest, true)
  const found: Message[] = []
  function visit(node: ts.Node): void {
    const text = textOf(node)
    if (text !== undefined && prose.test(text) && !isKey(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      found.push({ at: `${file}:${line + 1}`, call: callAround(node), text })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Every text of two words or more in src/ that a user may read. */
export const messages: readonly Message[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !isNotProse(file))
  .flatMap(messagesIn)
