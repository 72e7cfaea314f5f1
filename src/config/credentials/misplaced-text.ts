/** What a text that stands where a token belongs looks like, and what to do about it. */
export interface Misplaced {
  looksLike: string
  hint: string
}

const expand =
  'Nothing expands it here. In a shell write it in double quotes, not single ones; in a CI file check that the variable is set for this job.'
const mayBeUnset = 'Check that the variable or secret that it was taken from is set for this job or user.'
const resolve = 'Nothing resolves it here: use tokenCommand in the config, or read the token into a file.'
const copy = 'Copy the token from where it is stored: logs and lists do not show it.'
const tokenAlone = 'Leave out everything but the token.'

/**
 * Texts that are pasted, exported or templated in place of a token; the first match counts. A token of GitLab
 * is 20 characters or more of letters, digits, `_`, `-` and `.`, behind a prefix of an administrator's choice
 * out of `+=/@:.-_`, letters and digits (docs/gitlab.md#9.23): no pattern may match one.
 */
const forms: readonly (readonly [pattern: RegExp, looksLike: string, hint: string])[] = [
  [/^\$env:|^\$\{env:/i, 'a variable that was not expanded ($env:NAME)', expand],
  [/\$\(|^`./, 'a command that was not run ($(...))', expand],
  [/\{\{|\}\}|<%|%>/, 'a template that was not filled in ({{ ... }})', mayBeUnset],
  [/\$[\w{[]|[#@]\{/, 'a variable that was not expanded ($NAME)', expand],
  [/^%[\w.-]+%$|^![\w.-]+!$/, 'a variable that was not expanded (%NAME%)', expand],
  [
    /^([A-Z][A-Z0-9]*_)+(TOKEN|SECRET|KEY)$/,
    'the name of a variable',
    'Give its value: "$NAME" in a shell, or tokenEnv in the config.',
  ],
  [
    /^(export\s+|set\s+)?([A-Z_][A-Z0-9_]*|\w*(token|secret|password|key)\w*)\s*=\s*[^=]/i,
    'an assignment (NAME=token)',
    'Leave out the name and the equals sign.',
  ],
  [/^["'`“‘«]|["'`”’»]$/u, 'text in quotes', 'Leave out the quotes.'],
  [
    /^(null|undefined|none|nil|nan|true|false|n\/a|empty|unset|tbd|todo|\(null\)|\(none\)|\[object \w+\]|<(nil|none|null|no value|unset|empty)>)$/i,
    'the word of a program for a missing value',
    mayBeUnset,
  ],
  [
    /^[[(<{]*(masked|redacted|filtered|hidden|removed)[\])>}]*$|^[[(<{](secret|protected|secure)[\])>}]$/i,
    'a token that was masked ([MASKED])',
    copy,
  ],
  [/[*•●…]|\.\.\.$|^x{3,}$|^[\w-]{0,40}-x{4,}$/iu, 'a token that was masked or shortened', copy],
  [/^\s*(<!doctype|<html|<\?xml)/i, 'a web page', tokenAlone],
  [/^<|^\[[^\]]*\]$/, 'a placeholder (<your-token>)', 'Put the token in its place.'],
  [/^(__[A-Z][A-Z0-9_]*__|@@\w+@@)$/, 'a placeholder that was not filled in', mayBeUnset],
  [
    /^(your|my|insert|enter|paste|replace|change)([-_ ]?(me|this|it|in|the|a|your|gitlab|trigger|api|access|private|secret|token|key|here|value|with))+$/i,
    'a placeholder (your-token)',
    'Put the token in its place.',
  ],
  [
    /^(private-token|job-token|authorization)\s*:|^(token|\w*_token|x-[\w-]+|api[-_]?key)\s*:\s/i,
    'an HTTP header or a line of YAML',
    tokenAlone,
  ],
  [
    /^(bearer|basic|token)\s+\S/i,
    'the value of an HTTP header (Bearer token)',
    'Leave out the word before the token.',
  ],
  [
    /^-----BEGIN |^ssh-\w+ |^ecdsa-\S+ /,
    'a key or a certificate',
    'Keys and certificates belong to --key and --cert.',
  ],
  [/^\s*[{[]/, 'JSON', 'Take the token out of it, as jq -r .token does.'],
  [/^https?:\/\//i, 'a URL', 'Give the token itself.'],
  [
    /^file:|^@?(~|\.{1,2})\/|^@?\/[^/]*\/|^@?\/[\w.-]{1,18}$|^[a-z]:[\\/]|^\\\\/i,
    'the path of a file',
    'Name it with --token-file, --api-token-file, or tokenFile or apiTokenFile in the config.',
  ],
  [
    /^@?[\w./-]*\.(txt|token|key|pem|env|json|ya?ml|secret|conf|cfg|ini|asc|gpg)$|^(?=.{3,19}$)[\w.-]+(\/[\w.-]+)+$/i,
    'the path of a file',
    'Name it with --token-file, --api-token-file, or tokenFile or apiTokenFile in the config.',
  ],
  [
    /^[a-z][a-z\d+.-]*:\/\/|^(op|vault|secretref|keyvault|awssm|gcpsm|keyring|sops|ref\+\w+|arn:aws[\w-]*):/i,
    'a reference to a secret store (op://, vault:)',
    resolve,
  ],
  [
    /^projects\/[^/]+\/secrets\/|^ENC\[|^\$ANSIBLE_VAULT|^!(vault|secret)\b|^@Microsoft\.KeyVault/i,
    'a reference to a secret store',
    resolve,
  ],
  [/\\[nrt]$/, 'text with an escaped line end (\\n)', 'Leave out the backslash and what follows it.'],
  // Base64 of glptt-, glpat- and glcbt-.
  [/^Z2x(wdHQt|wYXQt|jYnQt)/, 'a token in Base64', 'Decode it: base64 -d'],
  [/^--[a-z][a-z-]{1,16}$/, 'a flag', 'Give the token, or a file with --token-file.'],
]

/** What a text looks like that cannot be a token; undefined for what may be one. Shows nothing of the text. */
export function misplacedText(text: string): Misplaced | undefined {
  const found = forms.find(([pattern]) => pattern.test(text))
  return found && { looksLike: found[1], hint: found[2] }
}
