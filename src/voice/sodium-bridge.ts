import { createRequire, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Must be imported before `@discordjs/voice`. That library loads `sodium-native` with `import()` and reads its constants off
 * the namespace; the package fills its CommonJS exports at run time, where Node's static analysis does not see them, so
 * `crypto_aead_xchacha20poly1305_ietf_ABYTES` is missing there and the first frame throws. With this, `import()` gives a
 * module that exports every key.
 */
const PACKAGE = 'sodium-native';
const WHOLE = '?every-export';
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const require = createRequire(import.meta.url);

function everyExport(url: string): string {
  const path = fileURLToPath(url.slice(0, -WHOLE.length));
  const names = Object.keys(require(path) as object).filter((key) => IDENTIFIER.test(key) && key !== 'default');
  return [
    `import { createRequire } from 'node:module';`,
    `const sodium = createRequire(${JSON.stringify(path)})(${JSON.stringify(path)});`,
    `export default sodium;`,
    ...names.map((name) => `export const ${name} = sodium.${name};`),
  ].join('\n');
}

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    const bridged = specifier === PACKAGE && context.conditions.includes('import') && !resolved.url.endsWith(WHOLE);
    return bridged ? { ...resolved, url: resolved.url + WHOLE, format: 'module', shortCircuit: true } : resolved;
  },
  load(url, context, nextLoad) {
    if (!url.endsWith(WHOLE)) return nextLoad(url, context);
    return { format: 'module', source: everyExport(url), shortCircuit: true };
  },
});
