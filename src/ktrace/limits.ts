/** Bounds of a script: what is verified once need not be watched at the event. */
export const LIMITS = {
  /** Characters of text. */
  text: 65536,
  clauses: 256,
  /** Probes that one clause names. */
  probes: 32,
  /** Actions of one clause. */
  actions: 64,
  /** Parentheses and operators inside one another. */
  nesting: 64,
  /** Operators and operands of one expression. */
  terms: 512,
  maps: 64,
  /** Keys of one map entry. */
  keys: 8,
  /** Entries of one map; what comes after them is counted and lost. */
  entries: 4096,
  /** Steps of lhist, beside the two for what lies outside. */
  steps: 1000,
  /** Bytes that str() reads. */
  string: 200,
} as const;
