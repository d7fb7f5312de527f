/**
 * A generation starts as fast as its modules load, and a fifth of that went into finding them: Node looks at each for a
 * link to follow and a package to belong to. What our own sources import from each other is where it says, as TypeScript
 * modules, and needs no look: there are no links among them.
 */
import { registerHooks } from 'node:module'

const own = new URL('..', import.meta.url).href

/** Resolves `./….ts` and `../….ts` by the URL alone, from now on; everything else as Node does. */
export function resolveOwnSourcesQuickly(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const { parentURL } = context
      if (!parentURL?.startsWith(own) || !/^\.\.?\/.*\.ts$/.test(specifier)) return next(specifier, context)
      return { url: new URL(specifier, parentURL).href, format: 'module-typescript', shortCircuit: true }
    },
  })
}
