// Bundles every src/*.js and src/*.css, with what they import, into web/static/dist.
import { build } from 'esbuild';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '..', 'static', 'dist');
const sources = (await readdir(join(here, 'src'))).filter((name) => /\.(js|css)$/.test(name));

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: sources.map((name) => join('src', name)),
  outdir: out,
  bundle: true,
  minify: true,
  splitting: true,
  format: 'esm',
  target: ['es2020'],
  chunkNames: 'chunks/[name]-[hash]',
  loader: { '.svg': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl', '.eot': 'empty' },
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
});
for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
  if (!/LEGAL/.test(file)) console.log(`${(bytes / 1024).toFixed(0).padStart(6)} KiB  ${file}`);
}
