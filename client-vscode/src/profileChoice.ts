/** Which of the profiles that are loaded is meant. */

export type ProfileChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly name: string }
  | { readonly kind: 'ask'; readonly names: readonly string[] };

/** The one that was named, else the only one there is. */
export function chooseProfile(name: unknown, loaded: readonly string[]): ProfileChoice {
  if (typeof name === 'string') {
    return { kind: 'one', name };
  }
  const [first, ...others] = loaded;
  if (first === undefined) {
    return { kind: 'none' };
  }
  return others.length === 0 ? { kind: 'one', name: first } : { kind: 'ask', names: loaded };
}
