/** The steps between the lines of an axis that counts: half a handshake is none. */
export const wholeSteps: number[] = [1, 2, 5]
  .flatMap((step) => Array.from({ length: 12 }, (_, power) => step * 10 ** power))
  .sort((a, b) => a - b)
