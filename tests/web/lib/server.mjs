// Serves a tree on loopback as a plain host does: index.html for folders, 404.html with status 404, texts compressed.

import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8', '.json': 'application/json', '.xml': 'application/xml',
  '.webmanifest': 'application/manifest+json', '.txt': 'text/plain; charset=utf-8', '.csv': 'text/csv; charset=utf-8',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.gif': 'image/gif',
  '.webp': 'image/webp', '.avif': 'image/avif', '.ico': 'image/x-icon', '.woff2': 'font/woff2', '.woff': 'font/woff',
  '.mp3': 'audio/mpeg', '.m4a': 'audio/mp4', '.mp4': 'video/mp4', '.webm': 'video/webm', '.vtt': 'text/vtt',
  '.pdf': 'application/pdf', '.wasm': 'application/wasm',
};

/** Texts, which every host compresses. Six is the level of hosts that think of their processors. */
const isText = (type) => /^text\/|xml|json|javascript/.test(type);
const LEVEL = 6;

/** What was compressed stays so, as on a host: else a busy machine would count as a slow host in what is timed. */
const compressed = new Map();

function compress(file) {
  if (!compressed.has(file)) compressed.set(file, gzipSync(readFileSync(file), { level: LEVEL }));
  return compressed.get(file);
}

/** A key, and a certificate for loopback that nobody but `--ignore-certificate-errors` trusts. */
function credentials() {
  const folder = mkdtempSync(join(tmpdir(), 'letterpress-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    execFileSync('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
      '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', keyFile, '-out', certFile,
    ], { stdio: ['ignore', 'ignore', 'pipe'] });
    return { key: readFileSync(keyFile), cert: readFileSync(certFile) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Starts the server; returns its origin and a way to end it. Only files that the tree knows are ever read.
 * `secure` has it speak HTTP/2 over TLS, as static hosts do.
 */
export async function serve(tree, { secure = false } = {}) {
  const send = (response, status, file, { method, headers }) => {
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    const zipped = isText(type) && /\bgzip\b/.test(headers['accept-encoding'] ?? '');
    const body = zipped ? compress(file) : readFileSync(file);
    response.writeHead(status, {
      'Content-Type': type,
      'Content-Length': body.length,
      ...(isText(type) && { Vary: 'Accept-Encoding' }),
      ...(zipped && { 'Content-Encoding': 'gzip' }),
    });
    response.end(method === 'HEAD' ? undefined : body);
  };
  const answer = (request, response) => {
    const path = tree.inside({ pathname: new URL(request.url, 'http://localhost').pathname });
    const file = path && tree.files.get(path);
    if (file) return send(response, 200, file, request);
    if (path && tree.files.has(`${path}/`)) {
      response.writeHead(301, { Location: tree.encoded(`${path}/`) });
      return response.end();
    }
    const missing = tree.files.get('/404.html');
    if (missing) return send(response, 404, missing, request);
    response.writeHead(404, { 'Content-Type': 'text/plain' });
    return response.end('not found');
  };
  const server = secure ? createSecureServer({ ...credentials(), allowHTTP1: true }, answer) : createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `${secure ? 'https' : 'http'}://127.0.0.1:${server.address().port}`,
    /** Has a page compressed before it is asked for. */
    warm: (path) => void compress(tree.files.get(path)),
    close: () => {
      server.closeAllConnections?.();
      server.close();
    },
  };
}
