/** One key of a document: how it is written in the docs, and what the schema says of it. */
export interface SchemaKey {
  /** `spec.rules[].match`: a list's entries are marked by brackets. */
  readonly path: string
  readonly description: string
  /** As JSON; undefined where there is none. */
  readonly fallback: string | undefined
}

interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly anyOf?: readonly Node[]
  readonly description?: string
  readonly default?: unknown
}

/** Lists every key of a JSON Schema, parents before children. */
export function schemaKeys(schema: unknown, prefix = ''): SchemaKey[] {
  const node = schema as Node
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`
    const own: SchemaKey = {
      path,
      description: child.description ?? '',
      fallback: child.default === undefined ? undefined : JSON.stringify(child.default),
    }
    return [own, ...schemaKeys(child, path), ...schemaKeys(child.items ?? {}, `${path}[]`)]
  })
}
