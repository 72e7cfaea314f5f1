import { dump } from 'js-yaml'

/** Formats data as YAML that every parser reads alike: no folded lines, no references. */
export function yaml(data: unknown): string {
  return dump(data, { lineWidth: -1, noRefs: true })
}
