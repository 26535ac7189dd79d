// Bundles every src/*.js and src/*.css into web/static/dist, beside copies of Tabler and htmx.
import { build } from 'esbuild';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '..', 'static', 'dist');
const sources = (await readdir(join(here, 'src'))).filter((name) => /\.(js|css)$/.test(name));
const copies = {
  '@tabler/core/dist/css/tabler.min.css': 'tabler.min.css',
  '@tabler/core/dist/js/tabler.min.js': 'tabler.min.js',
  'htmx.org/dist/htmx.min.js': 'htmx.min.js',
};

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
for (const [from, to] of Object.entries(copies)) {
  await copyFile(join(here, 'node_modules', from), join(out, to));
}
for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
  if (!/LEGAL/.test(file)) console.log(`${(bytes / 1024).toFixed(0).padStart(6)} KiB  ${file}`);
}
