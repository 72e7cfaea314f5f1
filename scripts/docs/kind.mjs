// What a value may be, in a few words, from its JSON Schema: for man pages and docs/reference/.

/** Every kind of a list, each once. */
const joined = (kinds) => [...new Set(kinds)].join(' or ')

/** The words for a schema: `integer or null`, `list of objects`. `definitions` are the `$defs` that it refers to. */
export function kindOf(schema, definitions = {}) {
  const { $ref, anyOf, enum: choices, type, items } = schema
  if ($ref !== undefined) return kindOf(definitions[$ref.replace('#/$defs/', '')] ?? {}, definitions)
  if (anyOf) return joined(anyOf.flatMap((each) => kindOf(each, definitions).split(' or ')))
  if (choices) return joined(choices.map(String))
  const types = [type ?? 'any value'].flat()
  return joined(
    types.map((each) => (each === 'array' ? `list of ${plural(kindOf(items ?? {}, definitions))}` : each)),
  )
}

/** A list holds one kind or several: `objects`, `integers`, `values`. */
const plural = (kind) => (/^\w+$/.test(kind) ? `${kind}s` : 'values')
