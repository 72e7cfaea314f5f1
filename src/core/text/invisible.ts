/**
 * Characters that are invisible, or that a terminal or a parser may change: controls, joiners, marks of direction, tags,
 * noncharacters, private use, and every blank but the space (docs/guarantees.md#7.1). Not the variation selectors, by which
 * emoji are drawn.
 */
export const invisible =
  /(?![\ufe00-\ufe0f])[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu

/** A code point in hexadecimal, with leading zeros. */
export function hexOf(char: string, digits: number): string {
  return (char.codePointAt(0) ?? 0).toString(16).padStart(digits, '0')
}
