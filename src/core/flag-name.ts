/** A word of several as they are typed: `apiTokenFile` is `api-token-file`. */
export const kebabCase = (name: string): string => name.replace(/[A-Z]/g, '-$&').toLowerCase()

/** An option's attribute name as it is typed: `apiTokenFile` is `--api-token-file`. */
export const flagName = (attribute: string): string => `--${kebabCase(attribute)}`
