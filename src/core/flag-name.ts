/** A name in kebab case: `apiTokenFile` is `api-token-file`. */
export const kebabCase = (name: string): string => name.replace(/[A-Z]/g, '-$&').toLowerCase()

/** The flag for an attribute name: `apiTokenFile` is `--api-token-file`. */
export const flagName = (attribute: string): string => `--${kebabCase(attribute)}`
