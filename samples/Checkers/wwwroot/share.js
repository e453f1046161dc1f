// The link to a game and its QR code.

import { $, say } from './dom.js';
import { draw } from './qr.js';

export function showLink(room) {
  const link = new URL(`#${room}`, location.href).href;
  if ($('link').value === link) return;
  $('link').value = link;
  $('code').replaceChildren(draw(link));
  $('send-link').hidden = !navigator.share;
  say($('copied'), '');
}

$('copy').addEventListener('click', async () => {
  $('link').select();
  try {
    await navigator.clipboard.writeText($('link').value);
    say($('copied'), 'Copied.');
  } catch {
    // A page on plain http has no clipboard, so only select the link.
    say($('copied'), 'Press Ctrl+C to copy.');
  }
});

$('send-link').addEventListener('click', () => navigator.share({ title: 'Checkers', url: $('link').value }).catch(() => {}));
